"""J07 of the report case: so many children as the figures ask for, in three bands of classes."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.sample.chance import apportion
from schemas.sample.filings import Value
from schemas.sample.report.inputs import Inputs, share_equally
from schemas.sample.report.schools import School

CHILDREN = "kg_child[total].enr_total"
IN_PUBLIC = f"{CHILDREN} where(kgs.kg_nature='1')"
IN_INCLUSIVE = f"{CHILDREN} where(kgs.kg_nature in ('1','2'))"

BANDS = (("small", "2", "age3"), ("middle", "3", "age4"), ("large", "4", "age5"))
CLASS_SIZE = 25
TEACHERS_OF_CLASS = 2
AREAS = {"land": 15, "outdoor": 5, "green": 2, "activity": 5, "sleep": 2, "toilet_a": 1, "health_room": 1,
         "library_r": 1, "admin_total": 1, "living_total": 2, "other_total": 1, "books": 10}  # fmt: skip
"""So many square metres, or books, a child."""

Lists = dict[str, list[dict[str, Value]]]


def count_children(inputs: Inputs, year: int, school: School, among: Sequence[School]) -> int:
    """The children of a kindergarten: its part of what is asked for kindergartens of its nature."""
    natures, total = next(part for part in _list_parts(inputs, year) if school.nature in part[0])
    return share_equally(total, school, [other for other in among if other.nature in natures])


def describe_kindergarten(children: int) -> tuple[dict[str, Value], Lists]:
    """The cells that are not 0, and the list of classes."""
    values: dict[str, Value] = {}
    classes: list[dict[str, Value]] = []
    for (band, code, age), size in zip(BANDS, apportion(children, [1] * len(BANDS)), strict=True):
        many, girls = -(-size // CLASS_SIZE), size // 2
        values |= {
            f"kg_cls.{band}": many, f"kg_child[{age}].enr_{band}": size, f"kg_child[{age}].enr_f": girls,
            f"kg_child[female].enr_{band}": girls,
        }  # fmt: skip
        sizes = apportion(size, [1] * many)
        classes += [{"band": code, "class_no": no, "n_children": n} for no, n in enumerate(sizes, start=1)]
    entering, teachers = values["kg_child[age3].enr_small"], count_kindergarten_teachers(children)
    values |= {"kg_child[age3].entry_small": entering} | _describe_staff(teachers)
    values |= {f"kg_area.{name}": each * children for name, each in AREAS.items()}
    return values | {"kg_misc.fee_month": 600, "kg_misc.meals": 3}, {"kg_cls_list": classes}


def count_kindergarten_teachers(children: int) -> int:
    """Two teachers a class."""
    return TEACHERS_OF_CLASS * sum(-(-size // CLASS_SIZE) for size in apportion(children, [1] * len(BANDS)))


def _list_parts(inputs: Inputs, year: int) -> list[tuple[str, int]]:
    """Natures of kindergartens, and how many children those have together."""
    total, public, inclusive = (inputs.find(year, name) for name in (CHILDREN, IN_PUBLIC, IN_INCLUSIVE))
    assert total is not None
    if public is None:
        return [("123", int(total))]
    if inclusive is None:
        return [("1", int(public)), ("23", int(total - public))]
    return [("1", int(public)), ("2", int(inclusive - public)), ("3", int(total - inclusive))]


def _describe_staff(teachers: int) -> dict[str, Value]:
    posts = {"head": 1, "teacher": teachers, "health": 1, "nurse": teachers // 2}
    rows = {f"kg_staff[{row}].{post}": many for row in ("total", "female") for post, many in posts.items()}
    return {
        **rows, "kg_edu[teacher].associate": teachers, "kg_edu[teacher].no_title": teachers,
        "kg_edu[head].bachelor": 1, "kg_edu[head].middle_t": 1, "kg_misc.certified": teachers + 1,
    }  # fmt: skip
