"""Judging submissions of one return, form and period together: alone, and against everything linked to them.

Used by the validating stage, which takes the papers from the warehouse, and by the check of single files, which
takes them straight from the reader; both say the same of the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

import numpy as np

from flows.assess import RecordShelf, Registers, build_batch, build_collections, build_offices
from flows.checks.addresses import AddressBook
from flows.checks.comparable import tell_comparisons
from flows.checks.content import Batch, judge_batch
from flows.checks.copied import check_copies
from flows.checks.findings import Finding, find_from_ledger, find_from_signals, order_findings
from flows.checks.forms import check_left_cells
from flows.checks.ledger import Ledger
from flows.checks.locks import NO_LOCKS, Locks
from flows.checks.nothing import check_lists, declares_nil, find_data, judge_nil, settle_nil
from flows.checks.register_lists import check_dropped, check_register
from flows.checks.structure import Arrival, Surroundings, check_arrival, check_sheets, check_totals
from flows.checks.verdict import Verdict, judge_findings
from flows.checks.waivers import Waiver, waive_findings
from flows.lineage import find_relatives
from flows.normalisers.records import FormBlock, join_blocks
from flows.readers.reading import Placement
from flows.settings import Settings
from flows.signals import Notice, Signal
from flows.warehouse.submissions import SubmissionRow
from schemas.catalogue import Catalogue
from schemas.compile import CompiledCheck, compile_checks
from schemas.layout import FormLayout, split_address
from schemas.periods import LAST_PERIOD, is_in_force, step_back

STOPPING = frozenset(
    {
        Notice.NO_COVER, Notice.FORM_NOT_IN_FORCE, Notice.SCHOOL_UNKNOWN, Notice.SCHOOL_CLOSED,
        Notice.SCHOOL_TAKEN_OVER, Notice.SCHOOL_NOT_YET_OPEN, Notice.PERIOD_CLOSED, Notice.NOT_EXPECTED,
        Notice.EMPTY_FORM, Notice.NIL_NOT_TAKEN,
    }
)  # fmt: skip
"""Faults of identity: judging the content would only repeat them."""


@dataclass(frozen=True, slots=True)
class Docket:
    """Submissions of one return, form and period. An unknown form has an empty version."""

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

    def without(self, submissions: Iterable[int]) -> Docket:
        left_out = set(submissions)
        return Docket(
            self.return_id, self.version, self.period, tuple(r for r in self.rows if r.submission not in left_out)
        )


@dataclass(frozen=True)
class Papers:
    """What was read of a docket's submissions: signals, places, records."""

    signals: Mapping[int, Sequence[Signal]]
    moved: Mapping[int, Mapping[str, Placement]]
    block: FormBlock | None

    def pick(self, submissions: Sequence[int]) -> FormBlock:
        """The records of some of the submissions."""
        assert self.block is not None
        return self.block.pick([self.block.submissions.index(submission) for submission in submissions])


@dataclass(frozen=True)
class Bench:
    """What submissions are judged by: definitions, settings, registers, and the records of others."""

    catalogue: Catalogue
    settings: Settings
    registers: Registers
    shelf: RecordShelf
    today: date
    locks: Locks = NO_LOCKS

    def list_waivers(self) -> list[Waiver]:
        """Waivers that hold today."""
        return [Waiver(**each.model_dump()) for each in self.settings.waivers if each.until >= self.today]

    def open_shelf(self, docket: Docket) -> RecordShelf:
        """The records of others: where the docket is of schools, theirs only and of those they carry on for."""
        if self.catalogue.returns[docket.return_id].scope != "school":
            return self.shelf.for_schools(None)
        changes = self.registers.find(docket.period).changes
        return self.shelf.for_schools(frozenset(find_relatives(changes, docket.schools)))


