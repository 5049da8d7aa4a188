"""Counts of people as the cells of a matrix sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

Person = TypeVar("Person")
Test = Callable[[Person], bool]


def spell(sheet: str, row: str, column: str) -> str:
    return f"{sheet}[{row}].{column}"


def count_cells(
    sheet: str,
    people: Sequence[Person],
    rows: Mapping[str, Test[Person]],
    find_column: Callable[[Person], str],
    columns: Iterable[str],
) -> dict[str, int]:
    """People by row and column: a person stands in one column, and in every row whose test holds."""
    columns = tuple(columns)
    cells: dict[str, int] = {}
    for row, test in rows.items():
        counts = Counter(find_column(person) for person in people if test(person))
        cells |= {spell(sheet, row, column): counts.get(column, 0) for column in columns}
    return cells


def count_column(sheet: str, column: str, people: Iterable[Person], rows: Mapping[str, Test[Person]]) -> dict[str, int]:
    """People of one column by row."""
    listed = tuple(people)
    return {spell(sheet, row, column): sum(1 for person in listed if test(person)) for row, test in rows.items()}


def name_band(value: int, bands: Sequence[tuple[int, str]]) -> str:
    """The id of the first band whose upper bound is not below the value."""
    return next(band for upper, band in bands if value <= upper)
