"""J07: kindergartens, and the attached classes of schools, which fill classes and children only. B04: their status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict

from schemas.sample.calendar import YEARS, spell_school_year
from schemas.sample.facts.district import Facts
from schemas.sample.facts.kindergartens import FEE_CAPS, POSTS, Kindergarten, KindergartenWorker
from schemas.sample.facts.pupils import Pupil, Roll
from schemas.sample.facts.schools import School
from schemas.sample.filings import Filing, Value
from schemas.sample.writers.filing import Line, file_for_office, file_for_school, yes
from schemas.sample.writers.tables import Test, count_cells, count_column, spell

BANDS = ("nursery", "small", "middle", "large")
"""Grades 0 to 3. 5 stands for a mixed class."""

STAFF_ROWS: Mapping[str, Test[KindergartenWorker]] = {
    "total": lambda _: True, "female": lambda w: w.woman, "minority": lambda w: w.minority,
    "on_quota": lambda w: w.on_quota, "ece_major": lambda w: w.early_childhood,
}  # fmt: skip
QUALIFICATIONS = (
    "grad", "bachelor", "associate", "hs", "below_hs", "full", "vice", "middle_t", "assistant", "junior_title",
    "no_title",
)  # fmt: skip
SITE_FIELDS = (
    "land", "green", "outdoor", "bldg_danger", "bldg_new", "activity", "toilet_a", "sleep", "health_room", "library_r",
    "admin_total", "teacher_office", "living_total", "kitchen", "other_total", "books",
)  # fmt: skip


def write_kindergartens(facts: Facts) -> Iterator[Filing]:
    for year in YEARS:
        for school in facts.list_open(year):
            if "kg" not in school.stages:
                continue
            roll = facts.find_roll(school.code, "kg", year)
            values = describe_children(roll) | _count_classes(roll)
            values |= _describe_institution(facts.kindergartens.get((school.code, year)), school)
            yield file_for_school(school, "J07", spell_school_year(year), values, {"kg_cls_list": _list_classes(roll)})


def describe_children(roll: Roll) -> dict[str, Value]:
    """Children by kind, age and band: those who entered, who are there, and who left for school."""
    rows = _list_rows(roll.year)
    entered = count_cells(
        "kg_child",
        roll.moves.entered,
        rows,
        lambda p: f"entry_{_name_band(p, roll.year)}",
        [f"entry_{b}" for b in BANDS],
    )
    present = count_cells(
        "kg_child", roll.pupils, rows, lambda p: f"enr_{_name_band(p, roll.year)}", [f"enr_{b}" for b in BANDS]
    )
    girls = [pupil for pupil in roll.pupils if pupil.girl]
    cells = entered | present | count_column("kg_child", "leave", roll.moves.graduated, rows)
    return {**cells, **count_column("kg_child", "enr_f", girls, {row: t for row, t in rows.items() if row != "female"})}


def _list_rows(year: int) -> dict[str, Test[Pupil]]:
    rows: dict[str, Test[Pupil]] = {
        "female": lambda p: p.girl, "minority": lambda p: p.minority, "disabled": lambda p: bool(p.disability),
        "migrant": lambda p: bool(p.migrant), "left_behind": lambda p: p.left_behind,
        "age_le2": lambda p: p.find_age(year) <= 2, "age_ge6": lambda p: p.find_age(year) >= 6,
    }  # fmt: skip
    return rows | {f"age{age}": (lambda p, age=age: p.find_age(year) == age) for age in (3, 4, 5)}


def _name_band(pupil: Pupil, year: int) -> str:
    return BANDS[pupil.find_grade(year)]


def _count_classes(roll: Roll) -> dict[str, Value]:
    counts = Counter("mixed" if listed.mixed else BANDS[listed.grade] for listed in roll.classes)
    return {f"kg_cls.{band}": counts[band] for band in (*BANDS, "mixed")}


def _list_classes(roll: Roll) -> list[Line]:
    return [
        {"band": "5" if listed.mixed else str(listed.grade + 1), "class_no": listed.number, "n_children": listed.size}
        for listed in roll.classes
    ]


def _describe_institution(kindergarten: Kindergarten | None, school: School) -> dict[str, Value]:
    """Staff, premises and the rest; nothing but zeros for attached classes, whose school reports them elsewhere."""
    staff = kindergarten.staff if kindergarten else ()
    values: dict[str, Value] = dict(count_cells("kg_staff", staff, STAFF_ROWS, lambda w: w.post, POSTS))
    beside = {
        "substitute": kindergarten.substitutes if kindergarten else 0,
        "parttime": kindergarten.part_time if kindergarten else 0,
    }
    for column, count in beside.items():
        values |= {spell("kg_staff", row, column): count if row in ("total", "female") else 0 for row in STAFF_ROWS}
    for post in ("head", "teacher"):
        counts = Counter(q for worker in staff if worker.post == post for q in (worker.degree, worker.title))
        values |= {spell("kg_edu", post, column): counts[column] for column in QUALIFICATIONS}
    site = asdict(kindergarten.site) if kindergarten else dict.fromkeys(SITE_FIELDS, 0)
    values |= {f"kg_area.{name}": site[name] for name in SITE_FIELDS}
    values["kg_area.design_year"] = kindergarten.site.design_year if kindergarten else school.founded
    values["kg_misc.certified"] = sum(worker.certified for worker in staff)
    return values | {
        "kg_misc.fee_month": kindergarten.fee if kindergarten else 300.0,
        "kg_misc.meals": kindergarten.meals if kindergarten else 2,
    }  # fmt: skip


def write_statuses(facts: Facts) -> Iterator[Filing]:
    """B04: the bureau's list of public, inclusive and other kindergartens; attached classes count as public."""
    for year in YEARS:
        lines = [_describe_status(facts, school, year) for school in facts.list_open(year) if "kg" in school.stages]
        yield file_for_office("B04", spell_school_year(year), {}, {"kgs": lines})


def _describe_status(facts: Facts, school: School, year: int) -> Line:
    kindergarten = facts.kindergartens.get((school.code, year))
    nature = school.nature or "1"
    line: Line = {
        "school_code": school.code,
        "kg_nature": nature,
        "published": yes(nature != "3" or school.sizes["kg"] > 20),
    }
    if kindergarten and nature != "3":
        line |= {
            "recognised_on": kindergarten.recognised_on, "valid_until": kindergarten.valid_until,
            "fee_cap": FEE_CAPS[nature], "subsidy": kindergarten.subsidy,
        }  # fmt: skip
    return line
