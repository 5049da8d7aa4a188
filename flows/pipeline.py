"""The night: take in, judge, compute, publish, in this order, and prove at its end that nothing was lost."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from flows.aggregate import Aggregation, aggregate
from flows.conductor import PLAIN, Conductor
from flows.ingest import Intake, ingest
from flows.ledger import LedgerSheet, draw_ledger
from flows.publish import Publishing, publish
from flows.validate import Validation, validate
from flows.warehouse.lock import hold_lock
from flows.warehouse.warehouse import Warehouse, open_warehouse, sweep_warehouse
from flows.workspace import Workspace
from schemas.catalogue import Catalogue
from schemas.compile import refuse_unknown_names


@dataclass(frozen=True, slots=True)
class NightReport:
    """What a run did."""

    intake: Intake
    validation: Validation
    aggregation: Aggregation
    publishing: Publishing
    ledger: LedgerSheet
    seconds: float


def run_night(workspace: Workspace, conductor: Conductor = PLAIN) -> NightReport:
    """One run over a workspace.

    Raises BusyError if another run holds the workspace, and DefinitionError before anything is touched.
    """
    started = time.monotonic()
    catalogue = workspace.load_catalogue()
    refuse_unknown_names(catalogue)
    at = workspace.find_now().isoformat(timespec="seconds")
    with hold_lock(workspace.warehouse / "run.lock", since=at):
        sweep_warehouse(workspace.warehouse)
        with open_warehouse(workspace.warehouse) as warehouse:
            report = _run_stages(workspace, warehouse, catalogue, conductor, started)
            _record_run(warehouse, report, at)
            return report


def _run_stages(
    workspace: Workspace, warehouse: Warehouse, catalogue: Catalogue, conductor: Conductor, started: float
) -> NightReport:
    shared = (workspace, warehouse, catalogue, conductor)
    intake = conductor.run_stage("ingest", lambda: ingest(*shared))
    validation = conductor.run_stage("validate", lambda: validate(*shared))
    aggregation = conductor.run_stage("aggregate", lambda: aggregate(*shared))
    publishing = conductor.run_stage("publish", lambda: publish(*shared))
    ledger = draw_ledger(warehouse.connection, intake)
    return NightReport(intake, validation, aggregation, publishing, ledger, time.monotonic() - started)


def _record_run(warehouse: Warehouse, report: NightReport, at: str) -> None:
    """Remember the run, unless it found nothing to do."""
    if not (report.intake.received or report.intake.duplicates or report.validation.judged):
        return
    with warehouse.transaction() as connection:
        connection.execute(
            "INSERT INTO runs SELECT coalesce(max(run), 0) + 1, ?, ?, ?, ?, ? FROM runs",
            [at, at[:10], report.seconds, json.dumps(dict(report.ledger.counts)), report.ledger.holds],
        )
