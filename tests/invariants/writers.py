"""Programs that save a workbook again, each in its own manner: what a clerk's file may have gone through."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial

import openpyxl
import xlsxwriter

from tests.readers.binary_workbook import write_binary_workbook
from tests.readers.test_formats import collect_cells
from tests.readers.test_odd_files import add_prefix, break_lines, make_strict, reverse_parts, stream_with_zip64

Write = Callable[[bytes], bytes]
HIDING = {"hidden": "hide", "veryHidden": "very_hidden"}


def save_with_openpyxl(content: bytes) -> bytes:
    """Opened and saved: stored results of formulas are gone, texts stand in other places."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def write_with_xlsxwriter(content: bytes, *, streaming: bool = False) -> bytes:
    """Written anew from what the cells hold and how they show it; everything else is left behind.

    A streaming writer puts texts into the cells themselves, as exporters do.
    """
    source, target = openpyxl.load_workbook(io.BytesIO(content)), io.BytesIO()
    options = {"in_memory": True, "constant_memory": streaming, "strings_to_urls": False, "strings_to_formulas": False}
    book = xlsxwriter.Workbook(target, options)
    styles: dict[str, object] = {}
    for sheet in source.worksheets:
        made = book.add_worksheet(sheet.title)
        if sheet.sheet_state in HIDING:
            getattr(made, HIDING[sheet.sheet_state])()
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            if cell.number_format not in styles:
                styles[cell.number_format] = book.add_format({"num_format": cell.number_format})
            place, style = (cell.row - 1, cell.column - 1), styles[cell.number_format]
            if cell.data_type == "f":
                made.write_formula(*place, cell.value, style)
            elif cell.is_date:
                made.write_datetime(*place, cell.value, style)
            elif isinstance(cell.value, str):
                made.write_string(*place, cell.value, style)
            else:
                made.write_number(*place, cell.value, style)
    book.close()
    return target.getvalue()


WRITERS: dict[str, tuple[Write, str]] = {
    "openpyxl": (save_with_openpyxl, ".xlsx"),
    "XlsxWriter": (write_with_xlsxwriter, ".xlsx"),
    "XlsxWriter, streaming": (partial(write_with_xlsxwriter, streaming=True), ".xlsx"),
    "binary records": (lambda content: write_binary_workbook(collect_cells(content)), ".xlsb"),
    "strict form": (make_strict, ".xlsx"),
    "names with a prefix": (add_prefix, ".xlsx"),
    "a line for each tag": (break_lines, ".xlsx"),
    "streamed with zip64": (stream_with_zip64, ".xlsx"),
    "parts in another order": (reverse_parts, ".xlsx"),
}
"""Writer → what it makes of a workbook, and the ending it gives to the file."""
