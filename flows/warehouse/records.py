"""Typed records in the database: fixed sheets a row a submission, lists a table each with a row a line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from flows.normalisers.records import FormBlock, index_numbers
from flows.warehouse.fixed_records import load_fixed, store_fixed
from flows.warehouse.tables import (
    Connection,
    delete_submissions,
    ensure_list_table,
    insert_rows,
    list_record_columns,
    name_column,
    quote,
)
from schemas.expressions.columns import Texts, Values
from schemas.expressions.scope import Lines
from schemas.layout import Cell, FormLayout, SheetLayout


def store_block(connection: Connection, block: FormBlock) -> None:
    """Add the records of a block; those of the same submissions are replaced."""
    lists, fixed = _split_sheets(block.layout)
    store_fixed(connection, block, fixed)
    for sheet_id, cells in lists.items():
        ensure_list_table(connection, sheet_id, cells)
        table = f"records.{quote(sheet_id)}"
        delete_submissions(connection, [table], block.submissions)
        insert_rows(connection, table, _list_frame(sheet_id, block))


def store_totals(connection: Connection, typed: FormBlock, settled: FormBlock) -> None:
    """Keep totals that were not typed, and the zeros of a nil return, beside the records for other periods."""
    delete_submissions(connection, ["computed_totals"], settled.submissions)
    computed = np.isnan(typed.numbers) & ~np.isnan(settled.numbers)
    refs = np.array(list(settled.index), dtype=object)
    rows = [
        (number, list(refs[mask]), settled.numbers[row, mask].tolist())
        for row, (number, mask) in enumerate(zip(settled.submissions, computed, strict=True))
        if mask.any()
    ]
    insert_rows(connection, "computed_totals", pd.DataFrame(rows, columns=["submission", "refs", "numbers"]))


def load_block(connection: Connection, layout: FormLayout, submissions: Sequence[int]) -> FormBlock:
    """The block of submissions on a form, in the order given, totals that were not typed filled in.

    Cells their form did not have are blank.
    """
    block = load_typed_block(connection, layout, submissions)
    found = connection.execute(
        "SELECT submission, refs, numbers FROM computed_totals WHERE submission IN (SELECT unnest(?))",
        [list(submissions)],
    ).fetchall()
    rows = {submission: row for row, submission in enumerate(block.submissions)}
    for submission, refs, numbers in found:
        places = [block.index.get(ref, -1) for ref in refs]
        kept = [i for i, place in enumerate(places) if place >= 0]
        block.numbers[rows[submission], [places[i] for i in kept]] = [numbers[i] for i in kept]
    return block


def load_typed_block(connection: Connection, layout: FormLayout, submissions: Sequence[int]) -> FormBlock:
    """The same as it was typed: checks are made on this."""
    index = index_numbers(layout)
    of_lists, fixed = _split_sheets(layout)
    numbers, texts = load_fixed(connection, fixed, submissions, index)
    by_id = {sheet.id: sheet for sheet in layout.sheets}
    lists = {
        sheet_id: _build_lines(by_id[sheet_id], _fetch_lines(connection, sheet_id, submissions))
        for sheet_id in of_lists
    }
    return FormBlock(layout, list(submissions), numbers, texts, lists, index)


def _split_sheets(layout: FormLayout) -> tuple[dict[str, list[Cell]], dict[str, list[Cell]]]:
    """The cells of list sheets, and those of all others, by sheet of the records."""
    names = {sheet.id for sheet in layout.sheets if sheet.is_list}
    records = layout.list_records()
    return (
        {sheet: cells for sheet, cells in records.items() if sheet in names},
        {sheet: cells for sheet, cells in records.items() if sheet not in names},
    )


def _list_frame(sheet_id: str, block: FormBlock) -> pd.DataFrame:
    lines = block.lists[sheet_id]
    frame = pd.DataFrame(dict(lines.columns))
    frame.insert(0, "line", lines.row)
    frame.insert(0, "submission", np.array(block.submissions, dtype=np.int64)[lines.unit])
    return frame


def _fetch_lines(connection: Connection, sheet_id: str, submissions: Sequence[int]) -> dict[str, np.ndarray]:
    """Columns of a list, its lines in the order of their submissions, which `position` tells."""
    if not submissions or not list_record_columns(connection, sheet_id):
        nothing = np.empty(0, dtype=np.int64)
        return {"line": nothing, "position": nothing}
    numbers = ", ".join(str(int(submission)) for submission in submissions)
    fetched = connection.execute(
        f"SELECT * FROM records.{quote(sheet_id)} WHERE submission IN ({numbers}) ORDER BY submission, line"
    ).fetchnumpy()
    columns = {name: _unmask(np.asanyarray(column)) for name, column in fetched.items()}
    owners = columns.pop("submission")
    first, end = (np.searchsorted(owners, np.array(submissions), side) for side in ("left", "right"))
    rows = np.concatenate([np.arange(*bounds) for bounds in zip(first, end, strict=True)])
    positions = np.repeat(np.arange(len(submissions)), end - first)
    return {name: column[rows] for name, column in columns.items()} | {"position": positions}


def _unmask(values: np.ndarray) -> np.ndarray:
    """Missing numbers as NaN, missing texts as None."""
    if not isinstance(values, np.ma.MaskedArray):
        return values
    missing = np.array(np.nan if values.dtype.kind == "f" else None, dtype=values.dtype)
    return np.where(np.ma.getmaskarray(values), missing, np.asarray(values.data))


def _build_lines(sheet: SheetLayout, columns: dict[str, np.ndarray]) -> Lines:
    length = len(columns["line"])
    fields: dict[str, Values] = {}
    for cell in sheet.cells:
        column = columns.get(name_column(cell.ref))
        name = cell.ref.partition(".")[2]
        if cell.is_numeric:
            fields[name] = np.full(length, np.nan) if column is None else column.astype(np.float64)
        else:
            fields[name] = _as_texts(column, length)
    return Lines(columns["position"].astype(np.int64), columns["line"].astype(np.int64), fields)


def _as_texts(column: np.ndarray | None, length: int) -> Texts:
    if column is None:
        return np.full(length, None, dtype=object)
    return np.array([value if isinstance(value, str) and value != "" else None for value in column], dtype=object)
