"""The workbook that a school fills: cover, instructions, data sheets, notes and hidden marks, from the definitions."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

from flows.publishers.excel_formula import spell_value, spell_violation
from flows.publishers.sheets import (
    Condition,
    Formula,
    Print,
    Range,
    SheetContent,
    Value,
    WorkbookContent,
    safe_sheet_name,
)
from flows.publishers.template_help import build_help_sheet
from flows.publishers.template_inputs import add_validations, input_style
from schemas.applicability import Attributes, build_attributes, find_applicable, holds_for_all
from schemas.catalogue import Catalogue
from schemas.compile import CompiledCheck, compile_checks
from schemas.layout import (
    FIRST_ROW,
    LABEL_ROW,
    NIL_FIELD,
    NUMBER_ROW,
    UNIT_ROW,
    Cell,
    FormLayout,
    SheetLayout,
    column_letter,
    split_address,
)

META_SHEET, CODES_SHEET = "_meta", "_codes"
IN_SHEET_LEVELS = ("record", "table")
UPRIGHT_COLUMNS = 7
"""Wider sheets are printed across."""
WIDTHS = {"items": {0: 34.0, 1: 6.0, 2: 22.0, 3: 10.0, 4: 40.0}}


@dataclass(frozen=True, slots=True)
class Addressee:
    """For whom a template is made; empty for the blank template of a return."""

    code: str = ""
    name: str = ""
    district_code: str = ""
    district_name: str = ""
    attributes: Mapping[str, str | float | None] = field(default_factory=dict)
    earlier: Mapping[str, float | str] = field(default_factory=dict)
    earlier_period: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.attributes)


def build_template(
    catalogue: Catalogue, layout: FormLayout, period: str, addressee: Addressee | None = None
) -> WorkbookContent:
    """The template of a return on a form: every sheet that concerns the addressee, or all of them."""
    addressee = addressee or Addressee()
    open_cells = find_open_cells(catalogue, layout, addressee)
    sheets = list_open_sheets(layout, open_cells)
    checks = compile_checks(catalogue, layout)
    codelists = list_codelists(catalogue, layout)
    data = [build_data_sheet(catalogue, sheet, open_cells, codelists) for sheet in sheets]
    for content, sheet in zip(data, sheets, strict=True):
        content.conditions += list(_build_conditions(sheet, checks, open_cells))
    contents = [
        _build_cover(catalogue, layout, period, addressee),
        build_help_sheet(catalogue, layout, sheets, checks),
        *data,
        build_data_sheet(catalogue, catalogue.notes, {cell.ref for cell in catalogue.notes.cells}, codelists),
        *_build_reference_sheets(catalogue, layout, addressee, open_cells),
        _build_codes(catalogue, codelists),
        _build_meta(layout, period, addressee),
    ]
    return WorkbookContent(f"{layout.no} {layout.title}", tuple(contents), subject=f"{period} {addressee.name}".strip())


def build_data_sheet(
    catalogue: Catalogue, sheet: SheetLayout, open_cells: set[str], codelists: Sequence[str]
) -> SheetContent:
    """A sheet of the form in the statutory look; cells that do not apply are pre-printed *."""
    content = SheetContent(sheet.tab, protected=not sheet.is_list)
    width = _count_columns(sheet)
    content.merge(0, 0, width - 1, sheet.title, "title")
    content.heights[0] = 28
    _put_captions(catalogue, content, sheet, width)
    _put_heads(catalogue, content, sheet)
    if sheet.is_list:
        _put_list_area(content, sheet)
    else:
        _put_fixed_area(content, sheet, open_cells)
    add_validations(catalogue, content, sheet, open_cells, codelists)
    content.freeze = (FIRST_ROW - 1, 0 if sheet.is_list else 2)
    content.print = Print(landscape=width > UPRIGHT_COLUMNS, repeat_rows=(0, NUMBER_ROW - 1))
    content.first_cell = _find_first_input(sheet, open_cells)
    return content


def list_open_sheets(layout: FormLayout, open_cells: Container[str]) -> list[SheetLayout]:
    """The sheets that a template with these cells has."""
    return [sheet for sheet in layout.sheets if any(cell.ref in open_cells for cell in sheet.cells)]


def find_open_cells(catalogue: Catalogue, layout: FormLayout, addressee: Addressee) -> set[str]:
    """References of the cells this addressee fills or sees summed."""
    cells = [cell for sheet in layout.sheets for cell in sheet.cells if not cell.blocked]
    if not addressee.is_known:
        return {cell.ref for cell in cells}
    attributes: Attributes = build_attributes([addressee.attributes])
    masks = find_applicable(catalogue, (text for cell in cells for text in cell.applies), attributes)
    return {cell.ref for cell in cells if holds_for_all(masks, cell.applies, 1)[0]}


def _count_columns(sheet: SheetLayout) -> int:
    if sheet.kind == "items":
        return 5
    return len(sheet.columns) + (0 if sheet.is_list else 2)


def _put_captions(catalogue: Catalogue, content: SheetContent, sheet: SheetLayout, width: int) -> None:
    message = catalogue.message
    note = message("template.list_note" if sheet.is_list else "template.total_note")
    if catalogue.says_empty(sheet):
        note = message("template.empty_list_note", word=catalogue.nothing[0])
    content.put(UNIT_ROW - 1, 0, sheet.note or note, "caption")
    unit = message("template.unit_line", unit=sheet.unit) if sheet.unit else message("template.unit_mixed")
    content.put(UNIT_ROW - 1, width - 1, unit, "caption_right")


def _put_heads(catalogue: Catalogue, content: SheetContent, sheet: SheetLayout) -> None:
    message = catalogue.message
    label_row, number_row = LABEL_ROW - 1, NUMBER_ROW - 1
    if sheet.kind == "items":
        heads = [message(f"template.{key}_head") for key in ("item", "number", "value", "unit", "hint")]
        marks = [message("template.stub_mark"), message("template.number_mark"), "1"]
        content.put_row(label_row, heads, "head")
        content.put_row(
            number_row, [*marks, message("template.unit_mark"), message("template.hint_mark")], "head_number"
        )
        content.widths |= WIDTHS["items"]
        return
    if sheet.rows:
        content.put_row(label_row, [message("template.row_head"), message("template.number_head")], "head")
        content.put_row(number_row, [message("template.stub_mark"), message("template.number_mark")], "head_number")
        content.widths |= {0: 28.0, 1: 6.0}
    for head in sheet.columns:
        content.put(label_row, head.position - 1, head.label, "head")
        content.put(number_row, head.position - 1, head.number, "head_number")
        content.widths[head.position - 1] = _column_width(sheet, head.label)
    content.heights[label_row] = 46


def _column_width(sheet: SheetLayout, label: str) -> float:
    """Wide enough for the label in three lines, and for what lists hold."""
    return max(14.0 if sheet.is_list else 9.0, min(2.2 * len(label) / 3 + 4, 26.0))


def _put_fixed_area(content: SheetContent, sheet: SheetLayout, open_cells: set[str]) -> None:
    for head in sheet.rows:
        content.put(head.position - 1, 0, head.label, f"stub{head.indent}" if head.indent else "stub")
        content.put(head.position - 1, 1, head.number, "stub_number")
    totals = dict(sheet.totals)
    addresses = {cell.ref: cell.address for cell in sheet.cells}
    for cell in sheet.cells:
        if cell.ref not in open_cells:
            content.put(cell.row - 1, cell.column - 1, "*", "blocked")
            continue
        formula = spell_value(totals[cell.ref], addresses.get) if cell.total else None
        if formula:
            style = "total_decimal" if cell.decimals else "total"
            content.put(cell.row - 1, cell.column - 1, Formula(f"={formula}"), style)
        else:
            content.put(cell.row - 1, cell.column - 1, None, input_style(cell))
    if sheet.kind == "items":
        _put_item_sides(content, sheet)


def _put_item_sides(content: SheetContent, sheet: SheetLayout) -> None:
    for head, cell in zip(sheet.rows, sheet.cells, strict=True):
        content.put(cell.row - 1, 3, cell.unit, "stub_number")
        content.put(cell.row - 1, 4, head.hint, "bordered_wrapped")


def _put_list_area(content: SheetContent, sheet: SheetLayout) -> None:
    """Whole columns carry the style, so that a line beyond the capacity keeps its leading zeros too."""
    for cell in sheet.cells:
        content.column_styles[cell.column - 1] = f"{input_style(cell)}_line"


def _find_first_input(sheet: SheetLayout, open_cells: set[str]) -> tuple[int, int]:
    first = next((cell for cell in sheet.cells if cell.ref in open_cells and not cell.total), sheet.cells[0])
    return first.row - 1, first.column - 1


def _build_conditions(sheet: SheetLayout, checks: tuple[CompiledCheck, ...], open_cells: set[str]) -> list[Condition]:
    """In-sheet red cells: one condition for all cells whose rule reads the same from where they stand."""
    cells = {cell.ref: cell for cell in sheet.cells if cell.ref in open_cells}
    if sheet.is_list:
        return []
    areas: dict[str, list[tuple[Range, str]]] = {}
    for compiled in checks:
        if compiled.check.level not in IN_SHEET_LEVELS or compiled.check.severity == "info":
            continue
        for rule in compiled.rules:
            mark = cells.get(rule.mark or "")
            if mark is None or mark.total or rule.when is not None or rule.list_sheet:
                continue
            formula = spell_violation(rule.expression, rule.references, lambda ref: _address(cells.get(ref)))
            if formula:
                relative = _make_relative(formula, mark)
                areas.setdefault(relative, []).append((_one_cell(mark), formula))
    return [
        Condition(tuple(area for area, _ in marked), f"={marked[0][1]}", "wrong_in_sheet") for marked in areas.values()
    ]


def _address(cell: Cell | None) -> str | None:
    return cell.address if cell else None


def _one_cell(cell: Cell) -> Range:
    return Range(cell.row - 1, cell.column - 1, cell.row - 1, cell.column - 1)


def _make_relative(formula: str, mark: Cell) -> str:
    """The formula with every address as an offset from the marked cell."""

    def offset(match: re.Match[str]) -> str:
        row, column = split_address(match[0])
        return f"[{row + 1 - mark.row},{column + 1 - mark.column}]"

    return re.sub(r"\b([A-Z]{1,3})([0-9]+)\b", offset, formula)


def _build_cover(catalogue: Catalogue, layout: FormLayout, period: str, addressee: Addressee) -> SheetContent:
    cover = catalogue.cover
    codelists = list_codelists(catalogue, layout)
    may_be_nil = catalogue.returns[layout.return_id].may_be_nil
    open_cells = {cell.ref for cell in cover.cells if may_be_nil or cell.ref != f"{cover.id}.{NIL_FIELD}"}
    content = build_data_sheet(catalogue, cover, open_cells, codelists)
    message = catalogue.message
    content.cells.pop((UNIT_ROW - 1, 4), None)
    content.merges.clear()
    content.merge(0, 0, 4, message("template.cover_title", title=layout.title), "title")
    line = message("template.cover_line", district=addressee.district_name, period=period, school=addressee.name)
    content.put(UNIT_ROW - 1, 0, line.strip(), "caption")
    fixed: dict[str, Value] = {
        "return_id": layout.no, "template_version": layout.version, "period": period, "school_code": addressee.code,
        "school_name": addressee.name, "district_code": addressee.district_code,
    }  # fmt: skip
    for head in cover.rows:
        if fixed.get(head.id):
            content.put(head.position - 1, 2, fixed[head.id], "fixed_text")
    last = cover.rows[-1].position
    content.put(last + 1, 0, message("template.signature_head"), "signature")
    content.put(last + 3, 0, message("template.seal"), "signature")
    content.print = Print()
    content.freeze = None
    return content


def name_reference_sheets(
    catalogue: Catalogue, layout: FormLayout, addressee: Addressee, open_cells: Container[str]
) -> list[tuple[SheetLayout, str]]:
    """Sheets of which last period's figures are shown, with the tab they are shown on."""
    named: list[tuple[SheetLayout, str]] = []
    for sheet in layout.sheets:
        shown = any(cell.ref in addressee.earlier and cell.ref in open_cells for cell in sheet.cells)
        if shown and not sheet.is_list:
            taken = [tab for _, tab in named]
            named.append((sheet, safe_sheet_name(catalogue.message("template.reference_tab", tab=sheet.tab), taken)))
    return named


