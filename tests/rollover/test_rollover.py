"""Next year's collection in one command: settings, templates, the register to be walked through, and back again."""

from __future__ import annotations

import shutil
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from flows.cli import run_command
from flows.rollover import RolloverDesk, plan_rollover
from flows.warehouse.warehouse import open_warehouse
from flows.workspace import open_workspace
from schemas.periods import add_months, step_back, step_forward
from tests.rollover.district import (
    BRIDGE,
    BROOK,
    EAST,
    HILL,
    MIDDLE,
    MILL,
    NAMES,
    TOWN,
    VALLEY,
    WEST,
    District,
    TwoYears,
    ask,
)
from tests.rollover.two_forms import NEW_VERSION, OLD_VERSION, YEAR, YEAR_BEFORE
from tests.sample_workspace import REGISTER_TAKEN_IN, RETURNS, SampleRun
from tests.sample_workspace import YEAR as SAMPLE_YEAR

REVIEW = f"示例区_{YEAR}_结转清单.xlsx"


def _list_files(root: Path) -> dict[str, bytes]:
    """Everything in a workspace but its database, which a reader may touch."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.name.startswith("huizong.duckdb")
    }


def _find_school(report: Any, code: str) -> Any:
    return next(row for row in report["register"] if row["school"] == code)


def _list_reasons(report: Any) -> dict[str, list[str]]:
    """School → why it is to be looked at."""
    return {
        row["school"]: [remark["reason"] for remark in row["to_review"]]
        for row in report["register"]
        if row["to_review"]
    }


# what it opens


def test_the_year_after_the_latest_is_opened_in_the_settings_and_nothing_else_there_is_touched(
    two_years: TwoYears, first_year: Path
) -> None:
    before = (first_year / "pyproject.toml").read_text(encoding="utf-8").replace("2024-10-10", "2025-10-10")
    after = two_years.district.settings.read_text(encoding="utf-8")

    assert after == before + (
        f"\n# huizong rollover: 由 {YEAR_BEFORE} 结转\n[[tool.huizong.collections]]\n"
        f'period = "{YEAR}"\nreturns = ["J00", "L01"]\n[tool.huizong.collections.due]\n'
        "J00 = 2025-10-15  # 学校(机构)名录\nL01 = 2025-11-15  # 阅览室调查表\n"
    )


def test_due_dates_are_as_defined_and_those_set_last_year_are_carried_forward(two_years: TwoYears) -> None:
    """The register is usually due on 31 August and was given until 15 October; the survey is due on 15 November."""
    code, report = two_years.rollover

    assert code == 0
    assert (report["period"], report["earlier"], report["dry_run"]) == (YEAR, YEAR_BEFORE, False)
    assert report["collections"] == [
        {
            "period": YEAR, "earlier": YEAR_BEFORE, "was_open": False, "added": True, "returns": ["J00", "L01"],
            "due": {"J00": "2025-10-15", "L01": "2025-11-15"},
        }
    ]  # fmt: skip


def test_what_will_be_asked_is_summed_up_with_the_forms_that_changed(two_years: TwoYears) -> None:
    asked = {row["return"]: row for row in two_years.rollover[1]["returns"]}

    assert list(asked) == ["J00", "L01"]
    assert (asked["J00"]["form"], asked["J00"]["changes"]) == (asked["J00"]["earlier_form"], "")
    assert (asked["L01"]["form"], asked["L01"]["earlier_form"]) == (NEW_VERSION, OLD_VERSION)
    assert asked["L01"]["changes"].startswith("新增工作表 数字化；新增 连环画")
    assert (asked["L01"]["due"], asked["L01"]["earlier_due"]) == ("2025-11-15", "2024-11-15")
    assert asked["L01"]["expected"] == 7  # nine schools; one merged, one lists another return


PARTS = """
[[tool.huizong.collections]]
period = "2024"
returns = ["J10"]
due = {J10 = 2025-03-10}
[[tool.huizong.collections]]
period = "2024-2025-1"
returns = ["S03"]
[[tool.huizong.collections]]
period = "2024-09"
returns = ["S01"]
[[tool.huizong.collections]]
period = "2023-2024"
"""


def test_the_calendar_year_the_terms_and_the_months_follow_with_the_year(district: District) -> None:
    with district.settings.open("a", encoding="utf-8") as file:
        file.write(PARTS)
    _, report = ask("rollover", "--dry-run", root=district.root)
    opened = {row["period"]: (row["earlier"], row["returns"], row["due"]) for row in report["collections"]}

    assert list(opened) == [YEAR, "2025", "2025-2026-1", "2025-09"]
    assert opened["2025"] == ("2024", ["J10"], {"J10": "2026-03-10"})
    assert opened["2025-2026-1"] == ("2024-2025-1", ["S03"], {"S03": "2026-02-10"})
    assert opened["2025-09"] == ("2024-09", ["S01"], {"S01": "2025-10-05"})


# what it writes


def test_every_school_gets_a_folder_with_its_own_templates(two_years: TwoYears) -> None:
    _, report = two_years.rollover
    out = two_years.district.root / "out"
    written = [Path(path).relative_to(out).as_posix() for path in report["paths"]]

    owing = (TOWN, EAST, WEST, HILL, BRIDGE, BROOK, MIDDLE)
    names = NAMES | {BRIDGE: "新桥实验小学"}
    assert written[0] == REVIEW
    assert sorted(written[1:]) == sorted(
        [f"3201990000_示例区教育局/J00_3201990000_示例区教育局_{YEAR}_v1.xlsx"]
        + [f"{code}_{names[code]}/L01_{code}_{names[code]}_{YEAR}_v1.xlsx" for code in owing]
    )
    assert report["templates"] == len(written) - 1


def test_templates_show_last_years_figures_where_the_new_form_has_them(two_years: TwoYears) -> None:
    path = next((two_years.district.root / "out").rglob(f"L01_{TOWN}_*.xlsx"))
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["参考_馆藏"]
    labels = {cell.value: cell.column_letter for cell in sheet[3] if cell.value}
    rows = {cell.value: cell.row for cell in sheet["A"] if cell.value}

    assert sheet[f"{labels['本年购入']}{rows['文学']}"].value == 20
    assert sheet[f"{labels['年初馆藏']}{rows['其他']}"].value == 100
    assert sheet[f"{labels['年初馆藏']}{rows['连环画']}"].value is None
    assert workbook["参考_馆舍"]["C7"].value == 5  # 50 000 yuan in the unit of the new form


def test_the_registers_own_template_has_the_lines_of_the_last_one(two_years: TwoYears) -> None:
    path = next((two_years.district.root / "out").rglob("J00_*.xlsx"))
    sheet = openpyxl.load_workbook(path)["名录"]
    columns = {cell.value: cell.column for cell in sheet[3] if cell.value}
    lines = [
        (row[columns["学校(机构)标识码"] - 1].value, row[columns["学校(机构)名称"] - 1].value)
        for row in sheet.iter_rows(min_row=5, max_row=16)
        if row[0].value
    ]

    assert len(lines) == 10  # nine schools, one of them on two lines
    assert lines[0] == (TOWN, NAMES[TOWN])
    assert sheet.cell(5, columns["办学类型代码"]).value == "211 小学"
    assert sheet.cell(5, columns["本条有效起始日"]).value.date() == date(2010, 9, 1)


# the register to be walked through


def test_every_school_of_either_year_stands_on_the_review_list(two_years: TwoYears) -> None:
    assert {row["school"] for row in two_years.rollover[1]["register"]} == set(NAMES)


def test_candidates_for_closing_merging_and_opening_say_why(two_years: TwoYears) -> None:
    assert _list_reasons(two_years.rollover[1]) == {
        WEST: ["ends", "all_zero"],
        HILL: ["filed_nothing"],
        VALLEY: ["merged_into", "not_listed"],
        BROOK: ["opened"],
        MILL: ["not_listed"],
        MIDDLE: ["not_usual"],
    }


def test_the_list_says_what_changed_during_the_year(two_years: TwoYears) -> None:
    _, report = two_years.rollover

    assert _find_school(report, TOWN)["changes"] == []
    assert _find_school(report, VALLEY)["changes"] == ["名录截止于 2025-03-31"]
    assert _find_school(report, BROOK)["changes"] == ["新增(自 2025-03-01)"]
    assert _find_school(report, BRIDGE)["changes"] == [
        "更名：新桥小学→新桥实验小学", "曾用名/别名：—→新桥小学", "驻地城乡分类代码：主城区→乡中心区",
    ]  # fmt: skip


def test_a_school_is_shown_as_last_known_with_what_it_filed(two_years: TwoYears) -> None:
    _, report = two_years.rollover
    valley, west = (_find_school(report, code) for code in (VALLEY, WEST))

    assert (valley["name"], valley["valid_to"], valley["successor"]) == (NAMES[VALLEY], "2025-03-31", TOWN)
    assert valley["to_review"][0]["message"] == f"已并入 {TOWN} {NAMES[TOWN]}"
    assert (west["expected"], west["filed"]) == (1, 1)
    assert west["attributes"]["school_type"] == "小学"


def test_the_review_workbook_is_ready_to_be_ticked(two_years: TwoYears) -> None:
    workbook = openpyxl.load_workbook(two_years.district.root / "out" / REVIEW)
    sheet = workbook["名录核对"]
    heads = [cell.value for cell in sheet[4]]
    rows = [row for row in sheet.iter_rows(min_row=5, values_only=True) if row[1]]
    by_code = {row[1]: dict(zip(heads, row, strict=True)) for row in rows}

    assert workbook.sheetnames == ["本期报表", "名录核对", "表样变化", "试填", "试填发现", "模板清单"]
    assert heads[-9:] == [
        "无变化", "更名", "撤销", "合并", "新增", "新名称", "并入学校代码", "生效日期", "备注",
    ]  # fmt: skip
    assert set(by_code) == set(NAMES)
    assert by_code[HILL]["请核对"] == "上期应报 1 份，一份未报，核对是否撤销或合并"
    assert by_code[HILL]["上期已报/应报"] == "0/1"
    assert [by_code[HILL][tick] for tick in ("无变化", "更名", "撤销", "合并", "新增")] == [None] * 5
    (ticks,) = sheet.data_validations.dataValidation
    assert (ticks.type, ticks.formula1) == ("list", '"√"')
    assert [area.min_row for area in ticks.sqref.ranges] == [5]


def test_the_changes_of_forms_stand_on_a_sheet_of_their_own(two_years: TwoYears) -> None:
    sheet = openpyxl.load_workbook(two_years.district.root / "out" / REVIEW)["表样变化"]
    told = [row[4] for row in sheet.iter_rows(min_row=5, values_only=True) if row[0] == "L01"]

    assert "新增“连环画”(馆藏 A8)" in told
    assert "取消“破损”(藏书 G3)" in told
    assert len(told) == 11
    assert not [text for text in told if "room." in text]  # no ids: they are nobody's business who fills the form


# doing it twice, not at all, and undoing it


def test_a_dry_run_says_the_same_and_writes_nothing(district: District) -> None:
    before = _list_files(district.root)
    code, report = ask("rollover", "--dry-run", root=district.root)

    assert (code, report["dry_run"], report["paths"]) == (0, True, [])
    assert report["collections"][0]["due"] == {"J00": "2025-10-15", "L01": "2025-11-15"}
    assert report["collections"][0]["added"] is False
    assert report["templates"] == 8
    assert _list_files(district.root) == before


def test_a_second_time_adds_nothing_and_writes_the_same_bytes_and_undoing_it_leaves_no_trace_in_the_settings(
    district: District,
) -> None:
    settings = district.settings.read_bytes()
    out = district.root / "out"
    ask("rollover", "--out", str(out), root=district.root)
    once, opened = _list_files(out), district.settings.read_bytes()

    code, report = ask("rollover", "--out", str(out), root=district.root)

    assert (code, report["collections"][0]["was_open"], report["collections"][0]["added"]) == (0, True, False)
    assert district.settings.read_bytes() == opened
    assert _list_files(out) == once
    assert ask("rollover", "--period", YEAR, "--undo", root=district.root) == (0, {"period": YEAR, "removed": [YEAR]})
    assert district.settings.read_bytes() == settings


def test_a_period_for_which_something_was_received_is_not_undone(two_years: TwoYears) -> None:
    before = two_years.district.settings.read_bytes()

    assert ask("rollover", "--period", YEAR, "--undo", root=two_years.district.root) == (2, None)
    assert two_years.district.settings.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--period", "明年"), "明年 不是报告期"),
        (("--period", "2025-09-13"), "2025-09-13 是一次性事项"),
        (("--period", "2031-2032"), "2030-2031 没有通过的报表，不能由它结转到 2031-2032"),
        (("--undo",), "请用 --period 写明要撤销的报告期"),
        (("--undo", "--period", YEAR), f"设置中没有 {YEAR}"),
    ],
)
def test_what_cannot_be_rolled_over_is_refused_with_its_reason(
    arguments: tuple[str, ...], told: str, first_year: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (first_year / "pyproject.toml").read_bytes()

    assert run_command(["rollover", *arguments, "--workspace", str(first_year)]) == 2
    assert told in capsys.readouterr().err.replace("\n", "")
    assert (first_year / "pyproject.toml").read_bytes() == before


def test_figures_still_to_be_read_under_a_definition_just_changed_are_not_handed_out(two_years: TwoYears) -> None:
    assert two_years.too_early == [2, None]


def test_without_a_register_nobody_knows_whom_to_ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_command(["init", str(tmp_path / "new"), "--period", YEAR_BEFORE])

    assert run_command(["rollover", "--period", YEAR, "--workspace", str(tmp_path / "new")]) == 2
    assert "还没有通过的名录" in capsys.readouterr().err


# periods


@pytest.mark.parametrize(
    ("period", "later"),
    [
        ("2025-2026", "2026-2027"), ("2025", "2026"), ("2025H2", "2026H1"), ("2025-2026-2", "2026-2027-1"),
        ("2025-12", "2026-01"),
    ],
)  # fmt: skip
def test_the_period_after_another_is_of_its_type(period: str, later: str) -> None:
    assert step_forward(period) == later
    assert step_back(later) == period


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2025, 9, 20), 12, date(2026, 9, 20)), (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 8, 31), 1, date(2025, 9, 30)), (date(2025, 12, 5), 1, date(2026, 1, 5)),
    ],
)  # fmt: skip
def test_a_due_date_set_by_hand_moves_by_whole_months(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


# the sample district


def test_the_sample_districts_next_year_is_worked_out_from_its_last(sample_run: SampleRun) -> None:
    """Register and returns of 2025-2026, each due a year later; everybody in the register stands on the list."""
    workspace = sample_run.workspace
    with open_warehouse(workspace.warehouse, read_only=True) as warehouse:
        plan = plan_rollover(RolloverDesk.open(workspace, workspace.load_catalogue(), warehouse.connection), None)
    due = {number: day.isoformat() for number, day in plan.openings[0].collection.due.items()}
    taken_in = REGISTER_TAKEN_IN[SAMPLE_YEAR]

    assert plan.period == "2026-2027"
    assert sorted(due) == sorted(RETURNS[SAMPLE_YEAR])
    assert due["J00"] == taken_in.replace(year=taken_in.year + 1).isoformat()
    assert (due["J03"], due["B01"]) == ("2026-09-20", "2026-09-30")
    assert len(plan.review) == len({row.code for row in plan.review}) == 121
    attached = {row.code for row in plan.review if [remark.key for remark in row.remarks] == ["not_usual"]}
    filed = {f.school for f in sample_run.sample.filings if f.return_id == "kg" and f.period == SAMPLE_YEAR}
    assert attached == {code for code in filed if not code.startswith("1")}


@pytest.mark.long
def test_the_sample_district_is_rolled_over_with_every_template(sample_run: SampleRun, tmp_path: Path) -> None:
    root = tmp_path / "district"
    shutil.copytree(sample_run.workspace.root, root)
    before = (root / "pyproject.toml").read_bytes()
    code, report = ask("rollover", "--out", str(tmp_path / "out"), root=root)

    assert code == 0
    tried = {
        row["return"]: (row["tried"], row["rejected"] + row["to_be_filled"]) for row in report["release"]["rehearsal"]
    }
    assert tried["J01"] == (121, 0)
    assert {lacking for _, lacking in tried.values()} == {0}
    assert len(report["paths"]) == 1 + sum(row["expected"] for row in report["returns"])
    assert all(Path(path).stat().st_size > 5_000 for path in report["paths"])
    after = (root / "pyproject.toml").read_bytes()
    assert after.startswith(before)
    assert tomllib.loads(after.decode())["tool"]["huizong"]["collections"][-1]["period"] == "2026-2027"
    assert open_workspace(root).settings.collections[-1].period == "2026-2027"
