"""What a field declares of blanks, units, signs and decimals is shown where it is filled, and checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from schemas.catalogue import Catalogue
from schemas.check_kinds import required, sign
from schemas.check_kinds.table import CellTable
from schemas.layout import Cell, FormLayout, SheetLayout
from tests.templates.conftest import OpenBlank
from tests.templates.every_return import for_every_return
from tests.templates.sheets import find_validation

HELP_SHEET = "填报说明"
MAY_BE_NEGATIVE = {"reg.longitude", "reg.latitude"}
"""Fields for which a negative number is no mistake of its kind: their bounds are checked otherwise."""

SAYS_BLANK = {(True, True): "必填；没有填 0", (True, False): "必填", (False, True): "可不填", (False, False): "可不填"}
"""Required or not, number or not → what is said of leaving it blank."""


def list_inputs(layout: FormLayout) -> Iterator[tuple[SheetLayout, Cell]]:
    yield from ((s, cell) for s in layout.sheets for cell in s.cells if not cell.blocked and not cell.total)


def judge(cell: Cell, *, number: float | None) -> CellTable:
    """A table of that cell alone, holding a number or nothing."""
    value = np.array([[np.nan if number is None else number]])
    there = np.array([[True]])
    return CellTable([cell], value, ~np.isnan(value), there)


@pytest.mark.requirement("T-08")
@for_every_return
def test_instructions_say_of_every_field_what_a_blank_means(
    return_id: str, catalogue: Catalogue, open_blank: OpenBlank
) -> None:
    rows = open_blank(return_id)[HELP_SHEET].iter_rows(min_row=4, values_only=True)
    said = {(row[0], str(row[1])): row[4] for row in rows}
    for sheet, cell in list_inputs(catalogue.latest_layout(return_id)):
        if sheet.kind != "matrix":
            assert said[sheet.tab, cell.label.strip()] == SAYS_BLANK[cell.required, cell.is_numeric], cell.ref


@pytest.mark.requirement("T-08", "T-09")
@for_every_return
def test_prompt_of_a_number_names_unit_decimals_and_what_a_blank_means(
    return_id: str, catalogue: Catalogue, open_blank: OpenBlank
) -> None:
    for sheet, cell in list_inputs(catalogue.latest_layout(return_id)):
        if cell.is_numeric:
            validation = find_validation(open_blank(return_id)[sheet.tab], cell.address)
            assert validation is not None, cell.ref
            whole = "填整数" if cell.decimals == 0 else f"最多 {6 if cell.decimals is None else cell.decimals} 位小数"
            blank = SAYS_BLANK[cell.required, True]
            assert validation.prompt == f"单位:{cell.unit or '-'}。{whole}。{blank}。", cell.ref


@pytest.mark.requirement("T-09")
@for_every_return
def test_number_that_may_be_negative_is_not_asked_to_be_positive(
    return_id: str, catalogue: Catalogue, open_blank: OpenBlank
) -> None:
    for sheet, cell in list_inputs(catalogue.latest_layout(return_id)):
        if cell.is_numeric:
            validation = find_validation(open_blank(return_id)[sheet.tab], cell.address)
            assert validation is not None, cell.ref
            assert ("不小于 0" in str(validation.error)) is (cell.sign != "any"), cell.ref
            assert (float(validation.formula1) < 0) is (cell.sign == "any"), cell.ref


@pytest.mark.requirement("T-08")
@for_every_return
def test_blank_is_asked_for_where_the_field_is_required_and_nowhere_else(return_id: str, catalogue: Catalogue) -> None:
    for _, cell in list_inputs(catalogue.latest_layout(return_id)):
        assert bool(required.find_failures(judge(cell, number=None)).failed[0, 0]) is cell.required, cell.ref


@pytest.mark.requirement("C-12")
@pytest.mark.parametrize(
    ("policy", "refused"), [("nonnegative", [True, True, False, False]), ("positive", [True, True, True, False]),
                            ("any", [False, False, False, False])]
)  # fmt: skip
def test_values_around_zero_follow_the_policy_of_the_field(
    policy: str, refused: list[bool], catalogue: Catalogue
) -> None:
    """-1, a hair below 0, 0 and 1."""
    numbers = (cell for _, cell in list_inputs(catalogue.latest_layout("students")) if cell.is_numeric)
    cell = replace(next(numbers), sign=policy)
    found = [bool(sign.find_failures(judge(cell, number=number)).failed[0, 0]) for number in (-1.0, -0.001, 0.0, 1.0)]
    assert found == refused


@pytest.mark.requirement("C-12")
@for_every_return
def test_only_what_can_fall_may_be_negative(return_id: str, catalogue: Catalogue) -> None:
    """Whoever lets another field be negative says so here too."""
    cells = [cell for _, cell in list_inputs(catalogue.latest_layout(return_id)) if cell.is_numeric]
    assert [cell.ref for cell in cells if cell.sign == "any" and cell.ref not in MAY_BE_NEGATIVE] == []


@pytest.mark.requirement("T-16")
@for_every_return
def test_lines_that_two_forms_share_stand_in_the_same_order(return_id: str, catalogue: Catalogue) -> None:
    """Whatever a form lacks or calls otherwise is declared with it; the other name is known on reading."""
    definition = catalogue.returns[return_id]
    layouts = [catalogue.build_layout(return_id, form.version) for form in definition.forms]
    for earlier, later, form in zip(layouts, layouts[1:], definition.forms, strict=False):
        for sheet in earlier.sheets:
            other = later.find_sheet(sheet.id)
            assert other is not None
            for old, new in ((sheet.rows, other.rows), (sheet.columns, other.columns)):
                shared = {head.id for head in old} & {head.id for head in new}
                assert [h.id for h in old if h.id in shared] == [h.id for h in new if h.id in shared]
                labels = {head.id: head.label for head in new}
                renamed = [head for head in old if head.id in shared and head.label != labels[head.id]]
                assert all(head.label in form.labels.values() for head in renamed)
                assert all(labels[head.id] in head.aliases for head in renamed)
