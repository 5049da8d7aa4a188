"""One cell as read → its typed value, and what had to be changed or refused on the way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flows.normalisers.codes import (
    find_personal_number,
    list_same_numbers,
    read_code,
    read_codes,
    read_identifier,
    read_yes_no,
)
from flows.normalisers.dates import read_date
from flows.normalisers.numbers import EXACT_BELOW, is_exact, read_number
from flows.normalisers.text import escape_text, fold_width, has_control, strip_text
from flows.signals import Notice
from schemas.layout import Cell


@dataclass(frozen=True, slots=True)
class Entry:
    """The value of a cell (None: blank or not readable) and what was noticed."""

    value: float | str | None
    notices: tuple[Notice, ...] = ()
    expected: str = ""


BLANK = Entry(None)
WHOLE = 100
SPACE_MARK = "␣"
PERCENT_PLACES = 10
"""Decimals kept of a stored share, so that 0.57 is 57 and not 56.99999999999999."""
NOT_APPLICABLE = "*"
"""What templates print in a cell that the school does not fill."""


def read_entry(
    raw: object, cell: Cell, answers: Mapping[str, str], pattern: str = "", *, shown_as_percent: bool = False
) -> Entry:
    """Read a cell by the type of its field. Blank stays blank; what cannot be read is said, never zero.

    `shown_as_percent` says that the cell's own format shows a stored 0.95 as 95%.
    """
    if is_blank(raw) or (raw == NOT_APPLICABLE and (cell.blocked or cell.applies)):
        return BLANK
    if cell.blocked:
        return Entry(None, (Notice.BLOCKED_FILLED,))
    if cell.is_numeric:
        is_percent = cell.type == "percent"
        return _read_percent(raw, cell, shown_as_percent=shown_as_percent) if is_percent else _read_number(raw, cell)
    if cell.type in ("date", "yesno"):
        return _read_date(raw) if cell.type == "date" else _read_yes_no(raw)
    if cell.type in ("code", "codes"):
        return _read_code(raw, cell, answers, pattern)
    return _read_text(raw, cell)


def is_blank(raw: object) -> bool:
    """True for an empty cell and for one with nothing but spaces."""
    return raw is None or (isinstance(raw, str) and not strip_text(raw))


def mark_spaces(text: str) -> str:
    """Text with the spaces at its ends made visible."""
    plain = text.strip()
    before, after = len(text) - len(text.lstrip()), len(text) - len(text.rstrip())
    return f"{SPACE_MARK * before}{plain}{SPACE_MARK * after}" if plain else SPACE_MARK * len(text)


def show_raw(raw: object) -> str:
    """The cell's content as a message shows it: in one line."""
    if isinstance(raw, str):
        return escape_text(raw)
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() and abs(raw) < EXACT_BELOW else repr(raw)
    return str(raw)


def _read_number(raw: object, cell: Cell) -> Entry:
    if isinstance(raw, bool | datetime | date | time | timedelta):
        return Entry(None, (Notice.NO_NUMBER,), cell.unit)
    if isinstance(raw, int | float):
        return Entry(float(raw)) if is_exact(raw) else Entry(None, (Notice.NO_NUMBER,), cell.unit)
    read = read_number(str(raw), unit=cell.unit, percent=cell.type == "percent")
    if read.notices == (Notice.NONE_MARK,):
        return Entry(None, (Notice.NO_NUMBER,) if cell.required else (Notice.NONE_MARK,), cell.unit)
    notices = read.notices[1:] if len(read.notices) > 1 else read.notices
    return Entry(read.value, notices, cell.unit)


def _read_percent(raw: object, cell: Cell, *, shown_as_percent: bool) -> Entry:
    """A share in percent, as the school sees it; one outside 0–100 is refused unless the field is a change."""
    entry = _read_number(raw, cell)
    if shown_as_percent and isinstance(raw, float) and isinstance(entry.value, float):
        entry = Entry(round(100 * entry.value, PERCENT_PLACES), (Notice.PERCENT_READ_AS,), cell.unit)
    if cell.sign != "any" and isinstance(entry.value, float) and not 0 <= entry.value <= WHOLE:
        return Entry(None, (Notice.BAD_PERCENT,), cell.unit)
    return entry


def _read_date(raw: object) -> Entry:
    read = read_date(raw)
    if read is None:
        return Entry(None, (Notice.BAD_DATE,))
    notices = () if isinstance(raw, date) or raw == read.isoformat() else (Notice.DATE_READ_AS,)
    return Entry(read.isoformat(), notices)


def _read_yes_no(raw: object) -> Entry:
    answer = read_yes_no(raw)
    return Entry(answer) if answer else Entry(None, (Notice.BAD_YES_NO,))


def _read_code(raw: object, cell: Cell, answers: Mapping[str, str], pattern: str) -> Entry:
    if not answers and not pattern:
        return _read_text(raw, cell)
    read = read_codes(raw, answers) if cell.type == "codes" else read_code(raw, answers, pattern)
    if read is None:
        damaged = read_identifier(raw) is None and not (isinstance(raw, float) and list_same_numbers(raw, answers))
        return Entry(None, (Notice.DAMAGED_CODE if damaged else Notice.UNKNOWN_CODE,), cell.codelist or "")
    text = read_identifier(raw) if isinstance(raw, float) else raw
    plain = isinstance(text, str) and (text == read or _starts_with_code(text, read))
    return Entry(read, () if plain else (Notice.CODE_READ_AS,))


def _starts_with_code(raw: str, code: str) -> bool:
    """True for the drop-down's own spelling, `code label`."""
    return raw.partition(" ")[0] == code


def _read_text(raw: object, cell: Cell) -> Entry:
    text = read_identifier(raw)
    if text is None:
        return Entry(None, (Notice.DAMAGED_CODE if cell.pattern or isinstance(raw, float) else Notice.BAD_TEXT,))
    kept = strip_text(raw) if isinstance(raw, str) else text
    if has_control(kept) or len(kept) > (cell.length or 32_767):
        return Entry(None, (Notice.BAD_TEXT,), str(cell.length or ""))
    if find_personal_number(kept, mobile_allowed=cell.contact):
        return Entry(None, (Notice.PERSONAL_DATA,))
    if cell.pattern:
        plain = re.sub(r"\s", "", fold_width(kept))
        if not re.fullmatch(cell.pattern, plain):
            return Entry(None, (Notice.DAMAGED_CODE,))
        return Entry(plain, () if plain == raw or isinstance(raw, float) else (Notice.SPACES,))
    return Entry(kept)
