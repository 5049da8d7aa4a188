"""The figures of two real reports, with the inputs from which each must come out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from schemas.yaml_files import load_rows

FILE = Path(__file__).parents[1] / "report_case.csv"

YEARS: Mapping[str, int] = {"N": 2020, "J": 2023}
"""District → the year of its report here. They share no inputs: years that never meet keep them apart."""

OTHER_YEARS: Mapping[str, int] = {"J084": 2022}
"""Figures of an earlier paragraph that a later one of the same report contradicts."""

EARLIER = re.compile(r"prev\((?P<inner>.+?)(?:, (?P<years>\d+))?\)")


@dataclass(frozen=True, slots=True)
class Given:
    """An input: an expression over the returns of a year, and what it must come to."""

    expression: str
    year: int
    value: float


@dataclass(frozen=True, slots=True)
class Case:
    """A figure as printed."""

    id: str
    text: str
    printed: str
    unit: str
    indicator: str
    scope: str
    year: int
    is_plan_item: bool
    given: tuple[Given, ...]

    @property
    def district(self) -> str:
        return self.id[0]


def load_cases(path: Path = FILE) -> list[Case]:
    """All figures in the order of the reports."""
    return [_read_case(row) for row in load_rows(path)]


def list_given(cases: Sequence[Case], district: str) -> Iterator[tuple[Case, Given]]:
    """The inputs of a district with the figures they are for."""
    for case in cases:
        if case.district == district:
            yield from ((case, given) for given in case.given)


def _read_case(row: Mapping[str, str]) -> Case:
    case_id, period = row["case_id"], row["period"]
    year = OTHER_YEARS.get(case_id, int(period[:4]) if period else YEARS[case_id[0]])
    return Case(
        case_id, row["text_zh"], row["printed"], row["unit"], row["indicator_id"], row["scope"], year,
        row["via"] == "ledger", tuple(_read_given(part, year) for part in row["inputs"].split("; ")),
    )  # fmt: skip


def _read_given(text: str, year: int) -> Given:
    """`prev(x, 8) = 4000` is x eight years before."""
    expression, _, value = text.rpartition(" = ")
    earlier = EARLIER.fullmatch(expression)
    if earlier is None:
        return Given(expression, year, float(value))
    return Given(earlier["inner"], year - int(earlier["years"] or 1), float(value))
