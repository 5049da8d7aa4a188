"""Staff, premises and status of kindergartens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from schemas.sample.calendar import YEARS
from schemas.sample.chance import choose, draw, happens, split_amount
from schemas.sample.facts.pupils import Roll, Rolls
from schemas.sample.facts.schools import School

POSTS = ("head", "teacher", "health", "nurse", "other_staff")
DEGREES = {
    "1": (("grad", 2), ("bachelor", 58), ("associate", 40)),
    "2": (("bachelor", 36), ("associate", 62), ("hs", 2)),
    "3": (("bachelor", 30), ("associate", 66), ("hs", 4)),
}
TITLES = {"1": (("vice", 6), ("middle_t", 24), ("assistant", 38), ("no_title", 32)),
          "2": (("middle_t", 5), ("assistant", 25), ("junior_title", 8), ("no_title", 62)),
          "3": (("middle_t", 3), ("assistant", 15), ("junior_title", 6), ("no_title", 76))}  # fmt: skip
GRADES = {True: (("1", 30), ("2", 42), ("3", 22), ("4", 6)), False: (("1", 5), ("2", 35), ("3", 40), ("4", 20))}
FEES = {"1": (320, 520), "2": (560, 880), "3": (1180, 3200)}
FEE_CAPS = {"1": 550.0, "2": 900.0}
LARGE = 180
"""Children from which on there is a second head."""


@dataclass(frozen=True, slots=True)
class KindergartenWorker:
    """A person on the staff of a kindergarten."""

    post: str
    woman: bool
    minority: bool
    on_quota: bool
    early_childhood: bool
    degree: str
    title: str
    certified: bool


@dataclass(frozen=True, slots=True)
class KindergartenSite:
    """Areas in square metres, named as on the form. Totals are computed from their parts."""

    land: float
    green: float
    outdoor: float
    bldg_danger: float
    bldg_new: float
    activity: float
    toilet_a: float
    sleep: float
    health_room: float
    library_r: float
    admin_total: float
    teacher_office: float
    living_total: float
    kitchen: float
    other_total: float
    books: int
    design_year: int

    @property
    def teach_total(self) -> float:
        return round(self.activity + self.toilet_a + self.sleep + self.health_room + self.library_r, 2)

    @property
    def bldg_total(self) -> float:
        return round(self.teach_total + self.admin_total + self.living_total + self.other_total, 2)


@dataclass(frozen=True, slots=True)
class Kindergarten:
    """A kindergarten in a year, its children apart: staff, site, fee a month, recognition and grade."""

    staff: tuple[KindergartenWorker, ...]
    substitutes: int
    part_time: int
    site: KindergartenSite
    fee: float
    meals: int
    recognised_on: date
    valid_until: date
    subsidy: float
    grade: str

    def count(self, *posts: str) -> int:
        return sum(worker.post in posts for worker in self.staff)


Kindergartens = Mapping[tuple[str, int], Kindergarten]
"""Kindergarten and year."""


def build_kindergartens(schools: Sequence[School], rolls: Rolls) -> dict[tuple[str, int], Kindergarten]:
    """Every kindergarten in every year it is open. Staff stays, as far as its number of classes does."""
    found: dict[tuple[str, int], Kindergarten] = {}
    for school in schools:
        own = [rolls[(school.code, "kg", year)] for year in YEARS if (school.code, "kg", year) in rolls]
        if school.is_kindergarten:
            found |= {(school.code, roll.year): _build_kindergarten(school, roll, own[0]) for roll in own}
    return found


def _build_kindergarten(school: School, roll: Roll, first: Roll) -> Kindergarten:
    random = draw(school.code, "kindergarten")
    site = _build_site(random, school, max(roll.size, first.size, school.sizes["kg"] * 2))
    recognised = date(random.choice((2019, 2020, 2021, 2022)), random.choice((5, 6, 10, 11)), random.randint(1, 28))
    fee = round(random.uniform(*FEES[school.nature]) / 10) * 10
    last = roll.year == YEARS[1] and not school.opened_on
    return Kindergarten(
        staff=_draw_staff(school, roll), substitutes=random.randint(0, 1), part_time=random.randint(0, 2),
        site=_renew(school, site) if last else site, fee=float(fee), meals=random.choice((2, 3)),
        recognised_on=school.opened_on or recognised, valid_until=date(2027, 8, 31),
        subsidy=1200.0 if school.nature == "1" else 600.0 if school.nature == "2" else 0.0,
        grade="4" if school.opened_on else choose(random, GRADES[school.is_public]),
    )  # fmt: skip


def _draw_staff(school: School, roll: Roll) -> tuple[KindergartenWorker, ...]:
    classes = len(roll.classes)
    wanted = {
        "head": 2 if roll.size >= LARGE else 1,
        "teacher": 2 * classes if school.is_public else 2 * classes - classes // 4,
        "health": 1 + roll.size // 150, "nurse": classes, "other_staff": 2 + classes // 2,
    }  # fmt: skip
    staff: list[KindergartenWorker] = []
    for post, number in wanted.items():
        random = draw(school.code, post, "worker")
        staff += [_draw_worker(random, school, post) for _ in range(number)]
    return tuple(staff)


def _draw_worker(random: Random, school: School, post: str) -> KindergartenWorker:
    teaches = post in ("head", "teacher")
    return KindergartenWorker(
        post=post, woman=happens(random, {"other_staff": 0.55, "head": 0.96}.get(post, 0.99)),
        minority=happens(random, 0.012),
        on_quota=school.is_public and happens(random, {"head": 0.95, "teacher": 0.55}.get(post, 0.1)),
        early_childhood=happens(random, 0.86 if teaches else 0.12),
        degree=choose(random, DEGREES[school.nature]), title=choose(random, TITLES[school.nature]),
        certified=teaches and happens(random, {"1": 1.0, "2": 0.99, "3": 0.96}[school.nature]),
    )  # fmt: skip


def _build_site(random: Random, school: School, children: int) -> KindergartenSite:
    """Most kindergartens reach the national areas a child, private ones less often."""
    low, high = {"1": (1.06, 1.6), "2": (0.93, 1.35), "3": (0.86, 1.35)}[school.nature]
    rooms = round(children * 8.4 * random.uniform(low, high), 2)
    activity, toilet, sleep, health, library = split_amount(
        rooms, (random.uniform(44, 50), 9, random.uniform(28, 34), 3, 7)
    )
    admin = round(children * random.uniform(1.0, 1.4) + 20, 2)
    living = round(children * random.uniform(1.0, 1.5) + 25, 2)
    built = rooms + admin + living
    outdoor = round(children * 4.1 * random.uniform(low, high + 0.3), 2)
    green = round(children * random.uniform(1.2, 2.4), 2)
    return KindergartenSite(
        land=round(outdoor + green + built * random.uniform(0.42, 0.6) + 80, 2), green=green, outdoor=outdoor,
        bldg_danger=0.0,
        bldg_new=round(built, 2) if school.opened_on else 0.0, activity=activity, toilet_a=toilet, sleep=sleep,
        health_room=health,
        library_r=library, admin_total=admin, teacher_office=round(admin * 0.55, 2), living_total=living,
        kitchen=round(living * random.uniform(0.5, 0.7), 2), other_total=round(children * random.uniform(0.2, 0.5), 2),
        books=round(children * random.uniform(5.2, 12)), design_year=max(school.founded - random.randint(1, 2), 1984),
    )  # fmt: skip


def _renew(school: School, site: KindergartenSite) -> KindergartenSite:
    random = draw(school.code, "renewal")
    return replace(site, books=round(site.books * random.uniform(1.0, 1.06)))
