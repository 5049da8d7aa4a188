"""Comparisons with the year before go by what became of the schools; one without a counterpart never fails them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from flows.warehouse.warehouse import open_warehouse
from schemas.catalogue import Catalogue
from tests.register.changing import (
    GIVEN_AWAY,
    GIVES_UP,
    KEEPS,
    NEW,
    NEW_CODE,
    NOW,
    OLD_CODE,
    OWN,
    PART_ONE,
    PART_TWO,
    SILENT,
    SPLIT,
    STAYS,
    TAKES_OVER,
    THEN,
    ChangingDistrict,
    count_pupils,
    file_pupils,
)
from tests.register.conftest import Ask

YEAR_ON_YEAR = ("XP05", "XP06")
WITHOUT_COUNTERPART = (PART_ONE, PART_TWO, KEEPS, GIVEN_AWAY, NEW)


def query(district: ChangingDistrict, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with open_warehouse(district.workspace.warehouse, read_only=True) as warehouse:
        return warehouse.connection.execute(sql, list(values)).fetchall()


def list_messages(district: ChangingDistrict, school: str, code: str) -> list[str]:
    """What one check says of the return of this year."""
    sql = (
        "SELECT message FROM findings JOIN submissions USING (submission) WHERE school = ? AND period = ? AND code = ?"
    )
    return [message for (message,) in query(district, sql, school, NOW, code)]


def count_outcomes(district: ChangingDistrict, school: str) -> tuple[int, int, int]:
    """Passed, failed and not assessed of the rules that compare with the year before."""
    ((passed, failed, not_assessed),) = query(
        district,
        "SELECT sum(passed)::INT, sum(failed)::INT, sum(not_assessed)::INT FROM outcomes "
        "JOIN submissions USING (submission) WHERE school = ? AND period = ? AND code IN ?",
        school, NOW, list(YEAR_ON_YEAR),
    )  # fmt: skip
    return passed, failed, not_assessed


def find_earlier(ask: Ask, district: ChangingDistrict, school: str) -> float | None:
    """Pupils of the year before that stand beside this year's."""
    figures = ask(district.root, "indicators", "students", "--period", NOW, "--by", "school")
    (figure,) = [f for f in figures if (f["group"], f["stage"]) == (school, "primary")]
    earlier: float | None = figure["earlier"]
    return earlier


@pytest.mark.parametrize("school", [STAYS, TAKES_OVER, NEW_CODE])
def test_a_school_with_a_counterpart_is_compared(school: str, changing: ChangingDistrict) -> None:
    assert count_outcomes(changing, school) == (3, 0, 0)


@pytest.mark.requirement("V-14")
@pytest.mark.parametrize("school", WITHOUT_COUNTERPART)
def test_a_school_without_a_counterpart_never_fails_a_comparison(school: str, changing: ChangingDistrict) -> None:
    """Alone each part of the school that was split has lost more than a fifth of its pupils."""
    assert count_outcomes(changing, school) == (0, 0, 3)


def test_a_school_that_took_over_another_is_held_against_the_sum_of_both(check: Ask) -> None:
    """As many pupils as it had alone the year before: half of the sum is missing."""
    findings = check(replace(file_pupils(NOW, TAKES_OVER, (OWN[TAKES_OVER],)), revision=2))
    (finding,) = [found for found in findings if found["check"] == "XP05" and "在校生" in found["message"]]
    both = count_pupils(THEN, GIVES_UP) + count_pupils(THEN, TAKES_OVER)

    assert finding["sheet"] == "小学分类型学生数"
    assert f"{100 * (263 - both) / both:.4f}" in finding["message"]


def test_what_a_school_had_before_includes_the_school_that_it_took_over(ask: Ask, changing: ChangingDistrict) -> None:
    both = count_pupils(THEN, GIVES_UP) + count_pupils(THEN, TAKES_OVER)

    assert find_earlier(ask, changing, TAKES_OVER) == both


def test_what_a_renumbered_school_had_before_is_found_under_its_old_code(ask: Ask, changing: ChangingDistrict) -> None:
    assert find_earlier(ask, changing, NEW_CODE) == count_pupils(THEN, OLD_CODE)


@pytest.mark.parametrize("school", [*WITHOUT_COUNTERPART, SILENT])
def test_what_nobody_can_tell_of_the_year_before_is_left_blank(
    school: str, ask: Ask, changing: ChangingDistrict
) -> None:
    assert find_earlier(ask, changing, school) is None


def test_a_new_school_is_told_that_nothing_is_compared(changing: ChangingDistrict) -> None:
    assert list_messages(changing, NEW, "RG17") == ["本校 2025-09-01 设立，没有上年数，与上年比较的校验不判定"]


@pytest.mark.parametrize("school", [PART_ONE, PART_TWO])
def test_schools_that_share_an_origin_are_told_that_nothing_is_compared(
    school: str, changing: ChangingDistrict
) -> None:
    (message,) = list_messages(changing, school, "RG18")

    assert message.startswith(
        f"{SPLIT} 示例区合并小学 已变为 {PART_ONE} 示例区庚南分校、{PART_TWO} 示例区湖滨分校，上年数不能分到各校"
    )


def test_a_school_that_took_over_another_is_told_what_is_compared(changing: ChangingDistrict) -> None:
    (message,) = list_messages(changing, TAKES_OVER, "RG19")

    assert f"{TAKES_OVER} 示例区丁塘镇北河小学、{GIVES_UP} 示例区辛坪乡石门小学" in message
    assert list_messages(changing, STAYS, "RG19") == []


@pytest.mark.requirement("V-14")
def test_schools_that_share_an_origin_are_compared_together_and_once(changing: ChangingDistrict) -> None:
    """542 pupils became 176 and 362, and 1173 became 830 and 373: two comparisons, both within bounds."""
    (row,) = list_rule_rows(changing, "RG20")

    assert row[-4:] == [2, 2, 0, 0]


def test_the_template_shows_what_both_schools_had_before(
    ask: Ask, changing: ChangingDistrict, catalogue: Catalogue, tmp_path: Path
) -> None:
    here = ("--period", NOW, "--school", TAKES_OVER, "--out", str(tmp_path))
    (path,) = ask(changing.root, "template", "J03", *here)["paths"]
    sheet = next(s for s in load_workbook(path).worksheets if THEN in str(s["A1"].value) and "小学" in s.title)
    total = catalogue.find_layout("students", NOW).find_sheet("stu_primary")
    assert total is not None
    cell = next(cell for cell in total.cells if cell.ref == "stu_primary[total].enrolled")

    assert sheet[cell.address].value == count_pupils(THEN, GIVES_UP) + count_pupils(THEN, TAKES_OVER)


def list_rule_rows(district: ChangingDistrict, code: str) -> list[list[Any]]:
    """Lines of the published sheet that counts what each check did: applicable, passed, failed, not assessed."""
    newest = max((district.workspace.warehouse / "published" / NOW).rglob("*.xlsx"))
    sheet = load_workbook(newest, data_only=True)["校验运行"]
    return [[*row] for row in sheet.iter_rows(values_only=True) if row[0] == code]
