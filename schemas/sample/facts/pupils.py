"""Pupils and children: who is on the roll of a stage of a school on 1 September, and who came and went before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FIRST_AGES = {"kg": 3, "primary": 6, "junior": 12, "senior": 15, "voc": 15, "special": 7}
LAST_GRADES = {"kg": 3, "primary": 6, "junior": 3, "senior": 3, "voc": 3, "special": 9}
"""Grade 1 of kindergarten is 小班; the nursery 托班 is its grade 0."""

DISABILITIES = ("visual", "hearing", "speech", "physical", "intellectual", "mental", "multiple")


@dataclass(frozen=True, slots=True)
class Pupil:
    """One pupil, without a name. `cohort` is the year in which the pupil's class was or will be in grade one.

    `migrant` is "out" (from another province), "in" (from another county of the province) or empty; `worker` says
    that the parents are migrant workers.
    """

    girl: bool
    born: int
    cohort: int
    minority: bool = False
    boarder: bool = False
    migrant: str = ""
    worker: bool = False
    left_behind: bool = False
    disability: str = ""
    preschool_years: int = 3
    nearby: bool = True
    at_home: bool = False
    from_junior: bool = True
    full_time: bool = True

    def find_grade(self, year: int) -> int:
        return year - self.cohort + 1

    def find_age(self, year: int) -> int:
        """Completed years on 1 September."""
        return year - self.born


@dataclass(frozen=True, slots=True)
class Moves:
    """Who came and went between two first days of September. Who died or left school for good is named apart."""

    entered: tuple[Pupil, ...] = ()
    returned: tuple[Pupil, ...] = ()
    joined: tuple[Pupil, ...] = ()
    graduated: tuple[Pupil, ...] = ()
    suspended: tuple[Pupil, ...] = ()
    quit: tuple[Pupil, ...] = ()
    died: tuple[Pupil, ...] = ()
    moved_away: tuple[Pupil, ...] = ()


@dataclass(frozen=True, slots=True)
class SchoolClass:
    """A class with its pupils. In a multigrade class each grade has a line of its own."""

    grade: int
    number: int
    pupils: tuple[Pupil, ...]
    multigrade: bool = False
    mixed: bool = False

    @property
    def size(self) -> int:
        return len(self.pupils)

    @property
    def girls(self) -> int:
        return sum(pupil.girl for pupil in self.pupils)


@dataclass(frozen=True, slots=True)
class Roll:
    """A stage of a school on 1 September of a year. `before` are those on the roll a year earlier, with the pupils
    of a school merged into this one.
    """

    school: str
    stage: str
    year: int
    pupils: tuple[Pupil, ...]
    before: tuple[Pupil, ...] = ()
    moves: Moves = Moves()
    classes: tuple[SchoolClass, ...] = ()

    @property
    def size(self) -> int:
        return len(self.pupils)

    def list_grade(self, grade: int) -> tuple[Pupil, ...]:
        return tuple(pupil for pupil in self.pupils if pupil.find_grade(self.year) == grade)


Rolls = Mapping[tuple[str, str, int], Roll]
"""School, stage and year → roll."""
