"""Reporting periods 报告期: their spelling, order and relation to one another.

school_year    2025-2026       1 September to 31 August
term           2025-2026-1     September to January; -2: February to August
calendar_year  2025
half_year      2025H1
month          2025-09
event          2025-09-13      a single day
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date, timedelta
from typing import Literal, Protocol

from schemas.definitions.returns import Due, PeriodType

MONTHS = 12
HALF_ENDS = 6
YEAR_BEGINS = 9
"""A school year begins with September."""

FIRST_PERIOD = "0001"
LAST_PERIOD = "9998"
"""Calendar years before and after all others: the register of the last is the newest."""

YearStart = Literal["calendar", "school"]

_FORMS: tuple[tuple[PeriodType, re.Pattern[str]], ...] = (
    ("term", re.compile(r"(\d{4})-(\d{4})-([12])")),
    ("event", re.compile(r"(\d{4})-(\d{2})-(\d{2})")),
    ("school_year", re.compile(r"(\d{4})-(\d{4})")),
    ("half_year", re.compile(r"(\d{4})H([12])")),
    ("month", re.compile(r"(\d{4})-(\d{2})")),
    ("calendar_year", re.compile(r"(\d{4})")),
)


class PeriodError(ValueError):
    """A text is not a period."""


def find_period_type(period: str) -> PeriodType:
    """The type of a period in its plain spelling. Raises PeriodError if it is none."""
    for period_type, form in _FORMS:
        match = form.fullmatch(period)
        if match and _is_real(period_type, match):
            return period_type
    raise PeriodError(f"{period!r} is not a period such as 2025-2026, 2025, 2025H1, 2025-2026-1 or 2025-09")


def normalise_period(text: str) -> str | None:
    """The plain spelling of a period as people write it (2025—2026学年, 2025年9月), or None if unclear."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    plain = re.sub(r"[—–−~～/至]+", "-", plain).replace("学年度", "学年")
    plain = re.sub(r"学年第?([12一二])学期$", lambda m: "-" + {"一": "1", "二": "2"}.get(m[1], m[1]), plain)
    plain = re.sub(r"(?:学年|年度)$", "", plain)
    plain = re.sub(r"^(\d{4})年(\d{1,2})月份?$", lambda m: f"{m[1]}-{int(m[2]):02d}", plain)
    plain = re.sub(r"^(\d{4})年?上半年$", r"\1H1", re.sub(r"^(\d{4})年?下半年$", r"\1H2", plain))
    plain = re.sub(r"^(\d{4})年$", r"\1", plain)
    try:
        find_period_type(plain)
    except PeriodError:
        return None
    return plain


def find_bounds(period: str) -> tuple[date, date]:
    """First and last day of a period."""
    period_type, year = find_period_type(period), int(period[:4])
    if period_type == "school_year":
        return date(year, 9, 1), date(year + 1, 8, 31)
    if period_type == "term":
        return (
            (date(year, 9, 1), date(year + 1, 1, 31))
            if period[-1] == "1"
            else (date(year + 1, 2, 1), date(year + 1, 8, 31))
        )
    if period_type == "calendar_year":
        return date(year, 1, 1), date(year, 12, 31)
    if period_type == "half_year":
        return (date(year, 1, 1), date(year, 6, 30)) if period[-1] == "1" else (date(year, 7, 1), date(year, 12, 31))
    if period_type == "month":
        month = int(period[5:7])
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    return date.fromisoformat(period), date.fromisoformat(period)


class InForce(Protocol):
    """Something that is in force from a period and until another, both included; None: without end."""

    @property
    def since(self) -> str | None: ...

    @property
    def until(self) -> str | None: ...


def is_in_force(definition: InForce, period: str) -> bool:
    """True if the definition is in force when the period begins, or if no period is known.

    Periods of other types are compared by their days.
    """
    if not period:
        return True
    begins = find_bounds(period)[0]
    if definition.since and begins < find_bounds(definition.since)[0]:
        return False
    return not (definition.until and begins > find_bounds(definition.until)[1])


def compare_periods(first: str, second: str) -> int:
    """-1, 0 or 1 by the first day, then by the last."""
    left, right = find_bounds(first), find_bounds(second)
    return (left > right) - (left < right)


