"""What schools and kindergartens have and how they are found: facilities, staff for health and safety, fitness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from random import Random

from schemas.sample.calendar import YEARS
from schemas.sample.chance import apportion, draw, happens
from schemas.sample.facts.pupils import Roll, Rolls
from schemas.sample.facts.schools import School

CLASSES_PER_ROOM = 12
STANDARDS = ("sports_equip", "music", "art", "math_science", "science_lab")


@dataclass(frozen=True, slots=True)
class Rooms:
    """Rooms for music or art: all, and those of the size bands from the largest down."""

    total: int
    full: int
    bands: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Facilities:
    """What lasts from year to year; codes as in the code lists."""

    campus_network: bool
    bandwidth: int
    water: str
    toilet: str
    handwash: str
    clinic: bool
    doctors: int
    health_staff: int
    guards: int
    psych_room: bool
    psych_teachers: int
    psych_full_time: int
    standards: Mapping[str, bool]
    football: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Profile:
    """An institution in a year: its facilities, how its pupils were found, places bought, rooms for music and art."""

    facilities: Facilities
    examined: int
    fitness: tuple[int, int, int, int]
    bought_places: int
    bought_for_migrants: int
    music: Rooms
    art: Rooms

    @property
    def tested(self) -> int:
        return sum(self.fitness)


Profiles = Mapping[tuple[str, int], Profile]
"""School and year → profile."""


def build_profiles(schools: Sequence[School], rolls: Rolls) -> dict[tuple[str, int], Profile]:
    """The profile of every institution in every year it is open. Most things stay as they were."""
    profiles: dict[tuple[str, int], Profile] = {}
    for school in schools:
        for year in YEARS:
            if school.is_open(year):
                own = [rolls[(school.code, stage, year)] for stage in school.stages]
                earlier = profiles.get((school.code, year - 1))
                facilities = earlier.facilities if earlier else _draw_facilities(school, own)
                profiles[(school.code, year)] = _build_profile(school, year, own, facilities)
    return profiles


def _build_profile(school: School, year: int, rolls: Sequence[Roll], facilities: Facilities) -> Profile:
    before = sum(len(roll.before) for roll in rolls if roll.stage in ("primary", "junior", "senior"))
    measured = draw(school.code, year, "fitness")
    tested = round(before * measured.uniform(0.93, 0.985))
    classes = sum(len(roll.classes) for roll in rolls if roll.stage in ("primary", "junior"))
    bought = (
        round(sum(roll.size for roll in rolls) * 0.12) if not school.is_public and not school.is_kindergarten else 0
    )
    return Profile(
        facilities=facilities, examined=round(before * measured.uniform(0.94, 0.99)),
        fitness=_draw_fitness(measured, tested),
        bought_places=bought, bought_for_migrants=round(bought * 0.7),
        music=_draw_rooms(draw(school.code, "music"), school, classes),
        art=_draw_rooms(draw(school.code, "art"), school, classes),
    )  # fmt: skip


def _draw_facilities(school: School, rolls: Iterable[Roll]) -> Facilities:
    random = draw(school.code, "profile")
    rural = school.group == "rural"
    pupils = sum(roll.size for roll in rolls)
    small = pupils < 200
    network = happens(random, 0.9 if school.is_kindergarten else 0.99 if not rural else 0.93)
    psych = random.randint(1, 1 + pupils // 900) if pupils > 120 else int(happens(random, 0.4))
    return Facilities(
        campus_network=network, bandwidth=random.choice((100, 200) if small else (200, 500, 1000)),
        water="1" if rural and happens(random, 0.3) else "2",
        toilet="2" if rural and happens(random, 0.08) else "1",
        handwash="2" if happens(random, 0.15 if rural else 0.04) else "1",
        clinic=not small or happens(random, 0.6),
        doctors=pupils // 900 if not school.is_kindergarten else 0,
        health_staff=1 + pupils // 1000 if not small or school.is_kindergarten else int(happens(random, 0.6)),
        guards=_draw_guards(random, school, pupils), psych_room=not small or happens(random, 0.5),
        psych_teachers=psych, psych_full_time=min(psych, max(psych - random.randint(0, 1), 0)),
        standards={name: happens(random, 0.9 if rural else 0.965) for name in STANDARDS},
        football=(int(pupils > 1500), int(pupils > 500), random.randint(0, 2 if pupils > 150 else 1)),
    )  # fmt: skip


def _draw_guards(random: Random, school: School, pupils: int) -> int:
    """More than five guards would have to be explained where no pupils of general education are."""
    if not school.is_ordinary or pupils < 200:
        return random.randint(2, 3) if pupils < 200 else random.randint(4, 5)
    return random.randint(4, 6) + pupils // 500


def _draw_fitness(random: Random, tested: int) -> tuple[int, int, int, int]:
    shares = (random.uniform(12, 20), random.uniform(32, 42), random.uniform(38, 46), random.uniform(2, 6))
    excellent, good, passed, failed = apportion(tested, shares)
    return excellent, good, passed, failed


def _draw_rooms(random: Random, school: School, classes: int) -> Rooms:
    """At least a room for every twelve classes; in some schools they are smaller than required."""
    needed = ceil(classes / CLASSES_PER_ROOM) if school.type != "342" else 2
    if school.is_kindergarten or not school.is_ordinary:
        return Rooms(0, 0, (0, 0, 0))
    total = needed + (1 if needed > 2 and happens(random, 0.4) else 0)
    if school.type == "218":
        return Rooms(total, 0, (0, 0, int(happens(random, 0.5))))
    small = happens(random, {"urban": 0.08, "town": 0.15, "rural": 0.4}[school.group])
    return Rooms(total, total - 1, (1, 0, 0)) if small else Rooms(total, total, (0, 0, 0))
