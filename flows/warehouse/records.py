"""Typed records in the database: a table a sheet, a row a submission (or a line of a list)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    _store_sheets(connection, block, block.layout.list_records())


def store_totals(connection: Connection, typed: FormBlock, settled: FormBlock) -> None:
    """Keep totals that were not typed with the records, and which they are: a figure of another year needs them,
    whoever checks the submission anew does not. The zeros of a nil return are kept the same way.
    """
    refs = np.array(list(settled.index), dtype=object)
    computed = np.isnan(typed.numbers) & ~np.isnan(settled.numbers)
    found = set(refs[computed.any(axis=0)])
    sheets = {
        sheet_id: cells
        for sheet_id, cells in settled.layout.list_records().items()
        if any(cell.total or cell.ref in found for cell in cells)
    }
    _store_sheets(connection, settled, sheets)
    delete_submissions(connection, ["computed_totals"], settled.submissions)
    rows = [(number, list(refs[mask])) for number, mask in zip(settled.submissions, computed, strict=True) if mask.any()]
    insert_rows(connection, "computed_totals", pd.DataFrame(rows, columns=["submission", "refs"]))


def load_typed_block(connection: Connection, layout: FormLayout, submissions: Sequence[int]) -> FormBlock:
    """The block of submissions as it was typed: totals that were computed are blank again."""
    block = load_block(connection, layout, submissions)
    rows = connection.execute(
        "SELECT submission, refs FROM computed_totals WHERE submission IN (SELECT unnest(?))", [list(submissions)]
    ).fetchall()
    for submission, refs in rows:
        block.numbers[block.submissions.index(submission), [block.index[ref] for ref in refs if ref in block.index]] = np.nan
    return block


def load_block(connection: Connection, layout: FormLayout, submissions: Sequence[int]) -> FormBlock:
    """The block of submissions on a form, in the order given. Cells their form did not have are blank."""
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


def _store_sheets(connection: Connection, block: FormBlock, records: Mapping[str, Sequence[Cell]]) -> None:
    lists = {sheet.id for sheet in block.layout.sheets if sheet.is_list}
    for sheet_id, cells in records.items():
        table = f"records.{quote(sheet_id)}"
        connection.execute(f"DELETE FROM {table} WHERE submission IN (SELECT unnest(?))", [block.submissions])
        rows = _list_frame(sheet_id, block) if sheet_id in lists else _fixed_frame(cells, block)
        insert_rows(connection, table, rows)


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
    """Columns of the submissions' rows, ordered as the submissions were given, then by line; none yet if no table is."""
    if not list_record_columns(connection, sheet_id):
        nothing = np.empty(0, dtype=np.int64)
        return {"line": nothing, "position": nothing} if is_list else {}
    order = pd.DataFrame({"submission": list(submissions), "position": range(len(submissions))})
    connection.register("wanted", order)
    by_line = ", r.line" if is_list else ""
    try:
        fetched = connection.execute(
            f"SELECT r.*, w.position FROM wanted w LEFT JOIN records.{quote(sheet_id)} r USING (submission) "
            f"ORDER BY w.position{by_line}"
        ).fetchnumpy()
    finally:
        connection.unregister("wanted")
    return {name: _unmask(np.ma.asarray(values)) for name, values in fetched.items()}


def _unmask(values: np.ma.MaskedArray[tuple[int], np.dtype[Any]]) -> np.ndarray:
    """Missing numbers as NaN, missing positions as -1, missing texts as None."""
    missing = {"f": np.nan, "i": -1, "u": -1}.get(values.dtype.kind)
    if missing is not None:
        return np.asarray(values.filled(missing))
    plain = np.array(values.data, dtype=object)
    plain[np.ma.getmaskarray(values)] = None
    return plain


def _build_lines(sheet: SheetLayout, columns: dict[str, np.ndarray], submissions: Sequence[int]) -> Lines:
    present = columns["line"].astype(np.int64) >= 0 if len(columns["line"]) else np.empty(0, dtype=bool)
    fields: dict[str, Values] = {}
    for cell in sheet.cells:
        column = columns.get(name_column(cell.ref))
        name = cell.ref.partition(".")[2]
        if cell.is_numeric:
            numbers: Numbers = np.full(len(present), np.nan) if column is None else column.astype(np.float64)
            fields[name] = numbers[present]
        else:
            fields[name] = _as_texts(column, len(present))[present]
    unit = columns["position"].astype(np.int64)[present]
    return Lines(unit, columns["line"].astype(np.int64)[present], fields)


def _as_texts(column: np.ndarray | None, length: int) -> Texts:
    if column is None:
        return np.full(length, None, dtype=object)
    return np.array([value if isinstance(value, str) and value != "" else None for value in column], dtype=object)
