"""B01: population of school age."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.sample.calendar import YEARS, spell_school_year
from schemas.sample.facts.district import Facts
from schemas.sample.facts.population import Population
from schemas.sample.filings import Filing, Value
from schemas.sample.writers.filing import file_for_office
from schemas.sample.writers.tables import spell

PLACES = ("special_school", "special_class", "inclusive", "home", "in_other", "not_enrolled", "exempt")


def write_populations(facts: Facts) -> Iterator[Filing]:
    for year in YEARS:
        yield file_for_office("B01", spell_school_year(year), _describe(facts.populations[year]))


def _describe(population: Population) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for age, group in population.ages.items():
        counts = {
            "pop": group.residents, "pop_f": group.women, "hukou": group.registered, "in_local": group.in_local,
            "in_other": group.in_other, "not_in": group.not_in,
        }  # fmt: skip
        values |= {spell("pop", f"a{age}", column): count for column, count in counts.items()}
    for kind, disabled in population.disabled.items():
        values[spell("dis_pop", kind, "pop")] = disabled.total
        values |= {spell("dis_pop", kind, place): getattr(disabled, place) for place in PLACES}
    return values
