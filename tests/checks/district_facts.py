"""Facts of invented districts: a few schools and a bureau, and of figures and returns what a case speaks of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from flows.district.facts import DistrictFacts, FigureKey, OwedRow, RepeatedFile, ReturnRow, Shown
from flows.district.judge import DistrictJudgement, judge_district
from flows.indicators.desk import Desk
from flows.indicators.evaluations import evaluate_profile
from flows.register import build_register_view
from flows.sources import AcceptedBlock
from schemas.catalogue import Catalogue
from schemas.periods import step_back
from tests.evaluations.invented import PERIOD, YEAR, Line, School, Value, build_register, open_desk

NAME = "清源区"
DUE = "2025-09-20"
CLOSED = "5"
"""Status of a school that was closed."""


@dataclass(frozen=True)
class District:
    """What is known of an invented district. `closed`: schools that the register says are closed, though they filed."""

    schools: Sequence[School] = ()
    schools_before: Sequence[School] = ()
    bureau: Mapping[str, Value] = field(default_factory=dict)
    bureau_lists: Mapping[str, Sequence[Line]] = field(default_factory=dict)
    bureau_before: Mapping[str, Value] = field(default_factory=dict)
    closed: Sequence[str] = ()
    evaluations: Sequence[str] = ()
    figures: Mapping[FigureKey, Shown] = field(default_factory=dict)
    returns: Sequence[ReturnRow] = ()
    owed: Sequence[OwedRow] = ()
    repeated: Sequence[RepeatedFile] = ()


def judge_one(catalogue: Catalogue, code: str, district: District) -> DistrictJudgement:
    """What one check says of a district."""
    return judge_district(build_facts(replace(catalogue, checks={code: catalogue.checks[code]}), district))


def build_facts(catalogue: Catalogue, district: District) -> DistrictFacts:
    desk = open_district_desk(catalogue, district)
    profiles = {name: evaluate_profile(desk, catalogue.evaluations[name], PERIOD) for name in district.evaluations}
    return DistrictFacts(
        catalogue, desk, NAME, PERIOD, district.figures, profiles, district.returns, district.owed, district.repeated,
        target_sets=(),
    )  # fmt: skip


def open_district_desk(catalogue: Catalogue, district: District) -> Desk:
    """A desk that knows of the year before what the bureau and the schools of that year filed then."""
    now = open_desk(catalogue, district.schools, bureau=district.bureau, bureau_lists=district.bureau_lists)
    before = open_desk(catalogue, district.schools_before, bureau=district.bureau_before)
    following = {step_back(period, 1): period for period in (PERIOD, YEAR)}

    def load(return_id: str, period: str) -> AcceptedBlock | None:
        if period not in following:
            return now.load(return_id, period)
        block = before.load(return_id, following[period])
        return replace(block, period=period) if block is not None else None

    standing = [close(school) if school.code in district.closed else school for school in district.schools]
    lists = {"reg": build_register(catalogue, standing)}
    return replace(now, load=load, find_register=lambda period: build_register_view(catalogue, lists, period))


def close(school: School) -> School:
    return replace(school, known={**school.known, "status": CLOSED})


def build_return(
    expected: int, *, received: int | None = None, on_time: int | None = None, accepted: int | None = None,
    with_queries: int = 0,
) -> ReturnRow:  # fmt: skip
    """How the enrolment return stands; of what is not said all that are expected."""
    received = expected if received is None else received
    on_time = received if on_time is None else on_time
    accepted = received if accepted is None else accepted
    return ReturnRow("students", PERIOD, expected, received, on_time, accepted, with_queries, received - accepted, DUE)


def build_owed(school: str, name: str, state: str = "missing") -> OwedRow:
    """The enrolment return of a school that was not sent, or was sent back."""
    return OwedRow("students", PERIOD, school, name, "", state, DUE, 5, "")
