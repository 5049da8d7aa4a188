"""Units, their rule and their dispersion on invented schools, against figures reckoned here; and the switches on them.

Three primary schools of 100, 300 and 100 pupils; of what a test does not speak they have plenty, and all alike.
"""

from __future__ import annotations

from math import sqrt

import pytest

from flows.indicators.evaluations import EvaluationResult, evaluate_profile
from schemas.catalogue import Catalogue
from tests.evaluations.invented import PERIOD, School, build_primary, open_desk

QUALITY, BASIC = "quality_balance_2017", "basic_balance_2012"
A, B, C = "2132199001", "2132199002", "2132199003"
PUPILS = {A: 100.0, B: 300.0, C: 100.0}


def evaluate(
    catalogue: Catalogue, schools: list[School], *, profile: str = QUALITY, switches: tuple[str, ...] = ()
) -> EvaluationResult:
    return evaluate_profile(open_desk(catalogue, schools), catalogue.evaluations[profile], PERIOD, switches)


def find_dispersion(result: EvaluationResult, criterion: str) -> float:
    return next(d.dispersion for d in result.dispersions if d.criterion == criterion and d.stage == "primary")


def disperse(values: list[float], pupils: list[float]) -> float:
    """§5.1 by hand."""
    mean = sum(v * p for v, p in zip(values, pupils, strict=True)) / sum(pupils)
    return sqrt(sum(p / sum(pupils) * (v - mean) ** 2 for v, p in zip(values, pupils, strict=True))) / mean


def test_six_of_seven_and_the_rest_at_85_percent_pass(catalogue: Catalogue) -> None:
    """Teaching area of 4.5 ㎡ asked: 3.825 is 85 % of it."""
    at_floor = build_primary(A, 100, teach=382.5)
    below = build_primary(B, 100, teach=382.4)
    two_short = build_primary(C, 100, teach=440, sports=740)
    result = evaluate(catalogue, [at_floor, below, two_short])

    assert [unit.passed for unit in result.units] == [True, False, False]
    assert [unit.reached for unit in result.units] == [6, 6, 5]


def test_a_missing_value_leaves_a_school_open_unless_the_others_decide(catalogue: Catalogue) -> None:
    """Six known and reached: the seventh could still be below 85 %. Two known to fall short: nothing can help."""
    missing = build_primary(A, 100, backbone=None)
    lost = build_primary(B, 100, backbone=None, teach=440, sports=740)
    result = evaluate(catalogue, [missing, lost])

    assert [unit.passed for unit in result.units] == [None, False]
    assert result.units[0].values[1].reached is None


def test_a_school_that_filed_no_pupils_leaves_the_district_open(catalogue: Catalogue) -> None:
    silent = build_primary(B, 100, lacks=("students",))
    result = evaluate(catalogue, [build_primary(A, 100), silent])

    assert [unit.school for unit in result.units] == [A]
    assert "unit" not in " ".join(result.reasons)
    assert result.passed is None


def test_each_coefficient_is_weighted_by_pupils(catalogue: Catalogue) -> None:
    """The example of §5.1 with square metres for books: 5, 4 and 8 a pupil."""
    schools = [build_primary(code, PUPILS[code], sports=x) for code, x in ((A, 500), (B, 1200), (C, 800))]

    assert find_dispersion(evaluate(catalogue, schools), "sports_area") == pytest.approx(sqrt(2.4) / 5)


def test_private_schools_are_left_out_where_the_switch_is_on(catalogue: Catalogue) -> None:
    schools = [build_primary(code, PUPILS[code], sports=x) for code, x in ((A, 500), (B, 1200), (C, 800))]
    private = School(C, schools[2].cells, schools[2].lists, {"run_by": "999"})
    usual = evaluate(catalogue, [*schools[:2], private])
    without = evaluate(catalogue, [*schools[:2], private], switches=("without_private",))

    assert [unit.school for unit in usual.units] == [A, B, C]
    assert [unit.school for unit in without.units] == [A, B]
    assert without.left_out == (C,)
    assert find_dispersion(without, "sports_area") == pytest.approx(disperse([5, 4], [100, 300]))