@dataclass(frozen=True)
class Hearing:
    """What came of judging a docket."""

    findings: list[Finding]
    ledgers: list[tuple[list[int], Ledger]] = field(default_factory=list)
    stopped: frozenset[int] = frozenset()
    settled: FormBlock | None = None


def build_dockets(catalogue: Catalogue, rows: Sequence[SubmissionRow], size: int) -> list[Docket]:
    """Submissions grouped by return, form and period, no more than so many together."""
    ordered = sorted(rows, key=lambda row: (row.return_id, row.version, row.period, row.submission))
    dockets: list[Docket] = []
    for (return_id, version, period), members in groupby(ordered, key=lambda r: (r.return_id, r.version, r.period)):
        listed = list(members)
        known = version if _is_known_form(catalogue, return_id, version) else ""
        starts = range(0, len(listed), size)
        dockets += [Docket(return_id, known, period, tuple(listed[start : start + size])) for start in starts]
    return dockets


def hear_alone(docket: Docket, papers: Papers, bench: Bench) -> Hearing:
    """Everything that can be told from the submissions themselves, the register and the calendar."""
    book = _open_book(docket, papers, bench)
    said = _gather_signals(docket, papers, bench)
    notices = {s: {signal.notice for signal in said[s]} for s in docket.submissions}
    stopped = {s for s in docket.submissions if not docket.version or notices[s] & STOPPING}
    nil = [s for s in docket.submissions if s not in stopped and Notice.NIL_RETURN in notices[s]]
    findings: list[Finding] = []
    for submission in docket.submissions:
        told = _pick_told(said[submission], is_stopped=submission in stopped)
        findings += find_from_signals(bench.catalogue, submission, told, book)
    going_on, unheard = docket.without({*stopped, *nil}), frozenset({*stopped, *nil})
    taken = settle_nil(papers.pick(nil)) if nil else None
    if not going_on.rows or book is None:
        return Hearing(_conclude(docket, findings, bench), stopped=unheard, settled=taken)
    more, ledger, settled = _hear_content(going_on, papers, bench, book)
    concluded = _conclude(docket, [*findings, *more], bench)
    settled = join_blocks(settled, taken) if taken is not None else settled
    return Hearing(concluded, [(going_on.submissions, ledger)], unheard, settled)


def _pick_told(signals: Sequence[Signal], *, is_stopped: bool) -> list[Signal]:
    """Signals to be told before the content is judged: what a list says of itself is held against its lines first."""
    told = [signal for signal in signals if signal.notice is not Notice.DECLARED_EMPTY]
    if not is_stopped:
        return told
    faults = (signal for signal in told if signal.notice is not Notice.NIL_RETURN)
    return [signal for signal in faults if signal.notice in STOPPING or not signal.cell]


def hear_linked(
    docket: Docket, papers: Papers, bench: Bench, tainted: Iterable[tuple[int, str]], *, around: bool = False
) -> Hearing:
    """Against other returns and earlier periods, or (`around`) against other schools.

    `tainted` are cells behind errors found before.
    """
    layout = bench.catalogue.build_layout(docket.return_id, docket.version)
    linked = [check for check in _list_checks(bench.catalogue, layout, docket.period) if _is_linked(check)]
    checks = [check for check in linked if check.looks_around == around]
    if not docket.rows or (around and not checks):
        return Hearing([])
    batch = _open_batch(docket, papers, bench, around=around)
    ledger = Ledger(len(docket.rows))
    positions = {submission: position for position, submission in enumerate(docket.submissions)}
    for submission, ref in tainted:
        if submission in positions:
            ledger.taint(ref, _only(positions[submission], len(docket.rows)))
    book = AddressBook(layout, papers.moved)
    judge_batch(bench.catalogue, batch, checks, ledger, with_cells=False)
    found = list(find_from_ledger(bench.catalogue, batch, ledger, book))
    for position, signal in () if around else _compare_with_before(bench, docket, checks, batch, book):
        found += find_from_signals(bench.catalogue, docket.submissions[position], [signal], book)
    return Hearing(_conclude(docket, found, bench), [(docket.submissions, ledger)])


