"""Typed records in the database: a table a sheet, a row a submission (or a line of a list)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from flows.normalisers.records import FormBlock, index_numbers
from flows.warehouse.tables import (
    Connection,
    delete_submissions,
    ensure_record_tables,
    insert_rows,
    list_record_columns,
    name_column,
    quote,
)
from schemas.expressions.columns import Numbers, Texts, Values
from schemas.expressions.scope import Lines
from schemas.layout import Cell, FormLayout, SheetLayout


def store_block(connection: Connection, block: FormBlock) -> None:
    """Add the records of a block; those of the same submissions are replaced."""
    ensure_record_tables(connection, block.layout)
    lists = {sheet.id for sheet in block.layout.sheets if sheet.is_list}
    for sheet_id, cells in block.layout.list_records().items():
        table = f"records.{quote(sheet_id)}"
        connection.execute(f"DELETE FROM {table} WHERE submission IN (SELECT unnest(?))", [block.submissions])
        rows = _list_frame(sheet_id, block) if sheet_id in lists else _fixed_frame(cells, block)
        insert_rows(connection, table, rows)


def store_totals(connection: Connection, typed: FormBlock, settled: FormBlock) -> None:
    """Keep totals that were not typed, and the zeros of a nil return, beside the records: other periods ask for them."""
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
    rows = connection.execute(
        "SELECT submission, refs, numbers FROM computed_totals WHERE submission IN (SELECT unnest(?))",
        [list(submissions)],
    ).fetchall()
    for submission, refs, numbers in rows:
        row = block.submissions.index(submission)
        for ref, number in zip(refs, numbers, strict=True):
            position = block.index.get(ref)
            if position is not None:
                block.numbers[row, position] = number
    return block


def load_typed_block(connection: Connection, layout: FormLayout, submissions: Sequence[int]) -> FormBlock:
    """The same as it was typed: checks are made on this."""
    index = index_numbers(layout)
    numbers = np.full((len(submissions), len(index)), np.nan)
    texts: dict[str, Texts] = {}
    lists: dict[str, Lines] = {}
    line_sheets = {sheet.id: sheet for sheet in layout.sheets if sheet.is_list}
    for sheet_id, cells in layout.list_records().items():
        columns = _fetch(connection, sheet_id, submissions, is_list=sheet_id in line_sheets)
        if sheet_id in line_sheets:
            lists[sheet_id] = _build_lines(line_sheets[sheet_id], columns, submissions)
            continue
        for cell in cells:
            column = columns.get(name_column(cell.ref))
            if cell.is_numeric:
                if column is not None:
                    numbers[:, index[cell.ref]] = column
            else:
                texts[cell.ref] = _as_texts(column, len(submissions))
    return FormBlock(layout, list(submissions), numbers, texts, lists, index)


def _fixed_frame(cells: Sequence[Cell], block: FormBlock) -> pd.DataFrame:
    columns: dict[str, Values] = {}
    for cell in cells:
        if not cell.blocked:
            column = block.find_column(cell.ref)
            assert column is not None
            columns[name_column(cell.ref)] = column
    frame = pd.DataFrame(columns)
    frame.insert(0, "submission", block.submissions)
    return frame


def _list_frame(sheet_id: str, block: FormBlock) -> pd.DataFrame:
    lines = block.lists[sheet_id]
    frame = pd.DataFrame(dict(lines.columns))
    frame.insert(0, "line", lines.row)
    frame.insert(0, "submission", np.array(block.submissions, dtype=np.int64)[lines.unit])
    return frame


def _fetch(
    connection: Connection, sheet_id: str, submissions: Sequence[int], *, is_list: bool
) -> dict[str, np.ndarray]:
    """Columns of the sheet: of a list its lines, by position of their submission, else a value a submission."""
    if not submissions or not list_record_columns(connection, sheet_id):
        nothing = np.empty(0, dtype=np.int64)
        return {"line": nothing, "position": nothing} if is_list else {}
    numbers = ", ".join(str(int(submission)) for submission in submissions)
    by_line = ", line" if is_list else ""
    fetched = connection.execute(
        f"SELECT * FROM records.{quote(sheet_id)} WHERE submission IN ({numbers}) ORDER BY submission{by_line}"
    ).fetchnumpy()
    columns = {name: _unmask(np.asanyarray(column)) for name, column in fetched.items()}
    owners = columns.pop("submission")
    first, end = (np.searchsorted(owners, np.array(submissions), side) for side in ("left", "right"))
    if is_list:
        rows = np.concatenate([np.arange(*bounds) for bounds in zip(first, end, strict=True)])
        positions = np.repeat(np.arange(len(submissions)), end - first)
        return {name: column[rows] for name, column in columns.items()} | {"position": positions}
    return {name: _place(column, first, end > first) for name, column in columns.items()}


def _place(values: np.ndarray, row: np.ndarray, is_there: np.ndarray) -> np.ndarray:
    """A value for every submission, missing where it has no row."""
    if is_there.all():
        placed: np.ndarray = values[row]
        return placed
    placed = np.full(len(row), np.nan if values.dtype.kind == "f" else None, dtype=values.dtype)
    placed[is_there] = values[row[is_there]]
    return placed


def _unmask(values: np.ndarray) -> np.ndarray:
    """Missing numbers as NaN, missing texts as None."""
    if not isinstance(values, np.ma.MaskedArray):
        return values
    missing = np.array(np.nan if values.dtype.kind == "f" else None, dtype=values.dtype)
    return np.where(np.ma.getmaskarray(values), missing, np.asarray(values.data))


def _build_lines(sheet: SheetLayout, columns: dict[str, np.ndarray], submissions: Sequence[int]) -> Lines:
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
