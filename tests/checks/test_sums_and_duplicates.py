"""What a sum says of its parts, and a repeated line of those it repeats: in workbooks of the shipped returns.

| sheet | cell | holds |
|---|---|---|
| 小学分类型学生数, 总计 | I5 | 在校生, the sum of the grades K5 to P5 |
| 班级清单 | A11 to C11 | 小学, grade 2, class 2 |
"""

from __future__ import annotations

import pytest

from flows.check import CheckedFile
from flows.checks.findings import Finding
from tests.checks.cases import Example
from tests.checks.filings import apply_example, find_filing
from tests.checks.workbooks import fill_template
from tests.invariants.desk import Desk

PRIMARY, YEAR = "2132199001", "2025-2026"
TOTAL = "stu_primary[total].enrolled"
GRADES = [f"stu_primary[total].g{grade}" for grade in range(1, 7)]


def check(desk: Desk, return_id: str, **example: object) -> CheckedFile:
    """What is said of a school's return with something changed."""
    filing = apply_example(find_filing(return_id, YEAR, PRIMARY), Example.model_validate(example))
    return desk.check_one(fill_template(filing).content)


def find(file: CheckedFile, code: str, cell: str) -> Finding:
    (finding,) = [finding for finding in file.findings if (finding.code, finding.cell) == (code, cell)]
    return finding


def sum_grades() -> int:
    values = find_filing("students", YEAR, PRIMARY).values
    return sum(int(values[grade] or 0) for grade in GRADES)  # type: ignore[call-overload]


@pytest.mark.requirement("C-08")
def test_sum_off_by_one_shows_entered_computed_difference_and_every_part(desk: Desk) -> None:
    finding = find(check(desk, "students", set={TOTAL: sum_grades() + 1}), "RC01", "I5")
    assert (finding.found, finding.expected, finding.difference) == (str(sum_grades() + 1), str(sum_grades()), "1")
    assert [operand.cell for operand in finding.operands] == ["I5", "K5", "L5", "M5", "N5", "O5", "P5"]


@pytest.mark.requirement("C-08")
def test_blank_part_is_asked_for_and_no_wrong_sum(desk: Desk) -> None:
    codes = {(f.code, f.cell) for f in check(desk, "students", set={TOTAL: sum_grades()}, blank=[GRADES[2]]).findings}
    assert ("CE01", "M5") in codes
    assert not codes & {("RC01", "I5"), ("FL13", "I5")}


@pytest.mark.requirement("C-08", "T-14")
def test_blank_total_is_computed_and_no_finding(desk: Desk) -> None:
    assert [f.code for f in check(desk, "students").findings if f.cell == "I5"] == []


@pytest.mark.requirement("C-08")
def test_row_left_blank_is_asked_for_cell_by_cell_and_no_wrong_sum(desk: Desk) -> None:
    file = check(desk, "students", set={TOTAL: None}, blank=GRADES)
    assert {f.cell for f in file.findings if f.code == "CE01"} == {"K5", "L5", "M5", "N5", "O5", "P5"}
    assert [f.code for f in file.findings if f.cell == "I5"] == []


@pytest.mark.requirement("C-10")
def test_line_that_is_there_three_times_is_named_once_with_all_its_places(desk: Desk) -> None:
    same = {"stage": "primary", "grade": 2, "class_no": 2}
    file = check(desk, "classes", lines={"cls_list": {8: same, 10: same}})
    (finding,) = [f for f in file.findings if f.code == "TB19"]
    assert (finding.cell, finding.also) == ("A11", ("A12", "A14"))


@pytest.mark.requirement("C-10")
def test_other_lines_that_repeat_one_another_are_a_finding_of_their_own(desk: Desk) -> None:
    lines = {8: {"stage": "primary", "grade": 2, "class_no": 2}, 2: {"stage": "primary", "grade": 1, "class_no": 1}}
    findings = [f for f in check(desk, "classes", lines={"cls_list": lines}).findings if f.code == "TB19"]
    assert [(f.cell, f.also) for f in findings] == [("A5", ("A6",)), ("A11", ("A12",))]
