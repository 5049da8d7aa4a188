"""One way to make a filing: who files, for which period, on which day, with what cover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from schemas.periods import find_bounds
from schemas.sample.calendar import find_span, pick_day
from schemas.sample.covers import build_cover
from schemas.sample.facts.listing import BUREAU_CODE, BUREAU_NAME
from schemas.sample.facts.schools import School
from schemas.sample.filings import Filing, Value

Line = dict[str, Value]
Lists = Mapping[str, Sequence[Mapping[str, Value]]]


def file_for_school(
    school: School, no: str, period: str, values: Mapping[str, Value], lists: Lists | None = None
) -> Filing:
    """A school's filing, sent on a working day before it is due."""
    name = school.name_on(find_bounds(period)[0])
    return _file(school.code, name, no, period, values, lists)


def file_for_office(
    no: str, period: str, values: Mapping[str, Value], lists: Lists | None = None,
    code: str = BUREAU_CODE, name: str = BUREAU_NAME,
) -> Filing:  # fmt: skip
    """A filing of the bureau or one of its sections."""
    return _file(code, name, no, period, values, lists)


def _file(code: str, name: str, no: str, period: str, values: Mapping[str, Value], lists: Lists | None) -> Filing:
    received_on = pick_day(*find_span(no, period), no, code, period)
    cover = build_cover(f"{no}/{code}/{period}", received_on)
    return Filing(RETURN_IDS[no], period, code, name, values, lists or {}, cover, received_on)


RETURN_IDS = {
    "J00": "register", "J01": "basic", "J02": "classes", "J03": "students", "J04": "flow", "J05": "staff",
    "J06": "premises", "J07": "kg", "J08": "special", "J09": "vocational", "J10": "finance", "B01": "population",
    "B02": "district_finance", "B03": "safeguard", "B04": "kg_status", "B05": "teacher_dev", "B06": "health_bureau",
    "B07": "projects", "B08": "digital", "B09": "support", "B10": "safety_gov", "B11": "lifelong", "B12": "inspect",
    "B13": "workplan", "B14": "finance_bureau", "B15": "preschool_admin", "M01": "monthly", "S01": "school_month",
    "S02": "school_extra", "S03": "school_conduct",
}  # fmt: skip
"""Number of a return → its id in the definitions."""


def yes(answer: int) -> str:
    """A yes-or-no answer as clerks type it; a count above zero is a yes."""
    return "是" if answer else "否"
