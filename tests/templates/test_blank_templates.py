"""The blank template of every return: sheets, cells, drop-downs, protection and print as the definition has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from openpyxl.utils import range_boundaries

from flows.publishers.template import CODES_SHEET, META_SHEET
from schemas.catalogue import Catalogue
from schemas.compile import compile_checks
from schemas.layout import FIRST_ROW, LABEL_ROW, NUMBER_ROW, STUB_COLUMNS, Cell, SheetLayout
from tests.templates.conftest import MakeBlank, OpenBlank
from tests.templates.every_return import for_every_return
from tests.templates.sheets import find_column, find_validation, is_locked, list_all_cells, list_fixed_cells

HELP_SHEET = "填报说明"
KILOBYTE = 1024


@for_every_return
def test_the_sheets_are_cover_instructions_form_notes_and_hidden_marks(
    return_id: str, catalogue: Catalogue, open_blank: OpenBlank
) -> None:
    tabs = [sheet.tab for sheet in catalogue.latest_layout(return_id).sheets]
    assert open_blank(return_id).sheetnames == ["封面", HELP_SHEET, *tabs, "核实说明", CODES_SHEET, META_SHEET]


@for_every_return
def test_only_code_lists_and_marks_are_hidden_and_the_cover_is_open(return_id: str, open_blank: OpenBlank) -> None:
    workbook = open_blank(return_id)
    hidden = {sheet.title: sheet.sheet_state for sheet in workbook.worksheets if sheet.sheet_state != "visible"}
    assert hidden == {CODES_SHEET: "veryHidden", META_SHEET: "veryHidden"}
    assert workbook.active is not None
    assert workbook.active.title == "封面"


@pytest.mark.requirement("V-08")
@for_every_return
def test_hidden_marks_name_return_form_period_and_every_sheet(
    return_id: str, catalogue: Catalogue, open_blank: OpenBlank
) -> None:
    layout = catalogue.latest_layout(return_id)
    rows = list(open_blank(return_id)[META_SHEET].iter_rows(values_only=True))
    marks = {row[0]: row[1] or "" for row in rows if row[0] and row[0] != "sheet"}
    assert marks == {
        "product": "huizong", "return_id": layout.no, "template_version": layout.version, "period": layout.since,
        "school_code": "",
    }  # fmt: skip
    assert [(row[1], row[2]) for row in rows if row[0] == "sheet"] == [(sheet.id, sheet.tab) for sheet in layout.sheets]


@pytest.mark.requirement("T-15", "V-08")
@for_every_return
def test_the_cover_names_return_form_and_period_as_plain_locked_values(
    return_id: str, catalogue: Catalogue, open_blank: OpenBlank
) -> None:
    cover, layout = open_blank(return_id)["封面"], catalogue.latest_layout(return_id)
    cells = {cell.ref.partition(".")[2]: cell.address for cell in catalogue.cover.cells}
    printed = {"return_id": layout.no, "template_version": layout.version, "period": layout.since}
    assert {name: cover[cells[name]].value for name in printed} == printed
    assert all(is_locked(cover, cells[name]) and cover[cells[name]].data_type == "s" for name in printed)


@for_every_return
def test_a_blank_cover_can_be_filled(return_id: str, catalogue: Catalogue, open_blank: OpenBlank) -> None:
    """Nobody's name is on it: school, signatures and date are for the clerk to write. Where nothing can be declared
    that is shut.
    """
    cover = open_blank(return_id)["封面"]
    printed = {"return_id", "template_version", "period"}
    printed |= set() if catalogue.returns[return_id].may_be_nil else {"nil_return"}
    inputs = [cell.address for cell in catalogue.cover.cells if cell.ref.partition(".")[2] not in printed]
    assert [(address, cover[address].value) for address in inputs if is_locked(cover, address)] == []
    assert [cover[address].value for address in inputs] == [None] * len(inputs)


@for_every_return
def test_every_line_stands_where_the_form_has_it(return_id: str, catalogue: Catalogue, open_blank: OpenBlank) -> None:
    for sheet in catalogue.latest_layout(return_id).sheets:
        worksheet = open_blank(return_id)[sheet.tab]
        assert worksheet["A1"].value == sheet.title
        for head in sheet.rows:
            found = [worksheet.cell(head.position, column).value for column in range(1, STUB_COLUMNS + 1)]
            assert found == [head.label, head.number]
        for head in sheet.columns if sheet.kind != "items" else ():
            found = [worksheet.cell(row, head.position).value for row in (LABEL_ROW, NUMBER_ROW)]
            assert found == [head.label, head.number]


@for_every_return
def test_inputs_are_blank_and_open_totals_and_stars_are_locked(
    return_id: str, catalogue: Catalogue, open_blank: OpenBlank
) -> None:
    for tab, cell in list_fixed_cells(catalogue.latest_layout(return_id)):
        worksheet = open_blank(return_id)[tab]
        value = worksheet[cell.address].value
        if cell.blocked:
            assert value == "*", cell.ref
        elif cell.total:
            assert str(value).startswith("="), cell.ref
        else:
            assert value is None, cell.ref
        assert is_locked(worksheet, cell.address) is (cell.blocked or cell.total), cell.ref


@pytest.mark.requirement("T-07")
@for_every_return
def test_a_code_is_chosen_from_the_list_that_the_check_uses(
    return_id: str, catalogue: Catalogue, open_blank: OpenBlank
) -> None:
    workbook = open_blank(return_id)
    for tab, cell in list_all_cells(catalogue.latest_layout(return_id)):
        if cell.codelist is None or cell.blocked:
            continue
        validation = find_validation(workbook[tab], cell.address)
        assert validation is not None, cell.ref
        assert validation.type == "list"
        shown = _list_choices(workbook, str(validation.formula1))
        assert shown == [code.shown for code in catalogue.codelists[cell.codelist].codes], cell.ref


@pytest.mark.requirement("V-09")
@for_every_return
def test_drop_downs_of_code_lists_advise_and_do_not_forbid(
    return_id: str, catalogue: Catalogue, open_blank: OpenBlank
) -> None:
    for tab, cell in list_all_cells(catalogue.latest_layout(return_id)):
        if cell.codelist and not cell.blocked:
            validation = find_validation(open_blank(return_id)[tab], cell.address)
            assert validation is not None
            assert validation.errorStyle in ("warning", "information"), cell.ref


@for_every_return
def test_reasons_on_the_notes_sheet_are_chosen_from_their_own_list(
    return_id: str, catalogue: Catalogue, open_blank: OpenBlank
) -> None:
    workbook = open_blank(return_id)
    (cell,) = (cell for cell in catalogue.notes.cells if cell.codelist)
    validation = find_validation(workbook[catalogue.notes.tab], cell.address)
    assert validation is not None
    shown = _list_choices(workbook, str(validation.formula1))
    assert shown == [code.shown for code in catalogue.codelists[str(cell.codelist)].codes]


@for_every_return
def test_yes_or_no_is_chosen_and_numbers_are_asked_for_within_bounds(
    return_id: str, catalogue: Catalogue, open_blank: OpenBlank
) -> None:
    for tab, cell in list_all_cells(catalogue.latest_layout(return_id)):
        if cell.blocked or cell.total or not (cell.is_numeric or cell.type == "yesno"):
            continue
        validation = find_validation(open_blank(return_id)[tab], cell.address)
        assert validation is not None, cell.ref
        if cell.type == "yesno":
            assert (validation.type, validation.formula1) == ("list", '"是,否"'), cell.ref
        else:
            assert validation.type == ("whole" if cell.decimals == 0 else "decimal"), cell.ref
            assert float(validation.formula1) < 0 if cell.sign == "any" else validation.formula1 == "0", cell.ref


@pytest.mark.requirement("T-05")
@for_every_return
def test_a_list_offers_its_whole_capacity(return_id: str, catalogue: Catalogue, open_blank: OpenBlank) -> None:
    for sheet in catalogue.latest_layout(return_id).sheets:
        for validation in open_blank(return_id)[sheet.tab].data_validations.dataValidation if sheet.is_list else ():
            for area in validation.sqref.ranges:
                _, first, _, last = range_boundaries(area.coord)
                assert (first, last) == (FIRST_ROW, FIRST_ROW - 1 + sheet.capacity)


@pytest.mark.requirement("T-06")
@for_every_return
def test_a_column_of_codes_or_texts_is_text_over_its_whole_length(
    return_id: str, catalogue: Catalogue, open_blank: OpenBlank
) -> None:
    for sheet in catalogue.latest_layout(return_id).sheets:
        for cell in sheet.cells if sheet.is_list else ():
            if cell.is_numeric or cell.type == "date":
                continue
            dimension = find_column(open_blank(return_id)[sheet.tab], cell.column)
            assert dimension.number_format == "@", cell.ref
            assert not dimension.protection.locked, cell.ref


@pytest.mark.requirement("T-03")
@for_every_return
def test_validations_keep_to_the_limits_of_excel(return_id: str, open_blank: OpenBlank) -> None:
    for worksheet in open_blank(return_id).worksheets:
        assert len(worksheet.title) <= 31
        for validation in worksheet.data_validations.dataValidation:
            assert len(validation.errorTitle or "") <= 32
            assert len(validation.promptTitle or "") <= 32
            assert len(validation.error or "") <= 225
            assert len(validation.prompt or "") <= 255
            assert len(validation.formula1 or "") <= 255


@pytest.mark.requirement("T-18")
@for_every_return
def test_protection_prevents_accidents_and_has_no_password(
    return_id: str, catalogue: Catalogue, open_blank: OpenBlank
) -> None:
    for sheet in (catalogue.cover, *catalogue.latest_layout(return_id).sheets):
        protection = open_blank(return_id)[sheet.tab].protection
        assert protection.sheet is not sheet.is_list
        assert protection.password is None
        if protection.sheet:
            # in the file, 0 stands for allowed
            allowed = (protection.sort, protection.autoFilter, protection.formatColumns, protection.formatRows)
            assert allowed == (False,) * 4


@for_every_return
def test_every_sheet_prints_as_wide_as_its_page_with_headings_repeated(
    return_id: str, catalogue: Catalogue, open_blank: OpenBlank
) -> None:
    for sheet in catalogue.latest_layout(return_id).sheets:
        worksheet = open_blank(return_id)[sheet.tab]
        assert worksheet.sheet_properties.pageSetUpPr.fitToPage
        assert (worksheet.page_setup.fitToWidth, worksheet.page_setup.fitToHeight) in ((1, 0), (None, 0))
        assert str(worksheet.page_setup.paperSize) == "9"
        assert worksheet.print_title_rows == f"$1:${NUMBER_ROW}"
        assert worksheet.freeze_panes is not None


@pytest.mark.requirement("T-17")
@for_every_return
def test_the_instructions_name_every_check_that_reads_a_field(
    return_id: str, catalogue: Catalogue, open_blank: OpenBlank
) -> None:
    layout = catalogue.latest_layout(return_id)
    rows = list(open_blank(return_id)[HELP_SHEET].iter_rows(min_row=4, values_only=True))
    said = {(row[0], str(row[1])): str(row[6] or "") for row in rows}
    lines = {cell.ref: list(_name_lines(sheet, cell)) for sheet in layout.sheets for cell in sheet.cells}
    unsaid = {
        (compiled.code, ref)
        for compiled in compile_checks(catalogue, layout)
        for rule in compiled.rules
        for ref in rule.references
        if ref in lines and not all(compiled.code in said[line] for line in lines[ref])
    }
    assert unsaid == set()
    assert {row[0] for row in rows} == {sheet.tab for sheet in layout.sheets}


@pytest.mark.requirement("T-04")
@for_every_return
def test_a_template_is_light(return_id: str, make_blank: MakeBlank) -> None:
    assert len(make_blank(return_id)) <= 200 * KILOBYTE


@pytest.mark.parametrize(("severity", "shown"), [("error", True), ("query", True), ("info", False)])
def test_a_rule_that_excel_can_say_turns_its_cell_red(
    severity: str, shown: bool, catalogue: Catalogue, open_blank: OpenBlank
) -> None:
    """J03 has rules of the record: 女 ≤ 总计 and the like."""
    layout = catalogue.latest_layout("students")
    marks = {
        rule.mark
        for compiled in compile_checks(catalogue, layout)
        if compiled.check.severity == severity and compiled.check.level == "record"
        for rule in compiled.rules
        if rule.when is None and rule.list_sheet is None and len(rule.references) == 2
    }
    red = {
        f"{worksheet.title}!{area.coord}"
        for worksheet in open_blank("students").worksheets
        for ranges in worksheet.conditional_formatting
        for area in ranges.sqref.ranges
    }
    addresses = {
        f"{tab}!{cell.address}" for tab, cell in list_fixed_cells(layout) if cell.ref in marks and not cell.total
    }
    assert bool(addresses & red) is (shown and bool(addresses))


def _name_lines(sheet: SheetLayout, cell: Cell) -> Iterator[tuple[str, str]]:
    """Tab and item of the lines of instructions that are about a cell."""
    if sheet.kind != "matrix":
        yield sheet.tab, cell.label.strip()
        return
    yield from ((sheet.tab, f"{h.number} {h.label}".strip()) for h in sheet.rows if h.position == cell.row)
    yield from ((sheet.tab, f"({h.number}) {h.label}".strip()) for h in sheet.columns if h.position == cell.column)


def _list_choices(workbook: Any, formula: str) -> list[str]:
    """The texts behind a drop-down such as `_codes!$A$2:$A$9`."""
    tab, area = formula.lstrip("=").split("!")
    rows = workbook[tab.strip("'")][area.replace("$", "")]
    cells = rows if isinstance(rows, tuple) else ((rows,),)
    return [str(cell.value) for (cell,) in cells]
