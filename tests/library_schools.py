"""Three schools that answer the survey of school libraries, and the bureau that has the register of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flows.publishers.campaign import TemplateMaker
from flows.publishers.fill import CellValue
from flows.publishers.template import Addressee
from tests.templates.filling import Lines, fill_return

PERIOD = "2025-2026"
SCHOOLS = {"2132000001": "城关小学", "2132000002": "河东小学", "2132000003": "河西小学"}

#                 年初 购入 剔旧            阅览座位
SHELVES: Mapping[str, tuple[tuple[int, int, int], int]] = {
    "2132000001": ((3000, 500, 100), 100),
    "2132000002": ((900, 0, 0), 50),
    "2132000003": ((100, 10, 500), 20),  # discards more than it ever had
}

LIBRARIANS: Lines = {"librarian": [{"card_no": "007", "hours": 22.5, "since": date(2019, 9, 1)}]}

SETTINGS: Mapping[str, object] = {
    "district_code": "320199", "district_name": "示例区", "as_of": date(2025, 9, 18), "settle_seconds": 0.0,
    "collections": [{"period": PERIOD, "returns": ["J00", "L01"], "due": {"J00": date(2025, 9, 20)}}],
}  # fmt: skip
"""What the bureau's workspace says: the register and the survey are asked for."""


def fill_survey(maker: TemplateMaker, school: str) -> bytes:
    """The survey of a school, as its clerk would send it."""
    layout = maker.catalogue.find_layout("library_survey", PERIOD)
    address = Addressee(school, SCHOOLS[school], "320199", "示例区")
    return fill_return(maker, layout, PERIOD, address, _answer(school), LIBRARIANS)


def fill_register(maker: TemplateMaker) -> bytes:
    """The register with the three schools, as the bureau would send it."""
    layout = maker.catalogue.find_layout("register", PERIOD)
    bureau = Addressee("3201990000", "示例区教育局", "320199", "示例区")
    return fill_return(maker, layout, PERIOD, bureau, {}, {"reg": [_register(*school) for school in SCHOOLS.items()]})


def _answer(school: str) -> dict[str, CellValue]:
    """Everything on the shelf of fiction; no science, no others."""
    (opening, bought, discarded), seats = SHELVES[school]
    shelf = {"opening": opening, "bought": bought, "discarded": discarded}
    answers: dict[str, CellValue] = {
        f"books[{row}].{column}": shelf[column] if row == "fiction" else 0
        for row in ("fiction", "science", "other")
        for column in shelf
    }
    return answers | {"room.seats": seats, "room.area": 80.5, "room.digital": "是", "room.housing": "1 独立馆舍"}


def _register(code: str, name: str) -> dict[str, CellValue]:
    return {
        "school_code": code, "school_name": name, "school_type": "211", "run_by": "831", "urban_rural": "111",
        "district_code": "320199", "township_name": "城关镇", "status": "1", "valid_from": "2010-09-01",
        "stages": "primary", "system_primary": 6, "is_teaching_point": "否", "is_township_central": "否",
        "is_boarding": "否", "is_dense_center": "否", "is_pre2010": "是", "is_pre2016": "是", "expected_returns": "L01",
    }  # fmt: skip
