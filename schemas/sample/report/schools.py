"""The schools of the two districts: as many as the reports say, the rest chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count

from schemas.sample.filings import Value

DISTRICT_CODE = "120199"
DISTRICT_NAME = "报告案例区"
BUREAU_CODE = "1201990000"
BUREAU_NAME = "报告案例区教育局"

AREA = "199"
URBAN, RURAL = "111", "220"
ADDED = 2020
"""The year in which district N counts its new kindergartens."""


@dataclass(frozen=True, slots=True)
class School:
    """An institution of a district. `nature` is that of a kindergarten; `rank` counts within its kind."""

    district: str
    code: str
    name: str
    type: str
    stages: tuple[str, ...]
    place: str
    nature: str
    founded: int
    rank: int

    @property
    def is_public(self) -> bool:
        return self.nature in ("", "1")


@dataclass(frozen=True, slots=True)
class Listing:
    """Schools of one kind."""

    district: str
    kind: str
    type: str
    stages: tuple[str, ...]
    many: int
    place: str = URBAN
    nature: str = ""
    founded: int = 2005


LISTINGS = (
    Listing("N", "小学", "211", ("primary",), 20),
    Listing("N", "初中", "311", ("junior",), 10),
    Listing("N", "高中", "342", ("senior",), 8),
    Listing("N", "教学点", "218", ("primary",), 36, RURAL),
    Listing("N", "职业中专", "365", ("voc",), 1),
    Listing("N", "特殊教育学校", "514", ("special",), 1),
    Listing("N", "幼儿园", "111", ("kg",), 31, nature="1"),
    Listing("N", "普惠幼儿园", "111", ("kg",), 13, nature="2"),
    Listing("N", "民办幼儿园", "111", ("kg",), 7, nature="3"),
    Listing("N", "新建幼儿园", "111", ("kg",), 3, nature="1", founded=ADDED),
    Listing("N", "新建普惠幼儿园", "111", ("kg",), 11, nature="2", founded=ADDED),
    Listing("N", "新建民办幼儿园", "111", ("kg",), 19, nature="3", founded=ADDED),
    Listing("J", "小学", "211", ("primary",), 14),
    Listing("J", "幼儿园", "111", ("kg",), 11, nature="1"),
    Listing("J", "普惠幼儿园", "111", ("kg",), 22, nature="2"),
    Listing("J", "民办幼儿园", "111", ("kg",), 44, nature="3"),
    Listing("J", "农村幼儿园", "111", ("kg",), 40, RURAL, nature="1"),
)
"""N: 160 institutions, 84 of them kindergartens, of which 33 are new. J: 77 kindergartens in town, and rural ones."""


def list_schools(district: str, year: int) -> list[School]:
    """The schools open at the beginning of a school year."""
    return [school for school in _list_all() if school.district == district and school.founded <= year]


def describe_school(school: School, expected: str) -> dict[str, Value]:
    """The school's line of the register, with the returns it owes."""
    return {
        "school_code": school.code, "school_name": school.name, "school_type": school.type,
        "run_by": "831" if school.is_public else "999", "ownership": "1" if school.is_public else "2",
        "urban_rural": school.place, "district_code": DISTRICT_CODE,
        "township_name": "城区街道" if school.place == URBAN else "乡村镇", "status": "1",
        "valid_from": date(school.founded, 9, 1), "founded_year": school.founded, "stages": ";".join(school.stages),
        "system_primary": 6, "system_junior": 3, "entry_age_primary": 6,
        "is_teaching_point": "Y" if school.type == "218" else "N", "is_township_central": "N", "is_boarding": "N",
        "is_dense_center": "N", "is_pre2010": "Y" if school.founded <= 2010 else "N",
        "is_pre2016": "Y" if school.founded <= 2016 else "N", "expected_returns": expected,
    }  # fmt: skip


def _list_all() -> Iterator[School]:
    numbers = count(1)
    for listing in LISTINGS:
        for rank in range(1, listing.many + 1):
            yield School(
                listing.district, f"{listing.type[:2]}{DISTRICT_CODE[:2]}{AREA}{next(numbers):03d}",
                f"{DISTRICT_NAME}{listing.district}{listing.kind}{rank:02d}", listing.type, listing.stages,
                listing.place, listing.nature, listing.founded, rank,
            )  # fmt: skip
