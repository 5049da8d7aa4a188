"""Grounds, buildings and equipment of schools, campus by campus, as they stand on 1 September."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from schemas.sample.calendar import YEARS
from schemas.sample.chance import draw, split_amount
from schemas.sample.facts.pupils import Rolls
from schemas.sample.facts.schools import School


@dataclass(frozen=True, slots=True)
class Grounds:
    """Areas in square metres, named as on the form. Totals are computed from their parts."""

    land: float
    green: float
    sports_ground: float
    bldg_danger: float
    bldg_new: float
    bldg_rented: float
    classroom: float
    lab: float
    library_room: float
    pc_room: float
    lang_room: float
    indoor_sports: float
    admin_total: float
    teacher_office: float
    dorm_staff: float
    dorm_rotation: float
    dorm_student: float
    canteen: float
    toilet_area: float
    living_other: float
    other_total: float
    other_sports: float = 0.0
    offcampus_sports: float = 0.0

    @property
    def teach_total(self) -> float:
        parts = (self.classroom, self.lab, self.library_room, self.pc_room, self.lang_room, self.indoor_sports)
        return round(sum(parts), 2)

    @property
    def living_total(self) -> float:
        return round(self.dorm_staff + self.dorm_student + self.canteen + self.toilet_area + self.living_other, 2)

    @property
    def bldg_total(self) -> float:
        return round(self.teach_total + self.admin_total + self.living_total + self.other_total, 2)


@dataclass(frozen=True, slots=True)
class Equipment:
    """Books, devices and rooms, and values in 万元, named as on the form."""

    books: int
    ebooks: int
    terminals: int
    terminals_teacher: int
    terminals_student: int
    classrooms_n: int
    multimedia_rooms: int
    fixed_assets: float
    equip_value: float
    equip_new: float


@dataclass(frozen=True, slots=True)
class Campus:
    """A campus with the stages it teaches; the name is empty where it is the whole school."""

    name: str
    stages: tuple[str, ...]
    grounds: Grounds
    equipment: Equipment


Premises = Mapping[tuple[str, int], tuple[Campus, ...]]
"""School and year → campuses."""

PER_PUPIL = {
    "primary": (4.5, 7.5, 2000, 22, 2.3, 12), "junior": (5.8, 10.2, 2500, 30, 2.4, 14),
    "senior": (6.6, 9.0, 3200, 36, 2.3, 16),
    "voc": (5.2, 6.0, 5200, 24, 2.2, 22), "special": (14.0, 11.0, 9000, 30, 12.0, 40), "kg": (5.5, 4.0, 600, 6, 4.0, 0),
}  # fmt: skip
"""Stage → teaching area, sports area, equipment (元), books a pupil; multimedia rooms and devices a hundred pupils."""

FIT = {
    "urban": ((0.99, 1.32), (0.88, 1.22), (1.0, 1.55), (1.0, 1.28)),
    "town": ((1.03, 1.6), (1.15, 2.3), (0.98, 1.5), (1.02, 1.35)),
    "rural": ((1.3, 2.1), (2.2, 4.6), (1.1, 2.0), (1.1, 1.7)),
}
"""How far teaching area, sports area, equipment and multimedia rooms go beyond what is required."""

SHORT = {
    "第一小学": (0.90, 0.72, 1.02, 0.95),
    "第二初级中学": (0.93, 0.80, 1.05, 0.98),
    "新城九年一贯制学校": (0.97, 0.83, 0.94, 0.93),
    "己河镇中心小学": (1.05, 1.2, 0.88, 0.90),
    "朝晖小学": (1.3, 1.25, 1.3, 1.3),
    "戊湖镇南圩小学": (1.3, 2.6, 0.80, 1.2),
}
"""Schools that miss a standard, or have room to grow."""

IN_DANGER = frozenset({"庚岭乡松坡小学"})

EXTENDED = frozenset({"甲溪中心小学", "己河镇第二小学", "丙山初级中学", "庚岭乡学校", "高级中学"})
"""Schools whose new building counts from September 2025."""

LAND_ADDED = 1280.5
"""Land taken up in 2025 by the school that reports a change of its land."""


def build_premises(schools: Sequence[School], rolls: Rolls) -> dict[tuple[str, int], tuple[Campus, ...]]:
    """The premises of all schools but kindergartens. A school merged into another becomes a campus of it."""
    premises: dict[tuple[str, int], tuple[Campus, ...]] = {}
    for school in schools:
        if not school.is_kindergarten:
            first = tuple(_build_campus(school, name, stages, rolls) for name, stages in _list_campuses(school))
            premises[(school.code, YEARS[0])] = first
            if school.is_open(YEARS[1]):
                premises[(school.code, YEARS[1])] = tuple(_renew(school, campus) for campus in first)
    for school in schools:
        if school.closed_on and school.parent:
            name = school.short_name.removesuffix("教学点")[-2:] + "校区"
            taken = tuple(replace(c, name=name, stages=("primary",)) for c in premises[(school.code, YEARS[0])])
            own = tuple(replace(c, name="本部", stages=("primary",)) for c in premises[(school.parent, YEARS[1])])
            premises[(school.parent, YEARS[1])] = (*own, *taken)
    return premises


def _list_campuses(school: School) -> list[tuple[str, tuple[str, ...]]]:
    if school.has("campuses"):
        return [("小学部校区", ("primary",)), ("初中部校区", ("junior",))]
    return [("", school.stages)]


def _build_campus(school: School, name: str, stages: tuple[str, ...], rolls: Rolls) -> Campus:
    random = draw(school.code, name, "premises")
    sizes = {stage: rolls[(school.code, stage, YEARS[0])].size for stage in stages}
    classes = sum(
        max(len(rolls[(school.code, stage, year)].classes) for year in YEARS if (school.code, stage, year) in rolls)
        for stage in stages
    )
    fits = SHORT.get(school.short_name) or tuple(random.uniform(*span) for span in FIT[school.group])
    boarders = sum(p.boarder for stage in stages for p in rolls[(school.code, stage, YEARS[0])].pupils)
    grounds = _build_grounds(random, school, sizes, fits, boarders)
    return Campus(name, stages if name else (), grounds, _build_equipment(random, sizes, fits, classes, grounds))


def _need(sizes: Mapping[str, int], item: int) -> float:
    return sum(PER_PUPIL[stage][item] * size for stage, size in sizes.items())


def _build_grounds(
    random: Random, school: School, sizes: Mapping[str, int], fits: Sequence[float], boarders: int
) -> Grounds:
    pupils = sum(sizes.values())
    rooms = max(_need(sizes, 0) * fits[0], 150.0)
    classroom, lab, library, pc, lang = split_amount(
        round(rooms, 2), (random.uniform(50, 58), 18, random.uniform(6, 9), 6, random.uniform(12, 17))
    )
    sports = max(_need(sizes, 1) * fits[1], 200.0)
    indoor = round(sports * random.uniform(0.06, 0.14), 2) if pupils > 400 else 0.0
    admin = round(pupils * random.uniform(0.7, 1.1) + 60, 2)
    staff_rooms = round(pupils * random.uniform(0.1, 0.3), 2) if school.group != "urban" else 0.0
    parts = {
        "classroom": classroom, "lab": lab, "library_room": library, "pc_room": pc, "lang_room": lang,
        "indoor_sports": indoor,
        "admin_total": admin, "teacher_office": round(admin * random.uniform(0.5, 0.7), 2), "dorm_staff": staff_rooms,
        "dorm_rotation": round(staff_rooms * 0.6, 2), "dorm_student": round(boarders * random.uniform(3.2, 5.4), 2),
        "canteen": round(pupils * random.uniform(0.6, 1.0) + 40, 2),
        "toilet_area": round(pupils * random.uniform(0.2, 0.3) + 20, 2),
        "living_other": round(pupils * random.uniform(0.05, 0.15), 2),
        "other_total": round(pupils * random.uniform(0.1, 0.4), 2),
    }  # fmt: skip
    built = sum(value for name, value in parts.items() if name not in ("teacher_office", "dorm_rotation"))
    ground = round(sports - indoor, 2)
    green = round(built * random.uniform(0.25, 0.4), 2)
    dense = school.has("dense")
    return Grounds(
        land=round(ground + green + built * random.uniform(0.4, 0.55) + 300, 2), green=green, sports_ground=ground,
        bldg_danger=round(built * 0.02, 2) if school.short_name in IN_DANGER else 0.0, bldg_new=0.0, bldg_rented=0.0,
        other_sports=round(random.uniform(150, 700), 2) if dense else 0.0,
        offcampus_sports=round(random.uniform(0, 1500), 2) if dense else 0.0, **parts,
    )  # fmt: skip


def _build_equipment(
    random: Random, sizes: Mapping[str, int], fits: Sequence[float], classes: int, grounds: Grounds
) -> Equipment:
    value = round(_need(sizes, 2) * fits[2] / 10000, 2)
    rooms = max(round(_need(sizes, 4) * fits[3] / 100), 2)
    students = max(round(_need(sizes, 5) * random.uniform(0.85, 1.3) / 100), 8)
    teachers = max(round(sum(sizes.values()) / random.uniform(12, 16)), 3)
    return Equipment(
        books=round(_need(sizes, 3) * random.uniform(0.85, 1.25)),
        ebooks=round(_need(sizes, 3) * random.uniform(0.5, 3)),
        terminals=students + teachers + random.randint(1, 12), terminals_teacher=teachers, terminals_student=students,
        classrooms_n=max(classes + random.randint(1, 3) + classes // 6, rooms), multimedia_rooms=rooms,
        fixed_assets=round(value * random.uniform(1.5, 2.2) + grounds.bldg_total * random.uniform(0.16, 0.24), 2),
        equip_value=value, equip_new=round(value * random.uniform(0.03, 0.08), 2),
    )  # fmt: skip


def _renew(school: School, campus: Campus) -> Campus:
    """A year later: books and devices are added, some schools have a new building, one has more land."""
    random = draw(school.code, campus.name, "renewal")
    had = campus.equipment
    new = round(had.equip_value * random.uniform(0.03, 0.08), 2)
    more = random.randint(0, max(1, had.terminals_student // 25))
    rooms = random.randint(0, 1) if had.multimedia_rooms + 1 <= had.classrooms_n else 0
    value = round(had.equip_value * random.uniform(0.985, 1.0) + new, 2)
    equipment = replace(
        had, books=round(had.books * random.uniform(1.005, 1.04)), ebooks=round(had.ebooks * random.uniform(1.0, 1.2)),
        terminals=had.terminals + more, terminals_student=had.terminals_student + more,
        multimedia_rooms=had.multimedia_rooms + rooms, equip_value=value, equip_new=new,
        fixed_assets=round(had.fixed_assets + value - had.equip_value + 2, 2),
    )  # fmt: skip
    grounds = campus.grounds
    if school.short_name in EXTENDED:
        added = round(campus.grounds.classroom * random.uniform(0.12, 0.2), 2)
        grounds = replace(grounds, classroom=round(grounds.classroom + added, 2), bldg_new=added)
    if school.has("land"):
        grounds = replace(grounds, land=round(grounds.land + LAND_ADDED, 2))
    return replace(campus, grounds=grounds, equipment=equipment)
