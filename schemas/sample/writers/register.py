"""J00: the register of each school year, with openings, a closure and a change of name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from schemas.sample.calendar import YEARS, spell_school_year
from schemas.sample.chance import draw
from schemas.sample.facts.district import Facts
from schemas.sample.facts.listing import (
    DISTRICT_CODE,
    EARLIER_GROUPS,
    EDUCATION_GROUPS,
    INSPECTION_ZONES,
    SCHOOL_DISTRICTS,
    TOWNSHIPS,
)
from schemas.sample.facts.schools import CHANGE_DAY, SUMMER_2025, School
from schemas.sample.filings import Filing
from schemas.sample.writers.filing import Line, file_for_office

ORDINARY = ("J01", "J02", "J03", "J04", "J05", "J06")
MONTHLY_AND_TERMLY = ("M01", "S01", "S02", "S03")
SYSTEM: Line = {"system_primary": 6, "system_junior": 3, "entry_age_primary": 6}
"""The district's school system, noted for every institution: conditions of the forms ask for it."""

SCHOOL_DISTRICT, EDUCATION_GROUP, INSPECTION_ZONE = "1", "2", "3"
GROUPS_BEGAN = date(2021, 9, 1)
SMALL_KINDERGARTEN = ("J01", "J04", "J07", "S02")


def write_registers(facts: Facts) -> list[Filing]:
    """One register a school year, reviewed in August."""
    lists = {
        year: {"reg": list_lines(facts.schools, year), "membership": list_memberships(facts.schools, year)}
        for year in YEARS
    }
    return [file_for_office("J00", spell_school_year(year), {}, lists[year]) for year in YEARS]


def list_lines(schools: Sequence[School], year: int) -> list[Line]:
    """The register's lines as they stand when the school year begins."""
    return [line for school in schools for line in _list_school(school, year)]


def list_memberships(schools: Sequence[School], year: int) -> list[Line]:
    """The groups that the register's schools belong to."""
    listed = {line["school_code"] for line in list_lines(schools, year)}
    kept = [school for school in schools if school.code in listed]
    return [{"school_code": school.code, **line} for school in kept for line in _list_groups(school, year)]


def list_expected(school: School) -> tuple[str, ...]:
    """The returns named in the register; empty where those of the definitions apply."""
    finance = ("J10",) if school.is_public else ()
    extra = (*(("J08",) if school.has("disabled") else ()), *(("J07",) if "kg" in school.stages else ()))
    if school.files_little:
        return SMALL_KINDERGARTEN
    if not extra or school.is_kindergarten:
        return ()
    return (*ORDINARY, *sorted(extra), *finance, *MONTHLY_AND_TERMLY)


def _list_school(school: School, year: int) -> Iterator[Line]:
    began = school.opened_on or date(max(school.founded, 1980), 9, 1)
    common = _describe(school)
    if school.opened_on and school.opened_on > date(year, 9, 1):
        return
    if year < CHANGE_DAY.year:
        name = school.former_name or school.name
        usual: Line = {"school_name": name, "status": "1", "valid_from": began}
        yield common | usual | _shorten(name)
    elif school.closed_on:
        closing: Line = {"status": "4", "valid_to": school.closed_on, "successor_code": school.parent}
        yield common | _shorten(school.name) | {"valid_from": began} | closing
    elif school.former_name:
        old: Line = {"school_name": school.former_name, "status": "1", "valid_from": began, "valid_to": SUMMER_2025}
        yield common | old | _shorten(school.former_name)
        new: Line = {"status": "3", "valid_from": CHANGE_DAY, "alias_names": school.former_name}
        yield common | new | _shorten(school.name)
    else:
        current: Line = {"status": "2" if school.opened_on else "1", "valid_from": began}
        yield common | current | _shorten(school.name)


def _list_groups(school: School, year: int) -> Iterator[Line]:
    is_compulsory = not {"primary", "junior"}.isdisjoint(school.stages)
    if is_compulsory and school.township in SCHOOL_DISTRICTS:
        yield {"grouping": SCHOOL_DISTRICT, "group_name": SCHOOL_DISTRICTS[school.township]}
    earlier = EARLIER_GROUPS.get(school.short_name)
    is_changed = year >= CHANGE_DAY.year
    if earlier:
        ended = SUMMER_2025 if is_changed else None
        yield {"grouping": EDUCATION_GROUP, "group_name": earlier, "valid_from": GROUPS_BEGAN, "valid_to": ended}
    if school.short_name in EDUCATION_GROUPS and (is_changed or not earlier):
        joined = CHANGE_DAY if earlier else None
        yield {"grouping": EDUCATION_GROUP, "group_name": EDUCATION_GROUPS[school.short_name], "valid_from": joined}
    yield {"grouping": INSPECTION_ZONE, "group_name": INSPECTION_ZONES[school.township]}


def _shorten(name: str) -> Line:
    return {"short_name": name.removeprefix("示例区")}


def _describe(school: School) -> Line:
    """What does not change with the year. Answers stand in their codes, so that templates can be fitted to them."""
    township = next(number for number, t in enumerate(TOWNSHIPS, start=1) if t.name == school.township)
    random = draw(school.code, "register")
    line: Line = {
        "school_code": school.code, "school_name": school.name, "school_type": school.type, "run_by": school.run_by,
        "ownership": "1" if school.is_public else "2", "urban_rural": school.place, "district_code": DISTRICT_CODE,
        "site_code": f"{DISTRICT_CODE}{township:03d}{random.randint(1, 19):03d}", "township_name": school.township,
        "address": f"示例区{school.township}示例路{random.randint(1, 399)}号", "longitude": school.longitude,
        "latitude": school.latitude, "founded_year": school.founded, "stages": ";".join(school.stages),
        "is_teaching_point": _code(school.type == "218"), "is_township_central": _code(school.has("central")),
        "is_boarding": _code(school.has("boarding")), "is_dense_center": _code(school.has("dense")),
        "is_pre2010": _code(school.founded <= 2010), "is_pre2016": _code(school.founded <= 2016),
        "expected_returns": ";".join(list_expected(school)) or None,
        "contact_name": "统计员", "contact_phone": f"025-5551{random.randint(1000, 9999)}",
    }  # fmt: skip
    return line | SYSTEM


def _code(answer: int) -> str:
    return "Y" if answer else "N"
