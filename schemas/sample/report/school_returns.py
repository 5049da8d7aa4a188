"""What the schools of the report case file: each its part of the inputs, and nothing where no figure asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from schemas.sample.filings import Value
from schemas.sample.report.children import (
    CHILDREN,
    Lists,
    count_children,
    count_kindergarten_teachers,
    describe_kindergarten,
)
from schemas.sample.report.inputs import Inputs
from schemas.sample.report.schools import School

COMPULSORY = ("211", "311")
ORDINARY = (*COMPULSORY, "342")
FITNESS = ("fit_excellent", "fit_good", "fit_pass")
SEATS = "sx.seats where(school_type in ('111','112'))"
NEW_SEATS = "sx.seats_new where(school_type in ('211','311','312','341','345'))"
NEW_INCLUSIVE_SEATS = "sx.seats_new where(school_type in ('111','112') and kgs.kg_nature in ('1','2'))"
OPEN_SPORTS = "count_schools(sx.sports_open='Y')"
GRADES = {"primary": 6, "junior": 3}
FIRST_AGE = {"primary": 6, "junior": 12}
SPORTS_EVENTS, SCHOOL_DAYS, WEEKS = 6, 21, 4


@dataclass(frozen=True)
class Round:
    """The schools that file a return of a year, and what they must add up to."""

    inputs: Inputs
    year: int
    schools: Sequence[School]
    everyone: Sequence[School] = ()
    """All schools of the year, whether they file this return or not."""

    def share(self, expression: str, school: School, among: Sequence[School] | None = None) -> int:
        return self.inputs.share(self.year, expression, school, self.schools if among is None else among)

    def pick(self, *types: str) -> list[School]:
        return [school for school in self.schools if school.type in types]


Answers = tuple[Mapping[str, Value], Lists]
Describe = Callable[[Round, School], Answers]


def describe_profile(round_: Round, school: School) -> Answers:
    """J01: results of the fitness test. What was not good enough makes up the number tested."""
    results: dict[str, Value] = {}
    for name in FITNESS:
        results[f"basic.{name}"] = round_.share(f"basic.{name}", school)
    tested = round_.share("basic.fit_tested_prev", school)
    passed = sum(round_.share(f"basic.{name}", school) for name in FITNESS)
    known: dict[str, Value] = {
        "school_type": school.type, "run_by": "831", "urban_rural": school.place, "electricity": "是",
        "toilet": "1", "security_staff": 4, "exam_prev": tested, "fit_tested_prev": tested, "fit_fail": tested - passed,
    }  # fmt: skip
    return results | {f"basic.{name}": value for name, value in known.items()}, {}


def describe_students(round_: Round, school: School) -> Answers:
    """J03: every grade as large as the one that a figure asks for."""
    stage = school.stages[0]
    asked = "stu_junior[total].g3" if stage == "junior" else "stu_primary[total].g1"
    size = round_.share(asked, school)
    girls, grades = size // 2, range(1, GRADES[stage] + 1)
    values: dict[str, Value] = {}
    for row, many in (("total", size), ("female", girls)):
        values |= {f"stu_{stage}[{row}].g{grade}": many for grade in grades}
        values |= {f"stu_{stage}[{row}].{name}": many for name in ("entrants", "expected_grads")}
        values |= {f"stu_{stage}[{row}].pre3": many} if stage == "primary" else {}
    values[f"stu_{stage}[total].enrolled_f"] = girls * len(grades)
    for grade in grades:
        age = f"age_{stage}[a{FIRST_AGE[stage] + grade - 1}]"
        values |= {f"{age}.g{grade}": size, f"{age}.enrolled_f": girls}
    return values | {f"age_{stage}[a{FIRST_AGE[stage]}].entrants": size}, {}


def describe_staff(round_: Round, school: School) -> Answers:
    """J05: full-time teachers, all with the same degree and subject."""
    stage = school.stages[0]
    many = round_.share(f"edu_{stage}[total].total", school, round_.pick(school.type))
    women = many // 2
    values: dict[str, Value] = {
        "staff[total].teacher": many, "staff[female].teacher": women,
        f"edu_{stage}[bachelor].chinese": many, f"edu_{stage}[bachelor].female": women,
        f"edu_{stage}[female].chinese": women,
        f"title_{stage}[middle].a35_39": many, f"title_{stage}[middle].female": women,
        f"title_{stage}[female].a35_39": women, f"tflow[{stage}].begin": many, f"tflow[{stage}].end": many,
    }  # fmt: skip
    return values, {"tmisc": [{"stage": stage, "certified": many, "trained_360": many}]}


def describe_kindergartens(round_: Round, school: School) -> Answers:
    """J07: children and classes."""
    return describe_kindergarten(count_children(round_.inputs, round_.year, school, round_.schools))


def describe_vocational(round_: Round, school: School) -> Answers:
    """J09: staff and teachers."""
    names = ("staff_total", "teacher")
    return {f"voc_staff.{name}": round_.share(f"voc_staff.{name}", school) for name in names}, {}


def describe_supplement(round_: Round, school: School) -> Answers:
    """S02: places, sports grounds open to the public, party organisations, eyesight of the pupils tested."""
    inclusive = [s for s in round_.pick("111") if s.nature in ("1", "2")]
    new = round_.share(NEW_SEATS, school, round_.pick(*COMPULSORY)) + round_.share(
        NEW_INCLUSIVE_SEATS, school, inclusive
    )
    values: dict[str, Value] = {
        "sx.seats": new + round_.share(SEATS, school, round_.pick("111")),
        "sx.seats_new": new,
        "sx.party_org": "是",
        "tx.teachers_all": count_teachers(round_, school),
    }
    if school.stages[0] in ("primary", "junior", "senior"):
        is_open = round_.share(OPEN_SPORTS, school, round_.pick(*ORDINARY))
        rooms = round_.share("sx.resource_rooms", school, round_.pick("211"))
        values |= {"sx.sports_open": "是" if is_open else "否", "sx.resource_rooms": rooms}
    if school.stages[0] in ("kg", "primary", "junior", "senior"):
        row = f"hx[{school.stages[0]}]"
        for name in ("screened", "myopic"):
            values[f"{row}.{name}"] = round_.share(f"{row}.{name}", school, round_.pick(school.type))
    return values, {}


def count_teachers(round_: Round, school: School) -> int:
    """The teachers that the school's own return of the year says; 0 where it files none."""
    if school.nature:
        if round_.inputs.find(round_.year, CHILDREN) is None:
            return 0
        kindergartens = [other for other in round_.everyone if other.nature]
        return count_kindergarten_teachers(count_children(round_.inputs, round_.year, school, kindergartens))
    same = [other for other in round_.everyone if other.type == school.type]
    if school.type in ORDINARY:
        return round_.share(f"edu_{school.stages[0]}[total].total", school, same)
    return round_.share("voc_staff.teacher", school, same) if "voc" in school.stages else 0


def describe_month(round_: Round, school: School) -> Answers:
    """S01: leaders who ate with their pupils, and what they found."""
    names = {"meals_acc": "meals_acc", "meal_found": "meal_found", "meal_fixed": "meal_found"}
    values: dict[str, Value] = {f"sm.{name}": round_.share(f"sm.{asked}", school) for name, asked in names.items()}
    kept = {"open_days": SCHOOL_DAYS, "weeks": WEEKS, "principal_checks": WEEKS, "logistics_days": SCHOOL_DAYS,
            "leader_meal_days": SCHOOL_DAYS}  # fmt: skip
    return values | {f"sm.{name}": number for name, number in kept.items()}, {}


def describe_conduct(round_: Round, school: School) -> Answers:
    """S03: sports events of the stage, and inspections of the canteen."""
    inspections = round_.inputs.find(round_.year, "min(ct.inspections)")
    conduct: dict[str, Value] = {"stage": school.stages[0], "sports_events": SPORTS_EVENTS}
    canteen: dict[str, Value] = {"canteen_no": 1, "kind": "1", "diners": 300, "inspections": int(inspections or 0)}
    return {}, {"cd": [conduct], "ct": [canteen]}
