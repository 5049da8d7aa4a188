"""A form changes: its map is proposed and confirmed, the year rolled over, and either form gives the same figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.check import check_files
from flows.checks.findings import Finding
from flows.checks.forms import FiledForm, find_state
from flows.conductor import PLAIN
from flows.readers.reading_map import build_reading_map
from flows.warehouse.warehouse import open_warehouse
from schemas.definitions.returns import Form
from tests.rollover.district import EAST, FILED_BEFORE, TOWN, WEST, District, TwoYears, answer_new, answer_old, ask
from tests.rollover.two_forms import NEW_VERSION, OLD_VERSION, YEAR, YEAR_BEFORE

SUMMARY = (
    "新增工作表 数字化；新增 连环画、外借册次、受过培训；取消 破损、有取暖炉；工作表改名 藏书→馆藏；"
    "改名 年初藏书→年初馆藏；移动 本年购入、有电子阅览室；口径有变 年支出"
)

LEFT = (
    f"表样 {OLD_VERSION} 中已填的 4 项在现用表样 {NEW_VERSION} 中没有对应项，未转入:"
    "藏书 G6 文学·破损、藏书 G7 科普·破损、藏书 G8 其他·破损、馆舍 C9 有取暖炉"
)


def _list_findings(two_years: TwoYears, school: str, period: str = YEAR) -> Iterator[tuple[str, str, str, str]]:
    """Code, sheet, cell and message of everything found in a school's survey."""
    with open_warehouse(two_years.district.workspace.warehouse, read_only=True) as warehouse:
        rows = warehouse.connection.execute(
            "SELECT f.code, f.sheet, f.cell, f.message FROM findings f JOIN submissions s USING (submission) "
            "WHERE s.school = ? AND s.period = ? AND s.return_id = 'reading_rooms' ORDER BY f.code",
            [school, period],
        ).fetchall()
    yield from rows


def _list_states(two_years: TwoYears, period: str) -> dict[str, str]:
    with open_warehouse(two_years.district.workspace.warehouse, read_only=True) as warehouse:
        rows = warehouse.connection.execute(
            "SELECT s.school, t.state FROM submissions s JOIN standings t USING (submission) "
            "WHERE s.period = ? AND s.return_id = 'reading_rooms' ORDER BY s.school",
            [period],
        ).fetchall()
    return dict(rows)


def _ask_figures(two_years: TwoYears, period: str) -> dict[tuple[str, str], tuple[float, float, float]]:
    """Indicator and school → numerator, denominator and value."""
    asked = ("indicators", "books_per_room_seat", "cost_per_room_seat", "--period", period, "--by", "school")
    _, rows = ask(*asked, root=two_years.district.root)
    return {
        (row["indicator"], row["group"]): (row["numerator"], row["denominator"], row["value"])
        for row in rows
        if row["reported"]
    }


def test_a_definition_that_forgot_last_years_form_is_told_so_with_the_map_it_needs(two_years: TwoYears) -> None:
    code, report = two_years.refused

    assert code == 1
    assert [(form["version"], form["state"]) for form in report["forms"]] == [
        (OLD_VERSION, "altered"), (NEW_VERSION, "new"),
    ]  # fmt: skip
    assert report["summary"] == SUMMARY
    assert "books.damaged: ~" in report["map"]
    assert Path(report["path"]).read_text(encoding="utf-8") == report["map"]


def test_the_definition_with_the_proposed_map_needs_nothing_more(two_years: TwoYears) -> None:
    code, report = two_years.drift

    assert code == 0
    assert [(form["version"], form["state"]) for form in report["forms"]] == [
        (OLD_VERSION, "kept"), (NEW_VERSION, "new"),
    ]  # fmt: skip
    assert (report["map"], report["problem"], report["summary"]) == (None, None, SUMMARY)


def test_returns_on_either_form_are_accepted(two_years: TwoYears) -> None:
    assert _list_states(two_years, YEAR) == {TOWN: "accepted", EAST: "accepted"}
    assert two_years.district.workspace.settings.collections[-1].period == YEAR


