"""Dates as people type them → real dates; a two-digit year or an unclear order of day and month is refused."""

from __future__ import annotations

import re
from datetime import date, datetime

from flows.normalisers.text import fold_width, remove_spaces

FORMS = (
    re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)
TIME = re.compile(r"[T ]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[-+]\d{2}:?\d{2})?$")
EARLIEST, LATEST = date(1900, 3, 1), date(2200, 1, 1)
SPELT_EARLIEST, SPELT_LATEST = 19_000_101, 22_000_101
"""Numbers between these spell a date: 20250901."""


def read_date(value: object) -> date | None:
    """The date a cell holds or spells, or None. Serial numbers are no dates unless they spell one (20250901)."""
    if isinstance(value, datetime):
        return _accept(value.date())
    if isinstance(value, date):
        return _accept(value)
    if isinstance(value, float) and value.is_integer() and SPELT_EARLIEST <= value <= SPELT_LATEST:
        value = str(int(value))
    return _read_text(value) if isinstance(value, str) else None


def _read_text(text: str) -> date | None:
    plain = remove_spaces(TIME.sub("", fold_width(text).strip()))
    for form in FORMS:
        match = form.fullmatch(plain)
        if match:
            return _build(*(int(part) for part in match.groups()))
    return None


def _build(year: int, month: int, day: int) -> date | None:
    try:
        return _accept(date(year, month, day))
    except ValueError:
        return None


def _accept(value: date) -> date | None:
    return value if EARLIEST <= value <= LATEST else None
