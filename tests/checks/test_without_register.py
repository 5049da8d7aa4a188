"""A school's own computer has no register: what it began is checked as in a night, the rest is not asked for."""

from __future__ import annotations

import pytest

from flows.publishers.fill import fill_workbook
from flows.publishers.template import Addressee
from flows.sampling import list_typed_cells
from tests.checks.cases import Example
from tests.checks.filings import apply_example, find_filing, load_definitions
from tests.checks.workbooks import fill_template, load_maker
from tests.invariants.desk import Desk, list_places

PRIMARY, YEAR = "2132199001", "2025-2026"


def check(desk: Desk, return_id: str, **example: object) -> list[str]:
    filing = apply_example(find_filing(return_id, YEAR, PRIMARY), Example.model_validate(example))
    return list_places(desk.check_one(fill_template(filing).content))


@pytest.mark.requirement("P-01", "P-02")
@pytest.mark.parametrize("return_id", ["basic", "classes", "students", "staff", "premises"])
def test_return_in_order_is_accepted_by_itself(return_id: str, desk: Desk) -> None:
    """Nothing is said of other returns that are not here to be compared."""
    assert check(desk, return_id) == []


def test_sheets_of_a_blank_template_that_were_not_begun_are_not_asked_for(desk: Desk) -> None:
    """The template for anybody has the sheets of every stage; a primary school fills its own."""
    maker, filing = load_maker(), find_filing("students", YEAR, PRIMARY)
    layout = maker.catalogue.find_layout("students", YEAR)
    typed = list_typed_cells(load_definitions(), layout, filing)
    answers = {"school_code": PRIMARY, "school_name": filing.school_name, "district_code": "320199"}
    cover = {
        c.address: answers[name] for c in maker.catalogue.cover.cells if (name := c.ref.partition(".")[2]) in answers
    }
    typed[maker.catalogue.cover.tab] |= cover
    content = fill_workbook(maker.make(layout, YEAR, Addressee()), typed)

    assert list_places(desk.check_one(content)) == []


def test_blank_cell_of_a_sheet_that_was_begun_is_asked_for_and_is_no_zero(desk: Desk) -> None:
    """Girls of grade 3 left blank: a cell to be filled, and nothing about sums of girls."""
    assert check(desk, "students", blank=["stu_primary[female].g3"]) == ["CE01 M6"]


def test_error_within_the_return_is_found(desk: Desk) -> None:
    assert "TB01 M6" in check(desk, "students", set={"stu_primary[female].g3": 999})
