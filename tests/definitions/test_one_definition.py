"""T-01: what is changed in one place of a definition changes in everything made from it, and nothing else changes.

| product | lines |
|---|---|
| template | cells of the sheet, drop-down, prompts |
| instructions | one line a field |
| reading map | what the reader knows of a cell, and of a code |
| dictionary | `huizong dictionary --json` |
| pages | the catalogue for people |
| findings | what is said where everything is left blank, or a code is unknown |
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl.workbook import Workbook

from flows.commands.dictionary import build_dictionary
from flows.publishers.campaign import TemplateMaker
from flows.publishers.fill import fill_workbook
from flows.publishers.template import CODES_SHEET, Addressee
from flows.readers.reading_map import build_reading_map
from schemas.catalogue import Catalogue, load_catalogue
from schemas.catalogue_pages import build_pages
from schemas.layout import FormLayout
from tests.invariants.desk import Desk
from tests.readers.sheets import PERIOD, SCHOOL, fill_template, load_small_catalogue
from tests.templates.filling import type_cells
from tests.templates.sheets import open_workbook

pytestmark = pytest.mark.requirement("T-01")

RETURN, CODES = "returns/T01_canteen.yaml", "codelists/CL-07.csv"
KITCHEN = "食堂概况"
Products = dict[str, list[str]]
"""Product → its lines."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    load_small_catalogue(tmp_path / "schemas")
    return tmp_path / "schemas"


def change(folder: Path, place: str, old: str, new: str) -> None:
    path = folder / place
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def make_products(folder: Path) -> Products:
    """The products of the definitions in a folder."""
    catalogue = load_catalogue((folder,))
    layout = catalogue.build_layout("canteen", "2025.1")
    template = TemplateMaker(catalogue).make(layout, PERIOD, Addressee(SCHOOL, "实验学校", "330000", "示例区"))
    book = open_workbook(template)
    dictionary = json.dumps(build_dictionary(catalogue, ["canteen", "CL-07"]), ensure_ascii=False, indent=1)
    return {
        "template": [*_list_cells(book, KITCHEN), *_list_cells(book, CODES_SHEET), *_list_prompts(book)],
        "instructions": list(_list_lines(book, "填报说明")),
        "reading map": list(_list_read(catalogue)),
        "dictionary": dictionary.splitlines(),
        "pages": [line for page in build_pages(catalogue).values() for line in page.splitlines()],
        "findings": _check_blank(folder, catalogue, layout, template),
    }


def _list_cells(book: Workbook, tab: str) -> Iterator[str]:
    for row in book[tab].iter_rows():
        yield from (f"{tab} {cell.coordinate} {cell.value}" for cell in row if cell.value is not None)


def _list_lines(book: Workbook, tab: str) -> Iterator[str]:
    for row in book[tab].iter_rows(values_only=True):
        yield "|".join(str(value) for value in row if value is not None)


def _list_prompts(book: Workbook) -> Iterator[str]:
    for validation in book[KITCHEN].data_validations.dataValidation:
        yield f"{validation.sqref} {validation.prompt} {validation.error}"


def _list_read(catalogue: Catalogue) -> Iterator[str]:
    reading_map = build_reading_map(catalogue)
    layout = reading_map.layouts["canteen"]["2025.1"]
    yield from (f"{cell.ref} {cell.label} {cell.required} {cell}" for sheet in layout.sheets for cell in sheet.cells)
    yield from (f"{answer} = {code}" for answer, code in reading_map.codelists["CL-07"].answers.items())
    yield from reading_map.codelists["CL-07"].shown


def _check_blank(folder: Path, catalogue: Catalogue, layout: FormLayout, template: bytes) -> list[str]:
    filled = fill_template(catalogue, layout, template)
    typed = {"kitchen.seats": None, "kitchen.area": None, "kitchen.stage": "大学"}
    unknown = fill_workbook(filled, type_cells(layout, typed, {}))
    checked = Desk(folder.parent / "desk", catalogue).check_one(unknown)
    return [f"{finding.severity} {finding.label} {finding.message}" for finding in checked.findings]


def compare(before: Products, after: Products) -> Products:
    """The lines that one has more often than the other."""
    counts = {name: (Counter(before[name]), Counter(after[name])) for name in before}
    return {name: sorted(((old - new) + (new - old)).elements()) for name, (old, new) in counts.items()}


def test_label_changed_in_one_place_changes_in_every_product_and_nothing_else_does(folder: Path) -> None:
    before = make_products(folder)
    change(folder, RETURN, "seats: {label: 餐位数,", "seats: {label: 就餐位,")
    changed = compare(before, make_products(folder))

    assert [name for name, lines in changed.items() if not any("就餐位" in line for line in lines)] == []
    assert [line for lines in changed.values() for line in lines if "就餐位" not in line and "餐位数" not in line] == []


def test_code_changed_in_one_place_changes_in_every_product_and_nothing_else_does(folder: Path) -> None:
    before = make_products(folder)
    change(folder, CODES, "voc,中职", "voc,职业学校")
    changed = compare(before, make_products(folder))

    assert [name for name, lines in changed.items() if not any("职业学校" in line for line in lines)] == []
    assert [line for lines in changed.values() for line in lines if "职业学校" not in line and "中职" not in line] == []


def test_blank_policy_changed_in_one_place_changes_in_every_product_and_nothing_else_does(folder: Path) -> None:
    before = make_products(folder)
    change(folder, RETURN, "{label: 使用面积, type: number, unit: 平方米, decimals: 2}",
           "{label: 使用面积, type: number, unit: 平方米, decimals: 2, blank: optional}")  # fmt: skip
    changed = compare(before, make_products(folder))

    assert [name for name, lines in changed.items() if not lines] == []
    about = ("使用面积", "C6", "kitchen.area", "area", '"required"')
    assert [line for lines in changed.values() for line in lines if not any(word in line for word in about)] == []
