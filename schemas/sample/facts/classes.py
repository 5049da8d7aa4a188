"""Pupils dealt out to classes. A cohort keeps its number of classes while they fit."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from schemas.sample.facts.pupils import Pupil, SchoolClass
from schemas.sample.facts.schools import School

KINDERGARTEN_CAPS = {0: 20, 1: 25, 2: 30, 3: 35}
MIXED_LIMIT = 30
"""A kindergarten with no more children than this has one mixed class."""


def form_classes(
    school: School, stage: str, year: int, pupils: Sequence[Pupil], earlier: Sequence[SchoolClass]
) -> tuple[SchoolClass, ...]:
    """The classes of a stage of a school on 1 September, grade by grade."""
    if school.has("multigrade"):
        return _form_multigrade(pupils, year)
    if stage == "kg":
        return _form_bands(school, pupils, year)
    formed: list[SchoolClass] = []
    for grade in sorted({pupil.find_grade(year) for pupil in pupils}):
        members = [pupil for pupil in pupils if pupil.find_grade(year) == grade]
        kept = sum(c.grade == grade - 1 for c in earlier)
        formed += _deal(members, grade, max(kept, ceil(len(members) / school.caps[stage])))
    return tuple(formed)


def _deal(members: Sequence[Pupil], grade: int, number: int) -> list[SchoolClass]:
    return [SchoolClass(grade, n + 1, tuple(members[n::number])) for n in range(number)]


def _form_multigrade(pupils: Sequence[Pupil], year: int) -> tuple[SchoolClass, ...]:
    """Grades one and two sit together, three and four likewise; each grade has its line."""
    grades = sorted({pupil.find_grade(year) for pupil in pupils})
    return tuple(
        SchoolClass(grade, 1, tuple(p for p in pupils if p.find_grade(year) == grade), multigrade=True)
        for grade in grades
    )


def _form_bands(school: School, pupils: Sequence[Pupil], year: int) -> tuple[SchoolClass, ...]:
    if len(pupils) <= MIXED_LIMIT and school.is_kindergarten:
        return (SchoolClass(5, 1, tuple(pupils), mixed=True),)
    formed: list[SchoolClass] = []
    for grade, cap in KINDERGARTEN_CAPS.items():
        members = [pupil for pupil in pupils if pupil.find_grade(year) == grade]
        if members:
            formed += _deal(members, grade, _count_bands(len(members), cap, crowded=school.nature == "3"))
    return tuple(formed)


def _count_bands(children: int, cap: int, *, crowded: bool) -> int:
    """Classes of a band: a few children more than the standard are put up with where the kindergarten is small."""
    spare = 3 if crowded else 1
    return max(1, ceil((children - spare) / cap))
