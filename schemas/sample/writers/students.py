"""J03: pupils by type and grade, and by age and grade."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial

from schemas.sample.calendar import YEARS, spell_school_year
from schemas.sample.facts.district import Facts
from schemas.sample.facts.pupils import LAST_GRADES, Pupil, Roll
from schemas.sample.facts.schools import School
from schemas.sample.filings import Filing, Value
from schemas.sample.writers.filing import file_for_school
from schemas.sample.writers.tables import Test, count_cells, count_column, spell

STAGES = ("primary", "junior", "senior")

KINDS: Mapping[str, Test[Pupil]] = {
    "total": lambda _: True,
    "female": lambda pupil: pupil.girl,
    "minority": lambda pupil: pupil.minority,
    "disabled": lambda pupil: bool(pupil.disability),
    "multigrade": lambda _: False,
    "boarder": lambda pupil: pupil.boarder,
    "migrant": lambda pupil: bool(pupil.migrant),
    "migrant_out": lambda pupil: pupil.migrant == "out",
    "migrant_in": lambda pupil: pupil.migrant == "in",
    "mwk": lambda pupil: pupil.worker,
    "mwk_out": lambda pupil: pupil.worker and pupil.migrant == "out",
    "mwk_in": lambda pupil: pupil.worker and pupil.migrant == "in",
    "left_behind": lambda pupil: pupil.left_behind,
}
"""Rows of the table by type."""

WITHOUT_PRESCHOOL = frozenset({"migrant", "migrant_out", "migrant_in", "mwk", "mwk_out", "mwk_in"})

AGES = {"primary": (5, 15, "le5", "ge15"), "junior": (10, 18, "le10", "ge18"), "senior": (14, 23, "le14", "ge23")}
"""Stage → lowest and highest age row, and their ids."""


def write_students(facts: Facts) -> Iterator[Filing]:
    for year in YEARS:
        for school in facts.list_open(year):
            if school.is_ordinary:
                yield file_for_school(school, "J03", spell_school_year(year), describe_pupils(facts, school, year))


def describe_pupils(facts: Facts, school: School, year: int) -> dict[str, Value]:
    """Every cell of J03 that concerns the school."""
    values: dict[str, Value] = {}
    for roll in facts.list_rolls(school, year):
        if roll.stage in STAGES:
            values |= _describe_types(roll, multigrade=school.has("multigrade")) | _describe_ages(roll)
    return values


def _describe_types(roll: Roll, *, multigrade: bool) -> dict[str, int]:
    sheet, last = f"stu_{roll.stage}", LAST_GRADES[roll.stage]
    rows = dict(KINDS) | ({"multigrade": KINDS["total"]} if multigrade else {})
    grades = [f"g{grade}" for grade in range(1, last + 1)]
    by_grade = partial(_name_grade, roll.year)
    cells = count_cells(sheet, roll.pupils, rows, by_grade, grades)
    cells |= count_column(sheet, "graduates", roll.moves.graduated, rows)
    entrants = find_entrants(roll)
    cells |= count_column(sheet, "entrants", entrants, rows)
    cells |= count_column(sheet, "expected_grads", roll.list_grade(last), rows)
    girls = [pupil for pupil in roll.pupils if pupil.girl]
    cells |= count_column(sheet, "enrolled_f", girls, {row: test for row, test in rows.items() if row != "female"})
    if roll.stage == "primary":
        preschooled = {row: test for row, test in rows.items() if row not in WITHOUT_PRESCHOOL}
        columns = ("pre0", "pre1", "pre2", "pre3")
        cells |= count_cells(sheet, entrants, preschooled, lambda pupil: f"pre{pupil.preschool_years}", columns)
    return cells


def find_entrants(roll: Roll) -> tuple[Pupil, ...]:
    """Those in grade one: nobody repeats it here."""
    return roll.list_grade(1)


def _describe_ages(roll: Roll) -> dict[str, int]:
    sheet, last = f"age_{roll.stage}", LAST_GRADES[roll.stage]
    rows = list_age_rows(roll.stage)
    low = AGES[roll.stage][0]
    counts = Counter(
        (rows[min(max(pupil.find_age(roll.year) - low, 0), len(rows) - 1)], column)
        for pupil in roll.pupils
        for column in _list_age_columns(roll, pupil)
    )
    columns = [f"g{grade}" for grade in range(1, last + 1)]
    return {
        spell(sheet, row, column): counts[(row, column)]
        for row in rows
        for column in ("entrants", "enrolled_f", *columns)
    }


def _list_age_columns(roll: Roll, pupil: Pupil) -> Iterator[str]:
    grade = pupil.find_grade(roll.year)
    yield f"g{grade}"
    if grade == 1:
        yield "entrants"
    if pupil.girl:
        yield "enrolled_f"


def list_age_rows(stage: str) -> list[str]:
    """The age rows from the lowest on, one a year."""
    low, high, first, last = AGES[stage]
    return [first, *(f"a{age}" for age in range(low + 1, high)), last]


def _name_grade(year: int, pupil: Pupil) -> str:
    return f"g{pupil.find_grade(year)}"
