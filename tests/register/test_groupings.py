"""Groupings beside the townships: school districts, education groups, inspection zones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from flows.cli import run_command
from flows.workspace import open_workspace
from schemas.catalogue import Catalogue
from tests.register.changing import (
    KEEPS,
    MOVES,
    NIGHTS,
    NOW,
    SCHOOL_DISTRICTS,
    STAYS,
    THEN,
    ChangingDistrict,
    Line,
    add_up,
    count_pupils,
    file_pupils,
    file_register,
    list_school_lines,
    make_district,
    make_workbooks,
    run_one_night,
)
from tests.register.conftest import Ask

GROUPS: dict[str, tuple[str, ...]] = {STAYS: ("甲集团", "乙集团"), MOVES: ("乙集团",)}
"""School → education groups, where one may be in several. KEEPS is in none."""


def list_pupils(ask: Ask, root: Path, period: str, by: str) -> dict[str, dict[str, Any]]:
    """Group → figure of pupils of primary schools."""
    figures = ask(root, "indicators", "students", "--period", period, "--by", by)
    return {figure["group"]: figure for figure in figures if figure["stage"] == "primary"}


@pytest.mark.parametrize("period", [THEN, NOW])
def test_pupils_by_school_district_are_those_of_its_schools_in_that_year(
    period: str, ask: Ask, changing: ChangingDistrict
) -> None:
    figures = list_pupils(ask, changing.root, period, "school_district")

    assert {group: figure["numerator"] for group, figure in figures.items()} == add_up(period, SCHOOL_DISTRICTS[period])


def test_schools_in_none_are_shown_and_nothing_is_lost(ask: Ask, changing: ChangingDistrict) -> None:
    figures = list_pupils(ask, changing.root, NOW, "school_district")
    (whole,) = list_pupils(ask, changing.root, NOW, "").values()

    assert figures["none"]["group_name"] == "未分组"
    assert sum(figure["numerator"] for figure in figures.values()) == whole["numerator"]


def test_what_a_school_district_had_before_is_its_own_of_the_year_before(ask: Ask, changing: ChangingDistrict) -> None:
    """A school moved from the west to the east; the east of the year before is without it."""
    figures = list_pupils(ask, changing.root, NOW, "school_district")

    assert figures["东片"]["earlier"] == add_up(THEN, SCHOOL_DISTRICTS[THEN])["东片"]


def test_a_grouping_that_nobody_uses_has_everybody_in_none(ask: Ask, changing: ChangingDistrict) -> None:
    assert list(list_pupils(ask, changing.root, NOW, "inspection_zone")) == ["none"]


def test_school_districts_within_one_township(ask: Ask, changing: ChangingDistrict) -> None:
    figures = ask(changing.root, "indicators", "students", "-p", NOW, "-b", "school_district", "-a", "戊湖镇")
    pupils = {f["group"]: f["numerator"] for f in figures if f["stage"] == "primary"}

    assert pupils["东片"] == count_pupils(NOW, MOVES)


def test_the_workbook_has_a_sheet_for_each_grouping_in_use_and_no_other(changing: ChangingDistrict) -> None:
    folder = changing.workspace.warehouse / "published" / NOW
    newest = max(folder.rglob("*汇总.xlsx"))
    workbook = load_workbook(newest, data_only=True)
    heads = [cell.value for cell in workbook["分学区"][4]]

    assert heads[2:] == ["全区", "东片", "西片", "未分组"]
    assert {"分教育集团", "分督学责任区"}.isdisjoint(workbook.sheetnames)


def list_group_lines() -> list[Line]:
    return [
        {"school_code": code, "grouping": "教育集团", "group_name": group}
        for code, groups in GROUPS.items()
        for group in groups
    ]


@pytest.fixture(scope="module")
def overlapping(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Path:
    """Three schools of a district that lets schools be in several education groups."""
    root = tmp_path_factory.mktemp("overlapping") / "bureau"
    settings = {"overlapping": ["education_group"]}
    make_district(root, **settings)
    kept = {STAYS, MOVES, KEEPS}
    lines = [line for line in list_school_lines(NOW) if line["school_code"] in kept]
    register = file_register(NOW, reg=lines, membership=list_group_lines(), lineage=[])
    filings = [register, *(file_pupils(NOW, code) for code in sorted(kept))]
    run_one_night(root, catalogue, filings, NIGHTS[NOW], **settings)
    return root


def test_a_school_in_two_groups_counts_in_both_where_that_is_declared(ask: Ask, overlapping: Path) -> None:
    stays, moves, keeps = (count_pupils(NOW, code) for code in (STAYS, MOVES, KEEPS))
    figures = list_pupils(ask, overlapping, NOW, "education_group")

    assert {group: figure["numerator"] for group, figure in figures.items()} == {
        "甲集团": stays, "乙集团": stays + moves, "none": keeps,
    }  # fmt: skip
    assert {group: figure["expected"] for group, figure in figures.items()} == {"甲集团": 1, "乙集团": 2, "none": 1}


def test_groups_that_share_schools_are_not_added_up_to_the_district(
    overlapping: Path, changing: ChangingDistrict
) -> None:
    newest = max((overlapping / "warehouse" / "published" / NOW).rglob("*汇总.xlsx"))
    caption = str(load_workbook(newest, data_only=True)["分教育集团"]["A2"].value)

    assert "各组之和不等于全区" in caption
    for root in (overlapping, changing.root):
        assert [text for text in list_district_texts(root) if "DS01" in text] == []


def list_district_texts(root: Path) -> list[str]:
    """Everything on the sheet of what was found about the district."""
    newest = max((root / "warehouse" / "published" / NOW).rglob("*汇总.xlsx"))
    sheet = load_workbook(newest, data_only=True)["区县核查"]
    return [str(cell.value) for row in sheet.iter_rows() for cell in row]


def test_a_grouping_that_does_not_exist_cannot_be_declared_overlapping(
    overlapping: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = (overlapping / "pyproject.toml").read_text(encoding="utf-8").replace("education_group", "tribe")
    (tmp_path / "pyproject.toml").write_text(settings, encoding="utf-8")

    assert run_command(["dictionary", "--workspace", str(tmp_path)]) == 2
    assert "没有分组种类 tribe" in capsys.readouterr().err


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """A workspace whose school districts stand in a code list of the same name, and which has a grouping of its own."""
    root = tmp_path / "bureau"
    make_district(root)
    lists = root / "schemas" / "codelists"
    (lists / "index.csv").write_text("list,zh,en\nschool_district,学区名单,\nCL-80,学校分组种类,\n", encoding="utf-8")
    (lists / "school_district.csv").write_text("code,zh,en,key,synonyms\nE,东片,,,东部\nW,西片,,,\n", encoding="utf-8")
    (lists / "CL-80.csv").write_text("code,zh,en,key,synonyms\n9,党建片组,,party_branch,\n", encoding="utf-8")
    return root


def list_listed_lines(*groups: tuple[str, str]) -> list[Line]:
    return [{"school_code": STAYS, "grouping": grouping, "group_name": group} for grouping, group in groups]


def check_register(ask: Ask, root: Path, lines: list[Line]) -> list[dict[str, Any]]:
    """Errors of the command on a register of one school with these groups."""
    kept = [line for line in list_school_lines(NOW) if line["school_code"] == STAYS]
    filing = file_register(NOW, reg=kept, membership=lines, lineage=[])
    (made,) = make_workbooks(open_workspace(root).load_catalogue(), [filing])
    path = root / made.name
    path.write_bytes(made.content)
    (checked,) = ask(root, "check", str(path))
    return [found for found in checked["findings"] if found["severity"] == "error"]


def test_a_group_that_is_not_on_the_districts_own_list_is_an_error(ask: Ask, listed: Path) -> None:
    (found,) = check_register(ask, listed, list_listed_lines(("学区", "北片")))

    assert (found["check"], found["sheet"], found["cell"]) == ("RG15", "归属", "C5")
    assert found["message"] == "学区“北片”不在本区的代码表内"


def test_groups_of_a_list_are_named_as_it_names_them_and_a_district_has_groupings_of_its_own(
    ask: Ask, listed: Path, catalogue: Catalogue
) -> None:
    lines = list_listed_lines(("学区", "东部"), ("党建片组", "第一片"))
    assert check_register(ask, listed, lines) == []
    (listed / "J00_3201990000_示例区教育局_2025-2026_v1.xlsx").unlink(missing_ok=True)
    kept = [line for line in list_school_lines(NOW) if line["school_code"] == STAYS]
    register = replace(file_register(NOW, reg=kept, membership=lines, lineage=[]), received_on=NIGHTS[NOW])
    own = open_workspace(listed).load_catalogue()
    run_one_night(listed, own, [register, file_pupils(NOW, STAYS)], NIGHTS[NOW])
    east = list_pupils(ask, listed, NOW, "school_district")
    branch = list_pupils(ask, listed, NOW, "party_branch")

    assert {(group, figure["group_name"]) for group, figure in east.items()} == {("E", "东片")}
    assert branch["第一片"]["numerator"] == count_pupils(NOW, STAYS)
    assert catalogue.groupings.keys() == {"school_district", "education_group", "inspection_zone"}
