"""A desk over a few invented primary schools of which only pupils and books are known, without a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from flows.indicators.desk import Desk
from flows.normalisers.records import FormBlock, index_numbers
from flows.register import build_register_view
from flows.sources import AcceptedBlock
from schemas.catalogue import Catalogue
from schemas.expressions.columns import Values
from schemas.expressions.scope import Lines
from schemas.layout import SheetLayout

PERIOD = "2025-2026"

School = tuple[str, int, float | None]
"""Name, pupils, books; None: not reported."""


def open_invented_desk(catalogue: Catalogue, schools: Sequence[School]) -> Desk:
    """A desk over these schools."""
    codes = tuple(f"{2132199001 + number}" for number in range(len(schools)))
    register = build_register_view(catalogue, {"reg": build_register(catalogue, codes, schools)}, PERIOD)
    blocks = {
        "students": AcceptedBlock(build_students(catalogue, schools), codes, PERIOD),
        "premises": AcceptedBlock(build_premises(catalogue, schools), codes, PERIOD),
    }
    return Desk(catalogue, lambda _: register, lambda no, period: blocks.get(no) if period == PERIOD else None)


def build_register(catalogue: Catalogue, codes: Sequence[str], schools: Sequence[School]) -> Lines:
    known = {"school_type": "211", "run_by": "831", "status": "1", "stages": "primary", "valid_from": "2000-09-01"}
    lines = [{"school_code": code, "school_name": s[0], **known} for code, s in zip(codes, schools, strict=True)]
    return build_lines(find_sheet(catalogue, "register", "reg"), lines)


def build_students(catalogue: Catalogue, schools: Sequence[School]) -> FormBlock:
    layout = catalogue.find_layout("students", PERIOD)
    index = index_numbers(layout)
    numbers = np.full((len(schools), len(index)), np.nan)
    numbers[:, index["stu_primary[total].enrolled"]] = [pupils for _, pupils, _ in schools]
    return FormBlock(layout, list(range(len(schools))), numbers, {}, {}, index)


def build_premises(catalogue: Catalogue, schools: Sequence[School]) -> FormBlock:
    layout = catalogue.find_layout("premises", PERIOD)
    equipment = build_lines(find_sheet(catalogue, "premises", "equip"), [{"books": books} for _, _, books in schools])
    area = build_lines(find_sheet(catalogue, "premises", "area"), [{} for _ in schools])
    lists = {"equip": equipment, "area": area}
    return FormBlock(layout, list(range(len(schools))), np.empty((len(schools), 0)), {}, lists)


def find_sheet(catalogue: Catalogue, return_id: str, sheet_id: str) -> SheetLayout:
    sheet = catalogue.find_layout(return_id, PERIOD).find_sheet(sheet_id)
    assert sheet is not None
    return sheet


def build_lines(sheet: SheetLayout, lines: Sequence[Mapping[str, str | float | None]]) -> Lines:
    """One line a school; what is not said is blank."""
    columns: dict[str, Values] = {}
    for cell in sheet.cells:
        values = [line.get(cell.ref.partition(".")[2]) for line in lines]
        if cell.is_numeric:
            columns[cell.ref.partition(".")[2]] = np.array(
                [np.nan if v is None else v for v in values], dtype=np.float64
            )
        else:
            columns[cell.ref.partition(".")[2]] = np.array(values, dtype=object)
    positions = np.arange(len(lines), dtype=np.int64)
    return Lines(positions, positions, columns)
