"""A register is held against itself before anything rests on it: real workbooks, faults named at their cells."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from schemas.catalogue import Catalogue
from schemas.sample.filings import Filing
from tests.register.changing import (
    CHANGE,
    MOVES,
    NOW,
    STAYS,
    TAKES_OVER,
    ChangingDistrict,
    Line,
    describe,
    file_register,
    list_membership_lines,
    list_origin_lines,
    list_school_lines,
    make_workbooks,
)
from tests.register.conftest import Ask

Found = tuple[str, str, str]


def list_errors(findings: Sequence[dict[str, Any]]) -> list[Found]:
    return sorted((f["check"], f["sheet"], f["cell"]) for f in findings if f["severity"] == "error")


def change_line(code: str, **changed: Any) -> Filing:
    """The register with the (first) line of a school changed."""
    lines = list_school_lines(NOW)
    place = next(number for number, line in enumerate(lines) if line["school_code"] == code)
    lines[place] = {**lines[place], **changed}
    return file_register(NOW, reg=lines)


def find_row(code: str, lines: Sequence[Line]) -> int:
    """The row of a school's first line in the workbook."""
    return 5 + next(number for number, line in enumerate(lines) if line["school_code"] == code)


def test_a_register_with_every_kind_of_change_is_in_order(check: Ask) -> None:
    assert [found for found in check(file_register(NOW)) if found["severity"] != "info"] == []


def test_lines_that_overlap_are_named_at_the_last_day_of_the_earlier_one(check: Ask) -> None:
    row = find_row(MOVES, list_school_lines(NOW))

    assert ("RG06", "名录", f"Q{row}") in list_errors(check(change_line(MOVES, valid_to=CHANGE)))


def test_a_successor_that_nobody_knows_is_named_with_the_one_meant(check: Ask) -> None:
    filing = change_line("2132199023", successor_code="2132199015")
    (found,) = [found for found in check(filing) if found["check"] == "RG08"]

    assert found["cell"] == f"R{find_row('2132199023', list_school_lines(NOW))}"
    assert found["message"].startswith("并入/继任学校 2132199015 不在名录内，可能是 ")
    assert f"{TAKES_OVER} 示例区丁塘镇北河小学" in found["message"]


def test_schools_that_take_over_one_another_are_an_error(check: Ask) -> None:
    lines = [*list_origin_lines(NOW), {"school_code": "2132199023", "predecessor_code": TAKES_OVER, "since": CHANGE}]
    findings = check(file_register(NOW, lineage=lines))

    assert "2132199013→2132199023→2132199013" in next(f["message"] for f in findings if f["check"] == "RG10")


def test_an_origin_before_the_school_was_there_is_an_error(check: Ask) -> None:
    lines = [{**line, "since": "2024-09-01"} for line in list_origin_lines(NOW)]

    assert {error for error in list_errors(check(file_register(NOW, lineage=lines))) if error[0] == "RG12"} == {
        ("RG12", "沿革", "C5"), ("RG12", "沿革", "C6"), ("RG12", "沿革", "C7"),
    }  # fmt: skip


def test_a_school_in_two_groups_at_once_is_an_error(check: Ask) -> None:
    lines = [*list_membership_lines(NOW), {"school_code": STAYS, "grouping": "学区", "group_name": "西片"}]
    findings = check(file_register(NOW, membership=lines))
    (found,) = [found for found in findings if found["check"] == "RG16"]

    assert found["cell"] == f"C{4 + len(lines)}"
    assert found["message"] == f"{STAYS} 示例区辛坪乡杏湾小学 同一时间有两条学区归属：东片、西片"


def test_a_school_that_changes_its_group_is_in_order(check: Ask) -> None:
    before = [{**line, "valid_to": "2025-08-31"} for line in list_membership_lines(NOW)]
    after = [{**line, "group_name": "新片", "valid_from": CHANGE} for line in list_membership_lines(NOW)]

    assert list_errors(check(file_register(NOW, membership=[*before, *after]))) == []


def test_a_successor_without_a_last_day_is_an_error(check: Ask) -> None:
    row = find_row(STAYS, list_school_lines(NOW))

    assert list_errors(check(change_line(STAYS, successor_code=TAKES_OVER))) == [("RG07", "名录", f"Q{row}")]


def test_two_schools_of_one_name_are_asked_about_and_told_apart_by_their_codes(check: Ask) -> None:
    findings = check(change_line(STAYS, school_name=describe(TAKES_OVER)["school_name"]))
    codes = {found["check"]: found["severity"] for found in findings}

    assert codes["XS02"] == "query"
    assert "XP18" not in codes


def test_a_school_that_is_left_out_without_a_word_is_asked_about(check: Ask) -> None:
    lines = [line for line in list_school_lines(NOW) if line["school_code"] != STAYS]
    (found,) = [found for found in check(file_register(NOW, reg=lines)) if found["check"] == "RG23"]

    assert found["severity"] == "query"
    assert found["message"].endswith(f"：{STAYS} 示例区辛坪乡杏湾小学")


@pytest.fixture
def plain_register(catalogue: Catalogue, tmp_path: Path) -> Path:
    """The register as documented: one sheet, without those of the district's own."""
    (made,) = make_workbooks(catalogue, [file_register(NOW, reg=list_school_lines(NOW))])
    workbook = load_workbook(BytesIO(made.content))
    for name in ("归属", "沿革"):
        del workbook[name]
    path = tmp_path / made.name
    workbook.save(path)
    return path


def test_a_register_without_the_districts_own_sheets_is_whole(
    plain_register: Path, ask: Ask, changing: ChangingDistrict
) -> None:
    (checked,) = ask(changing.root, "check", str(plain_register))

    assert [f["check"] for f in checked["findings"] if f["severity"] == "error"] == []
