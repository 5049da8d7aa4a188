"""What changed from one version of a return to the next: cells, lines of lists, and faults mended or new."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from flows.checks.addresses import AddressBook
from flows.checks.findings import format_number
from flows.normalisers.records import FormBlock
from flows.warehouse.records import load_typed_block
from flows.warehouse.standings import list_versions_before, load_findings
from flows.warehouse.submissions import load_moved, load_rows
from flows.warehouse.tables import Connection
from schemas.catalogue import Catalogue
from schemas.layout import SheetLayout


@dataclass(frozen=True, slots=True)
class ChangedCell:
    """A cell that says something else than in the version before; empty texts where nothing stood."""

    sheet: str
    cell: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangedLines:
    """Lines of a list that are new, and that are gone."""

    sheet: str
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Changes:
    """How a submission differs from the version before it. Faults are errors and queries."""

    submission: int
    before: int
    cells: tuple[ChangedCell, ...]
    lines: tuple[ChangedLines, ...]
    mended: int
    left: int
    new: int

    @property
    def count(self) -> int:
        """Cells and lines changed."""
        return len(self.cells) + sum(lines.added + lines.removed for lines in self.lines)


def list_changes(connection: Connection, catalogue: Catalogue, submissions: Sequence[int]) -> dict[int, Changes]:
    """Submission → what changed from the version before it; those that are first of their kind are left out."""
    before = list_versions_before(connection, submissions)
    rows = {row.submission: row for row in load_rows(connection, [*before, *before.values()])}
    findings = {number: _list_faults(found) for number, found in load_findings(connection, rows).items()}
    by_form: dict[tuple[str, str], list[int]] = {}
    for submission in before:
        by_form.setdefault((rows[submission].return_id, rows[submission].version), []).append(submission)
    changes: dict[int, Changes] = {}
    for (return_id, version), members in by_form.items():
        definition = catalogue.returns.get(return_id)
        if definition is None or version not in {form.version for form in definition.forms}:
            continue
        layout = catalogue.build_layout(return_id, version)
        new = load_typed_block(connection, layout, members)
        old = load_typed_block(connection, layout, [before[submission] for submission in members])
        book = AddressBook(layout, load_moved(connection, members))
        for row, submission in enumerate(members):
            was, now = findings.get(before[submission], Counter()), findings.get(submission, Counter())
            changes[submission] = Changes(
                submission, before[submission], tuple(_compare_cells(old, new, row, book)),
                tuple(_compare_lists(old, new, row, book)),
                (was - now).total(), (was & now).total(), (now - was).total(),
            )  # fmt: skip
    return changes


def _list_faults(found: Sequence[Mapping[str, object]]) -> Counter[tuple[str, ...]]:
    return Counter(
        tuple(str(finding[name]) for name in ("code", "sheet", "ref", "label"))
        for finding in found
        if finding["severity"] != "info"
    )


def _compare_cells(old: FormBlock, new: FormBlock, row: int, book: AddressBook) -> Iterator[ChangedCell]:
    for sheet in new.layout.sheets:
        for cell in () if sheet.is_list else sheet.cells:
            before, after = _show(old, cell.ref, row), _show(new, cell.ref, row)
            if before != after:
                address = book.find(new.submissions[row], cell.ref)
                place = (address.sheet, address.cell) if address else (sheet.tab, "")
                yield ChangedCell(*place, cell.label, before, after)


def _show(block: FormBlock, ref: str, row: int) -> str:
    column = block.find_column(ref)
    value = None if column is None else column[row]
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return value if isinstance(value, str) else format_number(float(value))


def _compare_lists(old: FormBlock, new: FormBlock, row: int, book: AddressBook) -> Iterator[ChangedLines]:
    for sheet in new.layout.sheets:
        if sheet.is_list:
            before, after = _count_lines(old, sheet, row), _count_lines(new, sheet, row)
            added, removed = (after - before).total(), (before - after).total()
            if added or removed:
                yield ChangedLines(book.find_tab(new.submissions[row], sheet.id), added, removed)


def _count_lines(block: FormBlock, sheet: SheetLayout, row: int) -> Counter[tuple[str, ...]]:
    lines = block.lists[sheet.id]
    here = np.nonzero(lines.unit == row)[0]
    return Counter(tuple(str(column[position]) for column in lines.columns.values()) for position in here)
