"""The night: take in, judge, send back, compute, publish, tell, in this order, and prove that nothing was lost."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from flows.aggregate import Aggregation, aggregate
from flows.basis import list_bases, list_stale
from flows.conductor import PLAIN, Conductor
from flows.delivery import Delivery, deliver
from flows.digest import Digesting, make_digest
from flows.errors import BusyError
from flows.ingest import Intake, ingest
from flows.ledger import LedgerSheet, draw_ledger
from flows.publish import Publishing, publish
from flows.publishers.digest_data import RunNote
from flows.receipts import Receipts, make_receipts
from flows.validate import Validation, validate
from flows.warehouse.history import note_states
from flows.warehouse.lock import hold_lock
from flows.warehouse.nights import Cause, NightNote, note_failed_night, write_night_note
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
    digest: Digesting | None = None

    @property
    def verdicts(self) -> Mapping[str, int]:
        """How many of the submissions judged in this run stand how."""
        return Counter(standing.state for standing in self.standings)


def run_night(
    workspace: Workspace, conductor: Conductor = PLAIN, catalogue: Catalogue | None = None, *, cause: Cause = "hand"
) -> NightReport:
    """One run over a workspace. What became of it is noted, also where it fails.

    Raises BusyError if another run holds the workspace, and DefinitionError before anything is touched.
    """
    started = time.monotonic()
    at = workspace.find_now().isoformat(timespec="seconds")
    try:
        report = _run_alone(workspace, conductor, catalogue or workspace.load_catalogue(), (started, at))
    except BusyError:
        raise
    except BaseException as error:
        note_failed_night(workspace.warehouse, cause, at, time.monotonic() - started, error)
        raise
    write_night_note(workspace.warehouse, _build_note(report, cause, at))
    return report


def is_at_rest(workspace: Workspace, catalogue: Catalogue) -> bool:
    """True if everything received is read, judged, computed and published under the definitions of today."""
    with open_warehouse(workspace.warehouse, read_only=True) as warehouse:
        if list_unread(warehouse.connection, catalogue.reading_fingerprints):
            return False
        bases = list_bases(workspace, warehouse.connection, catalogue)
        return not list_stale(warehouse.connection, "publish", bases)


def _run_alone(
    workspace: Workspace, conductor: Conductor, catalogue: Catalogue, begun: tuple[float, str]
) -> NightReport:
    started, at = begun
    refuse_unknown_names(catalogue)
    with hold_lock(workspace.warehouse / "run.lock", since=at):
        sweep_warehouse(workspace.warehouse)
        with open_warehouse(workspace.warehouse) as warehouse:
            report = _run_stages(workspace, warehouse, catalogue, conductor, started)
            _record_run(warehouse, report, at)
            return _tell(workspace, warehouse, catalogue, conductor, report, at)


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


def _tell(
    workspace: Workspace, warehouse: Warehouse, catalogue: Catalogue, conductor: Conductor, report: NightReport, at: str
) -> NightReport:
    """The report with the digest that tells of it."""
    published = tuple((p.period, p.vintage, p.is_new) for p in report.publishing.publications)
    note = RunNote(
        at, report.ledger.holds, report.ledger.counts, report.ledger.problems, report.intake.waiting,
        report.intake.ignored, published, len(report.receipts.texts),
    )  # fmt: skip
    receipts = (*report.receipts.texts, *report.receipts.marked)
    digest = conductor.run_stage(
        "digest", lambda: make_digest(workspace, warehouse, catalogue, note, receipts, conductor)
    )
    return replace(report, digest=digest)


def _build_note(report: NightReport, cause: Cause, at: str) -> NightNote:
    counts = {"received": len(report.intake.received), "duplicates": len(report.intake.duplicates), **report.verdicts}
    waiting = tuple(name for name, _ in report.intake.waiting)
    return NightNote(cause, "done", at, round(report.seconds, 2), at, "", counts, waiting, report.ledger.holds)


def _record_run(warehouse: Warehouse, report: NightReport, at: str) -> None:
    """Remember the run, unless it found nothing to do."""
    if not (report.intake.received or report.intake.duplicates or report.validation.judged):
        return
    with warehouse.transaction() as connection:
        record_run(connection, LastRun(at, report.seconds, report.ledger.counts, report.ledger.holds))