def _build_reference_sheets(
    catalogue: Catalogue, layout: FormLayout, addressee: Addressee, open_cells: Container[str]
) -> list[SheetContent]:
    """Last period's figures in the shape of the form, each on a sheet of its own beside the form's."""
    references: list[SheetContent] = []
    for sheet, tab in name_reference_sheets(catalogue, layout, addressee, open_cells):
        content = SheetContent(tab, tab_color="#BFBFBF", protected=True)
        content.put(0, 0, catalogue.message("template.reference_title", period=addressee.earlier_period), "section")
        _put_heads(catalogue, content, sheet)
        for head in sheet.rows:
            content.put(head.position - 1, 0, head.label, "stub")
            content.put(head.position - 1, 1, head.number, "stub_number")
        for cell in sheet.cells:
            content.put(cell.row - 1, cell.column - 1, addressee.earlier.get(cell.ref), "reference")
        references.append(content)
    return references


def _build_codes(catalogue: Catalogue, codelists: Sequence[str]) -> SheetContent:
    """Hidden columns behind the drop-downs, one code list each."""
    content = SheetContent(CODES_SHEET, hidden=True)
    for column, codelist_id in enumerate(codelists):
        content.put(0, column, codelist_id, "plain")
        for row, code in enumerate(catalogue.codelists[codelist_id].codes):
            content.put(row + 1, column, code.shown, "plain")
    return content


def list_codelists(catalogue: Catalogue, layout: FormLayout) -> list[str]:
    """Code lists used by the form, in the order of their columns on the hidden sheet."""
    sheets = (*layout.sheets, catalogue.cover, catalogue.notes)
    return sorted({cell.codelist for sheet in sheets for cell in sheet.cells if cell.codelist})


def _build_meta(layout: FormLayout, period: str, addressee: Addressee) -> SheetContent:
    content = SheetContent(META_SHEET, hidden=True)
    marks = {
        "product": "huizong", "return_id": layout.no, "template_version": layout.version, "period": period,
        "school_code": addressee.code,
    }  # fmt: skip
    for row, (key, value) in enumerate(marks.items()):
        content.put_row(row, [key, value], "plain")
    for row, sheet in enumerate(layout.sheets, start=len(marks) + 1):
        content.put_row(
            row, ["sheet", sheet.id, sheet.tab, f"A{FIRST_ROW}", column_letter(_count_columns(sheet))], "plain"
        )
    return content
