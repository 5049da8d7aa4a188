"""The inputs of a district by year, and shares of them for schools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from schemas.sample.chance import apportion
from schemas.sample.report.cases import Case, list_given
from schemas.sample.report.schools import School


@dataclass(frozen=True)
class Inputs:
    """What the returns of a district must add up to."""

    district: str
    known: dict[tuple[int, str], float] = field(default_factory=dict)

    def find(self, year: int, expression: str) -> float | None:
        """The value of an expression, if a figure asks for one."""
        return self.known.get((year, expression))

    def share(self, year: int, expression: str, school: School, among: Sequence[School]) -> int:
        """The school's part of a whole number; 0 where no figure asks for it or the school is not among them."""
        return share_equally(int(self.find(year, expression) or 0), school, among)


def share_equally(total: int, school: School, among: Sequence[School]) -> int:
    """Parts differ by no more than one and add up to the total."""
    if school not in among:
        return 0
    return apportion(total, [1] * len(among))[among.index(school)]


def gather_inputs(cases: Sequence[Case], district: str) -> Inputs:
    """The inputs of all figures. Raises ValueError where two figures ask for different values of the same."""
    known: dict[tuple[int, str], float] = {}
    for case, given in list_given(cases, district):
        key = (given.year, given.expression)
        if known.setdefault(key, given.value) != given.value and not case.scope:
            raise ValueError(f"{case.id}: {given.expression} of {given.year} is given twice, and differently")
    return Inputs(district, known)
