"""How many pupils enter a stage of a school each September."""

from __future__ import annotations

from random import Random

from schemas.sample.chance import apportion, draw, vary
from schemas.sample.facts.pupils import FIRST_AGES
from schemas.sample.facts.schools import School

BIRTHS = {
    2002: 0.90, 2003: 0.91, 2004: 0.92, 2005: 0.92, 2006: 0.93, 2007: 0.93, 2008: 0.94, 2009: 0.95, 2010: 0.96,
    2011: 0.98, 2012: 1.00, 2013: 0.99, 2014: 1.01, 2015: 1.00, 2016: 1.04, 2017: 1.05, 2018: 1.01, 2019: 0.98,
    2020: 0.94, 2021: 0.91, 2022: 0.87, 2023: 0.84, 2024: 0.82,
}  # fmt: skip
"""Size of a year of birth against that of 2012."""

TRANSITION = 0.987
"""Share of primary graduates that go on to the district's own junior schools."""


def find_usual_intake(school: School, stage: str, cohort: int) -> int:
    """Pupils that enter grade one in the year, by the births of their years."""
    size = school.sizes[stage]
    if stage == "special":
        return size + draw(school.code, stage, cohort, "intake").choice((-1, 0, 1))
    if school.type == "218":
        return size
    random = draw(school.code, stage, cohort, "intake")
    return max(1, round(vary(random, size * BIRTHS[cohort - FIRST_AGES[stage]], _find_spread(size))))


def share_junior_intake(schools: list[School], graduates: int, year: int) -> dict[str, int]:
    """Primary graduates of the summer → junior schools, in proportion to their usual intakes."""
    weights = [find_usual_intake(school, "junior", year) for school in schools]
    shares = apportion(round(graduates * TRANSITION), weights)
    return {school.code: share for school, share in zip(schools, shares, strict=True)}


def list_kindergarten_intake(school: School, random: Random, year: int) -> dict[int, int]:
    """Cohort → children that enter in the year: nursery where there is one, the youngest band, a few older ones."""
    smallest = find_usual_intake(school, "kg", year)
    intake = {
        year: smallest - (find_nursery(school) if year > 2022 else 0),
        year - 1: round(smallest * 0.04),
        year - 2: round(smallest * 0.015),
    }
    if find_nursery(school):
        intake[year + 1] = find_nursery(school) + random.choice((-1, 0, 1))
    return {cohort: count for cohort, count in intake.items() if count > 0}


def find_nursery(school: School) -> int:
    """Children of the nursery band 托班; most kindergartens have none."""
    if not school.is_kindergarten or not 40 <= school.sizes["kg"] <= 70 or school.opened_on:
        return 0
    return 16 if draw(school.code, "nursery").random() < 0.3 else 0


def _find_spread(size: int) -> float:
    return 0.035 if size >= 30 else 0.06
