"""What a digest and a chase list are made from, gathered before the first line is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from flows.district.facts import ReturnRow
from flows.district.rounds import FormRow, ProgramRow, SchoolRow
from flows.district.rule_usage import RuleUsage


@dataclass(frozen=True, slots=True)
class Filer:
    """Whoever owes returns: a school, the bureau or one of its sections. `contact` is for the chase list alone."""

    code: str
    name: str
    area: str
    contact: str


@dataclass(frozen=True, slots=True)
class CameRow:
    """What came of one return since the last digest. Counts of versions, by how they stand now."""

    return_id: str
    period: str
    received: int
    accepted: int
    with_queries: int
    rejected: int
    unreadable: int
    other: int


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A submission that was sent back, or that counts but has open queries. `place` and `message` are of its first."""

    school: str
    name: str
    area: str
    return_id: str
    period: str
    file_name: str
    state: str
    count: int
    place: str
    message: str
    days: int
    is_new: bool
    is_older_in_force: bool
    """An earlier version still counts."""


@dataclass(frozen=True, slots=True)
class Move:
    """What a record does to the printed figure that it moves most: its value now and then, in its unit.

    `now` is missing where there is no value yet, and `percent` infinite. `others` are further figures that move.
    """

    manner: Literal["counted", "expected", "without"]
    indicator: str
    stage: str
    now: float
    then: float
    percent: float
    others: int


@dataclass(frozen=True, slots=True)
class FirstRow:
    """Something to be done, with what it does to the figures. `kind` is unreadable, rejected, missing or query."""

    kind: str
    move: Move | None
    school: str
    name: str
    area: str
    return_id: str
    period: str
    code: str
    place: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ChaseRow:
    """A return to be chased: not filed, sent back, or with queries that wait for an answer.

    `days_late` is negative before the due date, and None where only the answer is missing.
    """

    filer: Filer
    return_id: str
    period: str
    state: str
    due: str
    days_late: int | None
    errors: int
    queries: int


@dataclass(frozen=True, slots=True)
class RunNote:
    """The run that a digest tells of. `published` are period, vintage, and whether it is new."""

    started_at: str
    holds: bool
    ledger: Mapping[str, int]
    problems: Sequence[str] = ()
    waiting: Sequence[tuple[str, str]] = ()
    ignored: Sequence[str] = ()
    published: Sequence[tuple[str, int, bool]] = ()
    receipts: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    """What became of a letter. `problem` is a key under `mail` in the messages, empty where it was sent."""

    to: str
    problem: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Before:
    """What there was since the digest before this one. Texts are empty where there was none before."""

    day: str
    idle_days: int
    failures: Sequence[tuple[str, str]]
    """When a run failed, and why."""
    unsent: Sequence[Letter]


@dataclass(frozen=True)
class DigestData:
    """A morning's facts. `period` is empty where nothing was ever filed and nothing is asked for."""

    district: str
    period: str
    day: str
    at: str
    before: Before
    run: RunNote | None
    duplicates: int
    returns: Sequence[ReturnRow]
    came: Sequence[CameRow]
    refused: Sequence[HeldRow]
    queried: Sequence[HeldRow]
    first: Sequence[FirstRow]
    chase: Sequence[ChaseRow]
    not_yet_due: int
    schools: Sequence[SchoolRow]
    forms: Sequence[FormRow]
    programs: Sequence[ProgramRow]
    rules: Sequence[RuleUsage]
    filers: Mapping[str, Filer]


@dataclass(frozen=True, slots=True)
class FailureData:
    """A run that failed, and what stands nevertheless."""

    district: str
    day: str
    at: str
    problem: str
    is_internal: bool
    trace: Sequence[str]
    last_run: str
    last_digest: str
    published: Sequence[tuple[str, int]]
    waiting: int
