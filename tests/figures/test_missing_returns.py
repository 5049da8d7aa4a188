"""What a missing return does to an evaluation: it leaves questions open, it never answers them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flows.desk import open_desk
from flows.indicators.desk import Desk
from flows.indicators.evaluations import evaluate_profile
from flows.sources import AcceptedBlock, LoadAccepted
from flows.warehouse.warehouse import open_warehouse
from schemas.catalogue import Catalogue
from schemas.definitions.evaluations import Evaluation, UnitRule
from tests.figures.balance import is_in_scope
from tests.figures.returned import District
from tests.sample_workspace import YEAR, YEAR_BEFORE, SampleRun

ASSETS = ("teach_area", "sports_area", "equip", "multimedia")
"""Criteria that rest on J03 and J06 only, which the sample workspace has of both years."""


@pytest.fixture
def desk(sample_run: SampleRun, catalogue: Catalogue) -> Iterator[Desk]:
    """The desk over the sample district."""
    with open_warehouse(sample_run.workspace.warehouse, read_only=True) as warehouse:
        yield open_desk(sample_run.workspace, warehouse.connection, catalogue)


@pytest.fixture
def lenient(catalogue: Catalogue) -> Evaluation:
    """优质均衡 with thresholds that every school reaches and no limit on dispersion."""
    profile = catalogue.evaluations["quality_balance_2017"]
    criteria = [
        criterion.model_copy(update={"thresholds": dict.fromkeys(criterion.thresholds, 0.0)})
        for criterion in profile.criteria
        if criterion.id in ASSETS
    ]
    rule = UnitRule(reach=len(ASSETS), floor=0.85)
    return profile.model_copy(update={"criteria": criteria, "unit_rule": rule, "dispersion": None, "requirements": []})


def test_a_district_whose_every_school_is_heard_of_and_passes_meets_the_standard(
    desk: Desk, lenient: Evaluation
) -> None:
    assert evaluate_profile(desk, lenient, YEAR_BEFORE).passed is True


def test_a_district_with_schools_not_heard_of_cannot_be_said_to_meet_it(desk: Desk, lenient: Evaluation) -> None:
    """己河镇第二小学 and 庚岭乡松坡小学 had J03 sent back; all others pass."""
    result = evaluate_profile(desk, lenient, YEAR)

    assert {unit.passed for unit in result.units} == {True}
    assert result.passed is None


def test_a_school_that_fails_settles_it_whoever_is_not_heard_of(desk: Desk, catalogue: Catalogue) -> None:
    result = evaluate_profile(desk, catalogue.evaluations["quality_balance_2017"], YEAR)

    assert result.passed is False


def test_a_school_without_its_premises_is_not_counted_as_one_that_fails(desk: Desk, district: District) -> None:
    """7项指标达标学校比例: 实验初级中学 passes; without its J06 it is in neither number."""
    whole = desk.compute("res_school_ok", YEAR, stage="junior")
    desk.load = leave_out(desk.load, "premises", district.find("实验初级中学").code)
    lacking = Desk(desk.catalogue, desk.find_register, desk.load, judge=desk.judge)
    figures = lacking.compute("res_school_ok", YEAR, stage="junior")
    schools = sum(is_in_scope(school, "junior") for school in district.schools)

    assert (whole.denominator[0], figures.denominator[0]) == (schools, schools - 1)
    assert figures.numerator[0] == whole.numerator[0] - 1
    assert (figures.coverage.expected[0], figures.coverage.reported[0]) == (schools, schools - 1)


def leave_out(load: LoadAccepted, return_id: str, school: str) -> LoadAccepted:
    """The same records but for one return of one school."""

    def load_without(wanted: str, period: str) -> AcceptedBlock | None:
        accepted = load(wanted, period)
        if accepted is None or wanted != return_id:
            return accepted
        kept = [row for row, code in enumerate(accepted.schools) if code != school]
        return AcceptedBlock(accepted.block.pick(kept), tuple(accepted.schools[row] for row in kept), accepted.period)

    return load_without
