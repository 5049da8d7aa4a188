"""The report case 报告案例: a workspace whose returns add up to every figure that two real reports print."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from schemas.catalogue import Catalogue, load_catalogue
from schemas.sample.covers import build_cover
from schemas.sample.filings import Filing, Sample, Value
from schemas.sample.report.blanks import fill_blanks
from schemas.sample.report.bureau_returns import (
    Lists,
    complete_lists,
    list_cells,
    list_inspected,
    list_lines,
    list_plan_items,
    list_statuses,
    list_supervised,
)
from schemas.sample.report.cases import Case, load_cases
from schemas.sample.report.inputs import Inputs, gather_inputs
from schemas.sample.report.school_returns import (
    ORDINARY,
    Describe,
    Round,
    describe_conduct,
    describe_kindergartens,
    describe_month,
    describe_profile,
    describe_staff,
    describe_students,
    describe_supplement,
    describe_vocational,
)
from schemas.sample.report.schools import (
    BUREAU_CODE,
    BUREAU_NAME,
    DISTRICT_CODE,
    DISTRICT_NAME,
    URBAN,
    School,
    describe_school,
    list_schools,
)

NIGHT = date(2024, 3, 1)
"""Everything is sent and taken in on one day."""

SAMPLED = 2
"""Kindergartens in which eyes were tested in the years before the report."""

NOT_ASKED = "J10"
"""A return that nobody collects here: what schools owe of which no figure speaks in a year."""

Chosen = Callable[[School], bool]


@dataclass(frozen=True, slots=True)
class Filed:
    """A return that some schools of a district file for a year."""

    district: str
    year: int
    no: str
    concerns: Chosen


def _is_ordinary(school: School) -> bool:
    return school.type in ORDINARY


def _is_kindergarten(school: School) -> bool:
    return bool(school.nature)


def _is_ordinary_or_sampled(school: School) -> bool:
    return _is_ordinary(school) or (_is_kindergarten(school) and school.rank <= SAMPLED and school.nature == "1")


def _has_new_places(school: School) -> bool:
    return school.type == "211" or (school.place == URBAN and school.nature in ("1", "2"))


FILED_BY_SCHOOLS = (
    Filed("N", 2012, "J03", lambda school: school.type == "211"),
    Filed("N", 2018, "J01", _is_ordinary), Filed("N", 2018, "S02", _is_ordinary_or_sampled),
    Filed("N", 2019, "J01", _is_ordinary), Filed("N", 2019, "S02", _is_ordinary_or_sampled),
    Filed("N", 2019, "J07", _is_kindergarten),
    Filed("N", 2020, "J03", lambda school: school.type == "311"), Filed("N", 2020, "J05", _is_ordinary),
    Filed("N", 2020, "J07", _is_kindergarten), Filed("N", 2020, "J09", lambda school: school.type == "365"),
    Filed("N", 2020, "S01", _is_ordinary), Filed("N", 2020, "S02", lambda _: True),
    Filed("N", 2020, "S03", _is_ordinary),
    Filed("J", 2023, "J07", _is_kindergarten), Filed("J", 2023, "S02", _has_new_places),
)  # fmt: skip

FILED_BY_BUREAU: Mapping[tuple[str, int], tuple[str, ...]] = {
    ("N", 2012): (), ("N", 2018): ("B02", "B06"), ("N", 2019): ("B01", "B02", "B03", "B06", "B14"),
    ("N", 2020): ("B01", "B04", "B05", "B06", "B10", "B11", "B12", "B13", "B14", "B15"),
    ("J", 2022): ("B15",),
    ("J", 2023): ("B01", "B04", "B05", "B09", "B11", "B13", "B14", "B15"),
}  # fmt: skip
"""District and year → returns of the bureau. The register is there every year."""

DESCRIBE: Mapping[str, Describe] = {
    "J01": describe_profile, "J03": describe_students, "J05": describe_staff, "J07": describe_kindergartens,
    "J09": describe_vocational, "S01": describe_month, "S02": describe_supplement, "S03": describe_conduct,
}  # fmt: skip

MONTHS = (6, 12)
"""The work-plan ledger is filed for the middle of the year and its end, other monthly returns for its end."""


def build_report_case() -> Sample:
    """The sample: two districts in years that never meet, all sent on one day."""
    catalogue, cases = load_catalogue(), load_cases()
    filings: list[Filing] = []
    for district, year in FILED_BY_BUREAU:
        inputs = gather_inputs(cases, district)
        filings += _file_for_schools(catalogue, inputs, year)
        filings += _file_for_bureau(catalogue, cases, district, year)
    filings.sort(key=lambda f: (f.return_id != "register", f.return_id, f.period, f.school))
    return Sample(
        DISTRICT_CODE, DISTRICT_NAME, BUREAU_CODE, list(_open_collections(catalogue, filings)), [NIGHT], filings,
        settings={"workbooks": ["report_case"]},
    )  # fmt: skip


def spell_period(kind: str, year: int, month: int = 12) -> str:
    """The period of a return by its kind: 2020 → 2020-2021, 2020-2021-1, 2020-12 or 2020."""
    return {
        "school_year": f"{year}-{year + 1}", "term": f"{year}-{year + 1}-1", "month": f"{year}-{month:02d}",
    }.get(kind, str(year))  # fmt: skip


def _file_for_schools(catalogue: Catalogue, inputs: Inputs, year: int) -> Iterator[Filing]:
    everyone = list_schools(inputs.district, year)
    for filed in FILED_BY_SCHOOLS:
        if (filed.district, filed.year) != (inputs.district, year):
            continue
        definition = catalogue.find_return(filed.no)
        assert definition is not None
        period = spell_period(definition.period, year)
        schools = [school for school in everyone if filed.concerns(school)]
        lines = [_register(school, year) for school in schools]
        round_ = Round(inputs, year, schools, everyone)
        blanks = fill_blanks(catalogue, definition.id, period, [_as_attributes(line) for line in lines])
        for school, blank in zip(schools, blanks, strict=True):
            values, lists = DESCRIBE[filed.no](round_, school)
            complete = complete_lists(catalogue, period, lists)
            yield _file(definition.id, period, (school.code, school.name), {**blank, **values}, complete)


def _file_for_bureau(catalogue: Catalogue, cases: Sequence[Case], district: str, year: int) -> Iterator[Filing]:
    bureau = (BUREAU_CODE, BUREAU_NAME)
    register: Lists = {"reg": [_register(school, year) for school in list_schools(district, year)]}
    yield _file("register", spell_period("school_year", year), bureau, {}, register)
    for no in FILED_BY_BUREAU[(district, year)]:
        definition = catalogue.find_return(no)
        assert definition is not None
        for month in MONTHS if no == "B13" else MONTHS[-1:]:
            period = spell_period(definition.period, year, month)
            values = fill_blanks(catalogue, definition.id, period)[0]
            values |= list_cells(cases, district, year, definition)
            lists = list_lines(cases, district, year, definition) | _list_by_school(cases, district, year, no)
            lists |= {"plan": list_plan_items(cases, district, month)} if no == "B13" else {}
            yield _file(definition.id, period, bureau, values, complete_lists(catalogue, period, lists))


def _list_by_school(cases: Sequence[Case], district: str, year: int, no: str) -> Lists:
    """Lists of the bureau that have a line a school."""
    schools = list_schools(district, year)
    if no == "B04":
        return {"kgs": list_statuses(schools)}
    if no == "B12":
        return {"sup": list_inspected(schools)}
    if no == "B15":
        received = gather_inputs(cases, district).find(year, "count_schools(kgq.received='Y')")
        return {"kgq": list_supervised(schools, int(received or 0))}
    return {}


def _register(school: School, year: int) -> dict[str, Value]:
    owed = [
        filed.no for filed in FILED_BY_SCHOOLS
        if (filed.district, filed.year) == (school.district, year) and filed.concerns(school)
    ]  # fmt: skip
    return describe_school(school, ";".join(owed) or NOT_ASKED)


def _as_attributes(line: Mapping[str, Value]) -> dict[str, str | float | None]:
    return {name: value for name, value in line.items() if not isinstance(value, date)}


def _file(return_id: str, period: str, filer: tuple[str, str], values: Mapping[str, Value], lists: Lists) -> Filing:
    code, name = filer
    cover = build_cover(f"{return_id}/{code}/{period}", NIGHT)
    return Filing(return_id, period, code, name, values, lists, cover, NIGHT)


def _open_collections(catalogue: Catalogue, filings: Sequence[Filing]) -> Iterator[Mapping[str, object]]:
    """The periods and returns that are filed, all due on the one day."""
    asked: dict[str, set[str]] = {}
    for filing in filings:
        asked.setdefault(filing.period, set()).add(catalogue.returns[filing.return_id].no)
    for period, numbers in sorted(asked.items()):
        yield {"period": period, "returns": sorted(numbers), "due": dict.fromkeys(sorted(numbers), NIGHT)}
