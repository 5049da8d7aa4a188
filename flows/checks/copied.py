"""Sheets that say word for word what the school filed a period earlier."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from flows.checks.addresses import AddressBook
from flows.checks.content import Batch
from flows.signals import Notice, Signal

FEWEST_FIGURES = 10
"""Sheets with fewer figures other than 0 may well stay the same."""


def check_copies(batch: Batch, book: AddressBook) -> Iterator[tuple[int, Signal]]:
    """Position of the submission and a signal for every fixed sheet that is a copy."""
    return_id = batch.block.layout.return_id
    for linked in batch.source.list_links(return_id, 1):
        for sheet in batch.block.layout.sheets:
            refs = [c.ref for c in sheet.cells if c.ref in batch.block.index and c.ref in linked.block.index]
            if sheet.is_list or len(refs) < FEWEST_FIGURES:
                continue
            now = np.nan_to_num(batch.settled.numbers[linked.units][:, [batch.settled.index[ref] for ref in refs]])
            then = np.nan_to_num(linked.block.numbers[linked.rows][:, [linked.block.index[ref] for ref in refs]])
            copied = (now == then).all(axis=1) & ((now != 0).sum(axis=1) >= FEWEST_FIGURES)
            for unit in np.unique(linked.units[copied]).tolist():
                submission = batch.block.submissions[unit]
                yield unit, Signal(Notice.COPIED_SHEET, book.find_tab(submission, sheet.id))
