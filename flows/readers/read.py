"""One file's bytes → one reading. Runs in a child that may be stopped; touches nothing but what it is given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from flows.normalisers.text import escape_text
from flows.readers.extract import Harvest, extract_fixed, extract_list, extract_list_notes, extract_notes
from flows.readers.identify import LIST_SHEET, META_SHEET, find_layout, identify_workbook
from flows.readers.limits import ReadingLimits
from flows.readers.locate import LocatedSheet, is_instruction, locate_sheet, match_sheets
from flows.readers.package import scan_package
from flows.readers.reading import Identity, Reading
from flows.readers.reading_map import ReadingMap
from flows.readers.refusal import RefusalError
from flows.readers.scans import Package
from flows.readers.workbook import OpenSheet, open_sheets
from flows.signals import Notice, Signal
from schemas.layout import FormLayout, split_address

MOST_MERGED = 50
"""Merged areas said of one sheet: more would say the same again."""

EXTENSIONS = {
    "xlsx": {".xlsx", ".et"}, "xlsm": {".xlsm"}, "xls": {".xls", ".et"}, "xlsb": {".xlsb"}, "ods": {".ods"},
}  # fmt: skip


def read_return(data: bytes, extension: str, reading_map: ReadingMap, limits: ReadingLimits) -> Reading:
    """Read a return. A file that cannot be read gives a reading that says why; nothing is raised for bad data."""
    try:
        package = scan_package(data, limits)
        sheets = open_sheets(data, package)
        return replace(_read_sheets(sheets, package, extension, reading_map), program=package.program)
    except RefusalError as refusal:
        return refuse_reading(refusal.notice, refusal.detail, ext=extension, **refusal.values)
    except BaseException as error:  # a panic of the reading library is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        return refuse_reading(Notice.UNREADABLE, "damaged", problem=type(error).__name__)


def refuse_reading(notice: Notice, detail: str, **values: str) -> Reading:
    """The reading of a file that was not read."""
    signal = Signal(notice, found=detail, values=values)
    return Reading(Identity(), kind=detail, signals=[signal], is_readable=False)


def _read_sheets(sheets: list[OpenSheet], package: Package, extension: str, reading_map: ReadingMap) -> Reading:
    identity, cover = identify_workbook(sheets, reading_map)
    signals = list(_judge_package(package, extension))
    if cover is None:
        signals.append(Signal(Notice.NO_COVER))
    layout = find_layout(identity, reading_map)
    if layout is None:
        if identity.return_id and cover is not None:
            signals.append(_refuse_form(identity, cover.name, reading_map))
        elif cover is not None:
            signals.append(Signal(Notice.NO_COVER, cover.name, found=identity.cover.get("return_id", "")))
        return Reading(identity, kind=package.kind, signals=signals)
    data_sheets = [s for s in sheets if s is not cover and s.name not in (META_SHEET, LIST_SHEET)]
    reading = _read_form(layout, data_sheets, reading_map)
    notes = reading.notes + [
        note for s in sheets if s.name == LIST_SHEET for note in extract_list_notes(s, reading_map)
    ]
    return replace(reading, identity=identity, kind=package.kind, notes=notes, signals=[*signals, *reading.signals])


def _refuse_form(identity: Identity, tab: str, reading_map: ReadingMap) -> Signal:
    """A version that no form has: the known ones are named."""
    forms = "、".join(reading_map.layouts[identity.return_id])
    values = {"v": identity.version, "period": identity.period, "change": ""}
    shown = {name: escape_text(value) or "—" if name != "change" else value for name, value in values.items()}
    return Signal(Notice.FORM_NOT_IN_FORCE, tab, found=escape_text(identity.version), expected=forms, values=shown)


def _judge_package(package: Package, extension: str) -> Iterator[Signal]:
    if package.has_macros or package.has_links:
        yield Signal(Notice.MACROS_OR_LINKS)
    if extension and extension.lower() not in EXTENSIONS[package.kind]:
        yield Signal(Notice.OTHER_FORMAT, values={"ext": escape_text(extension), "real": package.kind})


def _read_form(layout: FormLayout, sheets: Sequence[OpenSheet], reading_map: ReadingMap) -> Reading:
    notes_layout = reading_map.notes
    matched, left = match_sheets((*layout.sheets, notes_layout), sheets)
    located = {s.id: locate_sheet(s, matched[s.id]) for s in (*layout.sheets, notes_layout) if s.id in matched}
    harvests = {
        sheet_id: extract_list(at, reading_map.codelists, reading_map.nothing)
        if at.layout.is_list
        else extract_fixed(at, reading_map.codelists)
        for sheet_id, at in located.items()
        if sheet_id != notes_layout.id
    }
    signals = [signal for at in located.values() for signal in _judge_sheet(at)]
    signals += [signal for harvest in harvests.values() for signal in harvest.signals]
    signals += _judge_left_over(left)
    return Reading(
        Identity(),
        numbers=_join_numbers(layout, harvests),
        texts=_join_texts(layout, harvests),
        lists={sheet_id: harvest.lines for sheet_id, harvest in harvests.items() if harvest.lines is not None},
        notes=extract_notes(located[notes_layout.id]) if notes_layout.id in located else [],
        present=frozenset(harvests),
        moved={
            sheet_id: at.placement
            for sheet_id, at in located.items()
            if not at.is_standard or at.sheet.name != at.layout.tab
        },
        repairs=[repair for harvest in harvests.values() for repair in harvest.repairs],
        signals=signals,
        filled=sum(harvest.filled for harvest in harvests.values()),
    )


def _judge_sheet(at: LocatedSheet) -> Iterator[Signal]:
    yield from at.signals
    scan, tab = at.sheet.scan, at.sheet.name
    if tab != at.layout.tab and tab.strip() not in at.layout.aliases:
        yield Signal(Notice.RENAMED_SHEET, tab, found=escape_text(tab), expected=at.layout.tab)
    if not at.sheet.visible or any(row > at.first_line for row in scan.hidden_rows) or scan.has_hidden_columns:
        yield Signal(Notice.HIDDEN_PART, tab)
    for area in [area for area in scan.merged if _lies_on_data(area, at)][:MOST_MERGED]:
        yield Signal(Notice.MERGED_CELLS, tab, area.partition(":")[0], found=area, values={"range": area})
    if scan.has_notes:
        yield Signal(Notice.COMMENT_OR_PICTURE, tab)


def _lies_on_data(area: str, at: LocatedSheet) -> bool:
    """True for merged cells that cover an input; signatures below a table and headings above are no input."""
    first, _, last = area.partition(":")
    (top, left), (bottom, right) = split_address(first), split_address(last)
    last_line = max(at.rows) if at.rows else len(at.sheet.rows) - 1
    return (
        top <= last_line
        and bottom >= at.first_line
        and left <= max(at.columns, default=-1)
        and right >= min(at.columns, default=0)
    )


def _judge_left_over(left: Sequence[OpenSheet]) -> Iterator[Signal]:
    """Sheets that are not the form's but hold something; the instructions that came with the form do not count."""
    holding = [sheet for sheet in left if sheet.scan.filled > 0 and not is_instruction(sheet)]
    for sheet in holding:
        notice = Notice.EXTRA_SHEET if sheet.visible else Notice.HIDDEN_PART
        yield Signal(notice, sheet.name, found=escape_text(sheet.name), values={"sheets": escape_text(sheet.name)})


def _join_numbers(layout: FormLayout, harvests: dict[str, Harvest]) -> Any:
    parts: list[float] = []
    for sheet in layout.sheets:
        if not sheet.is_list:
            blank = [np.nan] * sum(cell.is_numeric for cell in sheet.cells)
            parts += harvests[sheet.id].numbers if sheet.id in harvests else blank
    return np.array(parts, dtype=np.float64)


def _join_texts(layout: FormLayout, harvests: dict[str, Harvest]) -> list[str | None]:
    parts: list[str | None] = []
    for sheet in layout.sheets:
        if not sheet.is_list:
            blank: list[str | None] = [None] * sum(not cell.is_numeric for cell in sheet.cells)
            parts += harvests[sheet.id].texts if sheet.id in harvests else blank
    return parts
