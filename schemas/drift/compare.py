"""Two forms of a return side by side: what was added, given up, renamed, moved, or is otherwise than it was.

Lines belong together if they have one id; else one label; else, within a sheet, labels that are much alike – which is
a guess that a person confirms. A line is moved if it stands in another order among those that stayed; what only
stands elsewhere because of lines put in or taken out before it is shifted.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from schemas.drift.changes import Change, ChangeKind, Line, describe_cell, list_lines
from schemas.layout import Cell, FormLayout, SheetLayout, fold_printed, name_sheet

ALIKE = 0.6
"""Likeness of labels from which a line is taken for the renamed one."""

OVERLAP = 0.5
"""Share of labels that two sheets of other names must have in common to be taken for one."""

TRAITS = ("type", "unit", "decimals", "codelist", "required", "total")


@dataclass(frozen=True, slots=True)
class Pair:
    """A line on both forms, and how sure it is that it is the same one."""

    before: Line
    after: Line
    likeness: float = 1.0


@dataclass(frozen=True)
class Drift:
    """How the later of two forms differs from the earlier, and which of their lines belong together."""

    before: FormLayout
    after: FormLayout
    sheets: Mapping[str, str]
    """Sheet of the earlier form → that of the later."""
    pairs: tuple[Pair, ...]
    changes: tuple[Change, ...]

    def list_kind(self, *kinds: ChangeKind) -> list[Change]:
        """The changes of these kinds, in the order of the form."""
        return [change for change in self.changes if change.kind in kinds]


def compare_forms(before: FormLayout, after: FormLayout, guesses: Mapping[str, float] | None = None) -> Drift:
    """The later form against the earlier. Both may be of one definition, of two, or read from a workbook.

    `guesses` are lines of the earlier form that were given the id of the later by likeness, and how like they were.
    """
    sheets = _pair_sheets(before, after)
    known = guesses or {}
    pairs = [
        replace(pair, likeness=known.get(pair.before.ref, pair.likeness))
        for pair in _pair_all_lines(before, after, sheets)
    ]
    changes = [
        *_list_sheet_changes(before, after, sheets),
        *_list_line_changes(before, after, pairs, sheets),
        *_list_cell_changes(before, after, pairs),
    ]
    return Drift(before, after, sheets, tuple(pairs), tuple(changes))


def _pair_sheets(before: FormLayout, after: FormLayout) -> dict[str, str]:
    """By id, then by tab or title, then by the labels they share. Sheets of different kinds are not the same."""
    pairs: dict[str, str] = {}
    for alike in (_has_same_id, _has_same_name, _has_same_labels):
        for sheet in before.sheets:
            free = [other for other in after.sheets if other.id not in pairs.values() and other.kind == sheet.kind]
            found = [other for other in free if alike(sheet, other)]
            if sheet.id not in pairs and len(found) == 1:
                pairs[sheet.id] = found[0].id
    return pairs


def _has_same_id(sheet: SheetLayout, other: SheetLayout) -> bool:
    return sheet.id == other.id


def _has_same_name(sheet: SheetLayout, other: SheetLayout) -> bool:
    names = {fold_printed(name) for name in (sheet.tab, sheet.title)}
    return not names.isdisjoint(fold_printed(name) for name in (other.tab, other.title, *other.aliases))


def _has_same_labels(sheet: SheetLayout, other: SheetLayout) -> bool:
    ours, theirs = ({fold_printed(line.label) for line in list_lines(s)} for s in (sheet, other))
    return len(ours & theirs) >= OVERLAP * max(len(ours), len(theirs))


def _pair_all_lines(before: FormLayout, after: FormLayout, sheets: Mapping[str, str]) -> Iterator[Pair]:
    """Lines of the same sheets first, then those that went to another sheet."""
    left: list[Line] = []
    free: dict[str, list[Line]] = {sheet.id: list_lines(sheet) for sheet in after.sheets}
    for sheet in before.sheets:
        lines = list_lines(sheet)
        if sheet.id not in sheets:
            left += lines
            continue
        there = free[sheets[sheet.id]]
        for axis in ("row", "column", "line", "field"):
            ours, theirs = ([line for line in group if line.axis == axis] for group in (lines, there))
            pairs = _pair_lines(ours, theirs)
            yield from pairs
            left += [line for line in ours if line not in [pair.before for pair in pairs]]
            there[:] = [line for line in there if line not in [pair.after for pair in pairs]]
    yield from _pair_across(left, [line for lines in free.values() for line in lines])


def _pair_lines(ours: Sequence[Line], theirs: Sequence[Line]) -> list[Pair]:
    pairs: list[Pair] = []
    for alike in (_is_same_line, _is_called_alike, _is_known_as):
        for line in ours:
            taken, done = [pair.after for pair in pairs], [pair.before for pair in pairs]
            found = [other for other in theirs if other not in taken and alike(line, other)]
            if line not in done and len(found) == 1:
                pairs.append(Pair(line, found[0]))
    pairs += _guess_pairs(
        [line for line in ours if line not in [pair.before for pair in pairs]],
        [line for line in theirs if line not in [pair.after for pair in pairs]],
    )
    order = {line.ref: position for position, line in enumerate(ours)}
    return sorted(pairs, key=lambda pair: order[pair.before.ref])


def _is_same_line(line: Line, other: Line) -> bool:
    return line.id == other.id


def _is_called_alike(line: Line, other: Line) -> bool:
    return fold_printed(line.label) == fold_printed(other.label)


def _is_known_as(line: Line, other: Line) -> bool:
    return fold_printed(line.label) in {fold_printed(alias) for alias in other.head.aliases}


def _guess_pairs(ours: Sequence[Line], theirs: Sequence[Line]) -> Iterator[Pair]:
    """The likeliest first; every line once."""
    guesses = [(measure_likeness(line.label, other.label), line, other) for line in ours for other in theirs]
    guesses.sort(key=lambda guess: (-guess[0], guess[1].head.position, guess[2].head.position))
    taken: set[str] = set()
    done: set[str] = set()
    for likeness, line, other in guesses:
        if likeness >= ALIKE and line.ref not in done and other.ref not in taken:
            done.add(line.ref)
            taken.add(other.ref)
            yield Pair(line, other, likeness)


def measure_likeness(label: str, other: str) -> float:
    """How alike two labels are, from 0 to 1: twice the characters in common by those of both."""
    return SequenceMatcher(None, fold_printed(label), fold_printed(other), autojunk=False).ratio()


def _pair_across(left: Sequence[Line], free: Sequence[Line]) -> Iterator[Pair]:
    """Lines that went to another sheet: those whose label no other line has that is left on either side.

    Fields of a list do not: what stands on the lines of one list has no place on those of another.
    """
    for line in (line for line in left if line.axis != "field"):
        ours = [other for other in left if _is_called_alike(line, other) and other.axis == line.axis]
        theirs = [other for other in free if _is_called_alike(line, other) and other.axis == line.axis]
        if len(ours) == len(theirs) == 1:
            yield Pair(line, theirs[0])


def _list_sheet_changes(before: FormLayout, after: FormLayout, sheets: Mapping[str, str]) -> Iterator[Change]:
    for sheet in before.sheets:
        if sheet.id not in sheets:
            yield Change(ChangeKind.SHEET_DROPPED, sheet.tab, sheet.id, sheet.title)
            continue
        other = after.find_sheet(sheets[sheet.id])
        assert other is not None
        if sheet.tab != other.tab or sheet.id != other.id:
            yield Change(
                ChangeKind.SHEET_RENAMED, sheet.tab, sheet.id, sheet.title, "", other.tab, other.id, other.title
            )
    for sheet in after.sheets:
        if sheet.id not in sheets.values():
            yield Change(ChangeKind.SHEET_ADDED, new_tab=sheet.tab, new_ref=sheet.id, new_label=sheet.title)


def _list_line_changes(
    before: FormLayout, after: FormLayout, pairs: Sequence[Pair], sheets: Mapping[str, str]
) -> Iterator[Change]:
    """Line by line of the earlier form, then what the later has beyond it. Lines of whole new or lost sheets are not
    said again.
    """
    by_ref = {pair.before.ref: pair for pair in pairs}
    moved = _find_moved(pairs, sheets)
    for line in (line for sheet in before.sheets for line in list_lines(sheet)):
        pair = by_ref.get(line.ref)
        if pair is not None:
            yield from _compare_lines(pair, is_moved=line.ref in moved)
        elif line.sheet in sheets:
            yield Change(ChangeKind.DROPPED, line.tab, line.ref, line.label, line.address)
    known = {pair.after.ref for pair in pairs}
    for line in (line for sheet in after.sheets for line in list_lines(sheet)):
        if line.ref not in known and line.sheet in sheets.values():
            yield Change(
                ChangeKind.ADDED, new_tab=line.tab, new_ref=line.ref, new_label=line.label, new_address=line.address
            )


def _compare_lines(pair: Pair, *, is_moved: bool) -> Iterator[Change]:
    line, other = pair.before, pair.after

    def say(kind: ChangeKind) -> Change:
        return Change(
            kind, line.tab, line.ref, line.label, line.address, other.tab, other.ref, other.label, other.address,
            likeness=round(pair.likeness, 2),
        )  # fmt: skip

    if line.label != other.label or line.id != other.id:
        yield say(ChangeKind.RENAMED)
    if is_moved:
        yield say(ChangeKind.MOVED)
    elif line.address != other.address:
        yield say(ChangeKind.SHIFTED)


def _find_moved(pairs: Sequence[Pair], sheets: Mapping[str, str]) -> set[str]:
    """Lines that went to another sheet, or stand in another order among those of their sheet that stayed."""
    moved = {pair.before.ref for pair in pairs if sheets.get(pair.before.sheet) != pair.after.sheet}
    groups: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        if pair.before.ref not in moved:
            groups.setdefault((pair.before.sheet, pair.before.axis), []).append(pair)
    for group in groups.values():
        ordered = sorted(group, key=lambda pair: pair.before.head.position)
        kept = _find_longest_rise([pair.after.head.position for pair in ordered])
        moved |= {pair.before.ref for position, pair in enumerate(ordered) if position not in kept}
    return moved


def _find_longest_rise(values: Sequence[int]) -> set[int]:
    """Positions of a longest rising run of values: what can be said to have stayed in order."""
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for position, value in enumerate(values):
        place = bisect_left(tails, value)
        previous.append(ends[place - 1] if place else -1)
        tails[place : place + 1] = [value]
        ends[place : place + 1] = [position]
    kept: set[int] = set()
    position = ends[-1] if ends else -1
    while position >= 0:
        kept.add(position)
        position = previous[position]
    return kept


def _list_cell_changes(before: FormLayout, after: FormLayout, pairs: Sequence[Pair]) -> Iterator[Change]:
    """What is altered of the cells on both forms: a line at a time where it holds for the whole line."""
    lines = {pair.before.ref: pair.after.ref for pair in pairs}
    now = {cell.ref: (sheet, cell) for sheet in after.sheets for cell in sheet.cells}
    for sheet in before.sheets:
        common: list[tuple[Cell, Cell, SheetLayout]] = []
        for cell in sheet.cells:
            found = now.get(find_counterpart(cell.ref, lines) or "")
            if found is None:
                continue
            other_sheet, other = found
            if cell.blocked != other.blocked:
                yield _say_opened(sheet, cell) if other.blocked else _say_opened(other_sheet, other, is_new=True)
            elif not cell.blocked:
                common.append((cell, other, other_sheet))
        yield from _compare_cells(sheet, common, lines)


def find_counterpart(ref: str, lines: Mapping[str, str]) -> str | None:
    """Where a cell stands on the later form, by the lines that it crosses; None if one of them is gone."""
    if ref in lines:
        return lines[ref]
    sheet, bracket, rest = ref.partition("[")
    row, _, column = rest.partition("].")
    new_row, new_column = lines.get(f"{sheet}[{row}]"), lines.get(f"{sheet}.{column}")
    if not bracket or new_row is None or new_column is None:
        return None
    homes = {name_sheet(new_row), name_sheet(new_column)}
    home = next(iter(homes - {sheet}), sheet) if len(homes) > 1 else next(iter(homes))
    return f"{home}[{new_row.partition('[')[2]}.{new_column.partition('.')[2]}"


def _say_opened(sheet: SheetLayout, cell: Cell, *, is_new: bool = False) -> Change:
    """A single cell that one form fills and the other prints * in."""
    tab, ref, label, address = describe_cell(sheet, cell)
    if is_new:
        return Change(ChangeKind.ADDED, new_tab=tab, new_ref=ref, new_label=label, new_address=address)
    return Change(ChangeKind.DROPPED, tab, ref, label, address)


def _compare_cells(
    sheet: SheetLayout, common: Sequence[tuple[Cell, Cell, SheetLayout]], lines: Mapping[str, str]
) -> Iterator[Change]:
    by_ref = {line.ref: line for line in list_lines(sheet)}
    altered: dict[tuple[str, str, str], list[Cell]] = {}
    for cell, other, _ in common:
        for trait in TRAITS:
            value, new = _show(getattr(cell, trait)), _show(getattr(other, trait))
            if value != new:
                altered.setdefault((trait, value, new), []).append(cell)
    cells = {cell.ref: cell for cell in sheet.cells}
    for (trait, value, new), found in altered.items():
        for ref in _gather_lines([cell.ref for cell in found], [cell.ref for cell, *_ in common]):
            place = by_ref.get(ref) or cells[ref]
            yield Change(
                ChangeKind.ALTERED, sheet.tab, ref, place.label, place.address, trait=trait, value=value,
                new_value=new, new_ref=find_counterpart(ref, lines) or "",
            )  # fmt: skip


def _gather_lines(altered: Sequence[str], common: Iterable[str]) -> Iterator[str]:
    """Columns altered as a whole, then rows, then single cells; a field is its own line."""
    left = list(altered)
    everything = list(common)
    for name in (_name_column, _name_row):
        for line in dict.fromkeys(name(ref) for ref in altered):
            crossing = [ref for ref in everything if name(ref) == line]
            if line and len(crossing) > 1 and set(crossing) <= set(left):
                yield line
                left = [ref for ref in left if ref not in crossing]
    yield from left


def _name_column(ref: str) -> str:
    sheet, bracket, rest = ref.partition("[")
    return f"{sheet}.{rest.partition('].')[2]}" if bracket else ""


def _name_row(ref: str) -> str:
    return f"{ref.partition(']')[0]}]" if "[" in ref else ""


def _show(value: object) -> str:
    return "" if value is None else str(value)
