"""Full-time teachers, without names, and the posts of other staff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DEGREES = ("phd", "master", "bachelor", "associate", "hs", "below_hs")

SUBJECTS = (
    "morality", "chinese", "math", "foreign", "history", "geography", "science", "physics", "chemistry", "biology",
    "it",
    "pe", "arts", "music", "fine_art", "labor", "practice", "psych", "other", "not_teaching",
)  # fmt: skip

POSTS = ("admin", "assist", "worker", "other_staff")
BESIDE = ("offcampus", "silver", "substitute")
"""People listed apart, who are not staff."""

RETIREMENT = {True: 55, False: 60}
"""Woman or not → age; women of high rank stay until sixty."""


@dataclass(frozen=True, slots=True)
class Teacher:
    """One full-time teacher. `rank` places a person among colleagues, from 0 to 1: who is promoted early."""

    woman: bool
    minority: bool
    born: int
    degree: str
    subject: str
    rank: float
    on_quota: bool
    certified: bool
    trained: bool
    backbone: bool
    came: int

    def find_age(self, year: int) -> int:
        return year - self.born

    def find_title(self, year: int) -> str:
        """Title by years of service: the better the rank, the earlier."""
        served = self.find_age(year) - 23
        if served < 1:
            return "no_title"
        if self.rank > 0.985 and served >= 22:
            return "full"
        if served >= 26 - 12 * self.rank and self.rank > 0.55:
            return "vice"
        if served >= 13 - 6 * self.rank and self.rank > 0.06:
            return "middle"
        return "assistant" if self.rank > 0.02 else "junior_title"

    def retires(self, year: int) -> bool:
        """True if the teacher has retired by 1 September."""
        return self.find_age(year) >= (60 if self.rank > 0.8 else RETIREMENT[self.woman])


@dataclass(frozen=True, slots=True)
class TeacherMoves:
    recruited: tuple[Teacher, ...] = ()
    transferred_in: tuple[Teacher, ...] = ()
    retired: tuple[Teacher, ...] = ()
    transferred_out: tuple[Teacher, ...] = ()
    resigned: tuple[Teacher, ...] = ()


@dataclass(frozen=True, slots=True)
class Roster:
    """The teachers of a stage of a school on 1 September, those of a year before, and who changed in between.

    Exchange counts are of the past year, visiting teachers by subject of this one.
    """

    school: str
    stage: str
    year: int
    teachers: tuple[Teacher, ...]
    before: tuple[Teacher, ...] = ()
    moves: TeacherMoves = TeacherMoves()
    exchange_eligible: int = 0
    exchanged: int = 0
    exchanged_backbone: int = 0
    visiting: Mapping[str, int] | None = None

    @property
    def size(self) -> int:
        return len(self.teachers)


@dataclass(frozen=True, slots=True)
class OtherStaff:
    """People of a post at a school."""

    total: int
    women: int
    minority: int
    on_quota: int


Rosters = Mapping[tuple[str, str, int], Roster]
OtherPosts = Mapping[tuple[str, str, int], OtherStaff]
"""School, post and year → people."""
