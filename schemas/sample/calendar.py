"""The days and periods of the sample: two school years, their calendar years, terms and months."""

from __future__ import annotations

from datetime import date, timedelta

from schemas.sample.chance import draw

YEARS = (2024, 2025)
"""School years are named by the year in which they begin."""

FIRST_YEAR = 2023
"""The year before the first that is reported: what the first flows begin from."""

JUNIOR_FIRST_YEAR = 2021
"""Junior cohorts are followed from here, so that three-year retention has its beginnings."""

NIGHTS = (date(2025, 2, 10), date(2025, 9, 19), date(2025, 9, 20), date(2025, 9, 25), date(2026, 2, 10))
"""A file counts as received on the night that takes it in. All of the first year is taken in at once, and what the
second brings after September; the nights of September show late files and corrections."""

GENEROUS_DUE = {2024: date(2025, 2, 28), 2025: date(2026, 2, 28)}
"""The due date set for what is taken in later than it was sent."""

PROMPT = frozenset({"J01", "J02", "J03", "J04", "J05", "J06", "J07", "J08", "J09"})
"""Returns that come in September of the second year, on their usual due date or the day before."""

CORRECTIONS = date(2025, 9, 20)
LATECOMERS = (date(2025, 9, 22), date(2025, 9, 24))

MONTHS_OF_SCHOOLS = ("2024-09", "2025-09")
MONTHS_OF_BUREAU = ("2024-12", "2025-12")
TERMS_OF_SCHOOLS = ("2024-2025-1", "2025-2026-1")
SECOND_TERM = "2024-2025-2"
TERMS_OF_BUREAU = ("2024-2025-1", "2024-2025-2", "2025-2026-1")


def spell_school_year(year: int) -> str:
    """2025 → 2025-2026."""
    return f"{year}-{year + 1}"


def pick_day(first: date, last: date, *topic: object) -> date:
    """A working day of the span, always the same for the topic."""
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    working = [day for day in days if day.weekday() < 5] or days
    return draw("day", *topic).choice(working)


def find_span(no: str, period: str) -> tuple[date, date]:
    """The days on which a return for a period is sent: after what it counts, before it is due."""
    year = int(period[:4])
    if period == SECOND_TERM:
        return date(2025, 8, 27), date(2025, 8, 29)
    for numbers, later, (first_month, first), (last_month, last) in SPANS:
        if no in numbers:
            return date(year + later, first_month, first), date(year + later, last_month, last)
    return date(year, 9, 4), date(year, 9, 18)


def find_due(no: str, period: str) -> date | None:
    """The due date that a collection of the sample sets; None for the usual one of the return."""
    if period == SECOND_TERM:
        return date(2025, 9, 30)
    year = int(period[:4])
    is_prompt = year == max(GENEROUS_DUE) and no in PROMPT
    return None if is_prompt else GENEROUS_DUE[year]


SPANS = (
    (("J00",), 0, (8, 25), (8, 30)),
    (("B03", "B05", "B06", "B08", "B15"), 0, (9, 26), (10, 4)),
    (("M01", "S01"), 0, (10, 1), (10, 4)),
    (("B07", "B10", "B11", "B13"), 1, (1, 2), (1, 4)),
    (("S03", "B09", "B12", "J10", "B02", "B14"), 1, (2, 2), (2, 9)),
)
"""Returns, years after the period's first, first and last day (month, day); the others come in September."""
