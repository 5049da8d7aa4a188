"""A small return of its own for reading tests: its definition, a filled workbook, and ways to change and read one.

The words are none of the product's returns, so that what passes here does not pass because of its subject.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from flows.checks.addresses import AddressBook
from flows.checks.findings import Finding, find_from_signals
from flows.publishers.campaign import TemplateMaker
from flows.publishers.fill import CellValue, fill_workbook
from flows.publishers.template import Addressee
from flows.readers.limits import ReadingLimits
from flows.readers.read import read_return
from flows.readers.reading import Reading
from flows.readers.reading_map import ReadingMap, build_reading_map
from schemas.catalogue import SHIPPED, Catalogue, load_catalogue
from schemas.layout import Cell, FormLayout, SheetLayout, column_letter

DEFINITION = """
id: canteen
no: T01
title: {zh: 食堂情况表, en: Canteens}
filed_by: 学校
period: school_year
due: {after: start, day: 20}
forms:
  - {version: "2024.1", since: "2024-2025", labels: {kitchen.seats: 座位数}}
  - {version: "2025.1", since: "2025-2026"}
sheets:
  - id: kitchen
    name: 食堂概况
    aliases: [食堂基本情况]
    kind: items
    fields:
      seats: {label: 餐位数, aliases: [座位数], type: count, unit: 个, minimum: 1, maximum: 5000}
      area: {label: 使用面积, type: number, unit: 平方米, decimals: 2}
      cost: {label: 年支出, type: money, unit: 元, blank: optional}
      satisfaction: {label: 满意度, type: percent, unit: "%"}
      change: {label: 比上年增长, type: percent, unit: "%", sign: any, blank: optional}
      opened_on: {label: 启用日期, type: date}
      licensed: {label: 是否持证, type: yesno}
      stage: {label: 服务学段, type: code, codelist: CL-07}
      stages: {label: 其他学段, type: codes, codelist: CL-07, blank: optional}
      licence: {label: 许可证编号, type: text, pattern: "[0-9]{14}"}
      remark: {label: 备注, type: text, length: 20, blank: optional}
      phone: {label: 联系电话, type: text, contact: true, blank: optional}
  - id: meals
    name: 用餐人数
    kind: matrix
    unit: 人
    rows: {total: 合计, breakfast: 早餐, lunch: {label: 午餐, aliases: [中餐]}, dinner: 晚餐}
    columns: {total: 合计, day: 走读生, boarder: {label: 寄宿生, aliases: [住校生]}}
    blocked: ["[breakfast].day"]
    totals:
      - meals[*].total = sum(meals[*].day, meals[*].boarder)
      - meals[total].* = sum(meals[breakfast..dinner].*)
  - id: cooks
    name: 从业人员
    kind: list
    key: [badge]
    capacity: 5
    fields:
      badge: {label: 工号, type: text, pattern: "[0-9]{4}"}
      hired_on: {label: 入职日期, type: date}
      hours: {label: 周工时, type: number, decimals: 1}
      certified: {label: 是否持健康证, type: yesno}
"""

PERIOD = "2025-2026"
SCHOOL = "2133000001"
COVER: Mapping[str, CellValue] = {
    "filler_name": "王填表", "checker_name": "李审核", "head_name": "赵校长", "fill_date": "2025-09-10",
}  # fmt: skip
VALUES: Mapping[str, CellValue] = {
    "kitchen.seats": 240, "kitchen.area": 318.5, "kitchen.cost": 125000, "kitchen.satisfaction": 95,
    "kitchen.change": -3.5, "kitchen.opened_on": date(2019, 9, 1), "kitchen.licensed": "是",
    "kitchen.stage": "primary 小学", "kitchen.licence": "33010020190001",
    "meals[breakfast].boarder": 80, "meals[lunch].day": 420, "meals[lunch].boarder": 100,
    "meals[dinner].day": 30, "meals[dinner].boarder": 96,
}  # fmt: skip
COOKS: tuple[Mapping[str, CellValue], ...] = (
    {"badge": "0007", "hired_on": date(2018, 3, 1), "hours": 40, "certified": "是"},
    {"badge": "0012", "hired_on": date(2021, 8, 20), "hours": 37.5, "certified": "否"},
)


@dataclass(frozen=True)
class Canteen:
    """The small return with its filled workbook. Kept for the session; changes are made on copies."""

    catalogue: Catalogue
    layout: FormLayout
    reading_map: ReadingMap
    template: bytes
    workbook: bytes

    def find_sheet(self, sheet: str) -> SheetLayout:
        found = self.layout.find_sheet(sheet)
        assert found is not None, sheet
        return found

    def find_cell(self, ref: str) -> Cell:
        cells = (cell for sheet in self.layout.sheets for cell in sheet.cells)
        return next(cell for cell in cells if cell.ref == ref)

    def place(self, ref: str, row: int | None = None) -> tuple[str, str]:
        """Tab and address of a cell, or of a list's field in a row of the workbook."""
        cell = self.find_cell(ref)
        return self.find_sheet(cell.sheet).tab, f"{column_letter(cell.column)}{row or cell.row}"

    def type_in(self, values: Mapping[str, CellValue], workbook: bytes | None = None) -> bytes:
        """The filled workbook with other values typed into cells named by reference; None empties a cell."""
        typed: dict[str, dict[str, CellValue]] = {}
        for ref, value in values.items():
            tab, address = self.place(ref)
            typed.setdefault(tab, {})[address] = value
        return fill_workbook(self.workbook if workbook is None else workbook, typed)

    def type_at(self, tab: str, cells: Mapping[str, CellValue]) -> bytes:
        """The filled workbook with values typed at addresses of a tab."""
        return fill_workbook(self.workbook, {tab: cells})

    def change(self, edit: Callable[[Workbook], None]) -> bytes:
        """The filled workbook as a clerk's program saves it after an edit."""
        return change_workbook(self.workbook, edit)

    def read(self, workbook: bytes, extension: str = ".xlsx") -> Reading:
        return read_return(workbook, extension, self.reading_map, ReadingLimits())

    def list_findings(self, reading: Reading) -> list[Finding]:
        book = AddressBook(self.layout, {1: reading.moved})
        return list(find_from_signals(self.catalogue, 1, reading.signals, book))

    def find_codes(self, reading: Reading) -> list[str]:
        """Codes of the findings with the cells they stand at, such as `CE02 C5`."""
        return [f"{finding.code} {finding.cell}".strip() for finding in self.list_findings(reading)]

    def pick_number(self, reading: Reading, ref: str) -> float:
        cells = [cell for sheet in self.layout.sheets if not sheet.is_list for cell in sheet.cells if cell.is_numeric]
        return float(reading.numbers[[cell.ref for cell in cells].index(ref)])

    def pick_text(self, reading: Reading, ref: str) -> str | None:
        sheets = [sheet for sheet in self.layout.sheets if not sheet.is_list]
        cells = [cell for sheet in sheets for cell in sheet.cells if not cell.is_numeric]
        return reading.texts[[cell.ref for cell in cells].index(ref)]


