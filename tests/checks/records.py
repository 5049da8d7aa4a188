"""Filings → readings without a workbook between them: every value typed is read by the type of its cell."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from flows.normalisers.entries import read_entry
from flows.normalisers.records import list_fixed_cells
from flows.readers.reading import Identity, ListReading, Reading
from flows.readers.reading_map import CodeAnswers
from schemas.catalogue import Catalogue
from schemas.layout import FIRST_ROW, Cell, FormLayout, SheetLayout
from schemas.sample.filings import Filing, Value

NO_CODES = CodeAnswers({}, "")


def read_filing(catalogue: Catalogue, layout: FormLayout, filing: Filing) -> Reading:
    """What reading the filled template would give."""
    cells = list_fixed_cells(layout)
    read = {cell.ref: _read_value(catalogue, cell, _find_typed(filing, cell)) for cell in cells}
    lists = {s.id: _read_lines(catalogue, s, filing) for s in layout.sheets if s.is_list}
    return Reading(
        Identity(layout.return_id, layout.version, filing.period, filing.school, _read_cover(filing)),
        "xlsx",
        numbers=np.array([_as_number(read[cell.ref]) for cell in cells if cell.is_numeric], dtype=np.float64),
        texts=[_as_text(read[cell.ref]) for cell in cells if not cell.is_numeric],
        lists=lists,
        present=frozenset(sheet.id for sheet in layout.sheets),
        filled=sum(value is not None for value in read.values()) + sum(len(lines.rows) for lines in lists.values()),
    )


def _find_typed(filing: Filing, cell: Cell) -> Value:
    """What stands in the cell: typed over, or typed where the form asks for it; totals are left to their formula."""
    if cell.ref in filing.typed:
        return filing.typed[cell.ref]
    return None if cell.blocked or cell.total else filing.values.get(cell.ref)


def _read_value(catalogue: Catalogue, cell: Cell, raw: Value) -> float | str | None:
    codelist = catalogue.codelists.get(cell.codelist or "")
    codes = CodeAnswers(codelist.by_answer, codelist.pattern) if codelist else NO_CODES
    return read_entry(raw, cell, codes.answers, codes.pattern).value


def _read_lines(catalogue: Catalogue, sheet: SheetLayout, filing: Filing) -> ListReading:
    lines = [
        [_read_value(catalogue, cell, line.get(cell.ref.partition(".")[2])) for cell in sheet.cells]
        for line in filing.lists.get(sheet.id, ())
    ]
    numeric = [cell.is_numeric for cell in sheet.cells]
    numbers = [[_as_number(v) for v, is_number in zip(line, numeric, strict=True) if is_number] for line in lines]
    return ListReading(
        np.arange(FIRST_ROW, FIRST_ROW + len(lines), dtype=np.int64),
        np.array(numbers, dtype=np.float64).reshape(len(lines), sum(numeric)),
        [[_as_text(v) for v, is_number in zip(line, numeric, strict=True) if not is_number] for line in lines],
    )


def _read_cover(filing: Filing) -> Mapping[str, str]:
    known = {"school_code": filing.school, "school_name": filing.school_name, "period": filing.period}
    return {**known, **{name: str(value) for name, value in filing.cover.items() if value is not None}}


def _as_number(value: float | str | None) -> float:
    return value if isinstance(value, float) else np.nan


def _as_text(value: float | str | None) -> str | None:
    return value if isinstance(value, str) else None
