"""What is typed into the template of any return is what is read from it, no more and no less."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from flows.publishers.fill import CellValue, fill_workbook
from flows.readers.reading_map import ReadingMap
from schemas.catalogue import Catalogue
from schemas.layout import Cell, FormLayout
from tests.reduced import reduce_examples
from tests.templates.answers import Answer, choose_answer
from tests.templates.conftest import MakeBlank
from tests.templates.every_return import for_every_return
from tests.templates.filling import type_cells
from tests.templates.reading_back import Content, read_back

MOST_CELLS, MOST_LINES = 30, 3
PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
FEW = settings(max_examples=3, deadline=None, derandomize=True, phases=PHASES, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=reduce_examples(60), deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))


@dataclass(frozen=True, slots=True)
class Filled:
    """A form filled in some places: what was typed where, and what must be read."""

    typed: dict[str, dict[str, CellValue]]
    expected: Content


def choose_filled(catalogue: Catalogue, layout: FormLayout) -> st.SearchStrategy[Filled]:
    """Some cells and some lines of a form, with answers that their fields take."""
    fixed = list(_list_inputs(layout))
    cells = _choose_answers(catalogue, fixed, MOST_CELLS) if fixed else st.just({})
    lists = {
        sheet.id: st.lists(_choose_line(catalogue, sheet.cells), max_size=MOST_LINES)
        for sheet in layout.sheets
        if sheet.is_list
    }
    return st.builds(lambda chosen, lines: _build_filled(layout, chosen, lines), cells, st.fixed_dictionaries(lists))


@for_every_return
def test_what_is_typed_into_a_template_is_what_is_read(
    return_id: str, catalogue: Catalogue, make_blank: MakeBlank, reading_map: ReadingMap
) -> None:
    _fill_and_read_back(catalogue, catalogue.latest_layout(return_id), make_blank(return_id), reading_map, FEW)


@pytest.mark.long
@pytest.mark.sampled(6)
@for_every_return
def test_whatever_is_typed_into_a_template_is_what_is_read(
    return_id: str, catalogue: Catalogue, make_blank: MakeBlank, reading_map: ReadingMap
) -> None:
    _fill_and_read_back(catalogue, catalogue.latest_layout(return_id), make_blank(return_id), reading_map, MANY)


def _fill_and_read_back(
    catalogue: Catalogue, layout: FormLayout, blank: bytes, reading_map: ReadingMap, examples: settings
) -> None:
    @examples
    @given(choose_filled(catalogue, layout))
    def read(filled: Filled) -> None:
        assert read_back(fill_workbook(blank, filled.typed), ".xlsx", layout, reading_map) == filled.expected

    read()


@for_every_return
def test_no_cell_of_a_template_is_lost(
    return_id: str, catalogue: Catalogue, make_blank: MakeBlank, reading_map: ReadingMap
) -> None:
    """Every cell has an answer of its own: its number, or something its field takes."""
    layout = catalogue.latest_layout(return_id)
    filled = number_every_cell(catalogue, layout)
    assert (
        read_back(fill_workbook(make_blank(return_id), filled.typed), ".xlsx", layout, reading_map) == filled.expected
    )


@pytest.mark.requirement("R-07")
@for_every_return
def test_a_blank_template_holds_nothing(
    return_id: str, catalogue: Catalogue, make_blank: MakeBlank, reading_map: ReadingMap
) -> None:
    layout = catalogue.latest_layout(return_id)
    assert read_back(make_blank(return_id), ".xlsx", layout, reading_map) == Content({}, {})


def number_every_cell(catalogue: Catalogue, layout: FormLayout) -> Filled:
    """Every cell filled, and every number different; one line in every list."""
    cells = {cell.ref: _number(catalogue, cell, count) for count, cell in enumerate(_list_inputs(layout))}
    lines = {
        sheet.id: [{_name(cell): _number(catalogue, cell, count) for count, cell in enumerate(sheet.cells)}]
        for sheet in layout.sheets
        if sheet.is_list
    }
    return _build_filled(layout, cells, lines)


def _number(catalogue: Catalogue, cell: Cell, count: int) -> Answer:
    if cell.type == "percent":
        return count / 4, count / 4
    if cell.is_numeric:
        return 1000.0 + count, 1000.0 + count
    if cell.codelist:
        codes = catalogue.codelists[cell.codelist].codes
        code = codes[count % len(codes)]
        return code.shown, code.code
    if cell.type in ("text", "codes") and not cell.pattern:
        return f"文{count}", f"文{count}"
    return FIXED[cell.pattern or cell.type]


FIXED: dict[str, Answer] = {
    "date": ("2025-09-01", "2025-09-01"), "yesno": ("是", "Y"), "[48]": ("4", "4"), r"[GQK]\d{2}": ("G01", "G01"),
    r"\d{6}": ("320199", "320199"), r"\d{10}": ("2132000001", "2132000001"),
    r"\d{12}": ("320199001001", "320199001001"),
}  # fmt: skip
"""Answers of fields that take no number or text of their own, by pattern or type."""


def _list_inputs(layout: FormLayout) -> Iterator[Cell]:
    for sheet in layout.sheets:
        if not sheet.is_list:
            yield from (cell for cell in sheet.cells if not cell.blocked and not cell.total)


def _choose_answers(catalogue: Catalogue, cells: Sequence[Cell], most: int) -> st.SearchStrategy[dict[str, Answer]]:
    chosen = st.lists(st.sampled_from(cells), max_size=most, unique_by=lambda cell: cell.ref)
    return chosen.flatmap(
        lambda picked: st.fixed_dictionaries({cell.ref: choose_answer(catalogue, cell) for cell in picked})
    )


def _choose_line(catalogue: Catalogue, cells: Sequence[Cell]) -> st.SearchStrategy[dict[str, Answer]]:
    """A line with at least one answer: without any it is no line."""
    fields = st.lists(st.sampled_from(cells), min_size=1, max_size=8, unique_by=lambda cell: cell.ref)
    return fields.flatmap(
        lambda picked: st.fixed_dictionaries({_name(cell): choose_answer(catalogue, cell) for cell in picked})
    )


def _build_filled(layout: FormLayout, cells: dict[str, Answer], lines: dict[str, list[dict[str, Answer]]]) -> Filled:
    typed = type_cells(
        layout,
        {ref: answer[0] for ref, answer in cells.items()},
        {
            sheet: [{name: answer[0] for name, answer in line.items()} for line in found]
            for sheet, found in lines.items()
        },
    )
    expected = {
        sheet: [{name: answer[1] for name, answer in line.items()} for line in found]
        for sheet, found in lines.items()
        if found
    }
    return Filled(typed, Content({ref: answer[1] for ref, answer in cells.items()}, expected))


def _name(cell: Cell) -> str:
    return cell.ref.partition(".")[2]
