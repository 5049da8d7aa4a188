"""A return without data, a list without lines: each is taken only where the school declares it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from flows.checks.addresses import Address, AddressBook
from flows.checks.content import Batch
from flows.checks.identity import point_at_cover
from flows.normalisers.codes import read_yes_no
from flows.normalisers.records import FormBlock, list_fixed_cells
from flows.signals import Notice, Signal
from schemas.applicability import find_applicable
from schemas.catalogue import Catalogue
from schemas.expressions.columns import Mask
from schemas.layout import NIL_FIELD, SheetLayout

COUNTED = frozenset({"count", "number", "money"})
"""Of these there is 0 where there is nothing; a share or a year of nothing is none."""

Cover = Mapping[str, str]


def declares_nil(cover: Cover) -> bool:
    """True if the cover says that there is nothing to report."""
    return read_yes_no(cover.get(NIL_FIELD, "")) == "Y"


def judge_nil(catalogue: Catalogue, return_id: str, *, has_data: bool) -> Signal:
    """What is said of a return that declares itself nil: taken as such, no return of which there is none, or untrue."""
    definition = catalogue.returns[return_id]
    if has_data:
        return point_at_cover(catalogue, NIL_FIELD, Notice.NIL_WITH_DATA, {})
    if not definition.may_be_nil:
        return point_at_cover(catalogue, NIL_FIELD, Notice.NIL_NOT_TAKEN, {"no": definition.no})
    return Signal(Notice.NIL_RETURN)


def tell_empty(catalogue: Catalogue, return_id: str) -> Signal:
    """A form on which nothing stands and nothing is declared, with how to declare it where that may be."""
    how = catalogue.message("nothing.nil") if catalogue.returns[return_id].may_be_nil else ""
    return Signal(Notice.EMPTY_FORM, values={"how": how})


def find_data(block: FormBlock) -> Mask:
    """Rows that hold anything but blanks and zeros."""
    found: Mask = (np.nan_to_num(block.numbers) != 0).any(axis=1)
    for column in block.texts.values():
        found = found | np.array([value is not None for value in column], dtype=bool)
    for lines in block.lists.values():
        found = found | (np.bincount(lines.unit, minlength=block.length) > 0)
    return found


def settle_nil(block: FormBlock) -> FormBlock:
    """The records of nil returns: 0 of everything that is counted."""
    numeric = [cell for cell in list_fixed_cells(block.layout) if cell.is_numeric]
    counted = np.array([cell.type in COUNTED and not cell.blocked for cell in numeric], dtype=bool)
    return replace(block, numbers=np.where(np.isnan(block.numbers) & counted, 0.0, block.numbers))


def check_lists(
    catalogue: Catalogue, batch: Batch, book: AddressBook, read: Mapping[int, Sequence[Signal]], covers: Sequence[Cover]
) -> dict[int, list[Signal]]:
    """Row of the batch → what is said of lists that have no lines, declared or not, or say so and have some.

    `read` is what reading noticed by submission, `covers` what the covers say by row.
    """
    found: dict[int, list[Signal]] = {}
    declared = {
        (submission, signal.ref): signal
        for submission in batch.block.submissions
        for signal in read.get(submission, ())
        if signal.notice is Notice.DECLARED_EMPTY
    }
    for sheet in (sheet for sheet in batch.block.layout.sheets if sheet.is_list):
        counts = np.bincount(batch.block.lists[sheet.id].unit, minlength=batch.block.length)
        for row in np.nonzero(_find_concerned(catalogue, batch, sheet))[0].tolist():
            submission = batch.block.submissions[row]
            first = sheet.cells[0].ref
            place = book.find(submission, first) or Address(sheet.tab, "", "")
            said = declared.get((submission, first))
            signal = _judge_list(catalogue, sheet, int(counts[row]), said, place, covers[row])
            if signal is not None:
                found.setdefault(row, []).append(signal)
    return found


def _find_concerned(catalogue: Catalogue, batch: Batch, sheet: SheetLayout) -> Mask:
    """Submissions that have the sheet and should."""
    if sheet.applies is None or not batch.source.attributes.are_known:
        return batch.present[sheet.id]
    applies = find_applicable(catalogue, (sheet.applies,), batch.source.attributes)[sheet.applies]
    return batch.present[sheet.id] & applies


def _judge_list(
    catalogue: Catalogue, sheet: SheetLayout, count: int, said: Signal | None, place: Address, cover: Cover
) -> Signal | None:
    table = place.sheet
    if said is not None and count:
        return Signal(
            Notice.DECLARED_WITH_LINES, table, said.cell, found=said.found, values={"table": table, "count": str(count)}
        )
    if count or (said is None and sheet.may_be_absent):  # a sheet that may be left out says nothing by being blank
        return None
    if said is not None and sheet.may_be_empty:
        return said
    knows_how = said is not None or NIL_FIELD in cover
    notice = Notice.EMPTY_LIST if knows_how else Notice.EMPTY_LIST_BEFORE
    how = catalogue.message("nothing.list" if sheet.may_be_empty else "nothing.never", word=catalogue.nothing[0])
    return Signal(notice, table, place.cell, values={"table": table, "how": how})