def build_canteen(folder: Path) -> Canteen:
    """The small return, its definitions written to the folder beside the product's own checks and messages."""
    catalogue = load_small_catalogue(folder)
    layout = catalogue.build_layout("canteen", "2025.1")
    template = TemplateMaker(catalogue).make(layout, PERIOD, Addressee(SCHOOL, "实验学校", "330000", "示例区"))
    return Canteen(
        catalogue, layout, build_reading_map(catalogue), template, fill_template(catalogue, layout, template)
    )


def load_small_catalogue(folder: Path) -> Catalogue:
    (folder / "returns").mkdir(parents=True)
    (folder / "returns" / "T01_canteen.yaml").write_text(DEFINITION, encoding="utf-8")
    (folder / "checks").mkdir()
    for name in ("checks/cell.yaml", "checks/file.yaml", "common.yaml", "theme.yaml"):
        shutil.copyfile(SHIPPED / name, folder / name)
    for name in ("messages", "codelists"):
        shutil.copytree(SHIPPED / name, folder / name)
    return load_catalogue((folder,))


def fill_template(catalogue: Catalogue, layout: FormLayout, template: bytes) -> bytes:
    typed: dict[str, dict[str, CellValue]] = {catalogue.cover.tab: {}}
    for cell in catalogue.cover.cells:
        field = cell.ref.partition(".")[2]
        if field in COVER:
            typed[catalogue.cover.tab][cell.address] = COVER[field]
    for sheet in layout.sheets:
        typed[sheet.tab] = dict(_list_lines(sheet) if sheet.is_list else _list_values(sheet))
    return fill_workbook(template, typed)


def _list_values(sheet: SheetLayout) -> Iterable[tuple[str, CellValue]]:
    return ((cell.address, VALUES[cell.ref]) for cell in sheet.cells if cell.ref in VALUES)


def _list_lines(sheet: SheetLayout) -> Iterable[tuple[str, CellValue]]:
    for number, line in enumerate(COOKS):
        for cell in sheet.cells:
            yield f"{column_letter(cell.column)}{cell.row + number}", line[cell.ref.partition(".")[2]]


def change_workbook(workbook: bytes, edit: Callable[[Workbook], None]) -> bytes:
    """The workbook opened by openpyxl, edited and saved, formulas losing their stored values as they do there."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    edit(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def open_tab(book: Workbook, tab: str) -> Worksheet:
    sheet = book[tab]
    assert isinstance(sheet, Worksheet)
    return sheet


def holds_the_same(canteen: Canteen, reading: Reading) -> bool:
    """True if the fixed sheets gave what was typed into the untouched workbook."""
    plain = canteen.read(canteen.workbook)
    return np.array_equal(reading.numbers, plain.numbers, equal_nan=True) and reading.texts == plain.texts


def move_down(book: Workbook, tab: str, *, rows: int, first: int = 3) -> None:
    """What stands from a row on, moved down."""
    sheet = open_tab(book, tab)
    for area in list(sheet.merged_cells.ranges):
        if area.min_row >= first:
            sheet.unmerge_cells(str(area))
    sheet.move_range(f"A{first}:Z{sheet.max_row}", rows=rows)


def move_right(book: Workbook, tab: str, *, columns: int, first: int = 1) -> None:
    """What stands from a column on, moved right, below the title."""
    sheet = open_tab(book, tab)
    last = sheet.cell(3, sheet.max_column).coordinate.rstrip("0123456789")
    start = sheet.cell(3, first).coordinate
    sheet.move_range(f"{start}:{last}{sheet.max_row}", cols=columns)
