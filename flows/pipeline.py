"""The night: take in, judge, send back, compute, publish, in this order, and prove at its end that nothing was lost."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from flows.aggregate import Aggregation, aggregate
from flows.basis import list_bases, list_stale
from flows.conductor import PLAIN, Conductor
from flows.delivery import Delivery, deliver
from flows.ingest import Intake, ingest
from flows.ledger import LedgerSheet, draw_ledger
from flows.publish import Publishing, publish
from flows.receipts import Receipts, make_receipts
from flows.validate import Validation, validate
from flows.warehouse.history import note_states
from flows.warehouse.lock import hold_lock
from flows.warehouse.runs import LastRun, record_run
from flows.warehouse.standings import Standing, load_standings
from flows.warehouse.submissions import list_unread
from flows.warehouse.warehouse import Warehouse, open_warehouse, sweep_warehouse
from flows.workspace import Workspace
from schemas.catalogue import Catalogue
from schemas.compile import refuse_unknown_names


@dataclass(frozen=True, slots=True)
class NightReport:
    """What a run did."""

    intake: Intake
    validation: Validation
    receipts: Receipts
    aggregation: Aggregation
    publishing: Publishing
    delivery: Delivery
    ledger: LedgerSheet
    standings: tuple[Standing, ...]
    seconds: float

    @property
    def verdicts(self) -> Mapping[str, int]:
        """How many of the submissions judged in this run stand how."""
        return Counter(standing.state for standing in self.standings)


def run_night(workspace: Workspace, conductor: Conductor = PLAIN, catalogue: Catalogue | None = None) -> NightReport:
    """One run over a workspace.

    Raises BusyError if another run holds the workspace, and DefinitionError before anything is touched.
    """
    started = time.monotonic()
    catalogue = catalogue or workspace.load_catalogue()
    refuse_unknown_names(catalogue)
    at = workspace.find_now().isoformat(timespec="seconds")
    with hold_lock(workspace.warehouse / "run.lock", since=at):
        sweep_warehouse(workspace.warehouse)
        with open_warehouse(workspace.warehouse) as warehouse:
            report = _run_stages(workspace, warehouse, catalogue, conductor, started)
            _record_run(warehouse, report, at)
            return report


def is_at_rest(workspace: Workspace, catalogue: Catalogue) -> bool:
    """True if everything received is read, judged, computed and published under the definitions of today."""
    with open_warehouse(workspace.warehouse, read_only=True) as warehouse:
        if list_unread(warehouse.connection, catalogue.reading_fingerprints):
            return False
        bases = list_bases(workspace, warehouse.connection, catalogue)
        return not list_stale(warehouse.connection, "publish", bases)


def _run_stages(
    workspace: Workspace, warehouse: Warehouse, catalogue: Catalogue, conductor: Conductor, started: float
) -> NightReport:
    shared = (workspace, warehouse, catalogue, conductor)
    intake = conductor.run_stage("ingest", lambda: ingest(*shared))
    validation = conductor.run_stage("validate", lambda: validate(*shared))
    note_states(warehouse, at=workspace.find_now().isoformat(timespec="seconds"))
    receipts = conductor.run_stage(
        "return", lambda: make_receipts(workspace, warehouse, catalogue, validation.settled, conductor)
    )
    aggregation = conductor.run_stage("aggregate", lambda: aggregate(*shared))
    publishing = conductor.run_stage("publish", lambda: publish(*shared))
    delivery = deliver(workspace, warehouse)
    ledger = draw_ledger(warehouse.connection, intake, validation)
    standings = tuple(load_standings(warehouse.connection, validation.judged))
    seconds = time.monotonic() - started
    return NightReport(intake, validation, receipts, aggregation, publishing, delivery, ledger, standings, seconds)


def _record_run(warehouse: Warehouse, report: NightReport, at: str) -> None:
    """Remember the run, unless it found nothing to do."""
    if not (report.intake.received or report.intake.duplicates or report.validation.judged):
        return
    with warehouse.transaction() as connection:
        record_run(connection, LastRun(at, report.seconds, report.ledger.counts, report.ledger.holds))
