"""Checking files without storing them: what a run would say of them, said at once.

Files given together are held against one another and against what the warehouse has in force.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.assess import RecordShelf, Registers
from flows.checks.explanations import ANSWERED, Answer, answer_queries, build_note, is_note, list_queries
from flows.checks.findings import Finding, order_findings
from flows.checks.locks import Locks
from flows.checks.structure import find_period
from flows.checks.verdict import Verdict, judge_findings
from flows.conductor import Watcher
from flows.ingest import find_reading_limits
from flows.judging import Bench, Docket, Hearing, Papers, build_dockets, hear_alone, hear_linked, list_tainted
from flows.normalisers.records import stack_readings
from flows.readers.child import FileToRead, read_files
from flows.readers.reading import Reading
from flows.readers.reading_map import build_reading_map
from flows.register import pick_attributes
from flows.sources import AcceptedBlock, settle_accepted
from flows.standing import check_correction, tell_idle_notes
from flows.warehouse.answers import load_decisions
from flows.warehouse.interventions import list_locks
from flows.warehouse.standings import list_candidates, list_in_force
from flows.warehouse.submissions import SubmissionRow, is_received
from flows.warehouse.tables import Connection
from flows.workspace import Workspace
from schemas.catalogue import Catalogue

FIRST_NUMBER = 1_000_000_000
"""Files that are not stored are numbered from here: no submission ever is."""


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What a run would say of a file."""

    path: Path
    row: SubmissionRow
    verdict: Verdict
    findings: tuple[Finding, ...]
    answers: Mapping[int, Answer]
    """Position of a query among the findings → how it stands."""


@dataclass(frozen=True)
class _Read:
    """A file with what was read of it."""

    path: Path
    row: SubmissionRow
    reading: Reading


def check_files(
    workspace: Workspace, catalogue: Catalogue, connection: Connection, paths: Sequence[Path], watcher: Watcher
) -> list[CheckedFile]:
    """Judge files as a run would, in the order given. Nothing is written."""
    read = _read_all(workspace, catalogue, paths, watcher)
    hearings = _hear_all(workspace, catalogue, connection, read)
    return [_conclude(catalogue, connection, file, hearings) for file in read]


def _read_all(workspace: Workspace, catalogue: Catalogue, paths: Sequence[Path], watcher: Watcher) -> list[_Read]:
    jobs = [FileToRead(path, path.suffix) for path in paths]
    readings: dict[Path, Reading] = {}
    watcher.begin("read", len(jobs))
    limits, settings = find_reading_limits(workspace.settings), workspace.settings
    for job, reading in read_files(jobs, build_reading_map(catalogue), limits=limits, workers=settings.workers):
        readings[job.path] = reading
        watcher.advance()
    received_at = workspace.find_now().isoformat(timespec="seconds")
    return [
        _Read(path, _build_row(catalogue, FIRST_NUMBER + number, path, readings[path], received_at), readings[path])
        for number, path in enumerate(paths)
    ]


def _build_row(catalogue: Catalogue, number: int, path: Path, reading: Reading, received_at: str) -> SubmissionRow:
    identity = reading.identity
    definition = catalogue.returns.get(identity.return_id)
    return SubmissionRow(
        number, hashlib.sha256(path.read_bytes()).hexdigest(), path.name, received_at,
        identity.return_id, identity.version,
        find_period(identity.period, definition) if definition else "", identity.school_code, identity.cover,
        reading.filled, reading.present, reading.is_readable,
    )  # fmt: skip


def _hear_all(
    workspace: Workspace, catalogue: Catalogue, connection: Connection, read: Sequence[_Read]
) -> list[Hearing]:
    """Both passes over all files, the register's first."""
    registers = Registers(catalogue, connection)
    shelf = RecordShelf(catalogue, connection, registers, list_candidates)
    locks = Locks(list_locks(connection), workspace.settings.months_of_year)
    bench = Bench(catalogue, workspace.settings, registers, shelf, workspace.find_today(), locks)
    register_id = catalogue.register.id if catalogue.register else ""
    first = [file for file in read if file.row.return_id == register_id]
    others = [file for file in read if file.row.return_id != register_id]
    own = _hear_own(bench, first)
    bench = _adopt_register(bench, own)
    own += _hear_own(bench, others)
    passed = [_accept(bench, docket, hearing) for docket, _, hearing in own]
    bench = replace(bench, shelf=bench.shelf.include(block for block in passed if block is not None))
    return [hearing for *_, hearing in own] + [
        _hear_linked(bench, *heard, around=around) for heard in own for around in (False, True)
    ]


