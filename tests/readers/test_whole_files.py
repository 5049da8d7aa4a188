"""A file given to the check: what its cells hold, what was refused on reading, and its verdict, each said once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl.workbook import Workbook

from flows.check import CheckedFile, check_files
from flows.checks.findings import Finding
from flows.conductor import Unwatched
from flows.publishers.fill import CellValue
from flows.warehouse.warehouse import open_empty
from flows.workspace import Workspace, open_workspace
from tests.readers.bad_containers import WHOLE_FILES
from tests.readers.sheets import PERIOD, Canteen, open_tab

SETTINGS = '[tool.huizong]\ndistrict_code = "330000"\nas_of = "2025-09-15"\nworkers = 1\n'
EXPECTED_OF_ALL = {"FL36", "FL05"}
"""Said of every file here: there is no register to look schools up in."""

Check = Callable[[dict[str, bytes]], dict[str, CheckedFile]]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    return open_workspace(tmp_path)


@pytest.fixture
def check(canteen: Canteen, workspace: Workspace) -> Check:
    """Check files by name and say what is said of each."""

    def run(contents: dict[str, bytes]) -> dict[str, CheckedFile]:
        paths = [workspace.root / name for name in contents]
        for path, content in zip(paths, contents.values(), strict=True):
            path.write_bytes(content)
        connection = open_empty()
        checked = check_files(workspace, canteen.catalogue, connection, paths, Unwatched())
        connection.close()
        return {file.path.name: file for file in checked}

    return run


def list_said(file: CheckedFile) -> list[str]:
    return [
        f"{finding.code} {finding.cell}".strip() for finding in file.findings if finding.code not in EXPECTED_OF_ALL
    ]


def find_one(file: CheckedFile, code: str) -> Finding:
    (finding,) = [finding for finding in file.findings if finding.code == code]
    return finding


def test_filled_return_is_accepted_without_a_word(canteen: Canteen, check: Check) -> None:
    file = check({"a.xlsx": canteen.workbook})["a.xlsx"]
    assert list_said(file) == []
    assert (file.verdict.value, file.row.period) == ("accepted", PERIOD)


@pytest.mark.requirement("M-14")
@pytest.mark.parametrize(
    ("ref", "typed", "said", "verdict"),
    [
        ("kitchen.seats", None, "CE01 C5", "rejected"), ("kitchen.seats", 240.5, "CE10 C5", "rejected"),
        ("meals[lunch].day", -5, "CE11 D7", "rejected"), ("kitchen.area", 318.555, "CE12 C6", "accepted_with_queries"),
        ("kitchen.seats", 99999, "CE25 C5", "accepted_with_queries"),
        ("kitchen.satisfaction", 101, "CE21 C8", "rejected"),
        ("kitchen.seats", "约300", "CE06 C5", "rejected"), ("kitchen.seats", "无", "CE07 C5", "rejected"),
        ("kitchen.seats", "２４０", "CE03 C5", "accepted"), ("meals[breakfast].day", 3, "CE08 D6", "rejected"),
        ("kitchen.seats", -7, "CE11 C5", "rejected"), ("meals[lunch].day", 1e308, "CE07 D7", "rejected"),
        ("kitchen.stage", "大学", "CE14 C12", "rejected"), ("kitchen.licence", "3.3E+13", "CE15 C14", "rejected"),
    ],
)  # fmt: skip
def test_one_fault_gives_one_line_and_its_verdict(
    canteen: Canteen, check: Check, ref: str, typed: CellValue, said: str, verdict: str
) -> None:
    file = check({"a.xlsx": canteen.type_in({ref: typed})})["a.xlsx"]
    assert (list_said(file), file.verdict.value) == ([said], verdict)


@pytest.mark.requirement("R-19")
def test_fraction_that_the_cell_does_not_show_is_an_error_with_the_stored_value(canteen: Canteen, check: Check) -> None:
    def hide(book: Workbook) -> None:
        cell = open_tab(book, "食堂概况")["C5"]
        cell.value, cell.number_format = 12.4, "0"

    file = check({"a.xlsx": canteen.change(hide)})["a.xlsx"]
    assert list_said(file) == ["CE10 C5"]
    assert find_one(file, "CE10").message == "C5 应为整数,现为 12.4"


def test_blank_required_cell_of_a_list_line_is_named(canteen: Canteen, check: Check) -> None:
    assert list_said(check({"a.xlsx": canteen.type_at("从业人员", {"C6": None})})["a.xlsx"]) == ["CE01 C6"]


@pytest.mark.parametrize(
    ("address", "typed", "said"),
    [("C6", "三十七", "CE07 C6"), ("B6", "昨天", "CE20 B6"), ("A6", "12", "CE15 A6"), ("D6", "?", "CE22 D6")],
)
def test_one_fault_in_a_list_gives_one_line(
    canteen: Canteen, check: Check, address: str, typed: CellValue, said: str
) -> None:
    assert list_said(check({"a.xlsx": canteen.type_at("从业人员", {address: typed})})["a.xlsx"]) == [said]


@pytest.mark.requirement("T-14")
@pytest.mark.parametrize(("typed", "said"), [(631, ["FL13 C5"]), (726, [])])
def test_fl13_total_that_was_typed_is_an_error_only_where_it_differs_from_its_parts(
    canteen: Canteen, check: Check, typed: int, said: list[str]
) -> None:
    file = check({"a.xlsx": canteen.type_in({"meals[total].total": typed})})["a.xlsx"]
    assert list_said(file) == said
    assert not said or find_one(file, "FL13").message == "合计单元格 C5 手工填入 631,与各项之和 726 不符"


def test_bad_input_t30_blank_template_is_refused_as_empty(canteen: Canteen, check: Check) -> None:
    file = check({"a.xlsx": canteen.template})["a.xlsx"]
    assert find_one(file, "FL24").message == "报表全为空,请填报后再交"
    assert file.verdict.value == "rejected"


@pytest.mark.requirement("R-07")
def test_bad_input_t31_every_required_cell_left_blank_is_named(canteen: Canteen, check: Check) -> None:
    blank = {"kitchen.seats": None, "kitchen.opened_on": None, "meals[lunch].day": None}
    assert list_said(check({"a.xlsx": canteen.type_in(blank)})["a.xlsx"]) == ["CE01 D7", "CE01 C5", "CE01 C10"]


@pytest.mark.requirement("R-25")
def test_findings_of_a_moved_table_name_the_cell_the_school_sees(canteen: Canteen, check: Check) -> None:
    def move(book: Workbook) -> None:
        sheet = open_tab(book, "用餐人数")
        sheet["D7"] = -5
        for area in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(area))
        sheet.move_range("A3:E8", rows=2, cols=1)

    file = check({"a.xlsx": canteen.change(move)})["a.xlsx"]
    assert "CE11 E9" in list_said(file)


def test_unreadable_file_has_its_verdict_and_its_reason(check: Check) -> None:
    file = check({"a.xlsx": b""})["a.xlsx"]
    assert file.verdict.value == "unreadable"
    assert find_one(file, "FL01").message == "文件无法打开或为空文件,请重新导出后报送"


def test_no_bad_file_changes_what_is_said_of_a_good_one(canteen: Canteen, check: Check) -> None:
    bad = {f"{n}{bad.extension}": bad.make(canteen.workbook) for n, bad in enumerate(WHOLE_FILES) if n % 4 == 0}
    good = canteen.type_in({"kitchen.seats": -1})
    together = check({**bad, "good.xlsx": good})
    alone = check({"good.xlsx": good})["good.xlsx"]
    assert [(f.code, f.message) for f in together["good.xlsx"].findings] == [
        (f.code, f.message) for f in alone.findings
    ]
    assert {file.verdict.value for name, file in together.items() if name != "good.xlsx"} == {"unreadable"}


def test_same_files_in_another_order_are_told_the_same(canteen: Canteen, check: Check) -> None:
    files = {"a.xlsx": canteen.workbook, "b.xls": b"<table>", "c.xlsx": canteen.type_in({"kitchen.seats": "x"})}
    first, second = check(files), check(dict(reversed(files.items())))
    assert {name: list_said(file) for name, file in first.items()} == {
        name: list_said(file) for name, file in second.items()
    }