def test_either_form_gives_the_same_figures(two_years: TwoYears) -> None:
    """Three shelves of 100 + 20 − 5 on 40 seats; 50 000 yuan are 5 units of ten thousand."""
    assert _ask_figures(two_years, YEAR) == {
        (indicator, school): figures
        for school in (TOWN, EAST)
        for indicator, figures in (
            ("books_per_room_seat", (345.0, 40.0, 345 / 40)), ("cost_per_room_seat", (5.0, 40.0, 0.125)),
        )
    }  # fmt: skip


def test_figures_of_the_year_before_survive_the_change_of_the_form(two_years: TwoYears) -> None:
    figures = _ask_figures(two_years, YEAR_BEFORE)
    books = {school: figure[0] for (indicator, school), figure in figures.items() if indicator.startswith("books")}

    filed = {school: 3.0 * (100 + number + 20 - 5) for number, school in enumerate(FILED_BEFORE)}
    assert books == filed | {WEST: 0.0}
    assert figures["cost_per_room_seat", TOWN] == (5.0, 40.0, 0.125)


@pytest.mark.requirement("V-05")
def test_a_school_on_the_earlier_form_is_told_what_was_read_and_what_was_left(two_years: TwoYears) -> None:
    assert list(_list_findings(two_years, TOWN)) == [
        ("FL40", "", "", f"按表样 {OLD_VERSION} 填报，已转入现用表样 {NEW_VERSION}。两版不同：{SUMMARY}"),
        ("FL41", "藏书", "G6", LEFT),
        ("XP16", "藏书", "", "整张表与上年完全相同,请确认是否为复制"),  # held against last year through the map
    ]


def test_what_has_no_place_on_the_form_in_force_is_said_once_at_the_first_cell(two_years: TwoYears) -> None:
    (left,) = [finding for finding in _list_findings(two_years, TOWN) if finding[0] == "FL41"]

    assert left[1:3] == ("藏书", "G6")


def test_a_return_on_the_form_in_force_is_told_nothing_of_forms(two_years: TwoYears) -> None:
    assert [code for code, *_ in _list_findings(two_years, EAST) if code in ("FL06", "FL40", "FL41")] == []


def test_a_return_filed_while_its_form_was_in_force_is_told_nothing_of_later_ones(two_years: TwoYears) -> None:
    assert [code for code, *_ in _list_findings(two_years, TOWN, YEAR_BEFORE) if code in ("FL40", "FL41")] == []


def test_a_figure_from_the_earlier_form_leads_back_to_the_cell_that_holds_it(two_years: TwoYears) -> None:
    _, told = ask(
        "explain", "books_per_room_seat", "--period", YEAR, root=two_years.district.root
    )  # fmt: skip
    cells = {
        (c["school"], c["sheet"], c["cell"]) for c in told["contributions"] if c["reference"] == "books[total].closing"
    }

    assert cells == {(TOWN, "藏书", "F5"), (EAST, "馆藏", "F5")}


STATES = [
    # what the entry of the earlier form says, the day of receipt, what becomes of the file
    ({"afterwards": "upgraded"}, date(2025, 10, 10), "upgraded"),
    ({"afterwards": "accepted"}, date(2025, 10, 10), "accepted"),
    ({"afterwards": "upgraded", "accepted_until": "2025-10-15"}, date(2025, 10, 15), "upgraded"),
    ({"afterwards": "upgraded", "accepted_until": "2025-10-15"}, date(2025, 10, 16), "refused"),
    ({"accepted_until": "2025-10-15"}, date(2025, 10, 15), "accepted"),
    ({"accepted_for": ["2025-2026"]}, date(2025, 10, 10), "accepted"),
    ({"accepted_for": ["2026-2027"]}, date(2025, 10, 10), "refused"),
    ({"afterwards": "refused"}, date(2025, 10, 10), "refused"),
    ({}, date(2025, 10, 10), "refused"),
]


@pytest.mark.requirement("V-05")
@pytest.mark.parametrize(("said", "day", "state"), STATES)
def test_an_earlier_form_is_taken_as_its_definition_says(said: dict[str, Any], day: date, state: str) -> None:
    form = Form.model_validate({"version": OLD_VERSION, "since": YEAR_BEFORE, **said})

    assert find_state(form, FiledForm("reading_rooms", OLD_VERSION, YEAR, day)) == state


