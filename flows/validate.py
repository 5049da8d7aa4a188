"""Stage 2: judge what was read, school by school, and settle which submission counts.

Two passes: what each submission says by itself, then against other returns, periods and schools. A lookup only
ever sees submissions that the first pass did not reject, so the order of arrival does not matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

import numpy as np
from prefect import flow, task

from flows.assess import RecordShelf, Registers, build_batch, build_collections, build_offices
from flows.checks.addresses import AddressBook
from flows.checks.content import Batch, judge_batch
from flows.checks.findings import Finding, find_from_ledger, find_from_signals, order_findings
from flows.checks.ledger import Ledger
from flows.checks.structure import Arrival, Surroundings, check_arrival, check_sheets, check_totals
from flows.checks.verdict import Verdict, judge_findings
from flows.normalisers.records import FormBlock
from flows.orchestration import run_batches
from flows.settings import Settings
from flows.signals import Notice, Signal
from flows.standing import settle_standings
from flows.warehouse.records import load_block, store_block
from flows.warehouse.standings import (
    LINKED,
    OWN,
    list_candidates,
    list_going_on,
    list_slots,
    load_tainted,
    replace_findings,
    replace_outcomes,
    store_own_verdicts,
)
from flows.warehouse.submissions import SubmissionRow, load_moved, load_rows, load_signals
from flows.warehouse.tables import Connection
from flows.warehouse.warehouse import Warehouse
from flows.workspace import Workspace
from schemas.catalogue import Catalogue
from schemas.compile import compile_checks

STOPPING = frozenset(
    {Notice.NO_COVER, Notice.FORM_NOT_IN_FORCE, Notice.SCHOOL_UNKNOWN, Notice.PERIOD_CLOSED, Notice.NOT_EXPECTED, Notice.EMPTY_FORM}
)
"""Faults of identity: judging the content would only repeat them."""


@dataclass(frozen=True, slots=True)
class Validation:
    """What the stage did."""

    judged: tuple[int, ...]
    settled: tuple[int, ...]


@dataclass(frozen=True)
class Court:
    """Everything a pass needs, opened once a run."""

    workspace: Workspace
    warehouse: Warehouse
    catalogue: Catalogue
    registers: Registers

    @property
    def connection(self) -> Connection:
        return self.warehouse.connection

    @property
    def settings(self) -> Settings:
        return self.workspace.settings


@dataclass(frozen=True, slots=True)
class Docket:
    """Submissions of one return, form and period: judged together."""

    return_id: str
    version: str
    period: str
    rows: tuple[SubmissionRow, ...]

    @property
    def submissions(self) -> list[int]:
        return [row.submission for row in self.rows]

    @property
    def schools(self) -> list[str]:
        return [row.school for row in self.rows]


@flow(name="validate", log_prints=False, validate_parameters=False)
def validate(workspace: Workspace, warehouse: Warehouse, catalogue: Catalogue) -> Validation:
    """Judge every submission whose content, rules or surroundings are new. The register comes first."""
    judged: list[int] = []
    settled: list[int] = []
    register = catalogue.register
    court = Court(workspace, warehouse, catalogue, Registers(catalogue, warehouse.connection))
    if register is not None:
        first = _judge_stale(court, only=register.id)
        judged += first.judged
        settled += first.settled
        court = Court(workspace, warehouse, catalogue, Registers(catalogue, warehouse.connection))
    rest = _judge_stale(court, only=None)
    return Validation((*judged, *rest.judged), (*settled, *rest.settled))


@task(name="judge own content", retries=1)
def judge_own(docket: Docket, court: Court) -> int:
    """First pass over a docket: everything that can be told from the submissions themselves."""
    findings, outcomes, stopped = _judge_docket_alone(docket, court)
    submissions = docket.submissions
    verdicts = _find_verdicts(submissions, findings, docket)
    with court.warehouse.transaction() as connection:
        replace_findings(connection, findings, submissions, OWN)
        replace_outcomes(connection, submissions, outcomes, OWN)
        store_own_verdicts(connection, verdicts, stopped)
    return len(submissions)


@task(name="judge linked content", retries=1)
def judge_linked(docket: Docket, court: Court) -> int:
    """Second pass over a docket: against other returns, earlier periods and other schools."""
    findings: list[Finding] = []
    outcomes: list[tuple[Sequence[int], Ledger]] = []
    layout = court.catalogue.build_layout(docket.return_id, docket.version)
    checks = [c for c in compile_checks(court.catalogue, layout) if c.other_returns or c.looks_back]
    if checks:
        batch = _open_batch(docket, court)
        ledger = Ledger(len(docket.rows))
        _restore_taint(batch, ledger, court)
        book = AddressBook(layout, load_moved(court.connection, docket.submissions))
        judge_batch(court.catalogue, batch, checks, ledger, with_cells=False)
        findings = order_findings(list(find_from_ledger(court.catalogue, batch, ledger, book)))
        outcomes = [(docket.submissions, ledger)]
    with court.warehouse.transaction() as connection:
        replace_findings(connection, findings, docket.submissions, LINKED)
        replace_outcomes(connection, docket.submissions, outcomes, LINKED)
    return len(docket.rows)


def find_rules_key(court: Court) -> str:
    """What a judgement depends on beside the submission: definitions, limits, collections, registers."""
    registers = court.connection.execute(
        "SELECT s.submission FROM submissions s JOIN standings t USING (submission) WHERE t.in_force AND s.return_id = ?",
        [court.catalogue.register.id if court.catalogue.register else ""],
    ).fetchall()
    settings = court.settings.model_dump_json(include={"collections", "bureau_code", "district_code", "sections", "limits"})
    return hashlib.sha256(f"{court.catalogue.fingerprint}{settings}{sorted(registers)}".encode()).hexdigest()[:16]


def _judge_stale(court: Court, *, only: str | None) -> Validation:
    key = find_rules_key(court)
    stale = _list_stale(court, key, only)
    run_batches(judge_own, _build_dockets(court, stale), court)
    schools = _find_affected(court, stale)
    linked = list_going_on(court.connection, set(stale) | _list_newest(court, schools, only))
    run_batches(judge_linked, _build_dockets(court, linked), court)
    with court.warehouse.transaction() as connection:
        settled = settle_standings(connection, court.catalogue, schools=schools, rules_key=key, only=only)
    return Validation(tuple(stale), tuple(settled))


def _list_stale(court: Court, key: str, only: str | None) -> list[int]:
    condition, values = ("AND s.return_id = ?", [key, only]) if only else ("", [key])
    rows = court.connection.execute(
        "SELECT s.submission FROM submissions s LEFT JOIN standings t USING (submission) "
        f"WHERE s.read_with IS NOT NULL AND (t.checked_with IS NULL OR t.checked_with <> ?) {condition} ORDER BY 1",
        values,
    ).fetchall()
    return [row[0] for row in rows]


def _find_affected(court: Court, stale: Sequence[int]) -> list[str]:
    """Schools of the submissions, schools that carry on for them, and the bureau whose figures rest on theirs."""
    rows = court.connection.execute(
        "SELECT DISTINCT school FROM submissions WHERE submission IN (SELECT unnest(?)) AND school <> ''", [list(stale)]
    ).fetchall()
    offices = build_offices(court.settings)
    schools = {row[0] for row in rows}
    return sorted(schools | ({offices.bureau} | offices.sections if schools else set()))


def _list_newest(court: Court, schools: Sequence[str], only: str | None) -> set[int]:
    slots = list_slots(court.connection, schools=schools)
    return {slot.submissions[-1] for slot in slots if only is None or slot.return_id == only}


def _build_dockets(court: Court, submissions: Iterable[int]) -> list[Docket]:
    rows = load_rows(court.connection, submissions)
    rows.sort(key=lambda row: (row.return_id, row.version, row.period, row.submission))
    dockets: list[Docket] = []
    for (return_id, version, period), members in groupby(rows, key=lambda r: (r.return_id, r.version, r.period)):
        listed = list(members)
        known = version if _is_known_form(court.catalogue, return_id, version) else ""
        size = court.settings.batch_size
        dockets += [
            Docket(return_id, known, period, tuple(listed[start : start + size])) for start in range(0, len(listed), size)
        ]
    return dockets


def _is_known_form(catalogue: Catalogue, return_id: str, version: str) -> bool:
    definition = catalogue.returns.get(return_id)
    return definition is not None and any(form.version == version for form in definition.forms)


def _judge_docket_alone(
    docket: Docket, court: Court
) -> tuple[list[Finding], list[tuple[Sequence[int], Ledger]], set[int]]:
    catalogue = court.catalogue
    signals = load_signals(court.connection, docket.submissions)
    arrivals = _check_arrivals(docket, court)
    stopped = {
        row.submission
        for row in docket.rows
        if not docket.version or {s.notice for s in (*arrivals[row.submission], *signals.get(row.submission, []))} & STOPPING
    }
    findings: list[Finding] = []
    outcomes: list[tuple[Sequence[int], Ledger]] = []
    book = _open_book(docket, court)
    for row in docket.rows:
        said = [*arrivals[row.submission], *signals.get(row.submission, [])]
        if row.submission in stopped:
            said = [s for s in said if s.notice in STOPPING or not s.cell]
        findings += find_from_signals(catalogue, row.submission, said, book)
    going_on = Docket(docket.return_id, docket.version, docket.period, tuple(r for r in docket.rows if r.submission not in stopped))
    if going_on.rows and book is not None:
        more, ledger = _judge_content(going_on, court, book, signals)
        findings += more
        outcomes.append((going_on.submissions, ledger))
    return order_findings(findings), outcomes, stopped


def _open_book(docket: Docket, court: Court) -> AddressBook | None:
    if not docket.version:
        return None
    layout = court.catalogue.build_layout(docket.return_id, docket.version)
    return AddressBook(layout, load_moved(court.connection, docket.submissions))


def _check_arrivals(docket: Docket, court: Court) -> dict[int, list[Signal]]:
    if docket.return_id not in court.catalogue.returns or not docket.version:
        return {row.submission: [] for row in docket.rows}
    around = Surroundings(
        court.catalogue,
        court.registers.find(docket.period) if docket.period else court.registers.find("0001"),
        build_collections(court.settings, court.catalogue),
        build_offices(court.settings),
        max(court.workspace.find_today(), date.today()),
    )
    return {row.submission: check_arrival(_build_arrival(row), around) for row in docket.rows}


def _build_arrival(row: SubmissionRow) -> Arrival:
    return Arrival(
        row.submission, row.file_name, datetime.fromisoformat(row.received_at).date(), row.return_id, row.version,
        row.period, row.school, row.cover, row.filled, row.present,
    )  # fmt: skip


def _judge_content(
    docket: Docket, court: Court, book: AddressBook, signals: dict[int, list[Signal]]
) -> tuple[list[Finding], Ledger]:
    catalogue = court.catalogue
    batch = _open_batch(docket, court)
    ledger = Ledger(len(docket.rows))
    _taint_refused(batch, ledger, signals, catalogue)
    checks = [c for c in compile_checks(catalogue, batch.block.layout) if not (c.other_returns or c.looks_back)]
    judge_batch(catalogue, batch, checks, ledger, with_cells=True)
    findings = list(find_from_ledger(catalogue, batch, ledger, book))
    typed_wrong = check_totals(batch, book)
    register = court.registers.find(docket.period)
    for position, row in enumerate(docket.rows):
        said = [*typed_wrong.get(position, []), *check_sheets(batch, position, register, docket.schools)]
        findings += find_from_signals(catalogue, row.submission, said, book)
    _store_totals(court, batch)
    return findings, ledger


def _open_batch(docket: Docket, court: Court) -> Batch:
    layout = court.catalogue.build_layout(docket.return_id, docket.version)
    block: FormBlock = load_block(court.connection, layout, docket.submissions)
    present = {s.id: np.array([s.id in row.present for row in docket.rows], dtype=bool) for s in layout.sheets}
    is_school = court.catalogue.returns[docket.return_id].scope == "school"
    schools = frozenset(docket.schools) if is_school else None
    shelf = RecordShelf(court.catalogue, court.connection, court.registers, list_candidates, schools)
    return build_batch(court.catalogue, block, present, docket.schools, docket.period, shelf, court.settings)


def _taint_refused(batch: Batch, ledger: Ledger, signals: dict[int, list[Signal]], catalogue: Catalogue) -> None:
    """Cells refused on reading: nothing that rests on them is judged."""
    errors = {
        str(entry.check.parameters["notice"])
        for entry in catalogue.checks.values()
        if entry.check.kind == "signal" and entry.check.severity == "error" and entry.check.level == "cell"
    }
    for position, submission in enumerate(batch.block.submissions):
        for signal in signals.get(submission, []):
            if signal.ref and signal.notice.value in errors:
                ledger.taint(signal.ref, _only(position, batch.block.length))


def _restore_taint(batch: Batch, ledger: Ledger, court: Court) -> None:
    positions = {submission: position for position, submission in enumerate(batch.block.submissions)}
    for submission, ref in load_tainted(court.connection, batch.block.submissions):
        ledger.taint(ref, _only(positions[submission], batch.block.length))


def _only(position: int, length: int) -> np.ndarray:
    mask = np.zeros(length, dtype=bool)
    mask[position] = True
    return mask


def _store_totals(court: Court, batch: Batch) -> None:
    """Totals that were not typed, computed now that the register says which cells apply."""
    if not any(sheet.totals for sheet in batch.block.layout.sheets):
        return
    numbers = batch.block.numbers.copy()
    for ref in [ref for sheet in batch.block.layout.sheets for ref, _ in sheet.totals]:
        position = batch.block.index[ref]
        blank = np.isnan(numbers[:, position]) & batch.applicable[:, position]
        numbers[blank, position] = batch.settled.numbers[blank, position]
    block = FormBlock(
        batch.block.layout, batch.block.submissions, numbers, batch.block.texts, batch.block.lists, batch.block.index
    )
    with court.warehouse.transaction() as connection:
        store_block(connection, block)


def _find_verdicts(submissions: Sequence[int], findings: Sequence[Finding], docket: Docket) -> dict[int, str]:
    unreadable = {row.submission for row in docket.rows if not row.is_readable}
    return {
        submission: Verdict.UNREADABLE.value
        if submission in unreadable
        else judge_findings(f for f in findings if f.submission == submission).verdict.value
        for submission in submissions
    }


