"""Where a form's sheets and lines stand in this workbook: at their place, or found by number, label or alias."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from flows.normalisers.text import escape_text, fold_label
from flows.readers.reading import Placement
from flows.readers.workbook import OpenSheet, Rows
from flows.signals import Notice, Signal
from schemas.layout import FIRST_ROW, LABEL_ROW, NUMBER_ROW, Head, SheetLayout, column_letter

SEARCHED_ROWS = 60
SEARCHED_COLUMNS = 60


@dataclass(slots=True)
class LocatedSheet:
    """A sheet of the form with the rows and columns (from 0) of its lines; -1 where a line was not found."""

    layout: SheetLayout
    sheet: OpenSheet
    rows: list[int]
    columns: list[int]
    first_line: int
    is_standard: bool
    signals: list[Signal] = field(default_factory=list)

    @property
    def placement(self) -> Placement:
        return Placement(self.sheet.name, tuple(self.rows), tuple(self.columns))


def match_sheets(
    layouts: Sequence[SheetLayout], sheets: Sequence[OpenSheet]
) -> tuple[dict[str, OpenSheet], list[OpenSheet]]:
    """Sheets of the form by id, found by tab name, then by title and labels; and the sheets left over.

    Of two sheets that look like one of the form and have not its name, neither is taken.
    """
    left = list(sheets)
    matched: dict[str, OpenSheet] = {}
    for layout in layouts:
        wanted = {fold_label(name) for name in (layout.tab, *layout.aliases)}
        named = [sheet for sheet in left if fold_label(sheet.name) in wanted]
        if named:
            matched[layout.id] = named[0]
            left.remove(named[0])
    for layout in layouts:
        if layout.id in matched or not left:
            continue
        looking_alike = [sheet for sheet in left if not is_instruction(sheet) and _looks_like(sheet, layout)]
        if len(looking_alike) == 1:
            matched[layout.id] = looking_alike[0]
            left.remove(looking_alike[0])
    return matched, left


def is_instruction(sheet: OpenSheet) -> bool:
    """True for sheets that came with the template and are not filled: help, and last year's figures."""
    name = re.sub(r"\s", "", sheet.name)
    return name in ("填报说明", "目录") or name.startswith(("_", "参考_"))


def locate_sheet(layout: SheetLayout, sheet: OpenSheet) -> LocatedSheet:
    """Find the lines of a sheet. What is not where the form has it becomes a signal."""
    if _is_standard(layout, sheet.rows):
        rows = [head.position - 1 for head in layout.rows]
        columns = [head.position - 1 for head in layout.columns]
        return LocatedSheet(layout, sheet, rows, columns, FIRST_ROW - 1, is_standard=True)
    return _search_lines(layout, sheet)


def _looks_like(sheet: OpenSheet, layout: SheetLayout) -> bool:
    if sheet.scan.filled == 0:
        return False
    title = fold_label(layout.title)
    top = [fold_label(value) for row in sheet.rows[:8] for value in row[:4] if isinstance(value, str)]
    if title not in top:
        return False
    heads = layout.rows if layout.kind == "items" else layout.columns
    labels = {fold_label(head.label) for head in heads}
    seen = {fold_label(value) for row in sheet.rows[:SEARCHED_ROWS] for value in row[:SEARCHED_COLUMNS]}
    return len(labels & seen) >= 0.8 * len(labels)


def _is_standard(layout: SheetLayout, rows: Rows) -> bool:
    """True if labels and numbers of all lines stand exactly where the form has them."""
    if len(rows) < NUMBER_ROW:
        return False
    labels, numbers = rows[LABEL_ROW - 1], rows[NUMBER_ROW - 1]
    if layout.kind != "items":
        first = layout.columns[0].position - 1
        last = first + len(layout.columns)
        if labels[first:last] != [head.label for head in layout.columns]:
            return False
        if numbers[first:last] != [head.number for head in layout.columns]:
            return False
        if any(labels[last:]):
            return False
    end = FIRST_ROW - 1 + len(layout.rows)
    if len(rows) < end:
        return False
    return all(
        row[:2] == [head.label, head.number] for row, head in zip(rows[FIRST_ROW - 1 : end], layout.rows, strict=True)
    )


def _search_lines(layout: SheetLayout, sheet: OpenSheet) -> LocatedSheet:
    grid = fold_grid(sheet.rows, SEARCHED_ROWS + len(layout.rows))
    located = LocatedSheet(layout, sheet, [], [], FIRST_ROW - 1, is_standard=False)
    label_row = find_label_row(layout, grid)
    number_row = find_number_row(layout, grid, label_row)
    if layout.kind == "items":
        stub = find_stub_column(layout, grid)
        located.columns = [stub + layout.columns[0].position - 1]
    else:
        stub = find_stub_column(layout, grid) if layout.rows else 0
        located.columns = _place_columns(layout, grid, label_row, number_row, located.signals, sheet.name)
    if layout.rows:
        located.rows = _place_rows(layout, grid, stub, located.signals, sheet.name)
    located.first_line = (number_row if number_row is not None else label_row) + 1
    if layout.kind == "items":
        located.first_line = min((row for row in located.rows if row >= 0), default=located.first_line)
    _say_moved(located)
    return located


