"""The population of school age, grown from who is in the district's schools, and disabled children of school age."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from schemas.sample.calendar import YEARS
from schemas.sample.chance import draw
from schemas.sample.facts.pupils import Rolls

AGES = tuple(range(2, 19))

LOCAL_SHARE = {
    2: 0.03, 3: 0.80, 4: 0.868, 5: 0.885, **dict.fromkeys(range(6, 12), 0.973), **dict.fromkeys(range(12, 15), 0.952),
    15: 0.885, 16: 0.90, 17: 0.89, 18: 0.055,
}  # fmt: skip
"""Age → share of the resident population in the district's own schools, about."""

ELSEWHERE = {2: 0.01, 3: 0.02, 4: 0.025, 5: 0.03, 18: 0.48}
"""Age → share in school outside the district; of the other ages nearly all who are not in school here."""

OUT_OF_SCHOOL = 0.0016
"""Share of children of compulsory age that are in no school."""

KINDS = {"visual": "visual", "hearing": "hearing", "intellectual": "intellectual"}
"""Disabilities the population return names; all others stand together."""


@dataclass(frozen=True, slots=True)
class AgeGroup:
    """Residents of one age and where they learn."""

    residents: int
    women: int
    registered: int
    in_local: int
    in_other: int
    not_in: int


@dataclass(frozen=True, slots=True)
class DisabledGroup:
    """Disabled children of compulsory age with one kind of disability, and where they learn."""

    special_school: int
    special_class: int
    inclusive: int
    home: int
    in_other: int
    not_enrolled: int
    exempt: int

    @property
    def total(self) -> int:
        taught = self.special_school + self.special_class + self.inclusive + self.home
        return taught + self.in_other + self.not_enrolled + self.exempt


@dataclass(frozen=True, slots=True)
class Population:
    ages: Mapping[int, AgeGroup]
    disabled: Mapping[str, DisabledGroup]


def build_populations(rolls: Rolls) -> dict[int, Population]:
    """The population of each year. A birth year keeps its size but for a little migration."""
    local = {year: _count_ages(rolls, year) for year in YEARS}
    first, second = YEARS
    sizes: dict[tuple[int, int], int] = {}
    for age in AGES:
        size = local[first][age] / LOCAL_SHARE[age]
        later = local[second][age + 1] / LOCAL_SHARE[age + 1] if age < AGES[-1] else size
        if age < 17:
            size = later if age == AGES[0] else (size + later) / 2
        if age < AGES[-1]:
            sizes[(second, age + 1)] = round(size * draw("population", age).uniform(1.0, 1.008))
        sizes[(first, age)] = round(size)
    sizes[(second, AGES[0])] = round(sizes[(first, AGES[0])] * 0.965)
    return {
        year: Population(
            {age: _build_group(year, age, sizes[(year, age)], local[year][age]) for age in AGES},
            _count_disabled(rolls, year),
        )
        for year in YEARS
    }


def _count_ages(rolls: Rolls, year: int) -> Counter[int]:
    return Counter(pupil.find_age(year) for (_, _, y), roll in rolls.items() if y == year for pupil in roll.pupils)


def _build_group(year: int, age: int, residents: int, local: int) -> AgeGroup:
    random = draw("population", year, age)
    residents = max(residents, local)
    rest = residents - local
    compulsory = 6 <= age <= 14
    other = min(rest, round(residents * ELSEWHERE[age])) if age in ELSEWHERE else rest
    if age not in ELSEWHERE:
        other -= min(other, round(residents * (OUT_OF_SCHOOL if compulsory else 0.045)))
    return AgeGroup(
        residents, round(residents * random.uniform(0.475, 0.487)), round(residents * random.uniform(0.86, 0.9)), local,
        other, rest - other,
    )  # fmt: skip


def _count_disabled(rolls: Rolls, year: int) -> dict[str, DisabledGroup]:
    """Pupils with a disability where they are taught, and the few that are not."""
    counts: Counter[tuple[str, str]] = Counter()
    for (_, stage, y), roll in rolls.items():
        if y == year and stage in ("primary", "junior", "special"):
            for pupil in roll.pupils:
                if pupil.disability:
                    place = "inclusive" if stage != "special" else "home" if pupil.at_home else "special_school"
                    counts[(KINDS.get(pupil.disability, "other_dis"), place)] += 1
    groups: dict[str, DisabledGroup] = {}
    for kind, missing in {"visual": 0, "hearing": 0, "intellectual": 2, "other_dis": 2}.items():
        special, inclusive, home = (counts[(kind, place)] for place in ("special_school", "inclusive", "home"))
        groups[kind] = DisabledGroup(special, 0, inclusive, home, 1, missing, 1 if kind == "intellectual" else 0)
    return groups
