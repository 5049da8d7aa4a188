"""J04: who came and went in the past school year, and the junior cohort that has just left. M01: a month of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from schemas.sample.calendar import MONTHS_OF_SCHOOLS, YEARS, spell_school_year
from schemas.sample.chance import draw
from schemas.sample.facts.district import Facts, count_classes
from schemas.sample.facts.pupils import LAST_GRADES, Pupil, Roll
from schemas.sample.facts.schools import School
from schemas.sample.filings import Filing, Value
from schemas.sample.writers.filing import file_for_school
from schemas.sample.writers.tables import spell

STAGES = ("kg", "primary", "junior", "senior", "special")
MONTHLY_STAGES = ("kg", "primary", "junior", "senior")


def write_flows(facts: Facts) -> Iterator[Filing]:
    for year in YEARS:
        for school in facts.list_open(year):
            if "voc" in school.stages:
                continue
            values: dict[str, Value] = {}
            for roll in facts.list_rolls(school, year):
                values |= _describe_flow(roll, "", roll.pupils) | _describe_flow(roll, "_f", keep_girls(roll.pupils))
                if roll.stage == "junior":
                    values |= describe_cohort(facts, school, year)
            yield file_for_school(school, "J04", spell_school_year(year), values)


def _describe_flow(roll: Roll, ending: str, end: Sequence[Pupil]) -> dict[str, Value]:
    moves, pick = roll.moves, keep_girls if ending else tuple
    counts = {
        "begin": roll.before, "inc_entry": moves.entered, "inc_return": moves.returned, "inc_in": moves.joined,
        "inc_other": (), "dec_grad": moves.graduated, "dec_complete": (), "dec_suspend": moves.suspended,
        "dec_dropout": moves.quit, "dec_death": moves.died, "dec_out": moves.moved_away, "dec_other": (), "end": end,
    }  # fmt: skip
    row = roll.stage + ending
    return {spell("flow", row, column): len(pick(people)) for column, people in counts.items()}


def keep_girls(pupils: Sequence[Pupil]) -> tuple[Pupil, ...]:
    return tuple(pupil for pupil in pupils if pupil.girl)


def describe_cohort(facts: Facts, school: School, year: int) -> dict[str, Value]:
    """The junior cohort that left in the summer of `year`, from its first day on."""
    cohort = year - LAST_GRADES["junior"]
    begun = facts.find_roll(school.code, "junior", cohort)
    moves = [facts.find_roll(school.code, "junior", y).moves for y in range(cohort + 1, year + 1)]
    return {
        "cohort.entry_3y": len(begun.list_grade(1)),
        "cohort.in_3y": sum(p.cohort == cohort for m in moves for p in m.joined),
        "cohort.out_3y": sum(p.cohort == cohort for m in moves for p in m.moved_away),
        "cohort.death_3y": sum(p.cohort == cohort for m in moves for p in m.died),
        "cohort.grads": sum(p.cohort == cohort for p in moves[-1].graduated),
    }


def write_months(facts: Facts) -> Iterator[Filing]:
    """The September returns: the month ends with the pupils of the yearly return."""
    for month in MONTHS_OF_SCHOOLS:
        year = int(month[:4])
        for school in facts.list_open(year):
            if {"voc", "special"} & set(school.stages) or school.files_little:
                continue
            values: dict[str, Value] = {}
            for roll in facts.list_rolls(school, year):
                values |= _describe_month(roll)
            yield file_for_school(school, "M01", month, values)


def _describe_month(roll: Roll) -> dict[str, Value]:
    random = draw(roll.school, roll.stage, roll.year, "september")
    came, went = (round(random.random() * roll.size * 0.004) for _ in range(2))
    returned, suspended = (int(random.random() < roll.size / 9000) for _ in range(2))
    counts = {
        "begin": roll.size - came + went - returned + suspended, "mon_in": came, "mon_return": returned,
        "mon_out": went,
        "mon_suspend": suspended, "mon_dropout": 0, "mon_death": 0, "mon_other": 0, "end": roll.size,
        "classes_n": count_classes(roll), "max_class": max(c.size for c in roll.classes),
    }  # fmt: skip
    return {spell("mon", roll.stage, column): count for column, count in counts.items()}
