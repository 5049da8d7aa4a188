"""What a clerk may type into a cell, chosen by the traits of its field, and what must be read for it."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from flows.publishers.fill import CellValue
from schemas.catalogue import Catalogue
from schemas.layout import Cell

Read = float | str
Answer = tuple[CellValue, Read]
"""What is typed, and what is read."""

LARGEST, WHOLE = 9_999_999, 100
PLAIN_LETTERS = "小学校园安全检查、（）《》甲乙ABCxyz09 -/&<>'\"+@#.;"
DAYS = st.dates(date(1950, 1, 1), date(2035, 12, 31))


def choose_answer(catalogue: Catalogue, cell: Cell) -> st.SearchStrategy[Answer]:
    """An answer that the field takes."""
    if cell.is_numeric:
        return _choose_number(cell).map(lambda number: (number, float(number)))
    if cell.type == "date":
        return DAYS.map(lambda day: (day, day.isoformat()))
    if cell.type == "yesno":
        return st.sampled_from((("是", "Y"), ("否", "N")))
    if cell.codelist:
        codes = catalogue.codelists[cell.codelist].codes
        return st.sampled_from([(shown, code.code) for code in codes for shown in (code.code, code.shown)])
    return _choose_text(cell).map(lambda text: (text, text))


def _choose_number(cell: Cell) -> st.SearchStrategy[float]:
    low = -LARGEST if cell.sign == "any" else 1 if cell.sign == "positive" else 0
    high = WHOLE if cell.type == "percent" else LARGEST
    if cell.decimals == 0:
        return st.integers(low, high).map(float)
    return st.decimals(low, high, places=cell.decimals or 2).map(float)


def _choose_text(cell: Cell) -> st.SearchStrategy[str]:
    if cell.pattern:
        return st.from_regex(cell.pattern.replace("\\d", "[0-9]"), fullmatch=True)
    longest = min(cell.length or 20, 20)
    texts = st.text(PLAIN_LETTERS, min_size=1, max_size=longest).map(str.strip)
    return texts.filter(lambda text: bool(text) and text != "*")
