"""Stage 2: judge what was read, school by school, and settle which submission counts.

Three passes: what each submission says by itself, then against other returns and periods, then against other schools.
A lookup only ever sees submissions that the first pass did not reject, so the order of arrival does not matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from flows.assess import RecordShelf, Registers, build_offices
from flows.canaries import NO_CANARIES, CanaryReport, try_canaries
from flows.checks.findings import find_signal_code
from flows.checks.locks import Locks
from flows.conductor import PLAIN, Conductor
from flows.judging import Bench, Docket, Papers, build_dockets, find_own_verdicts, hear_alone, hear_linked
from flows.lineage import find_relatives
from flows.signals import Notice
from flows.standing import settle_standings
from flows.warehouse.duplicates import list_untold
from flows.warehouse.interventions import list_locks
from flows.warehouse.records import load_typed_block, store_totals
from flows.warehouse.standings import (
    AROUND,
    LINKED,
    OWN,
    list_candidates,
    list_going_on,
    list_good,
    list_slots,
    load_tainted,
    replace_findings,
    replace_outcomes,
    store_own_verdicts,
)
from flows.warehouse.submissions import load_moved, load_rows, load_signals
from flows.warehouse.tables import Connection
from flows.warehouse.warehouse import Warehouse
from flows.workspace import Workspace
from schemas.catalogue import Catalogue
from schemas.compile import list_dependents
from schemas.periods import LAST_PERIOD, find_bounds

MOST_CANARIES = 2
"""Returns that faults are planted in a night, others every day: the proof must not cost more than the work."""


@dataclass(frozen=True, slots=True)
class Validation:
    """What the stage did."""

    judged: tuple[int, ...]
    settled: tuple[int, ...]
    waiting: tuple[int, ...] = ()
    canaries: CanaryReport = NO_CANARIES


@dataclass(frozen=True)
class Court:
    """The bench, and the warehouse it takes papers from and writes findings to."""

    warehouse: Warehouse
    bench: Bench
    conductor: Conductor
    _kept: dict[tuple[str, str, tuple[int, ...]], Papers] = field(default_factory=dict, repr=False)
    """Papers of few submissions, which every pass asks for: at most those of one batch."""

    @property
    def connection(self) -> Connection:
        return self.warehouse.connection

    @property
    def catalogue(self) -> Catalogue:
        return self.bench.catalogue

    def load_papers(self, docket: Docket) -> Papers:
        """What was read of the docket's submissions. It does not change while they are judged."""
        key = (docket.return_id, docket.version, tuple(docket.submissions))
        if key not in self._kept:
            if sum(len(submissions) for *_, submissions in (*self._kept, key)) > self.bench.settings.batch_size:
                self._kept.clear()
            self._kept[key] = _load_papers(docket, self)
        return self._kept[key]


def validate(
    workspace: Workspace, warehouse: Warehouse, catalogue: Catalogue, conductor: Conductor = PLAIN
) -> Validation:
    """Judge every submission whose content, rules or surroundings are new. The register comes first."""
    judged: list[int] = []
    settled: list[int] = []
    waiting: list[int] = []
    passes = [catalogue.register.id, None] if catalogue.register else [None]
    for only in passes:
        part = _judge_stale(_open_court(workspace, warehouse, catalogue, conductor), only=only)
        judged += part.judged
        settled += part.settled
        waiting += part.waiting
    settled += resettle(workspace, warehouse, catalogue, _find_untold(warehouse.connection, catalogue))
    canaries = watch_canaries(_open_court(workspace, warehouse, catalogue, conductor), judged)
    return Validation(tuple(judged), tuple(settled), tuple(waiting), canaries)


def watch_canaries(court: Court, judged: Collection[int]) -> CanaryReport:
    """Plant faults in a good submission of each return that was judged; see whether they are found."""
    good = {
        (row.return_id, row.period): row for row in load_rows(court.connection, list_good(court.connection, judged))
    }
    report = NO_CANARIES
    rows = [good[place] for place in sorted(good)]
    start = court.bench.today.toordinal() % len(rows) if rows else 0
    for docket in build_dockets(court.catalogue, [*rows[start:], *rows[:start]][:MOST_CANARIES], 1):
        report = report.join(try_canaries(docket, court.load_papers(docket), court.bench))
    return report