def step_back(period: str, steps: int = 1) -> str:
    """The period of the same type so many steps earlier."""
    period_type, year = find_period_type(period), int(period[:4])
    if period_type == "school_year":
        return f"{year - steps}-{year - steps + 1}"
    if period_type == "calendar_year":
        return str(year - steps)
    if period_type == "month":
        months = year * 12 + int(period[5:7]) - 1 - steps
        return f"{months // 12}-{months % 12 + 1:02d}"
    if period_type == "event":
        return (date.fromisoformat(period) - timedelta(days=steps)).isoformat()
    halves = year * 2 + int(period[-1]) - 1 - steps
    year, half = halves // 2, halves % 2 + 1
    return f"{year}-{year + 1}-{half}" if period_type == "term" else f"{year}H{half}"


def step_forward(period: str, steps: int = 1) -> str:
    """The period of the same type so many steps later."""
    return step_back(period, -steps)


def step_by_months(period: str, months: int) -> str:
    """The period of the same type that begins so many months later, or earlier where the number is negative."""
    moved, step = period, 1 if months > 0 else -1
    while abs(count_months(period, moved)) < abs(months):
        moved = step_forward(moved, step)
    return moved


def count_months(first: str, second: str) -> int:
    """Months from the first day of one period to that of another."""
    start, end = find_bounds(first)[0], find_bounds(second)[0]
    return (end.year - start.year) * MONTHS + end.month - start.month


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where that has no such day."""
    year, month = divmod(day.year * MONTHS + day.month - 1 + months, MONTHS)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def find_parts(period: str, period_type: PeriodType, *, months_of: YearStart = "calendar") -> list[str]:
    """The periods of another type that serve a period, earliest first.

    A school year is served by the calendar year in which it starts and the other way round. The months of a
    year are those of the calendar year, or of the school year where the district counts so.
    """
    own = find_period_type(period)
    if own == period_type:
        return [period]
    if own in ("month", "half_year", "term", "event"):
        return _find_containing(period, period_type)
    return _list_parts_of_year(int(period[:4]), period_type, months_of)


def _list_parts_of_year(year: int, period_type: PeriodType, months_of: YearStart) -> list[str]:
    if period_type in ("school_year", "calendar_year"):
        return [f"{year}-{year + 1}" if period_type == "school_year" else str(year)]
    if period_type == "term":
        return [f"{year}-{year + 1}-1", f"{year}-{year + 1}-2"]
    if period_type == "half_year":
        return [f"{year}H1", f"{year}H2"]
    if period_type == "month":
        first = year * 12 + (8 if months_of == "school" else 0)
        return [f"{m // 12}-{m % 12 + 1:02d}" for m in range(first, first + 12)]
    return []


def compute_due_date(period: str, due: Due) -> date:
    """The day by which a return for the period is due."""
    start, end = find_bounds(period)
    anchor = start if due.after == "start" else end
    months = anchor.year * 12 + anchor.month - 1 + due.months
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    day = min(due.day if due.day is not None else anchor.day, last)
    return date(year, month + 1, day) + timedelta(days=due.days)


def _is_real(period_type: PeriodType, match: re.Match[str]) -> bool:
    parts = [int(part) for part in match.groups()]
    if period_type in ("school_year", "term"):
        return parts[1] == parts[0] + 1
    if period_type == "month":
        return 1 <= parts[1] <= MONTHS
    if period_type == "event":
        return 1 <= parts[1] <= MONTHS and 1 <= parts[2] <= calendar.monthrange(parts[0], parts[1])[1]
    return True


def _find_containing(period: str, period_type: PeriodType) -> list[str]:
    """Of months, terms and halves: the year of the other type that holds them, nothing for finer types."""
    start, _ = find_bounds(period)
    school_year = start.year if start.month >= YEAR_BEGINS else start.year - 1
    if period_type == "school_year":
        return [f"{school_year}-{school_year + 1}"]
    if period_type == "calendar_year":
        return [str(start.year)]
    if period_type == "term":
        half = 1 if start.month >= YEAR_BEGINS or start.month == 1 else 2
        return [f"{school_year}-{school_year + 1}-{half}"]
    if period_type == "half_year":
        return [f"{start.year}H{1 if start.month <= HALF_ENDS else 2}"]
    return []
