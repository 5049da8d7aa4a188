"""J08: pupils with disabilities, in the special school and in ordinary ones. J09: the vocational school."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from schemas.sample.calendar import YEARS, spell_school_year
from schemas.sample.facts.district import Facts
from schemas.sample.facts.pupils import DISABILITIES, Pupil, Roll
from schemas.sample.facts.schools import School
from schemas.sample.facts.teachers import Roster
from schemas.sample.filings import Filing, Value
from schemas.sample.writers.filing import file_for_school
from schemas.sample.writers.tables import Test, count_column


def _has(disability: str, pupil: Pupil) -> bool:
    return pupil.disability == disability


KINDS: Mapping[str, Test[Pupil]] = {
    "female": lambda p: p.girl,
    **{kind: partial(_has, kind) for kind in DISABILITIES},
}


def write_special(facts: Facts) -> Iterator[Filing]:
    for year in YEARS:
        for school in facts.list_open(year):
            if school.has("disabled") or "special" in school.stages:
                yield file_for_school(school, "J08", spell_school_year(year), describe_disabled(facts, school, year))


def describe_disabled(facts: Facts, school: School, year: int) -> dict[str, Value]:
    """Pupils with disabilities by kind, placement and stage."""
    rolls = [roll for roll in facts.list_rolls(school, year) if roll.stage in ("primary", "junior", "special")]
    placed = [(pupil, roll) for roll in rolls for pupil in roll.pupils if pupil.disability]
    columns: dict[str, list[Pupil]] = {
        "entrants": [p for p, roll in placed if p.find_grade(roll.year) == 1], "enrolled": [p for p, _ in placed],
        "special_school": [p for p, roll in placed if roll.stage == "special" and not p.at_home], "special_class": [],
        "inclusive": [p for p, roll in placed if roll.stage != "special"], "home": [p for p, _ in placed if p.at_home],
        "primary": [p for p, roll in placed if _find_stage(p, roll) == "primary"],
        "junior": [p for p, roll in placed if _find_stage(p, roll) == "junior"], "senior": [],
        "graduates": [p for roll in rolls for p in roll.moves.graduated if p.disability],
    }  # fmt: skip
    return {
        ref: n for column, pupils in columns.items() for ref, n in count_column("sp_stu", column, pupils, KINDS).items()
    }


def _find_stage(pupil: Pupil, roll: Roll) -> str:
    if roll.stage != "special":
        return roll.stage
    return "primary" if pupil.find_grade(roll.year) <= 6 else "junior"


VOCATIONAL_ROWS: Mapping[str, Test[Pupil]] = {
    "total": lambda _: True, "female": lambda p: p.girl, "fulltime": lambda p: p.full_time,
    "from_junior": lambda p: p.from_junior, "boarder": lambda p: p.boarder,
}  # fmt: skip
CERTIFIED_EVERY = 12
"""Of so many graduates one has no certificate."""


def write_vocational(facts: Facts) -> Iterator[Filing]:
    for year in YEARS:
        for school in facts.list_open(year):
            if "voc" in school.stages:
                roll, roster = facts.find_roll(school.code, "voc", year), facts.rosters[(school.code, "voc", year)]
                values = (
                    _describe_pupils(roll)
                    | _describe_teachers(facts, school, roster)
                    | _describe_conditions(facts, school, year)
                )
                yield file_for_school(school, "J09", spell_school_year(year), values)


def _describe_pupils(roll: Roll) -> dict[str, Value]:
    graduates = roll.moves.graduated
    columns: dict[str, Iterable[Pupil]] = {
        "graduates": graduates, "certified_grads": [p for n, p in enumerate(graduates) if n % CERTIFIED_EVERY],
        "entrants": roll.list_grade(1), "y1": roll.list_grade(1), "y2": roll.list_grade(2), "y3": roll.list_grade(3),
        "y4": (),
        "expected_grads": roll.list_grade(3),
    }  # fmt: skip
    return {
        ref: n
        for column, pupils in columns.items()
        for ref, n in count_column("voc_stu", column, pupils, VOCATIONAL_ROWS).items()
    }


def _describe_teachers(facts: Facts, school: School, roster: Roster) -> dict[str, Value]:
    """Six in ten teach a trade, six in ten of these have worked in it."""
    others = sum(
        facts.posts[(school.code, post, roster.year)].total for post in ("admin", "assist", "worker", "other_staff")
    )
    trade = [teacher for teacher in roster.teachers if 0.1 < teacher.rank < 0.7 or teacher.rank > 0.985]
    return {
        "voc_staff.staff_total": roster.size + others, "voc_staff.teacher": roster.size,
        "voc_staff.prof_teacher": len(trade),
        "voc_staff.dual_teacher": sum(teacher.rank > 0.33 for teacher in trade),
        "voc_staff.bachelor_plus": sum(teacher.degree in ("phd", "master", "bachelor") for teacher in roster.teachers),
        "voc_staff.senior_title": sum(t.find_title(roster.year) in ("full", "vice") for t in roster.teachers),
        "voc_staff.offcampus": facts.posts[(school.code, "offcampus", roster.year)].total,
    }  # fmt: skip


def _describe_conditions(facts: Facts, school: School, year: int) -> dict[str, Value]:
    (campus,) = facts.premises[(school.code, year)]
    grounds, equipment = campus.grounds, campus.equipment
    return {
        "voc_cond.land": grounds.land, "voc_cond.bldg_total": grounds.bldg_total, "voc_cond.books": equipment.books,
        "voc_cond.terminals_student": equipment.terminals_student, "voc_cond.fixed_assets": equipment.fixed_assets,
        "voc_cond.equip_value": equipment.equip_value, "voc_cond.training_seats": round(equipment.equip_value / 1.6),
    }  # fmt: skip