def fold_grid(rows: Rows, height: int) -> list[list[str]]:
    """The upper left of a sheet as labels to be compared."""
    return [[fold_label(value) for value in row[:SEARCHED_COLUMNS]] for row in rows[:height]]


def find_label_row(layout: SheetLayout, grid: list[list[str]]) -> int:
    """The row that carries most of the column labels."""
    if layout.kind == "items":
        return LABEL_ROW - 1
    wanted = {fold_label(label) for head in layout.columns for label in (head.label, *head.aliases)}
    scores = [len(wanted & set(row)) for row in grid[:SEARCHED_ROWS]] or [0]
    best = max(scores)
    return scores.index(best) if best else min(LABEL_ROW - 1, len(grid) - 1)


def find_number_row(layout: SheetLayout, grid: list[list[str]], label_row: int) -> int | None:
    """The row below the labels that carries most of the numbers of columns, if there is one."""
    wanted = [head.number for head in layout.columns]
    for index in range(label_row + 1, min(label_row + 4, len(grid))):
        if sum(number in grid[index] for number in wanted) >= 0.6 * len(wanted):
            return index
    return None


def find_stub_column(layout: SheetLayout, grid: list[list[str]]) -> int:
    """The column that carries most of the row labels."""
    wanted = {fold_label(label) for head in layout.rows for label in (head.label, *head.aliases)}
    width = max((len(row) for row in grid), default=0)
    scores = [len(wanted & {row[column] for row in grid if column < len(row)}) for column in range(min(width, 8))]
    best = max(scores, default=0)
    return scores.index(best) if best else 0


def _place_columns(
    layout: SheetLayout, grid: list[list[str]], label_row: int, number_row: int | None, signals: list[Signal], tab: str
) -> list[int]:
    labels = grid[label_row] if label_row < len(grid) else []
    numbers = grid[number_row] if number_row is not None else []

    def name_cell(position: int) -> str:
        return f"{column_letter(position + 1)}{label_row + 1}"

    return _place_heads(layout.columns, labels, numbers, name_cell, signals, tab)


def _place_rows(layout: SheetLayout, grid: list[list[str]], stub: int, signals: list[Signal], tab: str) -> list[int]:
    labels = [row[stub] if stub < len(row) else "" for row in grid]
    numbers = [row[stub + 1] if stub + 1 < len(row) else "" for row in grid]
    numbers = [number.zfill(2) if number.isdigit() else number for number in numbers]

    def name_cell(position: int) -> str:
        return f"{column_letter(stub + 1)}{position + 1}"

    return _place_heads(layout.rows, labels, numbers, name_cell, signals, tab)


def _place_heads(
    heads: Sequence[Head],
    labels: list[str],
    numbers: list[str],
    name_cell: Callable[[int], str],
    signals: list[Signal],
    tab: str,
) -> list[int]:
    """Position of every head: number and label agree, else the number alone, else the label alone; -1 if none."""
    taken: set[int] = set()
    placed: list[int] = []
    for head in heads:
        own = {fold_label(head.label), *(fold_label(alias) for alias in head.aliases)}
        by_label = [i for i, label in enumerate(labels) if label in own and i not in taken]
        by_number = [i for i, number in enumerate(numbers) if number == head.number and i not in taken]
        agreed = [i for i in by_label if i in by_number]
        position = (agreed or by_label[:1] if len(by_label) == 1 else agreed or by_number or by_label or [-1])[0]
        signals.extend(_judge_head(head, position, labels, name_cell, tab))
        placed.append(position)
        taken.add(position)
    return placed


def _judge_head(
    head: Head, position: int, labels: list[str], name_cell: Callable[[int], str], tab: str
) -> Iterator[Signal]:
    if position < 0:
        wanted = name_cell(head.position - 1)
        yield Signal(Notice.MISSING_LINE, tab, found="not_found", expected=wanted, values={"label": head.label.strip()})
        return
    got = labels[position] if position < len(labels) else ""
    if got == fold_label(head.label):
        return
    known = got in {fold_label(alias) for alias in head.aliases}
    notice = Notice.OTHER_LABEL if known else Notice.WRONG_LABEL
    yield Signal(notice, tab, name_cell(position), found=escape_text(got), expected=head.label)


def _say_moved(located: LocatedSheet) -> None:
    """One info for a table whose lines stand elsewhere than on the form."""
    layout = located.layout
    moved = [
        (head, position)
        for heads, positions in ((layout.rows, located.rows), (layout.columns, located.columns))
        for head, position in zip(heads, positions, strict=True)
        if position >= 0 and position != head.position - 1
    ]
    if moved:
        head, _ = moved[0]
        located.signals.append(
            Signal(
                Notice.MOVED_TABLE, located.sheet.name, values={"label": head.label.strip(), "count": str(len(moved))}
            )
        )
