"""What one record does to printed figures, against what the sample's filings say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from flows.desk import open_desk
from flows.effects import Effect, measure_effects
from flows.indicators.desk import Desk
from flows.indicators.doubt import Suspect
from flows.indicators.sums import list_printed, list_sum_formulas
from flows.warehouse.tables import Connection
from flows.warehouse.warehouse import open_warehouse
from schemas.catalogue import Catalogue
from tests.figures.counting import count_pupils
from tests.figures.returned import District, open_district
from tests.sample_workspace import YEAR, SampleRun

LARGE = "朝晖小学"


@dataclass(frozen=True)
class Sample:
    """The sample district as it stands, and as its filings say."""

    desk: Desk
    connection: Connection
    district: District

    def find_submission(self, return_id: str, school: str) -> int:
        ((submission,),) = self.connection.execute(
            "SELECT submission FROM submissions JOIN standings USING (submission) "
            "WHERE in_force AND return_id = ? AND school = ? AND period = ?",
            [return_id, school, YEAR],
        ).fetchall()
        return int(submission)

    def doubt(self, return_id: str, school: str, ref: str = "", **known: float) -> Suspect:
        """A suspicion against what stands."""
        submission = self.find_submission(return_id, school)
        return Suspect(0, return_id, YEAR, school, submission, ref, **known)  # type: ignore[arg-type]

    def measure(self, suspect: Suspect, *indicators: str) -> Effect | None:
        return measure_effects(self.desk, self.connection, YEAR, [suspect], indicators).get(suspect.key)


@pytest.fixture(scope="module")
def sample(sample_run: SampleRun, catalogue: Catalogue) -> Iterator[Sample]:
    with open_warehouse(sample_run.workspace.warehouse, read_only=True) as warehouse:
        desk = open_desk(sample_run.workspace, warehouse.connection, catalogue)
        yield Sample(desk, warehouse.connection, open_district(sample_run.sample.filings, YEAR))


def test_a_cell_that_goes_into_a_total_moves_what_is_read_from_the_total(sample: Sample) -> None:
    """小学在校生 is the total of the grades; three more in grade two are three more in all."""
    school = sample.district.find(LARGE)
    grade = school.read("students", "stu_primary[total].g2")
    suspect = sample.doubt("students", school.code, "stu_primary[total].g2", found=grade, expected=grade + 3)

    effect = sample.measure(suspect, "students")

    assert effect is not None
    assert (effect.manner, effect.stage) == ("expected", "primary")
    assert effect.now == sum(count_pupils(each, "primary") for each in sample.district.schools)
    assert effect.then == effect.now + 3


def test_a_cell_that_no_longer_holds_what_was_found_is_taken_as_unknown(sample: Sample) -> None:
    school = sample.district.find(LARGE)
    suspect = sample.doubt("students", school.code, "stu_primary[total].g2", found=-1.0, expected=3.0)

    effect = sample.measure(suspect, "students")

    assert effect is not None
    assert effect.manner == "without"
    assert effect.now - effect.then == school.read("students", "stu_primary[total].g2")


def test_a_cell_that_a_figure_is_not_read_from_does_not_move_it(sample: Sample) -> None:
    school = sample.district.find(LARGE)

    assert sample.measure(sample.doubt("students", school.code, "stu_primary[boarder].g2"), "students") is None


def test_the_bureau_s_own_cell_moves_the_figures_it_stands_under(sample: Sample) -> None:
    """小学毛入学率: a hundred more of six years."""
    population = [sample.district.read("population", f"pop[a{age}].pop") for age in range(6, 12)]
    bureau = sample.district.bureau["population"].school
    known = {"found": population[0], "expected": population[0] + 100}

    effect = sample.measure(sample.doubt("population", bureau, "pop[a6].pop", **known), "ger_primary")

    assert effect is not None
    pupils = sum(count_pupils(each, "primary") for each in sample.district.schools)
    assert effect.now == pytest.approx(100 * pupils / sum(population))
    assert effect.then == pytest.approx(100 * pupils / (sum(population) + 100))


def test_a_record_that_stands_already_moves_nothing(sample: Sample) -> None:
    assert sample.measure(sample.doubt("students", sample.district.find(LARGE).code), "students") is None


def test_many_suspicions_against_one_school_are_told_apart(sample: Sample) -> None:
    school = sample.district.find(LARGE)
    refs = [f"stu_primary[total].g{grade}" for grade in range(1, 7)]
    suspects = [replace(sample.doubt("students", school.code, ref), key=key) for key, ref in enumerate(refs)]

    effects = measure_effects(sample.desk, sample.connection, YEAR, suspects, ["students"])

    held = [school.read("students", ref) for ref in refs]
    assert [effects[key].now - effects[key].then for key in range(6)] == held


def test_figures_that_are_no_sums_are_not_measured(sample: Sample) -> None:
    """A dispersion, a growth, a mean of another figure; a count of schools is a sum."""
    measured = {name for name in sample.desk.catalogue.indicators if list(list_sum_formulas(sample.desk, name))}

    assert measured.isdisjoint({"cv_equip", "kg_ger_change", "edu_exp_pp_growth"})
    assert measured >= {"students", "ptr", "small_schools", "bldg_pp"}


def test_printed_figures_are_those_of_workbooks_and_evaluations(catalogue: Catalogue) -> None:
    printed = list_printed(catalogue, ["quality_balance_2017"])

    assert {"students", "ger_primary", "ptr"} <= set(printed)
    assert [name for name in printed if catalogue.indicators[name].publish != "public"] == []
    assert len(printed) == len(set(printed))
