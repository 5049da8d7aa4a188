"""The figures that are compared: what each counts in a school, by the articles of the definitions of indicators."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from tests.figures.counting import (
    DEGREES,
    EXTRA_LARGE,
    KG_DEGREES,
    LARGE,
    THREE_TO_SIX,
    count_certified,
    count_children,
    count_classes,
    count_kindergarten_teachers,
    count_pe_and_art_teachers,
    count_pupils,
    count_teachers,
    share_assets,
)
from tests.figures.returned import District, School

Count = Callable[[School], float]

STAGES = ("primary", "junior", "senior")
QUALIFIED = {"primary": DEGREES[:5], "junior": DEGREES[:4], "senior": DEGREES[:3]}
"""小学 高中阶段及以上, 初中 专科及以上, 高中 本科及以上 (§7.4 qualified_share)."""
HIGHER = {"primary": DEGREES[:4], "junior": DEGREES[:3], "senior": DEGREES[:2]}
"""小学 专科及以上, 初中 本科及以上, 高中 研究生 (§7.4 higher_edu_share; §2.1 #1)."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A figure: its part over its whole (or the part alone), over the schools that filed all it rests on."""

    article: str
    indicator: str
    stage: str
    level: str
    returns: tuple[str, ...]
    part: Count
    whole: Count | None = None
    factor: float = 1.0

    @property
    def name(self) -> str:
        return f"§{self.article} {self.indicator} {self.stage}".strip()


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A rate over some schools."""

    part: float
    whole: float | None
    value: float | None
    expected: int
    reported: int


def reckon(rate: Rate, schools: Sequence[School]) -> Reckoned:
    """Total over total of the schools that have the stage and filed everything (§9: what is missing is left out)."""
    expected = [s for s in schools if rate.level in s.stages and s.owed.intersection(rate.returns)]
    reported = [school for school in expected if school.has_all(rate.returns)]
    part = sum(rate.part(school) for school in reported)
    if rate.whole is None:
        return Reckoned(part, None, rate.factor * part, len(expected), len(reported))
    whole = sum(rate.whole(school) for school in reported)
    value = rate.factor * part / whole if whole else None
    return Reckoned(part, whole, value, len(expected), len(reported))


def group_by_township(district: District) -> dict[str, list[School]]:
    townships: dict[str, list[School]] = {}
    for school in district.schools:
        townships.setdefault(school.township, []).append(school)
    return townships


def count_girls(school: School, stage: str) -> float:
    return school.read("students", f"stu_{stage}[total].enrolled_f")


def list_rates() -> Iterator[Rate]:
    """Every rate of schools that is compared, stage by stage."""
    for stage in STAGES:
        yield from list_pupil_rates(stage)
        yield from list_teacher_rates(stage)
        yield from list_asset_rates(stage)
    for stage in ("primary", "junior"):
        yield from list_resource_rates(stage)
    yield from list_kindergarten_rates()


def list_pupil_rates(stage: str) -> Iterator[Rate]:
    """在校生 and classes (§7.2, §7.3)."""
    pupils, classes = partial(count_pupils, stage=stage), partial(count_classes, stage=stage)
    both = ("students", "classes")
    yield Rate("1", "students", stage, stage, ("students",), pupils)
    yield Rate("7.2", "share_girls", stage, stage, ("students",), partial(count_girls, stage=stage), pupils, 100)
    yield Rate(
        "7.2",
        "share_boarders",
        stage,
        stage,
        ("students",),
        partial(count_pupils, stage=stage, row="boarder"),
        pupils,
        100,
    )
    yield Rate("7.3", "classes_n", stage, stage, ("classes",), classes)
    yield Rate("7.3", "class_size_avg", stage, stage, both, pupils, classes)
    large, extra = (partial(count_classes, stage=stage, bands=bands) for bands in (LARGE, EXTRA_LARGE))
    yield Rate("7.3", "large_class_share", stage, stage, ("classes",), large, classes, 100)
    yield Rate("7.3", "xlarge_class_share", stage, stage, ("classes",), extra, classes, 100)


def list_teacher_rates(stage: str) -> Iterator[Rate]:
    """专任教师 (§7.4)."""
    teachers = partial(count_teachers, stage=stage)
    staff = ("staff",)
    yield Rate("7.4", "teachers_n", stage, stage, staff, teachers)
    yield Rate("7.4", "ptr", stage, stage, ("students", "staff"), partial(count_pupils, stage=stage), teachers)
    classes = partial(count_classes, stage=stage)
    yield Rate("7.4", "teachers_per_class", stage, stage, ("classes", "staff"), teachers, classes)
    for name, degrees in (("qualified", QUALIFIED[stage]), ("higher_edu", HIGHER[stage])):
        with_degree = partial(count_teachers, stage=stage, degrees=degrees)
        yield Rate("7.4", f"{name}_{stage}", "", stage, staff, with_degree, teachers, 100)
    yield Rate("7.4", "certified_share", stage, stage, staff, partial(count_certified, stage=stage), teachers, 100)


ASSETS: Mapping[str, tuple[str, Mapping[str, float], float]] = {
    "land_pp": ("area", {"land": 1}, 1),
    "bldg_pp": ("area", {"bldg_total": 1}, 1),
    "teach_area_pp": ("area", {"teach_total": 1}, 1),
    "sports_pp": ("area", {"sports_ground": 1}, 1),
    "books_pp": ("equip", {"books": 1}, 1),
    "computers_p100": ("equip", {"terminals_student": 1}, 100),
}
"""Indicator → sheet, fields and factor (§7.5)."""

RESOURCES: Mapping[str, tuple[str, Mapping[str, float], float]] = {
    "teach_area": ("area", {"teach_total": 1, "indoor_sports": -1}, 1),
    "sports_area": ("area", {"sports_ground": 1, "indoor_sports": 1}, 1),
    "equip": ("equip", {"equip_value": 1}, 10000),
    "multimedia": ("equip", {"multimedia_rooms": 1}, 100),
}
"""Criterion → sheet, fields and factor (§2.1 #4 to #7)."""


def list_asset_rates(stage: str) -> Iterator[Rate]:
    """生均办学条件, assets of multi-stage schools split (§7.5, §5.3)."""
    pupils, both = partial(count_pupils, stage=stage), ("students", "premises")
    for indicator, (sheet, fields, factor) in ASSETS.items():
        assets = partial(share_assets, stage=stage, sheet=sheet, fields=fields)
        yield Rate("7.5", indicator, stage, stage, both, assets, pupils, factor)


def list_resource_rates(stage: str) -> Iterator[Rate]:
    """The seven resource indicators of 优质均衡 over the whole district (§2.1)."""
    pupils = partial(count_pupils, stage=stage)
    for criterion, (returns, quantity, factor) in list_quantities(stage).items():
        yield Rate("2.1", f"res_{criterion}_{stage}", "", stage, ("students", *returns), quantity, pupils, factor)


def list_quantities(stage: str) -> dict[str, tuple[tuple[str, ...], Count, float]]:
    """Criterion → the returns beside J03, what a school has of it for the stage, and the factor, in official order."""

    def count_backbone(school: School) -> float:
        return school.read("basic", f"basic.backbone_{stage}")

    people: dict[str, tuple[tuple[str, ...], Count, float]] = {
        "above_req": (("staff",), partial(count_teachers, stage=stage, degrees=HIGHER[stage]), 100),
        "backbone": (("basic",), count_backbone, 100),
        "pe_art": (("staff",), partial(count_pe_and_art_teachers, stage=stage), 100),
    }
    assets: dict[str, tuple[tuple[str, ...], Count, float]] = {
        criterion: (("premises",), partial(share_assets, stage=stage, sheet=sheet, fields=fields), factor)
        for criterion, (sheet, fields, factor) in RESOURCES.items()
    }
    return people | assets


def list_kindergarten_rates() -> Iterator[Rate]:
    """在园幼儿 and their teachers (§6.3, §7.4)."""
    kg, teachers = ("kg",), partial(count_kindergarten_teachers, degrees=KG_DEGREES)
    yield Rate("6.1", "kg_children", "", "kg", kg, count_children)
    qualified = partial(count_kindergarten_teachers, degrees=KG_DEGREES[:4])
    yield Rate("7.4", "qualified_kg", "", "kg", kg, qualified, teachers, 100)
    higher = partial(count_kindergarten_teachers, degrees=KG_DEGREES[:3])
    yield Rate("7.4", "higher_edu_kg", "", "kg", kg, higher, teachers, 100)


def list_preschool_rates(district: District) -> Iterator[Rate]:
    """普惠性幼儿园覆盖率 and 公办园在园幼儿占比: children of three to six, those of nurseries left out (§6.1)."""
    nature_of = {str(line["school_code"]): line["kg_nature"] for line in district.bureau["kg_status"].lists["kgs"]}
    children = partial(count_children, bands=THREE_TO_SIX)

    def count_of_natures(school: School, natures: tuple[str, ...]) -> float:
        return children(school) if nature_of.get(school.code) in natures else 0.0

    for indicator, natures in (("kg_inclusive", ("1", "2")), ("kg_public", ("1",))):
        yield Rate("6.1", indicator, "", "kg", ("kg",), partial(count_of_natures, natures=natures), children, 100)
