"""The published workbook prints every figure of the two real reports as they print it."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from flows.warehouse.warehouse import open_warehouse
from flows.workspace import Workspace
from tests.report_case.published import REPORT_YEAR, SEED_NAME, PrintedFigure, list_differences, read_cases

CASES = read_cases()
FIGURES = 105


@pytest.fixture(scope="session")
def seed_file() -> Path:
    """The figures as they were collected, where the environment variable HUIZONG_CATALOGUE names their folder."""
    named = os.environ.get("HUIZONG_CATALOGUE")
    if not named:
        pytest.skip("HUIZONG_CATALOGUE names no folder with the seed catalogue")
    return Path(named) / SEED_NAME


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case_id"])
def test_the_workbook_prints_the_figure_as_the_report_does(
    case: dict[str, str], printed: dict[str, PrintedFigure]
) -> None:
    assert list_differences(printed.get(case["case_id"]), case) == []


def test_the_workbook_prints_no_other_figures(printed: dict[str, PrintedFigure]) -> None:
    assert sorted(printed) == sorted(case["case_id"] for case in CASES)
    assert len(printed) == FIGURES


def test_the_workbook_prints_the_figures_of_the_seed_catalogue(
    seed_file: Path, printed: dict[str, PrintedFigure]
) -> None:
    seeds = read_cases(seed_file)
    assert len(seeds) == FIGURES
    assert [line for case in seeds for line in list_differences(printed.get(case["case_id"]), case)] == []


def test_the_copy_of_the_product_is_the_seed_catalogue(seed_file: Path) -> None:
    assert read_cases(seed_file) == CASES


def test_the_report_is_published_for_its_own_year_only(report_workspace: Workspace) -> None:
    published = report_workspace.warehouse / "published"
    assert {path.parents[1].name for path in published.rglob("*_报告数据核对.xlsx")} == {REPORT_YEAR}


def test_every_return_of_the_case_was_accepted(report_workspace: Workspace) -> None:
    with open_warehouse(report_workspace.warehouse, read_only=True) as warehouse:
        states = {row[0] for row in warehouse.connection.execute("SELECT DISTINCT state FROM standings").fetchall()}
    assert states <= {"accepted", "accepted_with_queries"}


def test_a_figure_that_differs_is_named_with_what_differs() -> None:
    wrong = PrintedFigure("全区幼儿园数量为84所", "83", "所", Decimal(83))
    assert list_differences(wrong, CASES[0]) == ["N001 printed: 83 is not 84", "N001 value: 83 is not 84"]
