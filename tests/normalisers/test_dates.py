"""CE20 and N20–N25: dates as people type them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from flows.normalisers.dates import read_date

SEPTEMBER = date(2024, 9, 1)


@pytest.mark.requirement("R-21")
@pytest.mark.parametrize(
    "typed",
    [
        "2024-09-01", "2024-9-1", "2024.9.1", "2024.09.01", "2024/9/1", "20240901", "2024年9月1日", "2024年09月01号",
        "2024年9月1", "２０２４年９月１日", " 2024-9-1 ", "2024 年 9 月 1 日", "2024-09-01 08:30",
        "2024-09-01T23:30:00Z",
        "2024-09-01T23:30:00.123+08:00", "2024\u3000.9.1", "2024．9．1", "2024－09－01",
    ],
)  # fmt: skip
def test_bad_input_n20_dates_in_declared_forms_are_read(typed: str) -> None:
    assert read_date(typed) == SEPTEMBER


@pytest.mark.parametrize("cell", [SEPTEMBER, datetime(2024, 9, 1, 8, 30), 20240901.0])  # noqa: DTZ001  as cells hold them
def test_date_cells_and_numbers_that_spell_a_date_are_read(cell: object) -> None:
    assert read_date(cell) == SEPTEMBER


@pytest.mark.requirement("R-21")
@pytest.mark.parametrize(
    "typed",
    [
        "24.9.1", "24-09-01", "9/1/2024", "1/9/2024", "2024.9", "2024年9月", "2024-13-01", "2024-02-30", "2023-02-29",
        "20244-09-01", "2024-00-10", "民國113年9月1日", "二〇二四年九月一日", "八月十五", "去年9月", "2024--9-1",
        "2024-9/1x",
        "", "无", "99999999",
    ],
)  # fmt: skip
def test_bad_input_n24_dates_that_are_unclear_or_never_were_are_refused(typed: str) -> None:
    assert read_date(typed) is None


@pytest.mark.parametrize("cell", [45536.0, 60.0, 0.0, -1.0, 2024.0, 20240931.0, 20240901.5, float("nan"), float("inf")])
def test_bad_input_n21_bare_serial_numbers_are_no_dates(cell: float) -> None:
    assert read_date(cell) is None


@pytest.mark.parametrize("cell", [date(1900, 2, 28), date(1899, 12, 30), date(2200, 1, 2), date(9999, 12, 31)])
def test_bad_input_n23_dates_outside_two_centuries_are_refused(cell: date) -> None:
    assert read_date(cell) is None


@pytest.mark.parametrize("cell", [True, None, object()])
def test_what_is_no_date_at_all_is_refused(cell: object) -> None:
    assert read_date(cell) is None