def test_visiting_teachers_count_in_small_rural_schools_where_the_switch_is_on(catalogue: Catalogue) -> None:
    """Of 60 pupils with no teacher of PE and art, one comes by rotation: 1.67 a hundred. 100 pupils are too many."""
    visits = [{"stage": "primary", "visit_pe": 1, "visit_music": 0, "visit_art": 0, "visit_arts": 0}]
    schools = []
    for code, pupils, place in ((A, 60, "220"), (B, 100, "220"), (C, 60, "111")):
        plain = build_primary(code, pupils, pe=0)
        schools.append(School(code, plain.cells, {**plain.lists, "tmisc": visits}, {"urban_rural": place}))
    usual = evaluate(catalogue, schools)
    relaxed = evaluate(catalogue, schools, switches=("visiting_teachers",))

    assert [unit.values[2].value for unit in usual.units] == [0, 0, 0]
    assert [unit.values[2].value for unit in relaxed.units] == [pytest.approx(100 / 60), 0, 0]
    assert find_dispersion(relaxed, "pe_art") == pytest.approx(disperse([100 / 60, 0, 0], [60, 100, 60]))


def test_the_mean_of_eight_coefficients_is_limited_in_basic_balance(catalogue: Catalogue) -> None:
    """Only sports area differs: the mean is an eighth of its coefficient, and no coefficient has a limit of its own."""
    schools = [build_basic(code, PUPILS[code], sports=x) for code, x in ((A, 500), (B, 1200), (C, 800))]
    result = evaluate(catalogue, schools, profile=BASIC)
    mean = next(d for d in result.dispersions if not d.criterion and d.stage == "primary")

    assert mean.dispersion == pytest.approx(sqrt(2.4) / 5 / 8)
    assert (mean.limit, mean.met) == (0.65, True)
    assert {d.limit for d in result.dispersions if d.criterion} == {None}


def test_basic_balance_is_met_by_the_mean_alone_and_judges_no_school(catalogue: Catalogue) -> None:
    junior = build_basic("3132199001", 100, stage="junior")
    met = evaluate(catalogue, [build_basic(A, 100), junior], profile=BASIC)

    assert (met.passed, met.reasons) == (True, ())
    assert {unit.passed for unit in met.units} == {None}


@pytest.mark.parametrize(
    "known", [{"run_by": "999"}, {"run_by": "811"}, {"school_type": "218"}], ids=["private", "province", "point"]
)
def test_basic_balance_leaves_out_what_the_county_does_not_run_as_a_school(
    known: dict[str, str], catalogue: Catalogue
) -> None:
    other = build_basic(B, 300, sports=0)
    result = evaluate(catalogue, [build_basic(A, 100), School(B, other.cells, other.lists, known)], profile=BASIC)

    assert [unit.school for unit in result.units] == [A]
    assert find_dispersion(result, "sports_area") == 0


def build_basic(code: str, pupils: float, *, stage: str = "primary", sports: float | None = None) -> School:
    """A school that has everything alike, but for its sports area."""
    cells = {
        f"stu_{stage}[total].enrolled": pupils, f"edu_{stage}[total].total": pupils / 10,
        f"edu_{stage}[associate].total": 0.0, f"edu_{stage}[bachelor].total": pupils / 20,
        f"edu_{stage}[master].total": 0.0, f"edu_{stage}[phd].total": 0.0, f"title_{stage}[full].total": 0.0,
        f"title_{stage}[vice].total": 0.0, f"title_{stage}[middle].total": pupils / 25,
    }  # fmt: skip
    ground = 5 * pupils if sports is None else sports
    area = {"teach_total": 6 * pupils, "indoor_sports": 0, "sports_ground": ground}
    equip = {"equip_value": pupils / 4, "terminals_student": pupils / 10, "books": 20 * pupils}
    known = {"school_type": "211", "stages": "primary"}
    if stage == "junior":
        known = {"school_type": "311", "stages": "junior"}
    return School(code, cells, {"area": [area], "equip": [equip]}, known)


def test_leased_sports_space_counts_in_dense_centres_where_the_switch_is_on(catalogue: Catalogue) -> None:
    """700 ㎡ of its own and 100 ㎡ leased for 100 pupils: 7 or 8 ㎡; a school elsewhere has no such cell."""
    schools = []
    for code, dense, leased in ((A, "Y", 100), (B, "N", None)):
        plain = build_primary(code, 100, sports=700)
        equip = [{**plain.lists["equip"][0], "other_sports": 0 if leased else None, "offcampus_sports": leased}]
        schools.append(School(code, plain.cells, {**plain.lists, "equip": equip}, {"is_dense_center": dense}))
    usual = evaluate(catalogue, schools)
    relaxed = evaluate(catalogue, schools, switches=("extra_sports_space",))

    assert [unit.values[4].value for unit in usual.units] == [7, 7]
    assert [unit.values[4].value for unit in relaxed.units] == [8, 7]
