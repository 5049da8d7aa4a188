"""Work plans: how far each item is, whether its target is met, and the sheet that shows it by section."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from flows.indicators.progress import PlanItem, Progress, measure_progress
from flows.indicators.targets import Status
from flows.workspace import Workspace
from tests.report_case.published import PLAN_SHEET, Row, find_workbook, read_table

PLAN_YEAR = "2020-2021"
NAME, TARGET, HALF_YEAR, YEAR, STATE, INDICATOR, INDICATOR_VALUE = 1, 4, slice(5, 8), slice(8, 11), 12, 13, 14

NOTHING = math.nan
ITEM = PlanItem(
    item="2020-01", name="感应水龙头安装数", section="基建股", indicator="led_fac_works", unit="个", baseline=0,
    target=100, target_max=NOTHING, op=">=", actual=100, until="2020-12-31", status="2", problem="", measure="",
)  # fmt: skip


def measure(op: str, target: float, actual: float, baseline: float = NOTHING, most: float = NOTHING) -> Progress:
    return measure_progress(replace(ITEM, op=op, target=target, actual=actual, baseline=baseline, target_max=most))


@pytest.mark.parametrize(
    ("progress", "completion", "status"),
    [
        (measure(">=", 100, 100), 100, Status.MET),
        (measure(">=", 100, 140), 140, Status.MET),
        (measure(">=", 100, 99), 99, Status.UNMET),
        (measure(">=", 8, 8.63), 107.875, Status.MET),
        (measure(">", 100, 100), 100, Status.UNMET),
        (measure("=", 100, 100), 100, Status.MET),
        (measure("=", 100, 101), 101, Status.UNMET),
        (measure("<=", 5, 4), 100, Status.MET),
        (measure("<=", 5, 10), 50, Status.UNMET),
        (measure("<=", 5, 6, baseline=10), 80, Status.UNMET),
        (measure("<=", 5, 4, baseline=10), 120, Status.MET),
        (measure("<", 5, 5, baseline=10), 100, Status.UNMET),
        (measure("increase_by", 20, 115, baseline=100), 75, Status.UNMET),
        (measure("increase_by", 20, 125, baseline=100), 125, Status.MET),
        (measure("decrease_by", 20, 70, baseline=100), 150, Status.MET),
        (measure("decrease_by", 20, 105, baseline=100), -25, Status.UNMET),
        (measure("range", 5, 6, most=7), 100, Status.MET),
        (measure("range", 5, 4, most=7), 80, Status.UNMET),
        (measure("range", 5, 8, most=7), 87.5, Status.UNMET),
        (measure("boolean", 1, 1), 100, Status.MET),
        (measure("boolean", 1, 0), 0, Status.UNMET),
    ],
)
def test_an_item_is_measured_by_its_operator(progress: Progress, completion: float, status: Status) -> None:
    assert progress.completion == pytest.approx(completion)
    assert progress.status == status


@pytest.mark.parametrize(
    "progress",
    [
        measure(">=", 100, NOTHING),
        measure(">=", NOTHING, 5),
        measure("", 100, 100),
        measure("increase_by", 20, 115),
        measure_progress(replace(ITEM, is_dropped=True)),
    ],
    ids=["no value", "no target", "no operator", "change without baseline", "dropped"],
)
def test_what_has_nothing_to_be_held_against_cannot_be_judged(progress: Progress) -> None:
    assert progress.status == Status.UNJUDGED
    assert math.isnan(progress.completion)


def test_a_target_of_nothing_is_judged_without_a_share() -> None:
    progress = measure("=", 0, 0)
    assert math.isnan(progress.completion)
    assert progress.status == Status.MET


@pytest.fixture(scope="session")
def plan_rows(report_workspace: Workspace) -> list[Row]:
    """The lines of the plan sheet in the summary of the year."""
    return list(read_table(find_workbook(report_workspace, PLAN_YEAR, "教育统计汇总"), PLAN_SHEET))


def find_item(rows: list[Row], name: str) -> Row:
    return next(row for row in rows if row[NAME] == name)


def test_the_summary_shows_half_a_year_and_the_year_over_100_percent(plan_rows: list[Row]) -> None:
    row = find_item(plan_rows, "感应水龙头安装数")
    assert row[TARGET] == "≥3,000"
    assert row[HALF_YEAR] == (1800, 60, "未达标")
    assert row[YEAR] == (3600, 120, "达标")
    assert row[STATE] == "已完成"


def test_the_summary_shows_the_indicator_an_item_belongs_to(plan_rows: list[Row]) -> None:
    row = find_item(plan_rows, "感应水龙头安装数")
    assert row[INDICATOR] == "校园改造与装备更新类计划事项"
    assert row[INDICATOR_VALUE] == "100.0%"


def test_the_summary_sums_up_every_section(plan_rows: list[Row]) -> None:
    heads = [str(row[0]) for row in plan_rows if row[0] and row[NAME] is None]
    assert heads == [
        "义务教育股：2 项；上半年 达标 0、未达标 2、不可评 0；全年 达标 2、未达标 0、不可评 0",
        "人事股：1 项；上半年 达标 0、未达标 1、不可评 0；全年 达标 1、未达标 0、不可评 0",
        "体卫艺股：1 项；上半年 达标 0、未达标 1、不可评 0；全年 达标 1、未达标 0、不可评 0",
        "基建股：1 项；上半年 达标 0、未达标 1、不可评 0；全年 达标 1、未达标 0、不可评 0",
        "电教中心：6 项；上半年 达标 0、未达标 6、不可评 0；全年 达标 6、未达标 0、不可评 0",
    ]
