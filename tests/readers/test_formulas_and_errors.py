"""M01–M14: formulas with and without results, and error cells, which are never blanks."""

from __future__ import annotations

import numpy as np
import pytest
from openpyxl.workbook import Workbook

from tests.readers.parts import SHEET, read_part, set_part
from tests.readers.sheets import Canteen, open_tab

SEATS = "kitchen.seats"
ERRORS = ("#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#NAME?", "#NUM!", "#NULL!")


def put_cell(canteen: Canteen, cell: bytes) -> bytes:
    """The filled workbook with the whole element of C5, where 240 stands, written so."""
    content = read_part(canteen.workbook, SHEET)
    start = content.index(b'<c r="C5"')
    end = content.index(b"</c>", start) + len(b"</c>")
    return set_part(canteen.workbook, SHEET, content[:start] + cell + content[end:])


@pytest.mark.requirement("R-17")
@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("formula", [b"", b"<f>1/0</f>", b'<f t="shared" ref="C5:C6" si="0">A1</f>', b"<f/>"])
def test_bad_input_m02_error_cell_is_an_error_that_names_it(canteen: Canteen, error: str, formula: bytes) -> None:
    cell = b'<c r="C5" s="3" t="e">' + formula + b"<v>" + error.encode() + b"</v></c>"
    reading = canteen.read(put_cell(canteen, cell))
    (finding,) = canteen.list_findings(reading)
    assert (finding.code, finding.severity, finding.message) == ("CE09", "error", f"C5 公式出错 {error}")
    assert np.isnan(canteen.pick_number(reading, SEATS))


@pytest.mark.parametrize(
    "cell",
    [
        b'<c t="e" r="C5"><v>#N/A</v></c>', b"<c r='C5' t='e'><v>#N/A</v></c>", b'<c r="C5"\n t="e"><v>#N/A</v></c>',
        b'<c r="C5" t="e">\n<v>#N/A</v></c>', b'<c r="C5" t="e"><v xml:space="preserve">#N/A</v></c>',
        b'<c r="C5" t="e"><!-- --><v>#N/A</v></c>', b'<c r="C5" t="e" ><v >#N/A</v ></c>',
        b'<c\tr="C5" t="e"><v>#N/A</v></c>',
        b"<c r=\"C5\" t='e'><v>#N/A</v></c>", b'<c r="C5" t="e"><f>A1&gt;B1</f><v>#N/A</v></c>',
    ],
)  # fmt: skip
def test_error_cell_is_found_however_its_xml_is_written(canteen: Canteen, cell: bytes) -> None:
    assert canteen.find_codes(canteen.read(put_cell(canteen, cell))) == ["CE09 C5"]


@pytest.mark.parametrize("error", ["#SPILL!", "#CALC!", "#FIELD!", "#奇怪"])
def test_bad_input_m02_newer_and_unknown_errors_are_errors_or_refused(canteen: Canteen, error: str) -> None:
    reading = canteen.read(put_cell(canteen, b'<c r="C5" t="e"><v>' + error.encode() + b"</v></c>"))
    assert not reading.is_readable or canteen.find_codes(reading) == ["CE09 C5"]


@pytest.mark.requirement("R-17")
def test_error_cell_in_a_list_is_an_error_at_its_line(canteen: Canteen) -> None:
    def put(book: Workbook) -> None:
        open_tab(book, "从业人员")["C6"] = "#REF!"

    assert canteen.find_codes(canteen.read(canteen.change(put))) == ["CE09 C6"]


def test_line_of_a_list_that_holds_nothing_but_errors_is_not_lost(canteen: Canteen) -> None:
    def put(book: Workbook) -> None:
        sheet = open_tab(book, "从业人员")
        for address in ("A9", "B9", "C9", "D9"):
            sheet[address] = "#REF!"

    reading = canteen.read(canteen.change(put))
    assert reading.lists["cooks"].rows.tolist() == [5, 6, 9]
    assert canteen.find_codes(reading) == ["CE09 A9", "CE09 B9", "CE09 C9", "CE09 D9"]


@pytest.mark.requirement("T-14")
def test_bad_input_m03_error_in_a_total_only_is_computed_anew(canteen: Canteen) -> None:
    def put(book: Workbook) -> None:
        open_tab(book, "用餐人数")["C5"] = "#REF!"

    reading = canteen.read(canteen.change(put))
    assert canteen.find_codes(reading) == []
    assert np.isnan(canteen.pick_number(reading, "meals[total].total"))


