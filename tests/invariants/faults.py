"""Faults that a clerk can make in one cell of the small return, and the check that must name it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hypothesis import strategies as st

from flows.publishers.fill import CellValue, fill_workbook
from schemas.layout import Cell, column_letter
from tests.readers.sheets import COOKS, Canteen

UNCLEAR = {"约12": "CE06", "12名": "CE06", "1,23": "CE06", "10+2": "CE06", "三十": "CE07", "?": "CE07", "NaN": "CE07"}
"""Texts in place of a number, and what is said of them."""

BY_TYPE: Mapping[str, Mapping[CellValue, str]] = {
    "date": {"昨天": "CE20", "9/1/2024": "CE20", "2024-13-01": "CE20"},
    "yesno": {"也许": "CE22", 2: "CE22", "-": "CE22"},
    "code": {"大学": "CE14", "primery": "CE14", 3.5: "CE15"},
    "codes": {"小学、大学": "CE14"},
}
PERSON = "11010519491231002X"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is typed into a cell of a tab, and the check that names it there."""

    tab: str
    address: str
    typed: CellValue
    code: str


def list_faults(canteen: Canteen) -> list[Fault]:
    """Every fault of every cell that a clerk fills, totals and stars included, and of the lines of the list."""
    found: list[Fault] = []
    for sheet in canteen.layout.sheets:
        rows = range(5, 5 + len(COOKS)) if sheet.is_list else (None,)
        for cell in sheet.cells:
            for row in rows:
                address = f"{column_letter(cell.column)}{row or cell.row}"
                found += [Fault(sheet.tab, address, typed, code) for typed, code in _list_of_cell(cell)]
    return found


def choose_faults(canteen: Canteen, most: int) -> st.SearchStrategy[list[Fault]]:
    """Some faults, no two in one cell."""
    return st.lists(
        st.sampled_from(list_faults(canteen)), min_size=1, max_size=most, unique_by=lambda f: (f.tab, f.address)
    )


def plant(workbook: bytes, faults: Iterable[Fault]) -> bytes:
    typed: dict[str, dict[str, CellValue]] = {}
    for fault in faults:
        typed.setdefault(fault.tab, {})[fault.address] = fault.typed
    return fill_workbook(workbook, typed)


def _list_of_cell(cell: Cell) -> Iterator[tuple[CellValue, str]]:
    if cell.blocked:
        yield from ((5, "CE08"), ("无", "CE08"))
    elif cell.total:
        yield 999_999, "FL13"
    else:
        if cell.required:
            yield from ((blank, "CE01") for blank in (None, " ", "\u3000\n"))
        yield from _list_of_number(cell) if cell.is_numeric else _list_of_text(cell)


def _list_of_number(cell: Cell) -> Iterator[tuple[CellValue, str]]:
    yield from UNCLEAR.items()
    if cell.type == "percent":
        if cell.sign != "any":
            yield from ((101, "CE21"), (-1, "CE21"))
        return
    if cell.sign != "any":
        yield -7, "CE11"
    if cell.decimals == 0:
        yield 12.4, "CE10"


def _list_of_text(cell: Cell) -> Iterator[tuple[CellValue, str]]:
    if cell.type in BY_TYPE:
        yield from BY_TYPE[cell.type].items()
        return
    yield from ((PERSON, "CE26"), ("甲_x0007_乙", "CE13"))
    if cell.pattern:
        yield from (("12-A", "CE15"), ("1.13E+09", "CE15"))
    if cell.length:
        yield "字" * (cell.length + 1), "CE13"
