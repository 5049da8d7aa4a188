"""J05: staff by post, teachers by degree, subject, title and age, and who came and went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from schemas.sample.calendar import YEARS, spell_school_year
from schemas.sample.facts.district import Facts
from schemas.sample.facts.rosters import PSYCHOLOGY_SINCE
from schemas.sample.facts.schools import School
from schemas.sample.facts.teachers import BESIDE, DEGREES, POSTS, SUBJECTS, OtherStaff, Roster, Teacher
from schemas.sample.filings import Filing, Value
from schemas.sample.writers.filing import Line, file_for_school
from schemas.sample.writers.tables import Test, count_cells, count_column, name_band, spell

STAGES = ("primary", "junior", "senior")
AGE_BANDS = (
    (24, "le24"), (29, "a25_29"), (34, "a30_34"), (39, "a35_39"), (44, "a40_44"), (49, "a45_49"), (54, "a50_54"),
    (59, "a55_59"), (200, "ge60"),
)  # fmt: skip
TITLES = ("full", "vice", "middle", "assistant", "junior_title", "no_title")


def write_staff(facts: Facts) -> Iterator[Filing]:
    for year in YEARS:
        for school in facts.list_open(year):
            if school.is_ordinary or "special" in school.stages:
                values, lines = describe_staff(facts, school, year)
                yield file_for_school(school, "J05", spell_school_year(year), values, {"tmisc": lines})


def describe_staff(facts: Facts, school: School, year: int) -> tuple[dict[str, Value], list[Line]]:
    """Every cell of J05 that concerns the school, and a line a stage."""
    rosters = list(facts.list_rosters(school, year))
    values: dict[str, Value] = dict(_count_staff(facts, school, year, rosters))
    lines: list[Line] = []
    for roster in rosters:
        values |= _describe_moves(roster)
        if roster.stage in STAGES:
            values |= _count_degrees(roster) | _count_titles(roster)
        if roster.stage != "kg":
            lines.append(_describe_misc(roster))
    return values, lines


def _count_staff(facts: Facts, school: School, year: int, rosters: list[Roster]) -> dict[str, int]:
    teachers = [teacher for roster in rosters for teacher in roster.teachers]
    tests: Mapping[str, Test[Teacher]] = {
        "total": lambda _: True, "female": lambda t: t.woman, "minority": lambda t: t.minority,
        "on_quota": lambda t: t.on_quota, "foreign": lambda _: False,
    }  # fmt: skip
    cells = count_column("staff", "teacher", teachers, tests)
    for post in (*POSTS, *BESIDE):
        people = facts.posts.get((school.code, post, year), OtherStaff(0, 0, 0, 0))
        counts = {
            "total": people.total,
            "female": people.women,
            "minority": people.minority,
            "on_quota": people.on_quota,
            "foreign": 0,
        }
        cells |= {spell("staff", row, post): count for row, count in counts.items()}
    return cells


def name_subject(teacher: Teacher, year: int) -> str:
    """The subject column of the form of the year."""
    return "other" if teacher.subject == "psych" and year < PSYCHOLOGY_SINCE else teacher.subject


def _has_degree(degree: str, teacher: Teacher) -> bool:
    return teacher.degree == degree


def _has_title(title: str, year: int, teacher: Teacher) -> bool:
    return teacher.find_title(year) == title


def _count_degrees(roster: Roster) -> dict[str, int]:
    sheet = f"edu_{roster.stage}"
    rows: dict[str, Test[Teacher]] = {"female": lambda t: t.woman, "minority": lambda t: t.minority}
    rows |= {degree: partial(_has_degree, degree) for degree in DEGREES}
    columns = [subject for subject in SUBJECTS if subject != "psych" or roster.year >= PSYCHOLOGY_SINCE]
    cells = count_cells(sheet, roster.teachers, rows, lambda t: name_subject(t, roster.year), columns)
    women = [teacher for teacher in roster.teachers if teacher.woman]
    return cells | count_column(sheet, "female", women, {row: test for row, test in rows.items() if row != "female"})


def _count_titles(roster: Roster) -> dict[str, int]:
    sheet, year = f"title_{roster.stage}", roster.year
    rows: dict[str, Test[Teacher]] = {"female": lambda t: t.woman}
    rows |= {title: partial(_has_title, title, year) for title in TITLES}
    columns = [band for _, band in AGE_BANDS]
    cells = count_cells(sheet, roster.teachers, rows, lambda t: name_band(t.find_age(year), AGE_BANDS), columns)
    women = [teacher for teacher in roster.teachers if teacher.woman]
    return cells | count_column(sheet, "female", women, {row: test for row, test in rows.items() if row != "female"})


def _describe_moves(roster: Roster) -> dict[str, Value]:
    moves = roster.moves
    counts = {
        "begin": len(roster.before), "inc_recruit": len(moves.recruited), "inc_transfer": len(moves.transferred_in),
        "inc_internal": 0, "inc_other": 0, "dec_natural": len(moves.retired),
        "dec_transfer": len(moves.transferred_out),
        "dec_internal": 0, "dec_resign": len(moves.resigned), "dec_other": 0, "end": roster.size,
    }  # fmt: skip
    return {spell("tflow", roster.stage, column): count for column, count in counts.items()}


def _describe_misc(roster: Roster) -> Line:
    visiting = roster.visiting or {}
    return {
        "stage": roster.stage, "certified": sum(t.certified for t in roster.teachers),
        "trained_360": sum(t.trained for t in roster.teachers), "exch_eligible": roster.exchange_eligible,
        "exch_actual": roster.exchanged, "exch_backbone": roster.exchanged_backbone,
        **{f"visit_{subject}": visiting.get(subject, 0) for subject in ("pe", "music", "art", "arts")},
    }  # fmt: skip
