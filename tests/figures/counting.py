"""What is counted in one school: pupils, classes, teachers, children, and its premises shared among its stages.

The articles are those of the definitions of indicators that the sample's figures were published by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.figures.returned import Line, School

GRADES = range(1, 7)
BANDS = ("le25", "b26_30", "b31_35", "b36_40", "b41_45", "b46_50", "b51_55", "b56_60", "b61_65", "ge66")
LARGE = ("b56_60", "b61_65", "ge66")
EXTRA_LARGE = ("ge66",)
DEGREES = ("phd", "master", "bachelor", "associate", "hs", "below_hs")
PE_AND_ARTS = ("pe", "arts", "music", "fine_art")
CHILD_AGES = ("age_le2", "age3", "age4", "age5", "age_ge6")
ALL_BANDS_OF_CHILDREN = ("nursery", "small", "middle", "large")
THREE_TO_SIX = ("small", "middle", "large")
KG_DEGREES = ("grad", "bachelor", "associate", "hs", "below_hs")

SPLIT_WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "312": {"primary": 1.0, "junior": 1.1},
    "341": {"junior": 1.0, "senior": 1.2},
    "345": {"primary": 1.0, "junior": 1.1, "senior": 1.32},
}
"""Type of school → what a pupil of each stage weighs (§5.3)."""


def count_pupils(school: School, stage: str, row: str = "total") -> float:
    """在校生: pupils of all grades on 1 September (§1)."""
    return sum(school.read("students", f"stu_{stage}[{row}].g{grade}") for grade in GRADES)


def count_classes(school: School, stage: str, bands: Sequence[str] = BANDS) -> float:
    """Classes by size band (§7.3)."""
    return sum(school.read("classes", f"cls_{stage}[{band}].g{grade}") for band in bands for grade in GRADES)


def count_teachers(school: School, stage: str, degrees: Sequence[str] = DEGREES) -> float:
    """专任教师 with these degrees, whatever they teach (§7.4)."""
    if "staff" not in school.filings:
        return 0.0
    wanted = tuple(f"edu_{stage}[{degree}]." for degree in degrees)
    subjects = [ref for ref in school.filings["staff"].values if ref.startswith(wanted) and not ref.endswith(".female")]
    return sum(school.read("staff", ref) for ref in subjects)


def count_pe_and_art_teachers(school: School, stage: str) -> float:
    """体育、艺术专任教师 (§2.1 #3)."""
    return sum(school.read("staff", f"edu_{stage}[{degree}].{s}") for degree in DEGREES for s in PE_AND_ARTS)


def count_certified(school: School, stage: str) -> float:
    """持教师资格证 (§7.4 certified_share)."""
    return sum_lines([line for line in school.list_lines("staff", "tmisc") if line["stage"] == stage], "certified")


def count_children(school: School, bands: Sequence[str] = ALL_BANDS_OF_CHILDREN) -> float:
    """在园幼儿 of these bands, attached classes included (§6.1)."""
    return sum(school.read("kg", f"kg_child[{age}].enr_{band}") for age in CHILD_AGES for band in bands)


def count_kindergarten_teachers(school: School, degrees: Sequence[str] = KG_DEGREES) -> float:
    return sum(school.read("kg", f"kg_edu[teacher].{degree}") for degree in degrees)


def share_assets(school: School, stage: str, sheet: str, fields: Mapping[str, float]) -> float:
    """The stage's part of what the campuses have (§5.3); fields with the sign they are taken with.

    A campus of one stage counts wholly for it; one of several is shared by pupils and weight.
    """
    stages_of = {line.get("campus"): line.get("campus_stages") for line in school.list_lines("premises", "area")}
    total = 0.0
    for line in school.list_lines("premises", sheet):
        named = stages_of[line.get("campus")]
        served = tuple(str(named).split(";")) if named else school.stages
        total += find_share(school, stage, served) * sum(
            sign * sum_lines([line], name) for name, sign in fields.items()
        )
    return total


def find_share(school: School, stage: str, served: Sequence[str]) -> float:
    """A / (A + 1.1B) and its like; attached kindergarten classes have no weight of their own."""
    claims = {s: count_pupils(school, s) for s in ("primary", "junior", "senior") if s in served}
    if stage not in claims or not sum(claims.values()):
        return 0.0
    if len(claims) == 1:
        return 1.0
    weights = SPLIT_WEIGHTS[school.type]
    return weights[stage] * claims[stage] / sum(weights[s] * claim for s, claim in claims.items())


def sum_lines(lines: Sequence[Line], field: str) -> float:
    values = [line[field] for line in lines]
    return sum(float(value) for value in values if isinstance(value, int | float))
