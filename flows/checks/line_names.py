"""What names a line of a list: its own key, as the school knows it."""

from __future__ import annotations

import numpy as np

from flows.checks.content import Batch
from flows.checks.ledger import CellFailure, RuleFailure
from schemas.catalogue import Catalogue

LABEL_MARK = "·"
"""Between row and column of a label, and before what names the line of a list."""


def name_line(catalogue: Catalogue, batch: Batch, sheet: str, failure: CellFailure | RuleFailure) -> str:
    """The key fields of the line that failed, codes by their labels; empty where the failure is on no line."""
    layout = batch.block.layout.find_sheet(sheet)
    if layout is None or not layout.is_list or failure.line is None:
        return ""
    codelists = {cell.ref.partition(".")[2]: cell.codelist or "" for cell in layout.cells}
    named = [_show_key(catalogue, codelists[field], find_in_line(batch, sheet, field, failure)) for field in layout.key]
    return join_label(*named)


def find_in_line(batch: Batch, sheet: str, field: str, failure: CellFailure | RuleFailure) -> object:
    """What a field holds on the line of a list that failed."""
    lines = batch.block.lists[sheet]
    here = np.nonzero((lines.unit == failure.unit) & (lines.row == failure.line))[0]
    return lines.columns[field][here[0]] if len(here) else None


def join_label(*parts: str) -> str:
    """The parts of a label that are there."""
    return LABEL_MARK.join(part for part in parts if part)


def _show_key(catalogue: Catalogue, codelist: str, value: object) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return catalogue.codelists[codelist].labels.get(text, text) if codelist else text
