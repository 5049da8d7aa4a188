"""Records of fixed sheets: a row a submission and sheet, its numbers and its texts as two lists.

A column a cell would be a thousand columns, and planning a query over them takes ten times as long as reading them.
Which cell stands where in the lists is told by the table `fixed_columns`; cells that later forms add stand at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from flows.normalisers.records import FormBlock
from flows.warehouse.tables import Connection, delete_submissions, insert_rows, name_column
from schemas.expressions.columns import Numbers, Texts
from schemas.layout import Cell

SheetCells = Mapping[str, Sequence[Cell]]
"""Sheet of the records → its cells."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Name of a cell → its place in the list of numbers, or in that of texts."""

    numbers: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, int] = field(default_factory=dict)

    def extend(self, cells: Sequence[Cell]) -> _Columns:
        """The same with the cells that are not there yet at the end."""
        numbers = [name_column(cell.ref) for cell in cells if cell.is_numeric]
        texts = [name_column(cell.ref) for cell in cells if not cell.is_numeric]
        return _Columns(_index((*self.numbers, *numbers)), _index((*self.texts, *texts)))


@dataclass(frozen=True, slots=True)
class _Stored:
    """What is stored of one sheet: the submissions, and their numbers and texts, one row each."""

    sheet: str
    submissions: list[int]
    numbers: Numbers
    texts: Texts


def store_fixed(connection: Connection, block: FormBlock, sheets: SheetCells) -> None:
    """Add the records of the fixed sheets of a block; those of the same submissions are replaced."""
    known = _load_columns(connection, sheets)
    delete_submissions(connection, ["fixed_records"], block.submissions)
    tables = []
    for sheet, members in sheets.items():
        cells = [cell for cell in members if not cell.blocked]
        columns = known.get(sheet, _Columns()).extend(cells)
        if columns != known.get(sheet):
            connection.execute("DELETE FROM fixed_columns WHERE sheet = ?", [sheet])
            connection.execute(
                "INSERT INTO fixed_columns VALUES (?, ?, ?)", [sheet, list(columns.numbers), list(columns.texts)]
            )
        tables.append(_pack(block, sheet, cells, columns))
    if tables:
        insert_rows(connection, "fixed_records", pa.concat_tables(tables))


def load_fixed(
    connection: Connection, sheets: SheetCells, submissions: Sequence[int], index: Mapping[str, int]
) -> tuple[Numbers, dict[str, Texts]]:
    """Numbers, one row a submission and the columns of `index`, and texts by reference. What is not stored is blank."""
    cells = [cell for members in sheets.values() for cell in members]
    numbers = np.full((len(submissions), len(index)), np.nan)
    texts: dict[str, Texts] = {c.ref: np.full(len(submissions), None, dtype=object) for c in cells if not c.is_numeric}
    known = _load_columns(connection, sheets)
    rows = {submission: row for row, submission in enumerate(submissions)}
    for stored in _fetch(connection, known, submissions):
        columns = known[stored.sheet]
        at = np.array([rows[submission] for submission in stored.submissions])
        named = [(name_column(cell.ref), cell) for cell in sheets[stored.sheet] if not cell.blocked]
        numeric = [(name, cell) for name, cell in named if cell.is_numeric and name in columns.numbers]
        places = [(index[cell.ref], columns.numbers[name]) for name, cell in numeric]
        to, source = np.array(places, dtype=np.intp).reshape(-1, 2).T
        numbers[np.ix_(at, to)] = stored.numbers[:, source]
        for name, cell in named:
            if not cell.is_numeric and name in columns.texts:
                texts[cell.ref][at] = stored.texts[:, columns.texts[name]]
    return numbers, texts


def _index(names: Iterable[str]) -> dict[str, int]:
    """Each name once → its place."""
    return {name: place for place, name in enumerate(dict.fromkeys(names))}


def _load_columns(connection: Connection, sheets: Iterable[str]) -> dict[str, _Columns]:
    rows = connection.execute(
        "SELECT sheet, numbers, texts FROM fixed_columns WHERE sheet IN (SELECT unnest(?))", [list(sheets)]
    ).fetchall()
    return {sheet: _Columns(_index(numbers), _index(texts)) for sheet, numbers, texts in rows}


def _pack(block: FormBlock, sheet: str, cells: Sequence[Cell], columns: _Columns) -> pa.Table:
    """The rows of a sheet as they are stored."""
    numbers = np.full((block.length, len(columns.numbers)), np.nan)
    texts: Texts = np.full((block.length, len(columns.texts)), None, dtype=object)
    for cell in cells:
        name, column = name_column(cell.ref), block.find_column(cell.ref)
        assert column is not None
        if cell.is_numeric:
            numbers[:, columns.numbers[name]] = column
        else:
            texts[:, columns.texts[name]] = [text or None for text in column.tolist()]
    return pa.table(
        {
            "submission": pa.array(block.submissions, pa.int32()),
            "sheet": pa.array([sheet] * block.length, pa.string()),
            "numbers": _list_rows(numbers, pa.float64()),
            "texts": _list_rows(texts, pa.string()),
        }
    )


def _list_rows(matrix: Numbers | Texts, kind: pa.DataType) -> pa.ListArray:
    """A list for each row; NaN as missing."""
    count, width = matrix.shape
    ends = np.arange(count + 1, dtype=np.int32) * width
    return pa.ListArray.from_arrays(ends, pa.array(matrix.ravel(), kind, from_pandas=True))


def _fetch(connection: Connection, known: Mapping[str, _Columns], submissions: Sequence[int]) -> Iterator[_Stored]:
    if not submissions or not known:
        return
    wanted = ", ".join(str(int(submission)) for submission in submissions)
    names = ", ".join(f"'{sheet}'" for sheet in known)  # identifiers of definitions
    fetched = connection.sql(
        "SELECT sheet, submission, numbers, texts FROM fixed_records "
        f"WHERE submission IN ({wanted}) AND sheet IN ({names}) ORDER BY sheet, submission"
    ).to_arrow_table()
    sheets = fetched["sheet"].to_pylist()
    start = 0
    while start < len(sheets):
        end = start + sheets[start:].count(sheets[start])
        part, columns = fetched.slice(start, end - start), known[sheets[start]]
        numbers: Numbers = _spread(part["numbers"], len(columns.numbers), np.nan)
        texts: Texts = _spread(part["texts"], len(columns.texts), None)
        yield _Stored(sheets[start], part["submission"].to_pylist(), numbers, texts)
        start = end


def _spread(lists: pa.ChunkedArray, width: int, missing: float | None) -> np.ndarray:
    """Lists as rows of a matrix, those written before cells were added filled up at the end."""
    whole = lists.combine_chunks()
    lengths = whole.value_lengths().to_numpy(zero_copy_only=False)
    flat: np.ndarray = whole.flatten().to_numpy(zero_copy_only=False)
    if (lengths == width).all():
        return flat.reshape(len(lengths), width)
    matrix = np.full((len(lengths), width), missing, dtype=np.float64 if missing is not None else object)
    matrix[np.arange(width) < lengths[:, None]] = flat
    return matrix