def resettle(
    workspace: Workspace, warehouse: Warehouse, catalogue: Catalogue, submissions: Collection[int]
) -> list[int]:
    """Settle again where submissions stand, from findings already made. Returns all whose standing was written."""
    if not submissions:
        return []
    court = _open_court(workspace, warehouse, catalogue, PLAIN)
    with warehouse.transaction() as connection:
        return settle_standings(connection, court.catalogue, submissions, None)


def judge_own(docket: Docket, court: Court) -> int:
    """First pass over a docket: everything that can be told from the submissions themselves."""
    papers = court.load_papers(docket)
    hearing = hear_alone(docket, papers, court.bench)
    submissions = docket.submissions
    with court.warehouse.transaction() as connection:
        replace_findings(connection, hearing.findings, submissions, OWN)
        replace_outcomes(connection, submissions, hearing.ledgers, OWN)
        store_own_verdicts(connection, find_own_verdicts(docket, hearing), hearing.stopped)
        if hearing.settled is not None:
            store_totals(connection, papers.pick(hearing.settled.submissions), hearing.settled)
    court.conductor.watcher.advance()
    return len(submissions)


def judge_linked(docket: Docket, court: Court, *, around: bool = False) -> int:
    """Second pass over a docket: against other returns and earlier periods; third pass (`around`): other schools."""
    tainted = load_tainted(court.connection, docket.submissions)
    hearing = hear_linked(docket, court.load_papers(docket), court.bench, tainted, around=around)
    step = AROUND if around else LINKED
    with court.warehouse.transaction() as connection:
        replace_findings(connection, hearing.findings, docket.submissions, step)
        replace_outcomes(connection, docket.submissions, hearing.ledgers, step)
    court.conductor.watcher.advance()
    return len(docket.rows)


def _open_court(workspace: Workspace, warehouse: Warehouse, catalogue: Catalogue, conductor: Conductor) -> Court:
    registers = Registers(catalogue, warehouse.connection)
    shelf = RecordShelf(catalogue, warehouse.connection, registers, list_candidates)
    locks = Locks(list_locks(warehouse.connection), workspace.settings.months_of_year)
    bench = Bench(catalogue, workspace.settings, registers, shelf, workspace.find_today(), locks)
    return Court(warehouse, bench, conductor)


def _find_untold(connection: Connection, catalogue: Catalogue) -> list[int]:
    """Submissions of which files came again since they were settled."""
    code = find_signal_code(catalogue, Notice.DUPLICATE)
    return list_untold(connection, code) if code else []


def _load_papers(docket: Docket, court: Court) -> Papers:
    block = None
    if docket.version:
        layout = court.catalogue.build_layout(docket.return_id, docket.version)
        block = load_typed_block(court.connection, layout, docket.submissions)
    return Papers(
        load_signals(court.connection, docket.submissions), load_moved(court.connection, docket.submissions), block
    )


def _judge_stale(court: Court, *, only: str | None) -> Validation:
    keys = RulesKeys(court)
    stale, waiting = _list_stale(court, keys, only)
    dockets = _list_dockets(court, stale)
    court.conductor.watcher.begin("judge_alone", len(dockets))
    court.conductor.run_batches("judge alone", lambda docket: judge_own(docket, court), dockets, retries=1)
    linked = list_going_on(court.connection, {*stale, *_list_affected(court, stale, only)})
    dockets = _list_dockets(court, linked)
    court.conductor.watcher.begin("judge_linked", len(dockets))
    court.conductor.run_batches("judge linked", lambda docket: judge_linked(docket, court), dockets, retries=1)
    around = list_going_on(court.connection, _list_compared(court, {*stale, *linked}, only))
    dockets = _list_dockets(court, around, size=len(around) or 1)
    court.conductor.watcher.begin("judge_around", len(dockets))
    court.conductor.run_batches(
        "judge around", lambda docket: judge_linked(docket, court, around=True), dockets, retries=1
    )
    with court.warehouse.transaction() as connection:
        settled = settle_standings(connection, court.catalogue, {*stale, *linked, *around}, keys.find)
    return Validation(tuple(stale), tuple(settled), tuple(waiting))