@pytest.mark.requirement("R-16")
@pytest.mark.parametrize(
    "cell", [b'<c r="C5"><f>1+1</f></c>', b'<c r="C5"><f>1+1</f><v></v></c>', b'<c r="C5"><f>1+1</f><v/></c>']
)
def test_bad_input_m01_formula_without_a_result_is_asked_about_and_missing(canteen: Canteen, cell: bytes) -> None:
    reading = canteen.read(put_cell(canteen, cell))
    (finding,) = canteen.list_findings(reading)
    assert (finding.code, finding.cell) == ("FL14", "C5")
    assert finding.message == "填报单元格 C5 的公式没有计算结果,请用 Excel/WPS 打开保存后再报"
    assert np.isnan(canteen.pick_number(reading, SEATS))


@pytest.mark.requirement("T-14")
def test_bad_input_m01_formula_without_a_result_in_a_total_is_no_finding(canteen: Canteen) -> None:
    reading = canteen.read(canteen.change(lambda _: None))
    assert open_formulas(canteen.change(lambda _: None))
    assert canteen.find_codes(reading) == []


@pytest.mark.requirement("R-16", "R-05")
@pytest.mark.parametrize(
    "formula",
    [
        b"<f>120*2</f>", b"<f>NOW()</f>", b"<f>RAND()</f>", b'<f>INDIRECT("A1")</f>', b"<f>C5</f>",
        b'<f t="array" ref="C5">SUM(A1:A2)</f>', b'<f t="dataTable" ref="C5" dt2D="0" dtr="0" r1="A1"/>',
        b"<f>cmd|'/C calc'!A0</f>", b'<f>WEBSERVICE("http://127.0.0.1:9/")</f>', b"<f>[1]Sheet!A1</f>",
        b'<f>CALL("urlmon","URLDownloadToFileA","JJCCJJ")</f>', b'<f>RTD("x",,"y")</f>',
        b"<f>" + b"(" * 900 + b"1" + b")" * 900 + b"</f>",
    ],
)  # fmt: skip
def test_bad_input_m05_m08_k01_k04_stored_result_is_used_and_nothing_is_run(canteen: Canteen, formula: bytes) -> None:
    reading = canteen.read(put_cell(canteen, b'<c r="C5">' + formula + b"<v>240</v></c>"))
    assert canteen.find_codes(reading) == ["CE32 C5"]
    assert canteen.pick_number(reading, SEATS) == 240


@pytest.mark.parametrize("value", [b"<v></v>", b"<v/>", b"<v> </v>"])
def test_bad_input_m09_formula_that_gave_an_empty_text_is_blank(canteen: Canteen, value: bytes) -> None:
    reading = canteen.read(put_cell(canteen, b'<c r="C5" t="str"><f>IF(A1="","",A1)</f>' + value + b"</c>"))
    assert canteen.find_codes(reading) == ["CE32 C5"]
    assert np.isnan(canteen.pick_number(reading, SEATS))


def test_bad_input_m10_formula_typed_as_text_is_an_error(canteen: Canteen) -> None:
    assert canteen.find_codes(canteen.read(canteen.type_in({SEATS: "=SUM(A1:A5)"}))) == ["CE06 C5"]


def test_bad_input_m14_text_stored_in_a_number_cell_is_read_by_what_it_is(canteen: Canteen) -> None:
    reading = canteen.read(put_cell(canteen, b'<c r="C5" t="str"><v>240</v></c>'))
    assert canteen.find_codes(reading) == ["CE02 C5"]
    assert canteen.pick_number(reading, SEATS) == 240


def test_error_text_that_was_typed_is_no_number(canteen: Canteen) -> None:
    assert canteen.find_codes(canteen.read(canteen.type_in({SEATS: "#N/A"}))) == ["CE07 C5"]


def open_formulas(workbook: bytes) -> bool:
    """True if the second data sheet holds formulas without a stored result."""
    content = read_part(workbook, "xl/worksheets/sheet4.xml")
    return b"<f>" in content and b"<v></v>" in content.replace(b"<v />", b"<v></v>").replace(b"<v/>", b"<v></v>")