def _compare_with_before(
    bench: Bench, docket: Docket, checks: Sequence[CompiledCheck], batch: Batch, book: AddressBook
) -> Iterator[tuple[int, Signal]]:
    """Sheets copied from the period before, and, where checks look back, what they hold a school against."""
    yield from check_copies(batch, book)
    definition = bench.catalogue.returns[docket.return_id]
    if definition.roles is not None:
        before = bench.registers.find(step_back(docket.period))
        for position in range(len(docket.rows)):
            dropped = check_dropped(bench.catalogue, batch.block, position, book, before)
            yield from ((position, signal) for signal in dropped)
    looks_back = any(check.looks_back for check in checks) and definition.scope == "school"
    if looks_back and bench.shelf.has_filed(docket.return_id, step_back(docket.period)):
        yield from tell_comparisons(batch)


def find_own_verdicts(docket: Docket, hearing: Hearing) -> dict[int, str]:
    """Submission → verdict on what it says by itself."""
    by_submission: dict[int, list[Finding]] = {row.submission: [] for row in docket.rows}
    for finding in hearing.findings:
        by_submission[finding.submission].append(finding)
    return {
        row.submission: judge_findings(by_submission[row.submission]).verdict.value
        if row.is_readable
        else Verdict.UNREADABLE.value
        for row in docket.rows
    }


def list_tainted(findings: Iterable[Finding]) -> list[tuple[int, str]]:
    """Submission and reference of every cell behind an error."""
    return [
        (finding.submission, ref)
        for finding in findings
        if finding.severity == "error" and not finding.trial
        for ref in {finding.ref, *(operand.ref for operand in finding.operands)}
        if ref
    ]


def _conclude(docket: Docket, findings: Iterable[Finding], bench: Bench) -> list[Finding]:
    """The findings in order, those that a school was let off for told as such."""
    waivers = bench.list_waivers()
    if waivers:
        places = {row.submission: (row.school, row.period) for row in docket.rows}
        findings = waive_findings(bench.catalogue, findings, places, waivers)
    return order_findings([*findings])


def _is_known_form(catalogue: Catalogue, return_id: str, version: str) -> bool:
    definition = catalogue.returns.get(return_id)
    return definition is not None and any(form.version == version for form in definition.forms)


def _list_checks(catalogue: Catalogue, layout: FormLayout, period: str) -> list[CompiledCheck]:
    """The checks of a form that are in force for a period."""
    return [check for check in compile_checks(catalogue, layout) if is_in_force(check.check, period)]


def _is_linked(check: CompiledCheck) -> bool:
    return bool(check.other_returns) or check.looks_back or check.looks_around


def _open_book(docket: Docket, papers: Papers, bench: Bench) -> AddressBook | None:
    if not docket.version:
        return None
    return AddressBook(bench.catalogue.build_layout(docket.return_id, docket.version), papers.moved)


def _gather_signals(docket: Docket, papers: Papers, bench: Bench) -> dict[int, list[Signal]]:
    """Signals of arrival and of reading, by submission."""
    read = {s: list(papers.signals.get(s, ())) for s in docket.submissions}
    if docket.return_id not in bench.catalogue.returns or not docket.version:
        return read
    around = Surroundings(
        bench.catalogue,
        bench.registers.find(docket.period or LAST_PERIOD),
        build_collections(bench.settings, bench.catalogue),
        build_offices(bench.settings),
        max(bench.today, datetime.now().astimezone().date()),
        bench.locks,
    )
    nil = _judge_nil(docket, papers, bench)
    return {
        row.submission: [
            *check_arrival(_build_arrival(row), around),
            *nil.get(row.submission, ()),
            *read[row.submission],
        ]
        for row in docket.rows
    }


