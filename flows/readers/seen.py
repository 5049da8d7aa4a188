"""The labels that stand in a workbook, whatever its layout: what a form is compared with that somebody changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.children import ChildLimits, run_in_children
from flows.normalisers.text import escape_text, fold_label
from flows.readers.child import FileToRead, ReaderSetup
from flows.readers.identify import LIST_SHEET, META_SHEET, identify_workbook
from flows.readers.limits import ReadingLimits
from flows.readers.locate import (
    SEARCHED_COLUMNS,
    find_label_row,
    find_number_row,
    find_stub_column,
    fold_grid,
    is_instruction,
)
from flows.readers.package import scan_package
from flows.readers.reading import Identity
from flows.readers.reading_map import ReadingMap
from flows.readers.refusal import RefusalError
from flows.readers.workbook import OpenSheet, open_sheets
from schemas.layout import STUB_COLUMNS, FormLayout, SheetLayout

MOST_LINES = 400
LEAST_IN_COMMON = 0.4
"""Share of a sheet's labels that must stand on a workbook's sheet for it to be taken for it."""


@dataclass(frozen=True, slots=True)
class SeenLabel:
    """A label of the workbook and its row or column, counted from 1."""

    label: str
    position: int


@dataclass(frozen=True, slots=True)
class SeenSheet:
    """A sheet of the workbook, the sheet of the form it is (empty: none), and the labels where that has its own."""

    tab: str
    sheet: str = ""
    rows: tuple[SeenLabel, ...] = ()
    columns: tuple[SeenLabel, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenForm:
    """The form of a workbook as it is; `refused` says why there is none.

    `sheets` are told by the latest form, `own_sheets` by the form that the cover names, if that is one.
    """

    identity: Identity
    sheets: tuple[SeenSheet, ...] = ()
    own_sheets: tuple[SeenSheet, ...] = ()
    refused: str = ""


@dataclass(frozen=True, slots=True)
class SeenSetup:
    """What the labels are looked up by: the form of a return, named or to be told from the cover."""

    reader: ReaderSetup
    layouts: dict[str, FormLayout]
    return_id: str = ""


def read_seen_form(
    path: Path, reading_map: ReadingMap, layouts: dict[str, FormLayout], limits: ReadingLimits, return_id: str = ""
) -> SeenForm:
    """The labels of a workbook, read in a child as all files of unknown origin are."""
    setup = SeenSetup(ReaderSetup(reading_map, limits), layouts, return_id)
    child_limits = ChildLimits(limits.seconds, limits.memory_bytes)
    job = FileToRead(path, path.suffix)
    for answer in run_in_children(see_file, setup, [job], workers=1, limits=child_limits):
        return answer.result or SeenForm(Identity(), refused=answer.failure or "died")
    raise AssertionError("a child always answers")


def see_file(setup: SeenSetup, file: FileToRead) -> SeenForm:
    """Look at one file. Runs in the child."""
    try:
        data = file.path.read_bytes()
        sheets = open_sheets(data, scan_package(data, setup.reader.limits))
    except RefusalError as refusal:
        return SeenForm(Identity(), refused=refusal.detail)
    identity, cover = identify_workbook(sheets, setup.reader.reading_map)
    return_id = setup.return_id or identity.return_id
    layout = setup.layouts.get(return_id)
    if layout is None:
        return SeenForm(identity)
    named = setup.reader.reading_map.layouts[return_id].get(identity.version)
    own = [s for s in sheets if s is not cover and s.name not in (META_SHEET, LIST_SHEET) and not is_instruction(s)]
    notes = setup.reader.reading_map.notes
    own = [sheet for sheet in own if fold_label(sheet.name) != fold_label(notes.tab)]
    return SeenForm(identity, tuple(_see_sheets(own, layout)), tuple(_see_sheets(own, named)) if named else ())


def _see_sheets(sheets: Sequence[OpenSheet], layout: FormLayout) -> Iterator[SeenSheet]:
    """By tab, then by the labels in common, the likest first."""
    grids = {sheet.name: fold_grid(sheet.rows, MOST_LINES) for sheet in sheets}
    pairs: dict[str, SheetLayout] = {}
    for form_sheet in layout.sheets:
        names = {fold_label(name) for name in (form_sheet.tab, *form_sheet.aliases)}
        named = [tab for tab in grids if fold_label(tab) in names and tab not in pairs]
        pairs |= dict.fromkeys(named[:1], form_sheet)
    guesses = [
        (_share_labels(grids[tab], form_sheet), tab, form_sheet)
        for tab in grids
        for form_sheet in layout.sheets
        if tab not in pairs and form_sheet not in pairs.values()
    ]
    for share, tab, form_sheet in sorted(guesses, key=lambda guess: (-guess[0], guess[1], guess[2].id)):
        if share >= LEAST_IN_COMMON and tab not in pairs and form_sheet not in pairs.values():
            pairs[tab] = form_sheet
    for sheet in sheets:
        found = pairs.get(sheet.name)
        if found is not None:
            yield _see_labels(sheet, found, grids[sheet.name])
        elif sheet.scan.filled:
            yield SeenSheet(escape_text(sheet.name))


def _share_labels(grid: list[list[str]], sheet: SheetLayout) -> float:
    heads = [*(sheet.rows if sheet.kind != "list" else ()), *(sheet.columns if sheet.kind != "items" else ())]
    wanted = {fold_label(head.label) for head in heads}
    return len(wanted & {label for row in grid for label in row}) / len(wanted) if wanted else 0.0


def _see_labels(sheet: OpenSheet, layout: SheetLayout, grid: list[list[str]]) -> SeenSheet:
    label_row = find_label_row(layout, grid)
    number_row = find_number_row(layout, grid, label_row)
    stub = find_stub_column(layout, grid) if layout.rows else 0
    first_column = 0 if layout.is_list else stub + STUB_COLUMNS
    columns = list(_see_columns(sheet, label_row, first_column)) if layout.kind != "items" else []
    rows = list(_see_rows(sheet, layout, grid, stub, number_row, label_row)) if layout.rows else []
    return SeenSheet(escape_text(sheet.name), layout.id, tuple(rows), tuple(columns))


def _see_columns(sheet: OpenSheet, label_row: int, first: int) -> Iterator[SeenLabel]:
    row = sheet.rows[label_row] if label_row < len(sheet.rows) else []
    for position, value in enumerate(row[:SEARCHED_COLUMNS]):
        if position >= first and isinstance(value, str) and value.strip():
            yield SeenLabel(escape_text(value.strip()), position + 1)


def _see_rows(
    sheet: OpenSheet, layout: SheetLayout, grid: list[list[str]], stub: int, number_row: int | None, label_row: int
) -> Iterator[SeenLabel]:
    """From below the heading, or from the first known label, to the first line without one."""
    known = {fold_label(label) for head in layout.rows for label in (head.label, *head.aliases)}
    first_known = next((i for i, row in enumerate(grid) if stub < len(row) and row[stub] in known), label_row + 1)
    start = number_row + 1 if number_row is not None else first_known
    for index in range(start, min(len(sheet.rows), MOST_LINES)):
        value = sheet.rows[index][stub] if stub < len(sheet.rows[index]) else ""
        if not isinstance(value, str) or not value.strip():
            return
        yield SeenLabel(escape_text(value.rstrip()), index + 1)