@pytest.mark.requirement("V-05")
def test_a_form_taken_as_it_is_says_only_what_has_no_place(two_years: TwoYears, tmp_path: Path) -> None:
    found = _check_old_form(two_years.district, tmp_path, "afterwards: accepted", date(2025, 10, 10))

    assert [(f.code, f.message) for f in found if f.code in ("FL06", "FL40", "FL41")] == [("FL41", LEFT)]


@pytest.mark.requirement("V-05")
def test_a_form_that_is_refused_says_which_is_meant_what_changed_and_how_to_carry_the_data_over(
    two_years: TwoYears, tmp_path: Path
) -> None:
    said = "afterwards: accepted\n    accepted_until: 2025-10-15"
    (refused,) = [
        f for f in _check_old_form(two_years.district, tmp_path, said, date(2025, 10, 16)) if f.code == "FL06"
    ]

    assert refused.severity == "error"
    assert (refused.found, refused.expected) == (OLD_VERSION, NEW_VERSION)
    assert refused.message == (
        f"模板版本 {OLD_VERSION} 不适用于 {YEAR},应为 {NEW_VERSION}(该版本只受理到 2025-10-15)；"
        f"与现用表样相比：{SUMMARY}。可请区县统计员把已填数据转到现用模板(huizong drift --convert)"
    )


def _check_old_form(district: District, folder: Path, said: str, day: date) -> list[Finding]:
    """What a check says of the earlier form where its entry says this and it comes on that day."""
    copy = district.copy_to(folder / "district")
    text = copy.definition.read_text(encoding="utf-8")
    assert "    afterwards: upgraded\n" in text
    copy.definition.write_text(text.replace("    afterwards: upgraded\n", f"    {said}\n"), encoding="utf-8")
    copy.move_to(day)
    path = folder / "survey.xlsx"
    path.write_bytes(copy.fill_old_form(TOWN, YEAR, answer_old(opening=100, cost=5)))
    with open_warehouse(copy.workspace.warehouse, read_only=True) as warehouse:
        (checked,) = check_files(copy.workspace, copy.catalogue, warehouse.connection, [path], PLAIN.watcher)
    return list(checked.findings)


def test_a_version_is_known_however_it_is_quoted_and_spaced(two_years: TwoYears) -> None:
    reading_map = build_reading_map(two_years.district.catalogue)
    typed = ["'2024.1'", " ２０２４．１ ", "v2024.1", "2024.01", "“2024.1”"]

    assert [reading_map.find_version("reading_rooms", text) for text in typed] == [OLD_VERSION] * len(typed)
    assert [reading_map.find_version("reading_rooms", text) for text in ("", "2024", "x", "2024.10")] == [None] * 4


# conversion


def _convert(district: District, folder: Path, content: bytes) -> tuple[int, Any]:
    source = folder / "旧表样.xlsx"
    source.write_bytes(content)
    return ask("drift", "--convert", str(source), "--out", str(folder / "converted"), root=district.root)


@dataclass(frozen=True)
class Converted:
    """A workbook on the earlier form, what converting it said, and what it became."""

    code: int
    said: Any
    before: bytes
    after: bytes


@pytest.fixture(scope="module")
def converted(two_years: TwoYears, tmp_path_factory: pytest.TempPathFactory) -> Converted:
    content = two_years.district.fill_old_form(TOWN, YEAR, answer_old(opening=321, cost=7.5))
    code, (done,) = _convert(two_years.district, tmp_path_factory.mktemp("conversion"), content)
    return Converted(code, done, content, Path(done["path"]).read_bytes())


def test_a_workbook_on_the_earlier_form_is_written_as_one_on_the_form_in_force(converted: Converted) -> None:
    done = converted.said

    assert converted.code == 0
    assert (done["return"], done["school"], done["period"]) == ("L01", TOWN, YEAR)
    assert (done["from"], done["to"], done["reason"]) == (OLD_VERSION, NEW_VERSION, None)


