"""J06: premises and equipment, one line a campus."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from schemas.sample.calendar import YEARS, spell_school_year
from schemas.sample.facts.district import Facts
from schemas.sample.facts.premises import Campus
from schemas.sample.facts.schools import School
from schemas.sample.filings import Filing
from schemas.sample.writers.filing import Line, file_for_school

DENSE_ONLY = ("other_sports", "offcampus_sports")


def write_premises(facts: Facts) -> Iterator[Filing]:
    for year in YEARS:
        for school in facts.list_open(year):
            if not school.is_kindergarten:
                campuses = facts.premises[(school.code, year)]
                lists = {
                    "area": [describe_area(campus) for campus in campuses],
                    "equip": [describe_equipment(school, campus) for campus in campuses],
                }
                yield file_for_school(school, "J06", spell_school_year(year), {}, lists)


def describe_area(campus: Campus) -> Line:
    grounds = campus.grounds
    areas = {name: value for name, value in asdict(grounds).items() if name not in DENSE_ONLY}
    totals = {
        "teach_total": grounds.teach_total,
        "living_total": grounds.living_total,
        "bldg_total": grounds.bldg_total,
    }
    return {"campus": campus.name or None, "campus_stages": ";".join(campus.stages) or None} | areas | totals


def describe_equipment(school: School, campus: Campus) -> Line:
    line = {"campus": campus.name or None} | asdict(campus.equipment)
    if school.has("dense"):
        line |= {name: getattr(campus.grounds, name) for name in DENSE_ONLY}
    return line
