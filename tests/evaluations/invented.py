"""A desk over invented schools and an invented bureau, of which only what a test speaks of is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from flows.indicators.desk import Desk
from flows.indicators.evaluations import count_failed_for_scope, judge_units_for_scope
from flows.normalisers.records import FormBlock, index_numbers
from flows.register import build_register_view
from flows.sources import AcceptedBlock
from schemas.catalogue import Catalogue
from schemas.expressions.columns import Values
from schemas.expressions.scope import Lines
from schemas.layout import SheetLayout

PERIOD, YEAR = "2025-2026", "2025"
BUREAU = "3201990000"

Value = str | float | None
Line = Mapping[str, Value]


@dataclass(frozen=True)
class School:
    """A school of the register and what it filed: cells by reference, lines by list. `lacks`: returns not filed."""

    code: str
    cells: Mapping[str, Value] = field(default_factory=dict)
    lists: Mapping[str, Sequence[Line]] = field(default_factory=dict)
    known: Mapping[str, Value] = field(default_factory=dict)
    lacks: tuple[str, ...] = ()


def open_desk(
    catalogue: Catalogue,
    schools: Sequence[School],
    *,
    bureau: Mapping[str, Value] | None = None,
    bureau_lists: Mapping[str, Sequence[Line]] | None = None,
) -> Desk:
    """A desk over these schools; of the bureau's returns those that something is said of."""
    register = build_register_view(catalogue, {"reg": build_register(catalogue, schools)}, PERIOD)
    office = School(BUREAU, bureau or {}, bureau_lists or {})
    blocks: dict[str, AcceptedBlock] = {}
    for return_id, definition in catalogue.returns.items():
        if definition.scope == "school":
            filed = [school for school in schools if return_id not in school.lacks]
            filed = [s for s in filed if s.code in register.expected_codes(return_id)]
        else:
            filed = [office] if speaks_of(catalogue, office, return_id) else []
        if filed:
            codes = tuple(school.code for school in filed)
            blocks[return_id] = AcceptedBlock(build_block(catalogue, return_id, filed), codes, PERIOD)
    return Desk(
        catalogue, lambda _: register, lambda no, period: blocks.get(no) if period in (PERIOD, YEAR) else None,
        judge=judge_units_for_scope, count=count_failed_for_scope,
    )  # fmt: skip


def build_register(catalogue: Catalogue, schools: Sequence[School]) -> Lines:
    usual = {
        "school_type": "211", "run_by": "831", "status": "1", "stages": "primary", "valid_from": "2000-09-01",
        "urban_rural": "111",
    }  # fmt: skip
    lines = [{"school_code": s.code, "school_name": f"{s.code}校", **usual, **s.known} for s in schools]
    return build_lines(find_sheet(catalogue, "register", "reg"), list(enumerate(lines)))


def speaks_of(catalogue: Catalogue, office: School, return_id: str) -> bool:
    sheets = [ref.partition("[")[0].partition(".")[0] for ref in office.cells] + list(office.lists)
    return any(catalogue.sheet_owners[sheet] == return_id for sheet in sheets)


def build_block(catalogue: Catalogue, return_id: str, filed: Sequence[School]) -> FormBlock:
    """What was said of the schools, everything else blank."""
    period = YEAR if catalogue.returns[return_id].period == "calendar_year" else PERIOD
    layout = catalogue.latest_layout(return_id) if period == YEAR else catalogue.find_layout(return_id, period)
    index = index_numbers(layout)
    numbers = np.full((len(filed), len(index)), np.nan)
    texts: dict[str, Values] = {}
    for cell in (cell for sheet in layout.sheets if not sheet.is_list for cell in sheet.cells):
        values = [school.cells.get(cell.ref) for school in filed]
        if cell.is_numeric:
            numbers[:, index[cell.ref]] = [np.nan if value is None else float(value) for value in values]
        else:
            texts[cell.ref] = np.array(values, dtype=object)
    lists = {sheet.id: build_lines(sheet, list_lines(filed, sheet.id)) for sheet in layout.sheets if sheet.is_list}
    return FormBlock(layout, list(range(len(filed))), numbers, texts, lists, index)


def list_lines(filed: Sequence[School], sheet: str) -> list[tuple[int, Line]]:
    return [(row, line) for row, school in enumerate(filed) for line in school.lists.get(sheet, ())]


def find_sheet(catalogue: Catalogue, return_id: str, sheet_id: str) -> SheetLayout:
    sheet = catalogue.find_layout(return_id, PERIOD).find_sheet(sheet_id)
    assert sheet is not None
    return sheet


def build_lines(sheet: SheetLayout, lines: Sequence[tuple[int, Line]]) -> Lines:
    """Lines of a list, each with the row of its submission; what is not said is blank."""
    columns: dict[str, Values] = {}
    for cell in sheet.cells:
        name = cell.ref.partition(".")[2]
        values = [line.get(name) for _, line in lines]
        if cell.is_numeric:
            columns[name] = np.array([np.nan if value is None else float(value) for value in values])
        else:
            columns[name] = np.array(values, dtype=object)
    unit = np.array([row for row, _ in lines], dtype=np.int64)
    return Lines(unit, np.arange(len(lines), dtype=np.int64), columns)


def build_primary(code: str, pupils: float, *, lacks: tuple[str, ...] = (), **more: float | None) -> School:
    """A primary school with its pupils and what the seven indicators rest on; a value of None was not filed.

    Keywords: degree, backbone, pe (teachers), teach, sports (square metres), equip (万元), rooms.
    """
    usual: dict[str, float | None] = {
        "degree": pupils, "backbone": pupils, "pe": pupils, "teach": 10 * pupils, "sports": 20 * pupils,
        "equip": pupils, "rooms": pupils,
    }  # fmt: skip
    known = usual | more
    cells: dict[str, Value] = {
        "stu_primary[total].enrolled": pupils, "edu_primary[bachelor].total": known["degree"],
        "edu_primary[associate].total": 0, "edu_primary[master].total": 0, "edu_primary[phd].total": 0,
        "edu_primary[total].pe": known["pe"], "edu_primary[total].arts": 0, "edu_primary[total].music": 0,
        "edu_primary[total].fine_art": 0, "basic.backbone_primary": known["backbone"],
    }  # fmt: skip
    area = {"teach_total": known["teach"], "indoor_sports": 0, "sports_ground": known["sports"]}
    equip = {"equip_value": known["equip"], "multimedia_rooms": known["rooms"]}
    return School(code, cells, {"area": [area], "equip": [equip]}, lacks=lacks)
