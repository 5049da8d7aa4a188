"""What goes wrong in 2025-2026. Everything else in the sample arrives on time and without an error.

| # | school | return | what is planted | expected | what comes of it |
|---|---|---|---|---|---|
| 1 | 朝晖小学 | J03 | a new estate: enrolment up by more than a fifth (fact) | XP05 query | accepted with a query |
| 2 | 戊湖镇湖滨小学 | J06 | land taken up (fact) | XP11 query | accepted with a query |
| 3 | 己河镇沙沟教学点 | J02 | a class of four (fact) | TB20 query | accepted with a query |
| 4 | 青禾小学 | J03 | sent after the due date | FL23 query | late, accepted |
| 5 | 丁塘镇第二幼儿园 | J07 | sent after the due date | FL23 query | late, accepted |
| 6 | 丁塘镇北河小学 | J02 | never sent | – | missing |
| 7 | 绿洲幼儿园 | J07 | never sent | – | missing |
| 8 | 己河镇第二小学 | J03 | total of pupils typed over, 7 too many | FL13, RC01 error | rejected, never corrected |
| 9 | 庚岭乡松坡小学 | J03 | more girls than pupils in grade three | TB01 error | rejected, never corrected |
| 10 | 丙山初级中学 | J03 | one age of grade two 6 too high | XT05 error | rejected, corrected by version 2 |
| 11 | 庚岭乡庚南小学 | J02 | one pupil too many in a class | XT06 error | rejected, never corrected |
| 12 | 甲溪中心小学 | J01 | bandwidth in full-width digits | CE03 info | accepted |
| 13 | 贝贝幼儿园 | J07 | books as text | CE02 info | accepted |
| 14 | 丁塘镇实验小学 | J01 | guards with their unit behind | CE27 info | accepted |
| 15 | 丁塘镇中心小学 | J03 | a sheet under another name | FL28 info | accepted |
| 16 | 戊湖镇中心小学 | J05 | on the form of the year before | FL06 error | rejected, sent again on the right form |
| 17 | 星星幼儿园 | J07 | the file breaks off | FL01 error | unreadable, sent again |
| 18 | 乙桥中心小学 | J01 | doctors wrong, found later, with a reason | – | version 1 superseded by version 2 |
| 19 | 白鸽幼儿园 | J01 | a school code nobody has | FL15 error | rejected, sent again |
| 20 | 庚岭乡中心小学 | J01 | another school's name on the cover | FL16 query | accepted with a query |
| 21 | 辛坪乡中心小学 | J02 | takes over a teaching point: fewer classes (fact) | XP08 query | accepted with a query |

With 9 goes TB02, with 19 FL17 (the file's name has the right code). The figures of the year before are those of both
schools of 21, so that nothing else is asked of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from schemas.sample.calendar import CORRECTIONS, LATECOMERS
from schemas.sample.covers import build_cover
from schemas.sample.facts.schools import School
from schemas.sample.filings import Filing, Sample, Trouble, Value

PERIOD = "2025-2026"
UNKNOWN_CODE = "1132990001"
OTHER_NAME = "示例区庚岭乡第一小学"


@dataclass(frozen=True, slots=True)
class Missing:
    """A return that a school owes and never sends."""

    return_id: str
    period: str
    school: str


Key = tuple[str, str]
Plant = Callable[[Filing], list[Filing]]

MISSING_KEYS: tuple[Key, ...] = (("classes", "丁塘镇北河小学"), ("kg", "绿洲幼儿园"))


def list_troubles(sample: Sample) -> list[tuple[Filing, Trouble]]:
    """Everything planted in the filings of a sample, with the filing it was planted in."""
    return [(filing, trouble) for filing in sample.filings for trouble in filing.troubles]


def list_missing(schools: Iterable[School]) -> list[Missing]:
    """The returns that are never sent."""
    codes = {school.short_name: school.code for school in schools}
    return [Missing(return_id, PERIOD, codes[name]) for return_id, name in MISSING_KEYS]


def plant_troubles(filings: Iterable[Filing]) -> list[Filing]:
    """The filings with all troubles in them."""
    planted: list[Filing] = []
    for filing in filings:
        key = find_key(filing)
        if filing.period != PERIOD or (key not in PLANTS and key not in MISSING_KEYS):
            planted.append(filing)
        elif key in PLANTS:
            planted += PLANTS[key](filing)
    return planted


def find_key(filing: Filing) -> Key:
    return filing.return_id, filing.school_name.removeprefix("示例区")


def _note(kind: str, code: str, ref: str = "", line: int | None = None) -> Plant:
    """Nothing is changed: the facts themselves call for a finding."""
    return lambda filing: [replace(filing, troubles=(Trouble(kind, code, ref, line),))]


def _note_tiny_class(filing: Filing) -> list[Filing]:
    sizes = [_number(line["n_students"]) for line in filing.lists["cls_list"]]
    trouble = Trouble("tiny class", "TB20", "cls_list.n_students", sizes.index(min(sizes)))
    return [replace(filing, troubles=(trouble,))]


def _delay(day: date) -> Plant:
    def plant(filing: Filing) -> list[Filing]:
        return [replace(filing, received_on=day, troubles=(Trouble("late", "FL23"),))]

    return plant


def _type_over(kind: str, ref: str, change: Callable[[Filing], Value], *codes: str, corrected: bool = False) -> Plant:
    """A cell typed over, and a corrected version a few days later if wanted."""

    def plant(filing: Filing) -> list[Filing]:
        troubles = tuple(Trouble(kind, code, ref) for code in codes)
        wrong = replace(filing, typed={ref: change(filing)}, troubles=troubles)
        return [wrong, _send_again(filing)] if corrected else [wrong]

    return plant


def _send_again(filing: Filing, reason: str = "") -> Filing:
    """The second version of a filing, as it should have been."""
    cover = build_cover(f"{filing.return_id}/{filing.school}/again", CORRECTIONS, submission_no=2, reason=reason)
    return replace(filing, cover=cover, received_on=CORRECTIONS, revision=2)


def _spoil(trouble: Trouble, **changes: object) -> Plant:
    """A first version that cannot be taken, and the same sent again in order."""
    return lambda filing: [replace(filing, troubles=(trouble,), **changes), _send_again(filing)]  # type: ignore[arg-type]


def _swell_class(filing: Filing) -> list[Filing]:
    """One pupil more in the first class that stays in its size band with it."""
    lines = [dict(line) for line in filing.lists["cls_list"]]
    chosen = next(
        n for n, line in enumerate(lines) if _number(line["n_students"]) < 25 or _number(line["n_students"]) % 5
    )
    lines[chosen]["n_students"] = _number(lines[chosen]["n_students"]) + 1
    lists: Mapping[str, Sequence[Mapping[str, Value]]] = {**filing.lists, "cls_list": lines}
    return [
        replace(filing, lists=lists, troubles=(Trouble("class list differs", "XT06", "cls_list.n_students", chosen),))
    ]


def _correct_accepted(filing: Filing) -> list[Filing]:
    ref = "basic.doctors"
    wrong = {**filing.values, ref: _number(filing.values[ref]) + 2}
    first = replace(filing, values=wrong, troubles=(Trouble("superseded", "", ref),))
    return [first, _send_again(filing, "专职校医人数误填，现予更正")]


def _misaddress(filing: Filing) -> list[Filing]:
    cover = {**filing.cover, "school_code": UNKNOWN_CODE}
    wrong = replace(filing, cover=cover, troubles=(Trouble("unknown school", "FL15", "cover.school_code"),))
    return [wrong, _send_again(filing)]


def _misname(filing: Filing) -> list[Filing]:
    cover = {**filing.cover, "school_name": OTHER_NAME}
    return [replace(filing, cover=cover, troubles=(Trouble("wrong school name", "FL16", "cover.school_name"),))]


def _rename_sheet(filing: Filing) -> list[Filing]:
    return [replace(filing, rename={"小学分类型学生数": "小学学生"}, troubles=(Trouble("renamed sheet", "FL28"),))]


def _number(value: Value) -> int:
    assert isinstance(value, int)
    return value


def _sum_grades(filing: Filing) -> int:
    return sum(_number(filing.values[f"stu_primary[total].g{grade}"]) for grade in range(1, 7))


def _widen(text: str) -> str:
    return text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))


PLANTS: Mapping[Key, Plant] = {
    ("students", "朝晖小学"): _note("sharp change", "XP05"),
    ("premises", "戊湖镇湖滨小学"): _note("land changed", "XP11", "area.land"),
    ("classes", "己河镇沙沟教学点"): _note_tiny_class,
    ("classes", "辛坪乡中心小学"): _note("merger", "XP08"),
    ("students", "青禾小学"): _delay(LATECOMERS[0]),
    ("kg", "丁塘镇第二幼儿园"): _delay(LATECOMERS[1]),
    ("students", "己河镇第二小学"): _type_over(
        "total typed over", "stu_primary[total].enrolled", lambda f: _sum_grades(f) + 7, "FL13", "RC01"
    ),
    ("students", "庚岭乡松坡小学"): _type_over(
        "girls above total", "stu_primary[female].g3", lambda f: _number(f.values["stu_primary[total].g3"]) + 2, "TB01"
    ),
    ("students", "丙山初级中学"): _type_over(
        "ages differ",
        "age_junior[a13].g2",
        lambda f: _number(f.values["age_junior[a13].g2"]) + 6,
        "XT05",
        corrected=True,
    ),
    ("classes", "庚岭乡庚南小学"): _swell_class,
    ("basic", "甲溪中心小学"): _type_over(
        "full width", "basic.bandwidth_mbps", lambda f: _widen(str(f.values["basic.bandwidth_mbps"])), "CE03"
    ),
    ("kg", "贝贝幼儿园"): _type_over(
        "number as text", "kg_area.books", lambda f: str(f.values["kg_area.books"]), "CE02"
    ),
    ("basic", "丁塘镇实验小学"): _type_over(
        "unit behind number", "basic.security_staff", lambda f: f"{f.values['basic.security_staff']}人", "CE27"
    ),
    ("students", "丁塘镇中心小学"): _rename_sheet,
    ("staff", "戊湖镇中心小学"): _spoil(Trouble("old form", "FL06"), version="2024.1"),
    ("kg", "星星幼儿园"): _spoil(Trouble("broken file", "FL01"), cut_to=0.6),
    ("basic", "乙桥中心小学"): _correct_accepted,
    ("basic", "白鸽幼儿园"): _misaddress,
    ("basic", "庚岭乡中心小学"): _misname,
}
"""Return and school → what is done to the filing."""
