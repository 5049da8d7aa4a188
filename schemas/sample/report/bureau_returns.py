"""What the bureaus of the report case file: cells and lines straight from the inputs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from schemas.catalogue import Catalogue
from schemas.definitions.returns import Return
from schemas.sample.filings import Value
from schemas.sample.report.blanks import fill_line
from schemas.sample.report.cases import Case, list_given
from schemas.sample.report.schools import ADDED, School

CELL = re.compile(r"(?P<sheet>\w+)(?:\[\w+\])?\.\w+")
LINES = re.compile(r"sum\((?P<sheet>\w+)\.(?P<field>\w+)(?:, (?P<by>\w+)='(?P<group>\w+)')?\)")
SCOPE = re.compile(r"(?P<by>\w+)=(?P<group>\w+)")

IN_PARTS: Mapping[tuple[str, Value], Sequence[tuple[str, int]]] = {("5", 871): (("4", 800), ("1", 71))}
"""Purpose and sum of an investment → source and amount of the lines it stands for."""

AGES = range(2, 19)

DECEMBER = 12

SECTIONS: Mapping[str, str] = {
    "pre": "学前教育股", "eq": "义务教育股", "qua": "义务教育股", "dig": "电教中心", "tea": "人事股", "hea": "体卫艺股",
    "fac": "基建股", "ll": "职成教股", "voc": "职成教股",
}  # fmt: skip
"""Group of the ledger → section that answers for it."""

PATHS = ("special_school", "special_class", "inclusive", "home", "in_other", "exempt")
"""Where a disabled child is: whoever is nowhere is not enrolled."""

Lists = dict[str, list[dict[str, Value]]]
Cells = dict[str, Value]


def list_cells(cases: Sequence[Case], district: str, year: int, definition: Return) -> Cells:
    """The cells of a return that figures ask for by name."""
    sheets = {sheet.id for sheet in definition.sheets}
    cells: Cells = {}
    for _, given in list_given(cases, district):
        match = CELL.fullmatch(given.expression)
        if given.year == year and match and match["sheet"] in sheets:
            cells[given.expression] = tidy(given.value)
    return _divide_disabled(cells) | _follow(cells)


def list_lines(cases: Sequence[Case], district: str, year: int, definition: Return) -> Lists:
    """The lines of the lists of a return whose sums figures ask for."""
    sheets = {sheet.id for sheet in definition.sheets}
    lines: dict[str, dict[tuple[str, str], dict[str, Value]]] = {}
    for case, given in list_given(cases, district):
        match = LINES.fullmatch(given.expression)
        if given.year != year or match is None or match["sheet"] not in sheets:
            continue
        by, group = _find_group(case, match)
        line = lines.setdefault(match["sheet"], {}).setdefault((by, group), {by: group})
        line[match["field"]] = tidy(given.value)
    return {sheet: [part for line in found.values() for part in _split_line(line)] for sheet, found in lines.items()}


def list_plan_items(cases: Sequence[Case], district: str, month: int) -> list[dict[str, Value]]:
    """The ledger: every item of the reports, half done by the middle of the year. Targets are chosen."""
    items = [case for case in cases if case.is_plan_item and case.district == district]
    return [_describe_item(case, number, month) for number, case in enumerate(items, start=1)]


def list_statuses(schools: Sequence[School]) -> list[dict[str, Value]]:
    """B04: the nature of every kindergarten."""
    return [{"school_code": school.code, "kg_nature": school.nature} for school in schools if school.nature]


def list_supervised(schools: Sequence[School], received: int) -> list[dict[str, Value]]:
    """B15: every kindergarten, whether it is new, and whether it was taken over with its compound."""
    kindergartens = [school for school in schools if school.nature]
    return [
        {"school_code": school.code, "new_this_year": "是" if school.founded == ADDED else "否",
         "received": "是" if number < received else "否", "compound": "是" if number < received else "否"}
        for number, school in enumerate(kindergartens)
    ]  # fmt: skip


def list_inspected(schools: Sequence[School]) -> list[dict[str, Value]]:
    """B12: every school, with its supervisor posted at the gate."""
    return [{"school_code": school.code, "posted": "是"} for school in schools]


def complete_lists(catalogue: Catalogue, period: str, lists: Lists) -> Lists:
    """The lines with something in every field that must be filled; texts that are keys are numbered."""
    completed: Lists = {}
    for sheet, lines in lists.items():
        completed[sheet] = [
            fill_line(catalogue, sheet, period, {**_number(sheet, number), **line})
            for number, line in enumerate(lines, start=1)
        ]
    return completed


def tidy(value: float) -> Value:
    """A whole number as such."""
    return int(value) if float(value).is_integer() else value


def _find_group(case: Case, match: re.Match[str]) -> tuple[str, str]:
    if match["by"]:
        return match["by"], match["group"]
    scope = SCOPE.fullmatch(case.scope)
    assert scope is not None, case.id
    return scope["by"], scope["group"]


def _split_line(line: dict[str, Value]) -> list[dict[str, Value]]:
    """A sum of the report that stands for several lines."""
    parts = IN_PARTS.get((str(line.get("purpose", "")), line.get("paid")), ())
    return [{**line, "source": source, "paid": paid} for source, paid in parts] or [line]


def _divide_disabled(cells: Cells) -> Cells:
    """Totals that the form adds up are typed in one of its lines."""
    divided = {ref.replace("dis_pop[total]", "dis_pop[intellectual]"): value for ref, value in cells.items()}
    if "dis_pop[intellectual].pop" in divided:
        placed = [divided.get(f"dis_pop[intellectual].{path}", 0) for path in PATHS]
        total = divided["dis_pop[intellectual].pop"]
        assert isinstance(total, int)
        divided["dis_pop[intellectual].not_enrolled"] = total - sum(n for n in placed if isinstance(n, int))
    return divided


def _follow(cells: Cells) -> Cells:
    """Cells that follow from those given: other ages as many, all of them in the district's schools."""
    people: Cells = {ref: value for ref, value in cells.items() if ref.startswith("pop[")}
    if people:
        others: Cells = dict.fromkeys((f"pop[a{age}].pop" for age in AGES), people["pop[a5].pop"])
        people = others | people
    copies = {ref.replace("].pop", f"].{name}"): n for ref, n in people.items() for name in ("in_local", "hukou")}
    return people | copies


def _describe_item(case: Case, number: int, month: int) -> dict[str, Value]:
    actual, is_done = case.given[0].value, month == DECEMBER
    return {
        "item_id": f"{case.year}-{number:02d}", "indicator_id": case.indicator, "name": case.scope.partition("=")[2],
        "unit": case.unit, "baseline": 0, "target": _plan_target(actual), "op": ">=",
        "actual": tidy(actual if is_done else actual // 2), "actual_on": date(case.year, month, 30),
        "period": str(case.year), "section": SECTIONS[case.indicator.split("_")[1]], "status": "3" if is_done else "2",
    }  # fmt: skip


def _plan_target(actual: float) -> Value:
    """A round number that was reached or passed: 39 → 30, 8.63 → 8."""
    scale: int = 10 ** (len(str(int(actual))) - 1)
    return int(actual // scale) * scale


def _number(sheet: str, number: int) -> dict[str, Value]:
    return {"programme_id": f"PX{number:02d}", "name": f"项目{number}"} if sheet == "train" else {}
