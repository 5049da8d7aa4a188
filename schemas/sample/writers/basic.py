"""J01: the profile of every school and kindergarten."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.sample.calendar import YEARS, spell_school_year
from schemas.sample.facts.district import Facts
from schemas.sample.facts.profiles import Profile, Rooms
from schemas.sample.facts.schools import School
from schemas.sample.filings import Filing, Value
from schemas.sample.writers.filing import file_for_school, yes

NEEDED_SPORTS = {"primary": 7.5, "junior": 10.2, "senior": 10.2}
"""Square metres a pupil below which a school says that its sports area falls short."""


def write_profiles(facts: Facts) -> Iterator[Filing]:
    for year in YEARS:
        for school in facts.list_open(year):
            profile = facts.profiles[(school.code, year)]
            items = _describe_everyone(school, profile)
            if not school.is_kindergarten:
                items |= _describe_upper(profile)
            if school.is_ordinary:
                items |= _describe_ordinary(facts, school, year, profile)
            yield file_for_school(
                school, "J01", spell_school_year(year), {f"basic.{name}": v for name, v in items.items()}
            )


def _describe_everyone(school: School, profile: Profile) -> dict[str, Value]:
    has = profile.facilities
    return {
        "school_type": school.type, "run_by": school.run_by, "urban_rural": school.place, "electricity": "是",
        "campus_network": yes(has.campus_network), "internet": "是", "bandwidth_mbps": has.bandwidth,
        "water_supply": has.water, "toilet": has.toilet, "handwash": has.handwash,
        "clinic": yes(has.clinic),
        "doctors": has.doctors, "health_staff": has.health_staff, "security_staff": has.guards,
    }  # fmt: skip


def _describe_upper(profile: Profile) -> dict[str, Value]:
    """Items of all but kindergartens."""
    has = profile.facilities
    return {
        "psych_room": yes(has.psych_room), "psych_teachers": has.psych_teachers,
        "psych_teachers_ft": has.psych_full_time, "has_charter": "是",
    }  # fmt: skip


def _describe_ordinary(facts: Facts, school: School, year: int, profile: Profile) -> dict[str, Value]:
    has = profile.facilities
    excellent, good, passed, failed = profile.fitness
    large, middle, small = has.football
    items: dict[str, Value] = {
        "std_sports_area": yes(has_enough_sports_area(facts, school, year)),
        "std_sports_equip": yes(has.standards["sports_equip"]), "std_music": yes(has.standards["music"]),
        "std_art": yes(has.standards["art"]), "exam_prev": profile.examined, "fit_tested_prev": profile.tested,
        "fit_excellent": excellent, "fit_good": good, "fit_pass": passed, "fit_fail": failed,
        "football_fields": sum(has.football), "football_11": large, "football_7": middle, "football_5": small,
    }  # fmt: skip
    items |= _describe_rooms("music", profile.music, ("ge96", "73_96", "61_73", "54_61"))
    items |= _describe_rooms("art", profile.art, ("ge90", "67_90", "61_67", "54_61"))
    return items | _describe_stages(facts, school, year, profile)


def _describe_stages(facts: Facts, school: School, year: int, profile: Profile) -> dict[str, Value]:
    items: dict[str, Value] = {
        f"backbone_{stage}": count_backbone(facts, school, stage, year) for stage in school.stages if stage != "kg"
    }
    compulsory = "primary" in school.stages or "junior" in school.stages
    if "primary" in school.stages:
        items["std_math_science"] = yes(profile.facilities.standards["math_science"])
    if "junior" in school.stages or "senior" in school.stages:
        items["std_science_lab"] = yes(profile.facilities.standards["science_lab"])
    if compulsory and not school.is_public:
        items |= {"gov_bought_places": profile.bought_places, "gov_bought_migrant": profile.bought_for_migrants}
    if compulsory and school.is_public and not school.has("boarding") and school.group != "rural":
        rolls = [roll for roll in facts.list_rolls(school, year) if roll.stage in ("primary", "junior")]
        items["catchment_students"] = sum(pupil.nearby for roll in rolls for pupil in roll.pupils)
    return items


def count_backbone(facts: Facts, school: School, stage: str, year: int) -> int:
    return sum(teacher.backbone for teacher in facts.rosters[(school.code, stage, year)].teachers)


def has_enough_sports_area(facts: Facts, school: School, year: int) -> bool:
    """Whether fields and halls reach the area its pupils need."""
    campuses = facts.premises[(school.code, year)]
    area = sum(campus.grounds.sports_ground + campus.grounds.indoor_sports for campus in campuses)
    return area >= sum(need * facts.count_pupils(school, year, stage) for stage, need in NEEDED_SPORTS.items())


def _describe_rooms(kind: str, rooms: Rooms, bands: tuple[str, ...]) -> dict[str, Value]:
    counts = zip(bands, (rooms.full, *rooms.bands), strict=True)
    return {f"{kind}_rooms": rooms.total, **{f"{kind}_{band}": count for band, count in counts}}
