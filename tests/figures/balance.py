"""县域义务教育优质均衡发展 (2017) reckoned from the filings: school parts, the school rule, dispersion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from tests.figures.counting import count_pupils
from tests.figures.rates import list_quantities
from tests.figures.returned import GENERAL, District, School

STAGES = {"primary": "小学", "junior": "初中"}
NAMES = {
    "above_req": "每百名学生拥有高于规定学历教师数", "backbone": "每百名学生拥有县级以上骨干教师数",
    "pe_art": "每百名学生拥有体育、艺术(美术、音乐)专任教师数", "teach_area": "生均教学及辅助用房面积",
    "sports_area": "生均体育运动场馆面积", "equip": "生均教学仪器设备值",
    "multimedia": "每百名学生拥有网络多媒体教室数",
}  # fmt: skip
THRESHOLDS: Mapping[str, Mapping[str, float]] = {
    "primary": {
        "above_req": 4.2, "backbone": 1, "pe_art": 0.9, "teach_area": 4.5, "sports_area": 7.5, "equip": 2000,
        "multimedia": 2.3,
    },
    "junior": {
        "above_req": 5.3, "backbone": 1, "pe_art": 0.9, "teach_area": 5.8, "sports_area": 10.2, "equip": 2500,
        "multimedia": 2.4,
    },
}  # fmt: skip
"""The table of §2."""

MUST_REACH = 6
FLOOR = 0.85
LIMITS = {"primary": 0.50, "junior": 0.45}
SMALLEST_TEACHING_POINT = 50
NEEDED = ("students", "staff", "basic", "premises")


@dataclass(frozen=True, slots=True)
class Part:
    """A school's part of one stage: its pupils, and quantity by criterion, not yet divided."""

    school: School
    stage: str
    pupils: float
    quantities: Mapping[str, float]
    values: Mapping[str, float]

    @property
    def reached(self) -> list[str]:
        return [name for name, value in self.values.items() if value >= THRESHOLDS[self.stage][name]]

    @property
    def below_floor(self) -> list[str]:
        return [name for name, value in self.values.items() if value < FLOOR * THRESHOLDS[self.stage][name]]

    @property
    def passes(self) -> bool:
        """At least six of the seven reached, and none of the others below 85 % (§2.2)."""
        return len(self.reached) >= MUST_REACH and not self.below_floor


def list_parts(district: District, stage: str) -> list[Part]:
    """The school parts that are judged; those whose returns are missing are not among them (§2.3)."""
    return [
        build_part(school, stage)
        for school in district.schools
        if is_in_scope(school, stage) and school.has_all(NEEDED) and is_large_enough(school, stage)
    ]


def is_in_scope(school: School, stage: str) -> bool:
    """All 义务教育 schools but special and vocational ones (§2.3)."""
    return stage in school.stages and school.type in GENERAL and school.type != "321"


def is_large_enough(school: School, stage: str) -> bool:
    """Teaching points of fewer than fifty pupils are left out (§2.3)."""
    return school.type != "218" or count_pupils(school, stage) >= SMALLEST_TEACHING_POINT


def build_part(school: School, stage: str) -> Part:
    pupils = count_pupils(school, stage)
    quantities = {name: factor * count(school) for name, (_, count, factor) in list_quantities(stage).items()}
    return Part(school, stage, pupils, quantities, {name: x / pupils for name, x in quantities.items()})


def list_unheard(district: District) -> list[School]:
    """Schools in scope whose pupils nobody knows: the district cannot be said to meet the standard."""
    return [s for s in district.schools if any(is_in_scope(s, stage) for stage in STAGES) and not s.has_all(NEEDED)]


def compute_mean(parts: Sequence[Part], criterion: str) -> float:
    """X̄: total over total (§5.1)."""
    return sum(part.quantities[criterion] for part in parts) / sum(part.pupils for part in parts)


def compute_dispersion(parts: Sequence[Part], criterion: str) -> float:
    """差异系数, schools weighted by their pupils (§5.1)."""
    mean, pupils = compute_mean(parts, criterion), sum(part.pupils for part in parts)
    variance = sum(part.pupils / pupils * (part.values[criterion] - mean) ** 2 for part in parts)
    return sqrt(variance) / mean


def compute_unweighted_dispersion(parts: Sequence[Part], criterion: str) -> float:
    """What the official coefficient is not: every school alike, around the plain mean (§5.1, the trap)."""
    values = [part.values[criterion] for part in parts]
    mean = sum(values) / len(values)
    return sqrt(sum((value - mean) ** 2 for value in values) / len(values)) / mean


def list_dispersions(district: District) -> Iterator[tuple[str, str, int, float, float]]:
    """Stage, criterion, number of parts, mean and dispersion, in the order of the official table."""
    for stage in STAGES:
        parts = list_parts(district, stage)
        for criterion in NAMES:
            yield stage, criterion, len(parts), compute_mean(parts, criterion), compute_dispersion(parts, criterion)
