"""How a collection goes: what each school owes and sent, how often, how late and with what success."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import mean

from flows.checks.verdict import STANDING_VERDICTS

SAY_NOTHING = ("withdrawn", "duplicate")
"""States of versions that were taken back, or say what the one before said."""

Slot = tuple[str, str, str]
"""Return, period and school."""


@dataclass(frozen=True, slots=True)
class Round:
    """One version of a return that a school sent. `verdict` is what it deserved, `state` how it stands now."""

    return_id: str
    period: str
    school: str
    submission: int
    file_name: str
    received_on: date
    version: str
    verdict: str
    state: str
    in_force: bool
    errors: int
    queries: int
    program: str = ""
    """What wrote the workbook, as it says itself."""

    @property
    def slot(self) -> Slot:
        return self.return_id, self.period, self.school

    @property
    def is_accepted(self) -> bool:
        return self.verdict in STANDING_VERDICTS


@dataclass(frozen=True, slots=True)
class Asked:
    """A return that a school owes for a period, and until when."""

    return_id: str
    period: str
    school: str
    due: date

    @property
    def slot(self) -> Slot:
        return self.return_id, self.period, self.school


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """How punctual a school is, and how good what it sends. It counts returns, and at its end findings.

    What was taken back is not received. `expected` is `received` and `missing`; `received` is `accepted` (of which
    some `with_queries`), `rejected` and `unsettled`, which is unreadable or waits for the register. `amended` counts
    accepted returns that had an accepted version before, `waived` those that pass by a waiver, `withdrawn` versions.

    `days_late` is the mean over returns that came late or are overdue, `rounds` over returns that were accepted:
    versions up to the first accepted one. Both are missing where there is none. `silent_days` have passed since the
    school last sent anything.
    """

    school: str
    expected: int
    received: int
    on_time: int
    late: int
    missing: int
    overdue: int
    days_late: float
    accepted: int
    with_queries: int
    rejected: int
    unsettled: int
    first_pass: int
    rounds: float
    amended: int
    waived: int
    withdrawn: int
    open_errors: int
    open_queries: int
    silent_days: float


@dataclass(frozen=True, slots=True)
class FormRow:
    """How a return went, on one version of its template. `answer_days` pass from a refusal to the next version."""

    return_id: str
    version: str
    schools: int
    versions: int
    accepted: int
    first_pass: int
    rounds: float
    answer_days: float
    errors: int
    queries: int


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """How returns went that were first written by one program; errors and queries of all their versions."""

    program: str
    returns: int
    versions: int
    accepted: int
    first_pass: int
    rounds: float
    errors: int
    queries: int


def rate_schools(
    asked: Sequence[Asked], rounds: Iterable[Round], today: date, waived: Collection[int] = ()
) -> list[SchoolRow]:
    """One row a school that owes anything, in order of code; what was not asked for does not count.

    `waived` are submissions of which something was waived.
    """
    sent = group_rounds(rounds)
    by_school: dict[str, list[Asked]] = {}
    for each in asked:
        by_school.setdefault(each.school, []).append(each)
    return [_rate_school(by_school[school], sent, today, waived) for school in sorted(by_school)]


def rate_forms(rounds: Iterable[Round]) -> list[FormRow]:
    """One row a return and version of its template, as far as any was received."""
    by_form: dict[tuple[str, str], list[list[Round]]] = {}
    for versions in group_rounds(rounds).values():
        by_form.setdefault((versions[-1].return_id, versions[-1].version), []).append(versions)
    return [_rate_form(*form, slots) for form, slots in sorted(by_form.items())]


def rate_programs(rounds: Iterable[Round]) -> list[ProgramRow]:
    """One row a program that wrote first versions, as far as any was received; the most frequent first."""
    by_program: dict[str, list[list[Round]]] = {}
    for versions in group_rounds(rounds).values():
        by_program.setdefault(versions[0].program, []).append(versions)
    rows = [_rate_program(program, slots) for program, slots in by_program.items()]
    return sorted(rows, key=lambda row: (-row.returns, row.program))


def group_rounds(rounds: Iterable[Round]) -> dict[Slot, list[Round]]:
    """Versions by the slot they were sent for, oldest first."""
    slots: dict[Slot, list[Round]] = {}
    for each in sorted(rounds, key=lambda each: each.submission):
        slots.setdefault(each.slot, []).append(each)
    return slots


def count_rounds(versions: Sequence[Round]) -> float:
    """Versions up to the first that was accepted; missing if none was."""
    numbers = (number for number, each in enumerate(versions, start=1) if each.is_accepted)
    return float(next(numbers, math.nan))


def find_standing(versions: Sequence[Round]) -> Round:
    """The version in force, else the newest that says something of its own."""
    own = [each for each in versions if each.state not in SAY_NOTHING]
    return next((each for each in versions if each.in_force), (own or versions)[-1])


def _rate_school(
    asked: Sequence[Asked], sent: Mapping[Slot, list[Round]], today: date, waived: Collection[int]
) -> SchoolRow:
    """Of one school; `asked` is all that it owes."""
    everything = {each: sent.get(each.slot, []) for each in asked}
    received = {each: left for each, versions in everything.items() if (left := _drop_withdrawn(versions))}
    delays = {each: (versions[0].received_on - each.due).days for each, versions in received.items()}
    waits = [(today - each.due).days for each in asked if each not in received]
    late = [days for days in (*delays.values(), *waits) if days > 0]
    standing = [find_standing(versions) for versions in received.values()]
    rounds = [count_rounds(versions) for versions in received.values()]
    newest = [each.received_on for versions in received.values() for each in versions]
    states = [each.state for each in standing]
    return SchoolRow(
        asked[0].school, len(asked), len(received),
        on_time=sum(days <= 0 for days in delays.values()), late=sum(days > 0 for days in delays.values()),
        missing=len(waits), overdue=sum(days > 0 for days in waits), days_late=_average(late),
        accepted=sum(each.state in STANDING_VERDICTS for each in standing),
        with_queries=states.count("accepted_with_queries"), rejected=states.count("rejected"),
        unsettled=sum(state not in STANDING_VERDICTS and state != "rejected" for state in states),
        first_pass=sum(number == 1 for number in rounds), rounds=_average(rounds),
        amended=sum(sum(each.is_accepted for each in versions) > 1 for versions in received.values()),
        waived=sum(each.submission in waived for each in standing),
        withdrawn=sum(len(versions) for versions in everything.values())
        - sum(len(versions) for versions in received.values()),
        open_errors=sum(each.errors for each in standing), open_queries=sum(each.queries for each in standing),
        silent_days=float((today - max(newest)).days) if newest else math.nan,
    )  # fmt: skip


def _drop_withdrawn(versions: Sequence[Round]) -> list[Round]:
    return [each for each in versions if each.state != "withdrawn"]


def _rate_program(program: str, slots: Sequence[Sequence[Round]]) -> ProgramRow:
    rounds = [count_rounds(versions) for versions in slots]
    everything = [each for versions in slots for each in versions]
    return ProgramRow(
        program, len(slots), len(everything), sum(not math.isnan(number) for number in rounds),
        sum(number == 1 for number in rounds), _average(rounds), sum(each.errors for each in everything),
        sum(each.queries for each in everything),
    )  # fmt: skip


def _rate_form(return_id: str, version: str, slots: Sequence[Sequence[Round]]) -> FormRow:
    rounds = [count_rounds(versions) for versions in slots]
    answers = [
        float((later.received_on - earlier.received_on).days)
        for versions in slots
        for earlier, later in pairwise(versions)
        if not earlier.is_accepted
    ]
    everything = [each for versions in slots for each in versions]
    return FormRow(
        return_id, version, len(slots), len(everything), sum(not math.isnan(number) for number in rounds),
        sum(number == 1 for number in rounds), _average(rounds), _average(answers),
        sum(each.errors for each in everything), sum(each.queries for each in everything),
    )  # fmt: skip


def _average(numbers: Iterable[float]) -> float:
    known = [number for number in numbers if not math.isnan(number)]
    return mean(known) if known else math.nan
