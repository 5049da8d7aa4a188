"""Tables on sheets: title, heads, rows and totals, in the one look all publications share."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flows.publishers.sheets import Formula, Print, Range, SheetContent, Value
from schemas.definitions.workbooks import SheetDefinition
from schemas.expressions.rounding import round_half_up
from schemas.layout import column_letter

HEAD_ROW = 3
"""Row of the heads, counted from 0: title, caption, a line of space, heads."""

LINE_HEIGHT = 15.0
"""Points that a line of text takes."""

WIDE = 2.05
"""Width of a Chinese character in characters, with a little air."""


@dataclass(frozen=True, slots=True)
class Head:
    """A column of a table: its label, width in characters, and the style of its cells."""

    label: str
    width: float = 12.0
    style: str = "text"


def open_sheet(definition: SheetDefinition, heads: Sequence[Head], caption: str = "") -> SheetContent:
    """A sheet with its title, caption and column heads; rows start at `HEAD_ROW + 1`."""
    content = SheetContent(definition.name.zh[:31])
    title = definition.title.zh if definition.title else definition.name.zh
    content.merge(0, 0, max(len(heads) - 1, 1), title, "title")
    content.heights[0] = 30
    content.put(1, 0, caption, "caption")
    for column, head in enumerate(heads):
        content.put(HEAD_ROW, column, head.label, "head")
        content.widths[column] = head.width
    content.heights[HEAD_ROW] = 32
    content.freeze = (HEAD_ROW + 1, min(2, len(heads) - 1))
    content.print = Print(definition.paper, definition.landscape, repeat_rows=(HEAD_ROW, HEAD_ROW))
    return content


def put_note(content: SheetContent, heads: Sequence[Head], note: str) -> None:
    """A longer note in place of the caption, across the table, with room for its lines."""
    content.cells.pop((1, 0), None)
    content.merge(1, 0, len(heads) - 1, note, "note")
    content.heights[1] = LINE_HEIGHT * count_lines(note, sum(head.width for head in heads))


def put_rows(content: SheetContent, heads: Sequence[Head], rows: Sequence[Sequence[Value]]) -> int:
    """Write rows below the heads and offer a filter over them. Returns the row after the last."""
    for offset, row in enumerate(rows):
        for column, (head, value) in enumerate(zip(heads, row, strict=True)):
            put_value(content, HEAD_ROW + 1 + offset, column, value, head.style)
    fit_heights(content)
    last = HEAD_ROW + len(rows)
    if rows:
        content.filter = Range(HEAD_ROW, 0, last, len(heads) - 1)
    return last + 1


def fit_heights(content: SheetContent) -> None:
    """Room for all lines of the texts below the heads, in rows whose height is not given."""
    lines: dict[int, int] = {}
    for (row, column), (value, _) in content.cells.items():
        if row > HEAD_ROW and isinstance(value, str) and column in content.widths:
            lines[row] = max(lines.get(row, 1), count_lines(value, content.widths[column]))
    for row, count in lines.items():
        if count > 1:
            content.heights.setdefault(row, LINE_HEIGHT * count)


def offer_filter(content: SheetContent) -> None:
    """A filter over the table under the heads, where there is none yet. It ends where a line is blank or a note."""
    last_column = max((column for row, column in content.cells if row == HEAD_ROW), default=0)
    bands = {area.first_row for area, *_ in content.merges}
    filled = Counter(row for (row, _), (value, _) in content.cells.items() if value not in (None, ""))
    last = HEAD_ROW
    while last + 1 in bands or filled[last + 1] > 1:
        last += 1
    if content.filter is None and last_column and last > HEAD_ROW:
        content.filter = Range(HEAD_ROW, 0, last, last_column)


def count_lines(value: Value, width: float) -> int:
    """Lines that a text takes in a column so many characters wide; a Chinese character is as wide as two."""
    if not isinstance(value, str):
        return 1
    characters = sum(WIDE if unicodedata.east_asian_width(character) in "WF" else 1.0 for character in value)
    return max(1, math.ceil(characters / max(width - 1.0, 1.0)))


def put_value(content: SheetContent, row: int, column: int, value: Value, style: str) -> None:
    """A value in its style; a missing number shows as a dash."""
    if isinstance(value, float) and math.isnan(value):
        content.put(row, column, "—", "missing")
    else:
        content.put(row, column, value, style)


def put_totals(
    content: SheetContent, row: int, label: str, columns: Sequence[tuple[int, str, float]], width: int
) -> None:
    """A line of live sums below a table: column, style and the sum a reader sees before recalculation."""
    for column in range(width):
        content.put(row, column, None, "stub")
    content.put(row, 0, label, "stub")
    for column, style, value in columns:
        letter = column_letter(column + 1)
        formula = Formula(f"=SUM({letter}{HEAD_ROW + 2}:{letter}{row})", value)
        content.put(row, column, formula, style)


def number_style(decimals: int) -> str:
    return f"number{min(decimals, 4)}"


def format_figure(value: float, decimals: int, unit: str = "") -> str:
    """A figure as text, with its unit."""
    if math.isnan(value):
        return "—"
    return f"{round_half_up(value, decimals):,.{decimals}f}{unit}"
