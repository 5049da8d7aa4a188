"""Values of a located form → numbers, texts and list lines, with every repair and refusal at its cell."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from flows.normalisers.codes import offer_codes
from flows.normalisers.entries import BLANK, Entry, is_blank, mark_spaces, read_entry, show_raw
from flows.normalisers.numbers import is_exact, read_number
from flows.normalisers.text import fold_label
from flows.readers.locate import LocatedSheet
from flows.readers.reading import ListReading, Repair
from flows.readers.reading_map import CodeAnswers, ReadingMap
from flows.readers.workbook import OpenSheet
from flows.signals import Notice, Signal
from schemas.layout import Cell, SheetLayout, column_letter, split_address

LINE_MARK = "·"
FAR_BELOW = 20
"""A lone cell so many blank lines below a list is no line of it."""
FEWEST_FIELDS = 3
"""A line of a shorter list may well hold one cell only."""
TOTAL_WORDS = frozenset({"合计", "总计", "小计", "total"})
NO_ANSWERS = CodeAnswers({}, "")


@dataclass(slots=True)
class Harvest:
    """What the cells of one sheet gave."""

    numbers: list[float] = field(default_factory=list)
    texts: list[str | None] = field(default_factory=list)
    lines: ListReading | None = None
    repairs: list[Repair] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    filled: int = 0


def extract_fixed(located: LocatedSheet, codelists: Mapping[str, CodeAnswers]) -> Harvest:
    """Values of an items or matrix sheet: numbers and texts in layout order."""
    harvest = Harvest()
    positions = list(_list_positions(located))
    values = _take_values(located, positions)
    computed = _find_computed_inputs(located)
    layout = located.layout
    for cell, plain, position, raw in zip(layout.cells, layout.plain, positions, values, strict=True):
        if plain and type(raw) is float and is_exact(raw) and not (computed and position in computed):
            harvest.numbers.append(raw)
            harvest.filled += 1
            continue
        value = _read_cell(raw, cell, position, located, codelists, harvest)
        if cell.is_numeric:
            harvest.numbers.append(_as_number(value))
        else:
            harvest.texts.append(_as_text(value))
    harvest.signals += _look_beside(located)
    return harvest


def extract_list(located: LocatedSheet, codelists: Mapping[str, CodeAnswers], nothing: Container[str] = ()) -> Harvest:
    """Lines of a list sheet. Blank lines are skipped wherever they stand; addresses stay the sheet's own.

    A line on which stands nothing but a word of `nothing` is none: it says that there are none.
    """
    harvest = Harvest()
    cells = located.layout.cells
    row_numbers: list[int] = []
    numbers: list[list[float]] = []
    texts: list[list[str | None]] = []
    strays: set[int] = set()
    for index, row in _list_lines(located, harvest.signals, strays):
        raws = [row[column] if 0 <= column < len(row) else "" for column in located.columns]
        if all(is_blank(raw) or fold_label(raw) in nothing for raw in raws) and not _has_error_cell(located, index):
            harvest.signals.append(_say_empty(located, index, raws))
            harvest.filled += 1
            continue
        said = len(harvest.signals)
        values = [
            _read_cell(raw, cell, (index, column), located, codelists, harvest)
            for raw, cell, column in zip(raws, cells, located.columns, strict=True)
        ]
        harvest.signals[said:] = _name_signals(harvest.signals[said:], located.layout, values, codelists)
        row_numbers.append(index + 1)
        numbers.append([_as_number(v) for v, cell in zip(values, cells, strict=True) if cell.is_numeric])
        texts.append([_as_text(v) for v, cell in zip(values, cells, strict=True) if not cell.is_numeric])
    harvest.signals += _look_beside(located, strays)
    if len(row_numbers) > located.layout.capacity:
        harvest.signals.append(_say_capacity(located, len(row_numbers)))
    width = sum(cell.is_numeric for cell in cells)
    block = np.array(numbers, dtype=np.float64).reshape(len(row_numbers), width)
    harvest.lines = ListReading(np.array(row_numbers, dtype=np.int64), block, texts)
    return harvest


def _name_signals(
    signals: Sequence[Signal],
    layout: SheetLayout,
    values: Sequence[float | str | None],
    codelists: Mapping[str, CodeAnswers],
) -> list[Signal]:
    """Signals of a line with what names the line: its key fields, codes by their labels."""
    if not signals:
        return []
    shown = {
        cell.ref.partition(".")[2]: codelists.get(cell.codelist or "", NO_ANSWERS).find_label(show_raw(value))
        for cell, value in zip(layout.cells, values, strict=True)
        if value is not None
    }
    name = LINE_MARK.join(shown[field] for field in layout.key if field in shown)
    return [replace(signal, values={**signal.values, "line": name}) for signal in signals]


def extract_notes(located: LocatedSheet) -> list[dict[str, str]]:
    """Lines of the explanations sheet as texts by field."""
    lines = []
    for index, row in _list_lines(located, [], set()):
        raws = [row[column] if 0 <= column < len(row) else "" for column in located.columns]
        line = {
            cell.ref.partition(".")[2]: "" if is_blank(raw) else show_raw(raw).strip()
            for cell, raw in zip(located.layout.cells, raws, strict=True)
        }
        lines.append({**line, "row": str(index + 1), "sheet": located.sheet.name})
    return lines


def extract_list_notes(sheet: OpenSheet, reading_map: ReadingMap) -> list[dict[str, str]]:
    """Explanations written on the list of faults of a returned copy, as lines of the explanations sheet."""
    lines: list[dict[str, str]] = []
    columns: dict[str, int] = {}
    for number, row in enumerate(sheet.rows, start=1):
        texts = ["" if is_blank(value) else show_raw(value).strip() for value in row]
        found = {reading_map.list_heads.get(fold_label(text)): place for place, text in enumerate(texts)}
        if not columns:
            columns = {name: place for name, place in found.items() if name} if "explanation" in found else {}
            continue
        line = {name: texts[place] for name, place in columns.items() if place < len(texts)}
        if line.get("explanation"):
            location = f"{line.pop('sheet', '')} {line.pop('cell', '')}".strip()
            lines.append({**line, "location": location, "row": str(number), "sheet": sheet.name})
    return lines


def _list_positions(located: LocatedSheet) -> Iterator[tuple[int, int]]:
    """Row and column (from 0) of every cell in layout order; -1 where its line was not found."""
    if located.layout.kind == "items":
        for row in located.rows:
            yield row, located.columns[0]
        return
    for row in located.rows:
        for column in located.columns:
            yield row, column


def _find_computed_inputs(located: LocatedSheet) -> set[tuple[int, int]]:
    """Row and column of every formula on the sheet but those of its own totals."""
    formulas = located.sheet.scan.formulas
    if located.is_standard:
        formulas = formulas - {cell.address for cell in located.layout.cells if cell.total}
    return {split_address(address) for address in formulas}


def _take_values(located: LocatedSheet, positions: Sequence[tuple[int, int]]) -> list[object]:
    rows = located.sheet.rows
    height = len(rows)
    width = len(rows[0]) if rows else 0
    return [rows[row][column] if 0 <= row < height and 0 <= column < width else "" for row, column in positions]


def _read_cell(
    raw: object,
    cell: Cell,
    position: tuple[int, int],
    located: LocatedSheet,
    codelists: Mapping[str, CodeAnswers],
    harvest: Harvest,
) -> float | str | None:
    address = f"{column_letter(position[1] + 1)}{position[0] + 1}" if min(position) >= 0 else ""
    scan = located.sheet.scan
    tab = located.sheet.name
    if address in scan.errors:
        found = scan.errors.get(address) or "#"
        if not cell.total:
            harvest.signals.append(Signal(Notice.ERROR_VALUE, tab, address, cell.ref, found=found))
        return None
    if address in scan.formulas and not cell.total:
        notice = Notice.FORMULA_WITHOUT_VALUE if address in scan.uncomputed else Notice.FORMULA_IN_INPUT
        harvest.signals.append(Signal(notice, tab, address, cell.ref))
    if cell.total and (address in scan.formulas or is_blank(raw)):
        return None
    entry = _read(raw, cell, codelists, shown_as_percent=address in scan.percents)
    if entry is BLANK:
        return None
    harvest.filled += entry.value is not None
    for notice in entry.notices:
        values = {"unit": cell.unit, "list": cell.codelist or "", "value": _show_value(entry)}
        found, expected = mark_spaces(show_raw(raw)), entry.expected
        if notice is Notice.UNKNOWN_CODE:
            expected = "、".join(offer_codes(raw, codelists.get(cell.codelist or "", NO_ANSWERS).shown))
        harvest.signals.append(Signal(notice, tab, address, cell.ref, found=found, expected=expected, values=values))
    if entry.notices:
        harvest.repairs.append(Repair(cell.ref, tab, address, show_raw(raw), _show_value(entry)))
    return entry.value


def _read(raw: object, cell: Cell, codelists: Mapping[str, CodeAnswers], *, shown_as_percent: bool) -> Entry:
    codes = codelists.get(cell.codelist or "", NO_ANSWERS)
    return read_entry(raw, cell, codes.answers, codes.pattern, shown_as_percent=shown_as_percent)


def _show_value(entry: Entry) -> str:
    return "" if entry.value is None else show_raw(entry.value)


def _as_number(value: float | str | None) -> float:
    return value if isinstance(value, float) else np.nan


def _as_text(value: float | str | None) -> str | None:
    return value if isinstance(value, str) else None


def _list_lines(
    located: LocatedSheet, signals: list[Signal], strays: set[int]
) -> Iterator[tuple[int, Sequence[object]]]:
    """Index and cells of every line that holds input; a line of totals is left out and said.

    The index of a line that is none, a lone cell far below, is added to `strays`.
    """
    last = located.first_line - 1
    for index in range(located.first_line, len(located.sheet.rows)):
        row = located.sheet.rows[index]
        filled = [row[c] for c in located.columns if 0 <= c < len(row) and not is_blank(row[c])]
        if not filled:
            if _has_error_cell(located, index):
                yield index, row
            continue
        if len(filled) == 1 and index - last > FAR_BELOW and len(located.columns) >= FEWEST_FIELDS:
            strays.add(index)
            continue
        last = index
        if any(fold_label(value) in TOTAL_WORDS for value in row[:3] if isinstance(value, str)):
            signals.append(Signal(Notice.TOTAL_LINE, located.sheet.name, f"A{index + 1}"))
            continue
        yield index, row


def _has_error_cell(located: LocatedSheet, index: int) -> bool:
    errors = located.sheet.scan.errors
    return bool(errors) and any(f"{column_letter(c + 1)}{index + 1}" in errors for c in located.columns)


def _say_empty(located: LocatedSheet, index: int, raws: Sequence[object]) -> Signal:
    """The list is said to have no lines, at the first cell that says so."""
    column, word = next((c, raw) for c, raw in zip(located.columns, raws, strict=True) if not is_blank(raw))
    tab, cell = located.sheet.name, f"{column_letter(column + 1)}{index + 1}"
    ref, found = located.layout.cells[0].ref, mark_spaces(show_raw(word))
    return Signal(Notice.DECLARED_EMPTY, tab, cell, ref, found=found, values={"table": tab})


def _say_capacity(located: LocatedSheet, count: int) -> Signal:
    capacity = located.layout.capacity
    return Signal(Notice.OVER_CAPACITY, located.sheet.name, values={"count": str(count), "capacity": str(capacity)})


def _look_beside(located: LocatedSheet, strays: Container[int] = ()) -> Iterator[Signal]:
    """One signal for content outside the lines of the form, at its first cell: data if there are any, else texts."""
    outside = list(_find_outside(located, strays))
    data = [found for found in outside if _is_data(found[2])]
    for row, column, value in (data or outside)[:1]:
        cell, count = f"{column_letter(column + 1)}{row + 1}", len(data or outside)
        notice = Notice.STRAY_CONTENT if data else Notice.STRAY_TEXT
        found = mark_spaces(show_raw(value))
        yield Signal(notice, located.sheet.name, cell, found=found, values={"count": str(count)})


def _find_outside(located: LocatedSheet, strays: Container[int]) -> Iterator[tuple[int, int, object]]:
    """What stands beside, between and below the lines of the form, where nothing reads it."""
    layout, known_rows = located.layout, set(located.rows)
    read_columns = {column for column in located.columns if column >= 0}
    first, last = min(read_columns, default=0), max(read_columns, default=-1)
    if layout.kind == "items":
        read_columns |= {last + 1, last + 2}  # unit and hint stand right of the value
    beside = last + 1 if located.is_standard else first
    below = max(known_rows, default=-1)
    for index in range(located.first_line, len(located.sheet.rows)):
        row = located.sheet.rows[index]
        is_line = index not in strays if layout.is_list else index in known_rows
        for column in range(beside if is_line else 0 if index > below else first, len(row)):
            if not is_blank(row[column]) and not (is_line and column in read_columns):
                yield index, column, row[column]


def _is_data(value: object) -> bool:
    if isinstance(value, str):
        return read_number(value).value is not None
    return isinstance(value, float | date) and not isinstance(value, bool)