@dataclass
class RulesKeys:
    """What judgements depend on beside the submission: definitions, limits, collections, the period's registers."""

    court: Court
    _known: dict[str, str] = field(default_factory=dict)

    def find(self, period: str) -> str:
        if period not in self._known:
            named = {"collections", "bureau_code", "district_code", "sections", "limits"}
            settings = self.court.bench.settings.model_dump_json(include=named)
            register = self.court.bench.registers.list_submissions(period or LAST_PERIOD)
            text = f"{self.court.catalogue.fingerprint}{settings}{register}{self.court.bench.list_waivers() or ''}"
            self._known[period] = hashlib.sha256(text.encode()).hexdigest()[:16]
        return self._known[period]


def _list_stale(court: Court, keys: RulesKeys, only: str | None) -> tuple[list[int], list[int]]:
    """Submissions to be judged, and those that wait: returns of schools as long as there is no register."""
    rows = court.connection.execute(
        "SELECT s.submission, s.return_id, s.period, t.checked_with FROM submissions s "
        "LEFT JOIN standings t USING (submission) WHERE s.read_with IS NOT NULL ORDER BY 1"
    ).fetchall()
    stale = [row[:2] for row in rows if (only is None or row[1] == only) and row[3] != keys.find(row[2])]
    held = _list_held_returns(court) if only is None else frozenset()
    return [row[0] for row in stale if row[1] not in held], [row[0] for row in stale if row[1] in held]


def _list_held_returns(court: Court) -> frozenset[str]:
    """Returns that nobody can be told to owe while no register has been accepted."""
    if court.catalogue.register is None or not court.bench.registers.are_empty():
        return frozenset()
    return frozenset(definition.id for definition in court.catalogue.returns.values() if definition.scope == "school")


def _list_affected(court: Court, stale: Sequence[int], only: str | None) -> list[int]:
    """The current submissions of all slots whose checks may look at what is judged anew.

    They are of the same schools, of those that carry on for them, or of the bureau whose figures rest on theirs; of
    returns that have a check on one of the returns; of a period that is not over before the first that is new begins.
    """
    fresh = {(r.school, r.return_id, r.period) for r in load_rows(court.connection, stale) if r.school and r.period}
    if not fresh:
        return []
    dependents = list_dependents(court.catalogue, {return_id for _, return_id, _ in fresh})
    schools = _list_concerned(court, {school for school, _, _ in fresh}, {period for _, _, period in fresh})
    since = min(find_bounds(period)[0] for _, _, period in fresh)
    return [
        submission
        for slot in list_slots(court.connection, schools=schools)
        if slot.return_id in dependents
        and (only is None or slot.return_id == only)
        and find_bounds(slot.period)[1] >= since
        for submission in slot.current
    ]


def _list_compared(court: Court, fresh: Collection[int], only: str | None) -> list[int]:
    """The current submissions of all schools whose returns are compared with one another by what is judged anew."""
    rows = [row for row in load_rows(court.connection, fresh) if row.return_id and row.period]
    spans = {find_bounds(row.period) for row in rows}
    compared = list_dependents(court.catalogue, {row.return_id for row in rows}, around=True)
    return [
        submission
        for slot in (list_slots(court.connection) if compared and only is None else ())
        if slot.return_id in compared and any(_overlap(find_bounds(slot.period), span) for span in spans)
        for submission in slot.current
    ]


def _overlap(one: tuple[date, date], other: tuple[date, date]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _list_concerned(court: Court, schools: set[str], periods: set[str]) -> set[str]:
    """The schools, those that carry on for them, and the offices of the bureau."""
    offices = build_offices(court.bench.settings)
    views = [court.bench.registers.find(period) for period in (*periods, LAST_PERIOD)]
    related = (find_relatives(view.changes, schools) for view in views)
    return schools.union({offices.bureau}, offices.sections, *related)


def _list_dockets(court: Court, submissions: Iterable[int], *, size: int = 0) -> list[Docket]:
    rows = load_rows(court.connection, submissions)
    return build_dockets(court.catalogue, rows, size or court.bench.settings.batch_size)
