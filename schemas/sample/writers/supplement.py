"""S02: the yearly supplement of every institution."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.sample.calendar import YEARS, spell_school_year
from schemas.sample.chance import draw
from schemas.sample.facts.district import Facts
from schemas.sample.facts.extras import (
    SchoolSize,
    find_counts,
    find_flags,
    find_health,
    find_intake,
    find_teacher_items,
    find_year,
)
from schemas.sample.facts.pupils import Roll
from schemas.sample.facts.schools import School
from schemas.sample.filings import Filing, Value
from schemas.sample.writers.filing import file_for_school, yes
from schemas.sample.writers.tables import spell

HEALTH_ROWS = {"kg": "kg", "primary": "primary", "junior": "junior", "senior": "senior", "voc": "senior"}
YEAR_STAGES = ("primary", "junior", "senior")
OTHER_POSTS = ("admin", "assist", "worker", "other_staff")


def write_supplements(facts: Facts) -> Iterator[Filing]:
    for year in YEARS:
        for school in facts.list_open(year):
            yield file_for_school(school, "S02", spell_school_year(year), describe_supplement(facts, school, year))


def describe_supplement(facts: Facts, school: School, year: int) -> dict[str, Value]:
    """Every cell of S02 that concerns the institution."""
    rolls = list(facts.list_rolls(school, year))
    size = measure(facts, school, year)
    values: dict[str, Value] = {f"sx.{name}": yes(answer) for name, answer in find_flags(school, year).items()}
    values |= {f"sx.{name}": count for name, count in find_counts(school, year, size).items()}
    for roll in rolls:
        if roll.stage in HEALTH_ROWS:
            row = HEALTH_ROWS[roll.stage]
            values |= {spell("hx", row, column): count for column, count in find_health(roll).items()}
        if roll.stage in YEAR_STAGES:
            values |= {spell("yq", roll.stage, column): int(count) for column, count in find_year(roll).items()}
    values |= {f"tx.{name}": count for name, count in find_teacher_items(school, year, size).items()}
    values |= {f"adm.{name}": count for name, count in _describe_intake(school, year, rolls).items()}
    return values | {"adm.warned": yes(school.group == "urban" and draw(school.code, year, "warned").random() < 0.12)}


def _describe_intake(school: School, year: int, rolls: list[Roll]) -> dict[str, Value]:
    entered = [
        p for roll in rolls for p in roll.moves.entered if roll.stage in school.stages[-1:] or roll.stage != "kg"
    ]
    return dict(find_intake(school, year, len(entered), sum(bool(p.migrant) for p in entered)))


def measure(facts: Facts, school: School, year: int) -> SchoolSize:
    """The figures of a school that others build on."""
    rolls, rosters = list(facts.list_rolls(school, year)), list(facts.list_rosters(school, year))
    classes = facts.count_classes(school, year)
    kindergarten = facts.kindergartens.get((school.code, year))
    campuses = facts.premises.get((school.code, year), ())
    teachers = kindergarten.count("teacher") if kindergarten else facts.count_teachers(school, year)
    others = sum(facts.posts[(school.code, post, year)].total for post in OTHER_POSTS) if not kindergarten else 0
    cap = max(school.caps.values(), default=30)
    return SchoolSize(
        pupils=facts.count_pupils(school, year), classes=classes, capacity=classes * cap,
        classrooms=sum(c.equipment.classrooms_n for c in campuses) or classes + 1,
        multimedia=sum(c.equipment.multimedia_rooms for c in campuses) or classes, teachers=teachers,
        staff=len(kindergarten.staff) if kindergarten else teachers + others,
        backbone=sum(t.backbone for roster in rosters for t in roster.teachers),
        new_teachers=sum(len(roster.moves.recruited) for roster in rosters),
        boarders=sum(p.boarder for roll in rolls for p in roll.pupils),
    )  # fmt: skip
