"""What kind of pupils a school has, and new pupils drawn accordingly."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from schemas.sample.chance import choose, draw
from schemas.sample.facts.pupils import DISABILITIES, FIRST_AGES, Pupil
from schemas.sample.facts.schools import School

MIGRANTS = {"urban": (0.10, 0.20), "town": (0.04, 0.09), "rural": (0.005, 0.02)}
LEFT_BEHIND = {"urban": (0.0, 0.0), "town": (0.03, 0.07), "rural": (0.08, 0.16)}
BOARDING = {"primary": 0.12, "junior": 0.42, "senior": 0.78, "voc": 0.82}
PRESCHOOL = {
    "urban": ((3, 94), (2, 5), (1, 1)),
    "town": ((3, 88), (2, 9), (1, 3)),
    "rural": ((3, 78), (2, 15), (1, 6), (0, 1)),
}
DISABILITY_WEIGHTS = (8, 12, 6, 20, 43, 4, 7)


@dataclass(frozen=True, slots=True)
class Traits:
    """Shares of a stage of a school, and how many leave and join in a year."""

    stage: str
    group: str
    girls: float
    minority: float
    boarders: float
    migrants: float
    left_behind: float
    disabled: float
    nearby: float
    leaving: float
    joining: float
    quitting: float


def find_traits(school: School, stage: str) -> Traits:
    """The shares of a stage of a school."""
    random = draw(school.code, stage, "traits")
    group = school.group
    boards = school.has("boarding") and stage in BOARDING
    return Traits(
        stage=stage, group=group, girls=random.uniform(0.465, 0.495), minority=random.uniform(0.004, 0.018),
        boarders=random.uniform(0.85, 1.15) * BOARDING[stage] if boards else 0.0,
        migrants=random.uniform(*MIGRANTS[group]), left_behind=random.uniform(*LEFT_BEHIND[group]),
        disabled=_find_disabled(school, stage, random), nearby=random.uniform(0.93, 0.985),
        leaving=_find_leaving(school, stage, random), joining=_find_joining(school, stage, random),
        quitting={"voc": 0.012, "senior": 0.0012}.get(stage, 0.0),
    )  # fmt: skip


def make_pupil(random: Random, traits: Traits, cohort: int) -> Pupil:
    """A new pupil of a cohort."""
    late = choose(random, ((0, 93.4), (1, 6.4), (2, 0.2)))
    migrant = "" if random.random() >= traits.migrants else choose(random, (("out", 45), ("in", 55)))
    special = traits.stage == "special"
    disability = (
        choose(random, tuple(zip(DISABILITIES, DISABILITY_WEIGHTS, strict=True)))
        if random.random() < traits.disabled
        else ""
    )
    return Pupil(
        girl=random.random() < traits.girls, born=cohort - FIRST_AGES[traits.stage] - late, cohort=cohort,
        minority=random.random() < traits.minority, boarder=random.random() < traits.boarders, migrant=migrant,
        worker=bool(migrant) and random.random() < 0.82,
        left_behind=not migrant and random.random() < traits.left_behind, disability=disability,
        preschool_years=choose(random, PRESCHOOL[traits.group]), nearby=random.random() < traits.nearby,
        at_home=special and random.random() < 0.18, from_junior=traits.stage != "voc" or random.random() < 0.97,
        full_time=traits.stage != "voc" or random.random() < 0.985,
    )  # fmt: skip


def _find_disabled(school: School, stage: str, random: Random) -> float:
    if stage == "special":
        return 1.0
    if school.has("disabled") and stage in ("primary", "junior"):
        return random.uniform(0.007, 0.013)
    return 0.0


def _find_leaving(school: School, stage: str, random: Random) -> float:
    if school.type == "218":
        return 0.0
    base = {"kg": 0.02, "senior": 0.004, "voc": 0.006, "special": 0.01}.get(stage)
    return random.uniform(0.7, 1.3) * (base or {"urban": 0.009, "town": 0.014, "rural": 0.024}[school.group])


def _find_joining(school: School, stage: str, random: Random) -> float:
    if school.type == "218":
        return 0.0
    base = {"kg": 0.02, "senior": 0.003, "voc": 0.002, "special": 0.01}.get(stage)
    return random.uniform(0.7, 1.3) * (base or {"urban": 0.015, "town": 0.012, "rural": 0.006}[school.group])