def _judge_nil(docket: Docket, papers: Papers, bench: Bench) -> dict[int, list[Signal]]:
    """What is said of submissions that declare that they have no data."""
    declared = [row.submission for row in docket.rows if declares_nil(row.cover)]
    if not declared:
        return {}
    held = find_data(papers.pick(declared))
    return {
        submission: [judge_nil(bench.catalogue, docket.return_id, has_data=bool(has_data))]
        for submission, has_data in zip(declared, held, strict=True)
    }


def _build_arrival(row: SubmissionRow) -> Arrival:
    return Arrival(
        row.submission, row.file_name, row.received_at, row.return_id, row.version,
        row.period, row.school, row.cover, row.filled, row.present,
    )  # fmt: skip


def _hear_content(
    docket: Docket, papers: Papers, bench: Bench, book: AddressBook
) -> tuple[list[Finding], Ledger, FormBlock]:
    catalogue = bench.catalogue
    batch = _open_batch(docket, papers, bench)
    ledger = Ledger(len(docket.rows))
    _taint_refused(batch, ledger, papers, catalogue)
    compiled = _list_checks(catalogue, batch.block.layout, docket.period)
    checks = [check for check in compiled if not _is_linked(check)]
    judge_batch(catalogue, batch, checks, ledger, with_cells=True)
    findings = list(find_from_ledger(catalogue, batch, ledger, book))
    typed_wrong, left = check_totals(batch, book), check_left_cells(batch, book, catalogue)
    empty = check_lists(catalogue, batch, book, papers.signals, [row.cover for row in docket.rows])
    for position, row in enumerate(docket.rows):
        signals = [*typed_wrong.get(position, []), *check_sheets(batch, position), *empty.get(position, [])]
        signals += check_register(catalogue, batch.block, position, book)
        signals += [left[position]] if position in left else []
        findings += find_from_signals(catalogue, row.submission, signals, book)
    return findings, ledger, _fill_in_totals(batch)


def _open_batch(docket: Docket, papers: Papers, bench: Bench, *, around: bool = False) -> Batch:
    block = papers.pick(docket.submissions)
    present = {
        sheet.id: np.array([sheet.id in row.present for row in docket.rows], dtype=bool)
        for sheet in block.layout.sheets
    }
    shelf = bench.shelf if around else bench.open_shelf(docket)
    return build_batch(bench.catalogue, block, present, docket.schools, docket.period, shelf, bench.settings)


def _taint_refused(batch: Batch, ledger: Ledger, papers: Papers, catalogue: Catalogue) -> None:
    """Cells refused on reading: nothing that rests on them is judged."""
    errors = {
        str(entry.check.parameters["notice"])
        for entry in catalogue.checks.values()
        if entry.check.kind == "signal" and entry.check.severity == "error" and entry.check.level == "cell"
    }
    for position, submission in enumerate(batch.block.submissions):
        for signal in papers.signals.get(submission, ()):
            if signal.ref and signal.notice.value in errors:
                ledger.taint(signal.ref, _only(position, batch.block.length))
                ledger.taint_line(signal.ref, position, _read_row(signal.cell))


def _read_row(address: str) -> int:
    """Row of an A1 address; 0 where there is none."""
    return split_address(address)[0] + 1 if address else 0


def _only(position: int, length: int) -> np.ndarray:
    mask = np.zeros(length, dtype=bool)
    mask[position] = True
    return mask


def _fill_in_totals(batch: Batch) -> FormBlock:
    """Records as typed, with totals that were not typed computed now that it is known which cells apply."""
    block = batch.block
    numbers = block.numbers.copy()
    for ref in [ref for sheet in block.layout.sheets for ref, _ in sheet.totals]:
        position = block.index[ref]
        blank = np.isnan(numbers[:, position]) & batch.applicable[:, position]
        numbers[blank, position] = batch.settled.numbers[blank, position]
    return FormBlock(block.layout, block.submissions, numbers, block.texts, block.lists, block.index)