def test_a_conversion_lists_what_it_left_and_what_is_still_to_be_filled(converted: Converted) -> None:
    assert [(cell["sheet"], cell["cell"], cell["reason"]) for cell in converted.said["left"]] == [
        ("藏书", "G6", "given_up"), ("藏书", "G7", "given_up"), ("藏书", "G8", "given_up"), ("馆舍", "C9", "given_up"),
    ]  # fmt: skip
    assert converted.said["blank"] == [
        "馆藏·文学·外借册次", "馆藏·科普·外借册次", "馆藏·连环画·年初馆藏", "馆藏·连环画·本年剔旧",
        "馆藏·连环画·本年购入", "馆藏·连环画·外借册次", "馆藏·其他·外借册次", "数字化·终端台数", "管理员·受过培训",
    ]  # fmt: skip


def test_a_converted_workbook_reads_as_the_earlier_one_did(two_years: TwoYears, converted: Converted) -> None:
    """The same canonical data for every field that both forms have."""
    before, after = (two_years.district.read_records(data) for data in (converted.before, converted.after))

    common = {ref: value for ref, value in before.items() if ref in after}
    assert common == {ref: after[ref] for ref in common}
    assert after["books[fiction].opening"] == 321
    assert after["room.cost"] == 7.5
    assert after["digital.digital_room"] == "Y"
    assert after["keeper.card_no"] == ["007"]
    assert {ref for ref in before if ref not in after} == {
        "books[fiction].damaged", "books[science].damaged", "books[rest].damaged", "room.stove",
    }  # fmt: skip


def test_a_converted_workbook_keeps_the_cover_and_its_signatures(two_years: TwoYears, converted: Converted) -> None:
    before, after = (two_years.district.read(data).identity for data in (converted.before, converted.after))

    assert after.version == NEW_VERSION
    assert dict(after.cover) == dict(before.cover) | {"template_version": NEW_VERSION}


def test_a_workbook_on_the_form_in_force_is_not_converted(two_years: TwoYears, tmp_path: Path) -> None:
    district = two_years.district
    code, (done,) = _convert(district, tmp_path, district.fill_survey(EAST, YEAR, answer_new(opening=1, cost=1)))

    assert (code, done["path"], done["reason"]) == (1, None, "already")


# a workbook that somebody changed


def test_a_workbook_as_it_was_handed_out_differs_as_its_form_does(two_years: TwoYears, tmp_path: Path) -> None:
    path = tmp_path / "survey.xlsx"
    path.write_bytes(two_years.district.fill_old_form(TOWN, YEAR, answer_old(opening=1, cost=1)))
    code, report = ask("drift", "--file", str(path), root=two_years.district.root)

    assert code == 0
    assert (report["from"], report["to"], report["summary"], report["map"]) == (OLD_VERSION, NEW_VERSION, SUMMARY, None)


def test_labels_that_somebody_changed_are_found_and_a_map_is_proposed_that_reads_the_workbook(
    two_years: TwoYears, tmp_path: Path
) -> None:
    district = two_years.district.copy_to(tmp_path / "district")
    path = tmp_path / "changed.xlsx"
    changes = {"馆藏": {"C3": "期初馆藏册数"}, "馆舍": {"A7": "全年支出"}, "封面": {"C6": "2025.0"}}
    answers = answer_new(opening=100, cost=5)
    path.write_bytes(district.fill_survey(EAST, YEAR, answers, changes))
    code, report = ask("drift", "--file", str(path), root=district.root)

    assert code == 1
    told = [(change["kind"], change["label"], change["new_label"], change["likeness"]) for change in report["changes"]]
    assert told == [("renamed", "期初馆藏册数", "年初馆藏", 0.6), ("renamed", "全年支出", "年支出", 0.86)]
    assert report["from"] == "2025.0"

    entry = report["map"].partition("forms:\n")[2].replace("since: 2025-2026", "since: 2024-2025")
    new_form = district.definition.read_text(encoding="utf-8")
    assert "forms:\n" in new_form
    forms_end = new_form.index("  - {version: ")
    district.definition.write_text(
        f"{new_form[: new_form.index('forms:')]}forms:\n{entry}{new_form[forms_end:]}", "utf-8"
    )
    assert district.read_records(path.read_bytes())["books[fiction].opening"] == 100


def test_a_file_that_is_no_workbook_is_said_to_be_none(two_years: TwoYears, tmp_path: Path) -> None:
    path = tmp_path / "note.xlsx"
    path.write_text("hello", encoding="utf-8")

    assert ask("drift", "--file", str(path), root=two_years.district.root) == (2, None)
