"""J02: classes by grade and size, and the list of classes."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.sample.calendar import YEARS, spell_school_year
from schemas.sample.facts.district import Facts
from schemas.sample.facts.pupils import LAST_GRADES, Roll, SchoolClass
from schemas.sample.filings import Filing
from schemas.sample.writers.filing import Line, file_for_school
from schemas.sample.writers.students import STAGES
from schemas.sample.writers.tables import name_band, spell

BANDS = (
    (25, "le25"), (30, "b26_30"), (35, "b31_35"), (40, "b36_40"), (45, "b41_45"), (50, "b46_50"), (55, "b51_55"),
    (60, "b56_60"), (65, "b61_65"), (999, "ge66"),
)  # fmt: skip


def write_classes(facts: Facts) -> Iterator[Filing]:
    for year in YEARS:
        for school in facts.list_open(year):
            if not school.is_ordinary:
                continue
            rolls = [roll for roll in facts.list_rolls(school, year) if roll.stage in STAGES]
            values = {ref: count for roll in rolls for ref, count in _count_bands(roll).items()}
            lines = [line for roll in rolls for line in _list_classes(roll)]
            yield file_for_school(school, "J02", spell_school_year(year), values, {"cls_list": lines})


def _count_bands(roll: Roll) -> dict[str, int]:
    sheet = f"cls_{roll.stage}"
    rows = [*(band for _, band in BANDS), "multigrade"]
    grades = range(1, LAST_GRADES[roll.stage] + 1)
    cells = {spell(sheet, row, f"g{grade}"): 0 for row in rows for grade in grades}
    for taught in join_multigrade(roll):
        cells[spell(sheet, name_band(taught.size, BANDS), f"g{taught.grade}")] += 1
        if taught.multigrade:
            cells[spell(sheet, "multigrade", f"g{taught.grade}")] += 1
    return cells


def join_multigrade(roll: Roll) -> list[SchoolClass]:
    """The classes as they are taught: a multigrade class once, under the lower of its two grades."""
    joined: list[SchoolClass] = []
    for listed in roll.classes:
        if listed.multigrade and listed.grade % 2 == 0:
            lower = joined.pop()
            joined.append(SchoolClass(lower.grade, lower.number, (*lower.pupils, *listed.pupils), multigrade=True))
        else:
            joined.append(listed)
    return joined


def _list_classes(roll: Roll) -> list[Line]:
    return [
        {
            "stage": roll.stage, "grade": listed.grade, "class_no": listed.number,
            "class_type": "2" if listed.multigrade else "1", "n_students": listed.size, "n_female": listed.girls,
        }
        for listed in roll.classes
    ]  # fmt: skip
