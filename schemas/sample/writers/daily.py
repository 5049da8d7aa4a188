"""S01: safety, health and canteen of a month. S03: conduct and canteens of a term."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.sample.calendar import MONTHS_OF_SCHOOLS, TERMS_OF_SCHOOLS
from schemas.sample.chance import draw
from schemas.sample.facts.daily import find_canteens, find_conduct, find_month
from schemas.sample.facts.district import Facts
from schemas.sample.facts.schools import School
from schemas.sample.filings import Filing, Value
from schemas.sample.writers.filing import Line, file_for_school, yes


def write_school_months(facts: Facts) -> Iterator[Filing]:
    for month in MONTHS_OF_SCHOOLS:
        year = int(month[:4])
        for school in facts.list_open(year):
            if not school.files_little:
                counts = find_month(school, month, facts.count_pupils(school, year))
                values: dict[str, Value] = {f"sm.{name}": count for name, count in counts.items()}
                values["sm.absence_report"] = yes(draw(school.code, month, "absence").random() < 0.98)
                yield file_for_school(school, "S01", month, values)


def write_conduct(facts: Facts) -> Iterator[Filing]:
    for term in TERMS_OF_SCHOOLS:
        year = int(term[:4])
        for school in facts.list_open(year):
            if not school.files_little and not {"voc", "special"} & set(school.stages):
                pupils = facts.count_pupils(school, year)
                lists = {"cd": _list_conduct(facts, school, year, term), "ct": find_canteens(school, pupils)}
                yield file_for_school(school, "S03", term, {}, lists)


def _list_conduct(facts: Facts, school: School, year: int, term: str) -> list[Line]:
    kindergarten = facts.kindergartens.get((school.code, year))
    lines: list[Line] = []
    for roll in facts.list_rolls(school, year):
        roster = facts.rosters.get((school.code, roll.stage, year))
        teachers = kindergarten.count("teacher") if kindergarten else roster.size if roster else 0
        boards = any(pupil.boarder for pupil in roll.pupils)
        conduct = find_conduct(school, roll.stage, term, roll.size, teachers, boards=boards)
        lines.append({"stage": roll.stage, **conduct})
    return lines
