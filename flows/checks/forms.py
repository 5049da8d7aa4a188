"""The form a submission came on beside the form in force: whether it is taken, and what of it is not carried over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from flows.checks.addresses import AddressBook
from flows.checks.content import Batch
from flows.signals import Notice, Signal
from schemas.catalogue import Catalogue
from schemas.definitions.returns import Form
from schemas.drift.compare import compare_forms
from schemas.drift.spell import summarise
from schemas.expressions.columns import Values, holds_texts
from schemas.layout import Cell, column_letter

MOST_CELLS = 20
"""Cells named in one finding."""


@dataclass(frozen=True, slots=True)
class FiledForm:
    """The form that a submission came on, for which period, and on what day it was received."""

    return_id: str
    version: str
    period: str
    received_on: date


def check_form(filed: FiledForm, catalogue: Catalogue) -> Iterator[Signal]:
    """Refused: an error that says what changed; read through the map: information; taken as it is: nothing."""
    definition = catalogue.returns[filed.return_id]
    in_force = catalogue.find_form(filed.return_id, filed.period)
    own = next((form for form in definition.forms if form.version == filed.version), None)
    if own is None or own.version == in_force.version:
        return
    state = find_state(own, filed)
    if state == "refused":
        taken = [form.version for form in definition.forms if _is_taken(form, in_force, filed)]
        yield _refuse(catalogue, filed, own, in_force, taken)
    elif state == "upgraded":
        changes = summarise_change(catalogue, filed.return_id, own, in_force)
        values = {"v": own.version, "change": catalogue.message("forms.upgraded", changes=changes) if changes else ""}
        yield Signal(Notice.FORM_UPGRADED, found=own.version, expected=in_force.version, values=values)


def find_state(form: Form, filed: FiledForm) -> str:
    """What becomes of a file on a form that is not the one in force: refused, accepted or upgraded."""
    is_meant = not form.accepted_for or filed.period in form.accepted_for
    is_early = form.accepted_until is None or filed.received_on <= form.accepted_until
    return form.state if is_meant and is_early else "refused"


def summarise_change(catalogue: Catalogue, return_id: str, form: Form, later: Form) -> str:
    """What the later form has otherwise, in one line; told once for all who ask."""

    def compare() -> str:
        before, after = (catalogue.build_layout(return_id, each.version) for each in (form, later))
        return summarise(compare_forms(before, after), catalogue.message)

    return catalogue.work_out_once(("change", return_id, form.version, later.version), compare)


def check_left_cells(batch: Batch, book: AddressBook, catalogue: Catalogue) -> dict[int, Signal]:
    """Row of the batch → what was filled on an earlier form and has no place on the one in force."""
    layout = batch.block.layout
    in_force = catalogue.find_layout(layout.return_id, batch.source.period)
    if in_force.version == layout.version:
        return {}
    known = {cell.ref for sheet in in_force.sheets for cell in sheet.cells if not cell.blocked}
    left: dict[int, list[tuple[Cell, int]]] = {}
    for cell in (cell for sheet in layout.sheets for cell in sheet.cells):
        if cell.ref not in known and not cell.blocked and not cell.total:
            for row, line in _find_filled(batch, cell):
                left.setdefault(row, []).append((cell, line))
    return {row: _say_left(batch, book, row, cells, in_force.version) for row, cells in left.items()}


def _is_taken(form: Form, in_force: Form, filed: FiledForm) -> bool:
    return form.version == in_force.version or find_state(form, filed) != "refused"


def _refuse(catalogue: Catalogue, filed: FiledForm, own: Form, in_force: Form, taken: list[str]) -> Signal:
    changes = summarise_change(catalogue, filed.return_id, own, in_force)
    until = own.accepted_until
    said = [
        catalogue.message("forms.until", day=until.isoformat()) if until and filed.received_on > until else "",
        catalogue.message("forms.changed", changes=changes) if changes else "",
        catalogue.message("forms.carry"),
    ]
    return Signal(
        Notice.FORM_NOT_IN_FORCE, found=own.version, expected="、".join(taken),
        values={"v": own.version, "period": filed.period, "change": "".join(said)},
    )  # fmt: skip


def _find_filled(batch: Batch, cell: Cell) -> Iterator[tuple[int, int]]:
    """Rows of the batch in which a cell is filled; of a list the first such line of each."""
    lines = batch.block.lists.get(cell.sheet)
    if lines is None:
        column = batch.block.find_column(cell.ref)
        assert column is not None
        yield from ((int(row), cell.row) for row in np.nonzero(_is_filled(column))[0])
        return
    filled = _is_filled(lines.columns[cell.ref.partition(".")[2]])
    seen: set[int] = set()
    for unit, line in zip(lines.unit[filled].tolist(), lines.row[filled].tolist(), strict=True):
        if unit not in seen:
            seen.add(unit)
            yield unit, line


def _is_filled(column: Values) -> np.ndarray:
    return np.array([value is not None for value in column]) if holds_texts(column) else ~np.isnan(column)


def _say_left(batch: Batch, book: AddressBook, row: int, cells: list[tuple[Cell, int]], version: str) -> Signal:
    submission = batch.block.submissions[row]
    named = []
    first = ("", "")
    for cell, line in cells:
        address = book.find(submission, cell.ref, line)
        place = (address.sheet, address.cell) if address else ("", f"{column_letter(cell.column)}{line}")
        first = first if any(first) else place
        named.append(f"{place[0]} {place[1]} {cell.label}".strip())
    shown = "、".join(named[:MOST_CELLS]) + ("…" if len(named) > MOST_CELLS else "")
    return Signal(
        Notice.FORM_CELLS_LEFT, *first, found=str(len(cells)), expected=version,
        values={"v": batch.block.layout.version, "cells": shown, "count": str(len(cells))},
    )  # fmt: skip
