"""M-02: a finding on a line of a list says which line it is, so that nobody has to count rows."""

from __future__ import annotations

import pytest

from tests.checks.cases import Example
from tests.checks.filings import apply_example, find_filing
from tests.checks.workbooks import fill_template
from tests.invariants.desk import Desk

pytestmark = pytest.mark.requirement("M-02")

PRIMARY, YEAR = "2132199001", "2025-2026"
SEVENTH = "小学·2·2"
"""The seventh class of the list: 小学, second year, class 2."""


def list_labels(desk: Desk, **fields: object) -> dict[str, str]:
    """Code → label of what is said of the list of classes after some fields of its seventh line were changed."""
    example = Example.model_validate({"lines": {"cls_list": {7: fields}}})
    content = fill_template(apply_example(find_filing("classes", YEAR, PRIMARY), example)).content
    found = desk.check_one(content).findings
    return {finding.code: finding.label for finding in found if finding.sheet == "班级清单" and finding.cell}


def test_line_is_named_where_its_cell_cannot_be_read(desk: Desk) -> None:
    assert list_labels(desk, n_students="约40")["CE06"] == f"学生数·{SEVENTH}"


def test_line_is_named_where_its_cell_is_blank_or_of_the_wrong_kind(desk: Desk) -> None:
    assert list_labels(desk, n_students=None)["CE01"] == f"学生数·{SEVENTH}"
    assert list_labels(desk, n_students=40.5)["CE10"] == f"学生数·{SEVENTH}"


def test_line_is_named_where_it_breaks_a_rule(desk: Desk) -> None:
    assert list_labels(desk, n_female=99)["TB19"] == f"其中:女·{SEVENTH}"


def test_what_is_missing_of_the_key_is_left_out(desk: Desk) -> None:
    assert list_labels(desk, class_no=None)["CE01"] == "班号·小学·2"
