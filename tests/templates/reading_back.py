"""What a reading holds, by reference and by line, so that it can be held against what was typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from flows.readers.limits import ReadingLimits
from flows.readers.read import read_return
from flows.readers.reading import Reading
from flows.readers.reading_map import ReadingMap
from schemas.layout import FormLayout, SheetLayout

Held = Mapping[str, float | str]


@dataclass(frozen=True, slots=True)
class Content:
    """Values of fixed cells by reference, and lines of lists by field; blanks are left out."""

    cells: Held
    lines: Mapping[str, Sequence[Held]]


def read_back(content: bytes, extension: str, layout: FormLayout, reading_map: ReadingMap) -> Content:
    """The content of a workbook as the product reads it. Fails if a cell of it gives cause for a finding."""
    reading = read_return(content, extension, reading_map, ReadingLimits())
    assert (reading.is_readable, reading.identity.return_id) == (True, layout.return_id), reading.signals
    assert [signal for signal in reading.signals if signal.cell] == []
    lists = {sheet.id: _list_lines(sheet, reading) for sheet in layout.sheets if sheet.is_list}
    return Content(_list_cells(layout, reading), {sheet: lines for sheet, lines in lists.items() if lines})


def _list_cells(layout: FormLayout, reading: Reading) -> Held:
    cells = [cell for sheet in layout.sheets if not sheet.is_list for cell in sheet.cells]
    numbers = zip((cell.ref for cell in cells if cell.is_numeric), reading.numbers.tolist(), strict=True)
    texts = zip((cell.ref for cell in cells if not cell.is_numeric), reading.texts, strict=True)
    totals = {cell.ref for cell in cells if cell.total}
    held: dict[str, float | str] = {ref: value for ref, value in numbers if not np.isnan(value)}
    held |= {ref: text for ref, text in texts if text is not None}
    return {ref: value for ref, value in held.items() if ref not in totals}


def _list_lines(sheet: SheetLayout, reading: Reading) -> list[Held]:
    lines = reading.lists[sheet.id]
    names = [cell.ref.partition(".")[2] for cell in sheet.cells if cell.is_numeric]
    worded = [cell.ref.partition(".")[2] for cell in sheet.cells if not cell.is_numeric]
    found = []
    for numbers, texts in zip(lines.numbers.tolist(), lines.texts, strict=True):
        held = {name: value for name, value in zip(names, numbers, strict=True) if not np.isnan(value)}
        found.append(held | {name: text for name, text in zip(worded, texts, strict=True) if text is not None})
    return found
