"""The trend of a figure to the year of its target, reckoned again here by other means; and the sheet that shows it."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.indicators.groups import label_group
from flows.indicators.targets import Attainment, Status, find_part, judge_value, list_targets
from flows.indicators.trends import Course, Trend, compute_trend, find_target_year
from schemas.catalogue import Catalogue
from schemas.definitions.indicators import Operator, Target
from tests.figures.published import Published, print_number, read_published
from tests.sample_workspace import YEAR, YEAR_BEFORE, SampleRun

THIS_YEAR = 2025

#: what is asked, values of the years up to 2025, yearly change, change still needed, value in the year of the target
CASES: Sequence[tuple[str, Operator, float, str, Mapping[int, float], float, float, float, Course]] = [
    ("88 % by 2028", ">=", 88, "2028", {2024: 80, 2025: 83}, 3, 5 / 3, 92, Course.ON_COURSE),
    ("it arrives in the very year", ">=", 89, "2028", {2024: 80, 2025: 83}, 3, 2, 92, Course.ON_COURSE),
    ("just so", ">=", 92, "2028", {2024: 80, 2025: 83}, 3, 3, 92, Course.ON_COURSE),
    ("a year too late", ">=", 95, "2028", {2024: 80, 2025: 83}, 3, 4, 92, Course.TOO_SLOW),
    ("it stands still", ">=", 95, "2028", {2024: 83, 2025: 83}, 0, 4, 83, Course.TOO_SLOW),
    ("it falls", ">=", 95, "2028", {2024: 85, 2025: 83}, -2, 4, 77, Course.WRONG_WAY),
    ("reached, but being lost", ">=", 82, "2028", {2024: 85, 2025: 83}, -2, 0, 77, Course.WRONG_WAY),
    ("reached, and kept although it falls", ">=", 70, "2028", {2024: 85, 2025: 83}, -2, 0, 77, Course.ON_COURSE),
    ("at most 5 %", "<=", 5, "2027", {2024: 8, 2025: 7}, -1, -1, 5, Course.ON_COURSE),
    ("at most 2 %", "<=", 2, "2027", {2024: 8, 2025: 7}, -1, -2.5, 5, Course.TOO_SLOW),
    ("at most 2 %, and growing", "<=", 2, "2027", {2024: 6, 2025: 7}, 1, -2.5, 9, Course.WRONG_WAY),
    ("under 3", "<", 3, "2026", {2024: 5, 2025: 4}, -1, -1, 3, Course.TOO_SLOW),
    ("all of them, past which the line leads", "=", 100, "2028", {2024: 94, 2025: 97}, 3, 1, 106, Course.ON_COURSE),
    ("all of them, too slowly", "=", 100, "2027", {2024: 96, 2025: 97}, 1, 1.5, 99, Course.TOO_SLOW),
    ("none any more", "=", 0, "2026", {2024: 9, 2025: 4}, -5, -4, -1, Course.ON_COURSE),
    ("all of them already", "=", 100, "2027", {2024: 99, 2025: 100}, 1, 0, 102, Course.ON_COURSE),
    ("five a year more", "increase_by", 5, "2027", {2024: 40, 2025: 46}, 6, 5, 58, Course.ON_COURSE),
    ("one a year less, it is half", "decrease_by", 1, "2027", {2024: 46, 2025: 45.5}, -0.5, -1, 44.5, Course.TOO_SLOW),
    ("one a year less, and it grows", "decrease_by", 1, "2027", {2024: 45, 2025: 46}, 1, -1, 48, Course.WRONG_WAY),
]  # fmt: skip


def follow(target: Target, values: Mapping[int, float]) -> Trend:
    """The trend of the last of the values."""
    known = {year: value for year, value in values.items() if year < THIS_YEAR}
    attainment = judge_value(target, values[THIS_YEAR], known.get(THIS_YEAR - 1, math.nan))
    trend = compute_trend(attainment, THIS_YEAR, values[THIS_YEAR], known)
    assert trend is not None
    return trend


def ask(op: Operator, value: float, period: str = "2028", value_max: float | None = None) -> Target:
    return Target(indicator="students", op=op, value=value, value_max=value_max, period=period)


@pytest.mark.parametrize(
    ("op", "value", "period", "values", "yearly", "needed", "projected", "course"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_a_trend_is_the_line_through_the_years_known(
    op: Operator, value: float, period: str, values: Mapping[int, float],
    yearly: float, needed: float, projected: float, course: Course,
) -> None:  # fmt: skip
    trend = follow(ask(op, value, period), values)

    assert (trend.yearly, trend.needed, trend.projected) == pytest.approx((yearly, needed, projected))
    assert (trend.target_year, trend.years, trend.course) == (int(period), 2, course)


def test_a_range_is_reached_by_a_line_that_comes_into_it() -> None:
    trend = follow(ask("range", 5, "2026", value_max=7), {2024: 2, 2025: 4.5})

    assert (trend.needed, trend.projected, trend.course) == (0.5, 7.0, Course.ON_COURSE)


@given(
    st.dictionaries(st.integers(2015, 2024), st.floats(0, 100), min_size=1, max_size=6),
    st.floats(0, 100),
    st.floats(0, 100),
    st.integers(2026, 2035),
)
def test_of_many_years_the_line_is_that_of_least_squares(
    known: dict[int, float], value: float, aim: float, year: int
) -> None:
    """Years may lie apart. Reached is what the line gives in the year of the target."""
    points = known | {THIS_YEAR: value}
    slope = float(np.polyfit(np.array(list(points)) - THIS_YEAR, list(points.values()), 1)[0])
    projected = value + slope * (year - THIS_YEAR)

    trend = follow(ask(">=", aim, str(year)), points)

    assert trend.years == len(points)
    assert trend.yearly == pytest.approx(slope, abs=1e-6)
    assert trend.projected == pytest.approx(projected, abs=1e-5)
    assert (trend.course is Course.ON_COURSE) == (projected >= aim) or projected == pytest.approx(aim, abs=1e-4)


@pytest.mark.parametrize(
    ("values", "period", "course"),
    [
        ({2025: 83.0}, "2028", Course.UNKNOWN),
        ({2024: math.nan, 2025: 83.0}, "2028", Course.UNKNOWN),
        ({2024: 80.0, 2025: math.nan}, "2028", Course.UNKNOWN),
        ({2024: 80.0, 2025: 83.0}, "2025", Course.DUE),
        ({2024: 80.0, 2025: 83.0}, "2019-2023", Course.DUE),
        ({2024: 80.0, 2025: 83.0}, "", Course.UNDATED),
    ],
)
def test_what_cannot_be_told_of_the_target_year_is_not_made_up(
    values: Mapping[int, float], period: str, course: Course
) -> None:
    trend = follow(ask(">=", 90, period), values)

    assert trend.course is course
    assert math.isnan(trend.needed)
    assert math.isnan(trend.projected)


def test_a_value_that_is_not_judged_has_no_trend() -> None:
    unjudged = Attainment(ask(">=", 90), Status.UNJUDGED, math.nan)

    trend = compute_trend(unjudged, THIS_YEAR, 83.0, {2023: 70.0, 2024: 80.0})

    assert trend is not None
    assert trend.course is Course.UNKNOWN
    assert math.isnan(trend.yearly)


def test_a_figure_without_target_has_no_trend() -> None:
    assert compute_trend(Attainment(None, Status.NO_TARGET, math.nan), THIS_YEAR, 83.0, {2024: 80.0}) is None


@pytest.mark.parametrize(
    ("period", "year"), [("2027", 2027), ("2027-2028", 2027), ("2024-2028", 2028), ("2020-2023", 2023), ("", None)]
)
def test_the_year_of_a_target_is_a_year_a_school_year_or_the_end_of_a_span(period: str, year: int | None) -> None:
    assert find_target_year(ask(">=", 1, period)) == year


def test_a_target_that_names_no_year_is_due_in_that_of_its_set(catalogue: Catalogue) -> None:
    rules = catalogue.target_sets["教督〔2020〕1号"]
    dated = dict(catalogue.target_sets) | {rules.id: rules.model_copy(update={"period": "2030"})}
    changed = replace(catalogue, target_sets=dated)

    assert [target.period for target in list_targets(catalogue, [rules.id], "kg_ger", "")] == [""]
    assert [target.period for target in list_targets(changed, [rules.id], "kg_ger", "")] == ["2030"]


def test_a_target_for_one_group_is_held_against_that_group(catalogue: Catalogue) -> None:
    new = catalogue.indicators["kg_new"]
    target = ask(">=", 7).model_copy(update={"indicator": "kg_new", "scope": "kg_nature=1"})

    assert find_part(new, target) == ("kg_nature", "1")
    assert find_part(new, target.model_copy(update={"scope": ""})) == ("", "")
    assert find_part(new, target.model_copy(update={"scope": "parameter of the rule"})) is None


def test_a_group_is_called_by_the_list_that_the_indicator_counts(catalogue: Catalogue) -> None:
    """`kind` is a field of several lists: of training for adults, of cases found, of teachers who came and went."""
    training, cases = catalogue.indicators["adult_pt"], catalogue.indicators["case_found"]

    assert label_group(catalogue, "kind", "3", training) == catalogue.codelists["CL-71"].labels["3"]
    assert label_group(catalogue, "kind", "4", cases) == catalogue.codelists["CL-70"].labels["4"]


def test_the_sheet_of_targets_has_the_trend_of_both_years(sample_run: SampleRun, published: Published) -> None:
    """The plan of the sample district speaks of 2028, three years after the year published."""
    before = read_published(sample_run.workspace, YEAR_BEFORE)
    rows = {row["目标原文"]: row for row in published.read_rows("目标达成") if row["目标年份"] == "2028"}
    shown = {}
    for text, indicator, aim in (
        ("到2028年，学前三年毛入园率达到92%", "kg_ger", 92),
        ("到2028年，普惠性幼儿园覆盖率达到84%", "kg_inclusive", 84),
    ):
        then, now = before.find(indicator).value, published.find(indicator).value
        assert then is not None
        assert now is not None
        yearly, decimals = now - then, published.find(indicator).decimals
        needed, reached = max(0.0, aim - now) / 3, now + 3 * yearly >= aim
        shown[text] = {
            "判定": "达标" if now >= aim else "未达标", "差距": print_number(aim - now, decimals), "已知年数": "2",
            "年均变化": print_number(yearly, decimals + 1), "每年还需": print_number(needed, decimals + 1),
            "目标年份预计值": print_number(now + 3 * yearly, decimals),
            "进度": "按期可达" if reached else "方向相反" if yearly < 0 else "进度不足",
        }  # fmt: skip

    assert {text: {head: rows[text][head] for head in line} for text, line in shown.items()} == shown


def test_a_target_whose_returns_are_not_in_cannot_be_judged(published: Published) -> None:
    rows = [row for row in published.read_rows("目标达成") if row["指标"] == "初中毕业生升学率"]

    assert [(row["本期值"], row["判定"], row["已知年数"], row["进度"]) for row in rows] == [
        ("—", "不可评", "0", "资料不足")
    ]


def test_the_tidy_data_have_the_trend_too(sample_run: SampleRun, published: Published) -> None:
    folder = max((sample_run.workspace.warehouse / "published" / YEAR).glob("v*"), key=lambda path: int(path.name[1:]))
    with next(folder.glob("*_指标.csv")).open(encoding="utf-8-sig", newline="") as file:
        lines = {(line["indicator"], line["breakdown"]): line for line in csv.DictReader(file)}
    now, then = published.find("kg_net_3y"), read_published(sample_run.workspace, YEAR_BEFORE).find("kg_net_3y")
    assert now.value is not None
    assert then.value is not None
    line = lines["kg_net_3y", ""]

    assert (line["target_year"], float(line["yearly_change"])) == ("2028", pytest.approx(now.value - then.value))
    assert float(line["needed_change"]) == pytest.approx((88 - now.value) / 3)
    assert float(line["projected"]) == pytest.approx(4 * now.value - 3 * then.value)
    assert lines["kg_net_3y", "township"]["course"] == ""
