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

NIGHTS = (
    date(2024, 8, 31), date(2024, 9, 20), date(2024, 10, 5), date(2025, 1, 5), date(2025, 2, 10), date(2025, 8, 31),
    date(2025, 9, 19), date(2025, 9, 20), date(2025, 9, 25), date(2025, 10, 5), date(2026, 1, 5), date(2026, 2, 10),
)  # fmt: skip
"""A file counts as received on the night that takes it in; each of these is a usual due date or the day before,
but for 25 September 2025, on which the late ones come."""

CORRECTIONS = date(2025, 9, 20)
LATECOMERS = (date(2025, 9, 22), date(2025, 9, 24))

MONTHS_OF_SCHOOLS = ("2024-09", "2025-09")
MONTHS_OF_BUREAU = ("2024-12", "2025-12")
TERMS_OF_SCHOOLS = ("2024-2025-1", "2025-2026-1")
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
    if period == "2024-2025-2":
        return date(2025, 8, 27), date(2025, 8, 29)
    for numbers, later, (first_month, first), (last_month, last) in SPANS:
        if no in numbers:
            return date(year + later, first_month, first), date(year + later, last_month, last)
    return date(year, 9, 4), date(year, 9, 18)


SPANS = (
    (("J00",), 0, (8, 25), (8, 30)),
    (("B03", "B05", "B06", "B08", "B15"), 0, (9, 26), (10, 4)),
    (("M01", "S01"), 0, (10, 1), (10, 4)),
    (("B07", "B10", "B11", "B13"), 1, (1, 2), (1, 4)),
    (("S03", "B09", "B12", "J10", "B02", "B14"), 1, (2, 2), (2, 9)),
)
"""Returns, years after the period's first, first and last day (month, day); the others come in September."""
