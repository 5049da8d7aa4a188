"""The institutions of the district: who they are, when they opened, closed or changed their name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import count

from schemas.sample.chance import draw
from schemas.sample.facts.kindergarten_listing import GIVEN_NAMES, OPENED_IN_2025, PLANS
from schemas.sample.facts.listing import DISTRICT_NAME, PARENTS, RENAMED, SCHOOLS, TOWNSHIPS, Listed, Township

STAGES_BY_TYPE = {
    "111": ("kg",), "211": ("primary",), "218": ("primary",), "311": ("junior",), "312": ("primary", "junior"),
    "341": ("junior", "senior"), "342": ("senior",), "345": ("primary", "junior", "senior"), "365": ("voc",),
    "514": ("special",),
}  # fmt: skip

SUMMER_2025 = date(2025, 8, 31)
CHANGE_DAY = date(2025, 9, 1)
SMALL_PRIVATE_KINDERGARTEN = 26


@dataclass(frozen=True, slots=True)
class School:
    """An institution. `sizes` are pupils a grade by stage, `caps` the largest class, `flags` what is special here."""

    code: str
    name: str
    short_name: str
    type: str
    run_by: str
    place: str
    township: str
    stages: tuple[str, ...]
    founded: int
    longitude: float
    latitude: float
    sizes: Mapping[str, int]
    caps: Mapping[str, int]
    flags: frozenset[str]
    nature: str = ""
    former_name: str = ""
    parent: str = ""
    opened_on: date | None = None
    closed_on: date | None = None

    @property
    def is_public(self) -> bool:
        return self.run_by != "999"

    @property
    def is_kindergarten(self) -> bool:
        return self.type == "111"

    @property
    def group(self) -> str:
        """urban, town or rural, by the place code."""
        return {"11": "urban", "12": "town"}.get(self.place[:2], "rural")

    @property
    def is_ordinary(self) -> bool:
        """True for schools of general education: neither kindergarten nor special nor vocational."""
        return self.type[0] in "23" and self.type != "365"

    @property
    def files_little(self) -> bool:
        """Small private kindergartens are asked for the yearly returns only."""
        return self.is_kindergarten and not self.is_public and self.sizes["kg"] <= SMALL_PRIVATE_KINDERGARTEN

    def has(self, flag: str) -> bool:
        return flag in self.flags

    def is_open(self, year: int) -> bool:
        """True if the school works in the school year that begins in `year`."""
        first = date(year, 9, 1)
        return (self.opened_on is None or self.opened_on <= first) and (
            self.closed_on is None or self.closed_on >= first
        )

    def name_on(self, day: date) -> str:
        """The school's name on a day."""
        return self.former_name if self.former_name and day < CHANGE_DAY else self.name


def build_schools() -> tuple[School, ...]:
    """Every institution that is open in one of the two years."""
    numbers = count(1)
    townships = {township.name: township for township in TOWNSHIPS}
    schools = [_build_school(listed, townships[listed.township], next(numbers)) for listed in SCHOOLS]
    schools += [_build_kindergarten(*planned, next(numbers)) for planned in _list_kindergartens(townships)]
    codes = {school.short_name: school.code for school in schools}
    return tuple(_set_parent(school, codes) for school in schools)


def _build_school(listed: Listed, township: Township, number: int) -> School:
    flags = frozenset(listed.flags.split())
    code = _make_code(listed.type, number)
    random = draw(code, "school")
    now_named = RENAMED.get(listed.name, listed.name)
    stages = (*(("kg",) if flags & {"kg1", "kg2"} else ()), *STAGES_BY_TYPE[listed.type])
    sizes = dict(listed.sizes) | ({"kg": 42 if "kg2" in flags else 21} if "kg" in stages else {})
    return School(
        code=code, name=DISTRICT_NAME + now_named, short_name=now_named, type=listed.type, run_by=listed.run_by,
        place=listed.place, township=listed.township, stages=stages,
        founded=random.randint(2017, 2020) if "new" in flags else random.randint(1952, 2008),
        longitude=round(township.longitude + random.uniform(-0.02, 0.02), 6),
        latitude=round(township.latitude + random.uniform(-0.02, 0.02), 6),
        sizes=sizes, caps=listed.caps, flags=flags,
        former_name=DISTRICT_NAME + listed.name if listed.name in RENAMED else "",
        parent=PARENTS.get(listed.name, ""), closed_on=SUMMER_2025 if "closing" in flags else None,
    )  # fmt: skip


def _list_kindergartens(townships: Mapping[str, Township]) -> Iterator[tuple[str, str, Township, int, str]]:
    """Short name, nature, township, children a band, place code."""
    names = iter(GIVEN_NAMES)
    for plan in PLANS:
        township = townships[plan.township]
        for order, size in enumerate(plan.public, start=1):
            rank = ("中心", "第二", "第三", "第四")[order - 1]
            yield (
                f"{plan.township}{rank}幼儿园",
                "1",
                township,
                size,
                township.centre if order <= 2 else township.outskirts,
            )
        for nature, sizes in (("2", plan.inclusive), ("3", plan.other)):
            for order, size in enumerate(sizes):
                yield (
                    f"{next(names)}幼儿园",
                    nature,
                    township,
                    size,
                    township.centre if order < 2 else township.outskirts,
                )


def _build_kindergarten(short: str, nature: str, township: Township, size: int, place: str, number: int) -> School:
    code = _make_code("111", number)
    random = draw(code, "school")
    is_new = (township.name, size) == OPENED_IN_2025 and nature == "1"
    run_by = (
        random.choice(("831", "831", "831", "832", "892", "894")) if nature == "1" and "中心" not in short else "831"
    )
    flags = {"central"} if "中心" in short else set()
    return School(
        code=code, name=DISTRICT_NAME + short, short_name=short, type="111", run_by=run_by if nature == "1" else "999",
        place=place, township=township.name, stages=("kg",),
        founded=2025 if is_new else random.randint(1985, 2020),
        longitude=round(township.longitude + random.uniform(-0.02, 0.02), 6),
        latitude=round(township.latitude + random.uniform(-0.02, 0.02), 6),
        sizes={"kg": size}, caps={}, flags=frozenset(flags), nature=nature,
        opened_on=date(2025, 8, 20) if is_new else None,
    )  # fmt: skip


def _make_code(school_type: str, number: int) -> str:
    """Ten digits: trade by the type, province, number."""
    return f"{school_type[:2]}32{199000 + number}"


def _set_parent(school: School, codes: Mapping[str, str]) -> School:
    return replace(school, parent=codes[school.parent]) if school.parent else school