def _hear_own(bench: Bench, read: Sequence[_Read]) -> list[tuple[Docket, Papers, Hearing]]:
    by_number = {file.row.submission: file.reading for file in read}
    heard = []
    for docket in build_dockets(bench.catalogue, [file.row for file in read], bench.settings.batch_size):
        papers = _build_papers(bench.catalogue, docket, by_number)
        heard.append((docket, papers, hear_alone(docket, papers, bench)))
    return heard


def _build_papers(catalogue: Catalogue, docket: Docket, readings: dict[int, Reading]) -> Papers:
    chosen = [readings[submission] for submission in docket.submissions]
    block = None
    if docket.version:
        block = stack_readings(catalogue.build_layout(docket.return_id, docket.version), docket.submissions, chosen)
    return Papers(
        {submission: reading.signals for submission, reading in zip(docket.submissions, chosen, strict=True)},
        {submission: reading.moved for submission, reading in zip(docket.submissions, chosen, strict=True)},
        block,
    )


def _adopt_register(bench: Bench, heard: Iterable[tuple[Docket, Papers, Hearing]]) -> Bench:
    """Registers among the files count for the others unless they would be rejected."""
    given = {}
    for docket, _, hearing in heard:
        block = _list_unrejected(docket, hearing)
        definition = bench.catalogue.register
        if block is not None and definition is not None and definition.roles is not None:
            given[docket.period] = block.block.lists
    if not given:
        return bench
    registers = replace(bench.registers, given=given, _views={})
    return replace(bench, registers=registers, shelf=replace(bench.shelf, registers=registers, _loaded={}))


def _accept(bench: Bench, docket: Docket, hearing: Hearing) -> AcceptedBlock | None:
    """The records of a docket as lookups of others see them."""
    unrejected = _list_unrejected(docket, hearing)
    if unrejected is None:
        return None
    attributes = pick_attributes(bench.registers.find(docket.period), unrejected.schools, docket.period)
    return settle_accepted(bench.catalogue, unrejected, attributes)


def _list_unrejected(docket: Docket, hearing: Hearing) -> AcceptedBlock | None:
    """The newest submission of each school that its own content does not reject."""
    if hearing.settled is None:
        return None
    rejected = {f.submission for f in hearing.findings if f.severity == "error" and not f.trial}
    newest = {row.school: row.submission for row in docket.rows if row.submission not in rejected}
    rows = [i for i, submission in enumerate(hearing.settled.submissions) if submission in newest.values()]
    if not rows:
        return None
    schools = {submission: school for school, submission in newest.items()}
    block = hearing.settled.pick(rows)
    return AcceptedBlock(block, tuple(schools[submission] for submission in block.submissions), docket.period)


def _hear_linked(bench: Bench, docket: Docket, papers: Papers, own: Hearing, *, around: bool) -> Hearing:
    going_on = docket.without(own.stopped)
    if not going_on.version:
        return Hearing([])
    return hear_linked(going_on, papers, bench, list_tainted(own.findings), around=around)


def _conclude(catalogue: Catalogue, connection: Connection, file: _Read, hearings: Sequence[Hearing]) -> CheckedFile:
    findings = [f for hearing in hearings for f in hearing.findings if f.submission == file.row.submission]
    findings = order_findings(findings + _find_correction(catalogue, connection, file.row))
    queries = list_queries(catalogue, findings)
    notes = [build_note(line) for line in file.reading.notes if is_note(line)]
    decisions = load_decisions(connection).get((file.row.return_id, file.row.school), {})
    found = answer_queries([query for _, query in queries], notes, decisions, catalogue.explanations)
    answers = {position: answer for (position, _), answer in zip(queries, found.answers, strict=True)}
    unanswered = [f for i, f in enumerate(findings) if i not in answers or answers[i].state not in ANSWERED]
    verdict = judge_findings(unanswered).verdict if file.row.is_readable else Verdict.UNREADABLE
    findings += tell_idle_notes(catalogue, file.row.submission, found.idle)
    return CheckedFile(file.path, file.row, verdict, tuple(findings), answers)


def _find_correction(catalogue: Catalogue, connection: Connection, row: SubmissionRow) -> list[Finding]:
    """A file that would replace an accepted one says why; one that is that very file replaces nothing."""
    if is_received(connection, row.sha256):
        return []
    accepted = [
        number for number, school, _ in list_in_force(connection, row.return_id, row.period) if school == row.school
    ]
    return check_correction(catalogue, row, accepted)
