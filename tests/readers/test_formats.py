"""Returns saved as .xls, .xlsb and .ods say the same as .xlsx, their error cells and percents included."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from openpyxl.workbook import Workbook

from flows.readers.reading import Reading
from tests.readers.binary_workbook import CellContent, FormulaError, Share, record, write_binary_workbook
from tests.readers.parts import read_part, set_part
from tests.readers.sheets import Canteen, open_tab
from tests.readers.spoiling import BOF, write_xls
from tests.readers.spoiling import record as old_record

OFFICE = shutil.which("soffice")
FAULTS = ["CE03 C6", "CE09 C5", "CE09 C6", "CE31 C8"]


def put_faults(book: Workbook) -> None:
    """An error typed, an error computed, a share shown as percent, and full-width digits."""
    kitchen = open_tab(book, "食堂概况")
    kitchen["C5"], kitchen["C6"], kitchen["C8"] = "#REF!", "３１８", 0.95
    kitchen["C8"].number_format = "0%"
    open_tab(book, "从业人员")["C6"] = "=NA()"


@pytest.fixture(scope="module")
def converted(canteen: Canteen, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the filled and the faulty workbook as LibreOffice saves them in the other formats."""
    if OFFICE is None:
        pytest.skip("LibreOffice (soffice) is not installed, so nothing converts a workbook to .xls and .ods")
    folder = tmp_path_factory.mktemp("converted")
    (folder / "filled.xlsx").write_bytes(canteen.workbook)
    (folder / "faulty.xlsx").write_bytes(canteen.change(put_faults))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    for kind in ("xls", "ods"):
        command = [OFFICE, "--headless", profile, "--convert-to", kind, "filled.xlsx", "faulty.xlsx"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    return folder


def read_converted(canteen: Canteen, folder: Path, name: str) -> Reading:
    path = folder / name
    return canteen.read(path.read_bytes(), path.suffix)


def collect_cells(workbook: bytes) -> dict[str, dict[str, CellContent]]:
    """Every filled cell of the workbook by tab and address, dates as text."""
    cells: dict[str, dict[str, CellContent]] = {}
    for sheet in openpyxl.load_workbook(io.BytesIO(workbook)).worksheets:
        filled = (cell for row in sheet.iter_rows() for cell in row if cell.value is not None and cell.data_type != "f")
        cells[sheet.title] = {cell.coordinate: spell(cell.value) for cell in filled}
    return cells


def spell(value: object) -> CellContent:
    return float(value) if isinstance(value, int | float) else str(value).removesuffix(" 00:00:00")


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_filled_return_in_another_format_says_the_same(canteen: Canteen, converted: Path, kind: str) -> None:
    reading, plain = read_converted(canteen, converted, f"filled.{kind}"), canteen.read(canteen.workbook)
    totals = np.isnan(plain.numbers)
    assert np.array_equal(reading.numbers[~totals], plain.numbers[~totals])
    assert (reading.texts, reading.identity) == (plain.texts, plain.identity)
    assert reading.lists["cooks"].texts == plain.lists["cooks"].texts
    assert canteen.find_codes(reading) == []


@pytest.mark.requirement("R-17")
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_ce09_error_cells_in_another_format_are_never_blanks(canteen: Canteen, converted: Path, kind: str) -> None:
    reading = read_converted(canteen, converted, f"faulty.{kind}")
    found = {(finding.sheet, finding.code): finding.found for finding in canteen.list_findings(reading)}
    assert sorted(canteen.find_codes(reading)) == FAULTS
    assert found["食堂概况", "CE09"] == "#REF!"
    assert found["从业人员", "CE09"] == "#N/A"
    assert canteen.pick_number(reading, "kitchen.satisfaction") == 95


@pytest.mark.parametrize("kind", ["xls", "ods"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_bad_input_c01_cut_file_of_another_format_is_refused(
    canteen: Canteen, converted: Path, kind: str, share: float
) -> None:
    content = (converted / f"filled.{kind}").read_bytes()
    reading = canteen.read(content[: int(len(content) * share)], f".{kind}")
    assert not reading.is_readable
    assert reading.signals


@pytest.mark.requirement("R-02")
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_bad_input_c07_another_format_under_the_name_of_xlsx_is_read_and_said(
    canteen: Canteen, converted: Path, kind: str
) -> None:
    reading = canteen.read((converted / f"filled.{kind}").read_bytes(), ".xlsx")
    (finding,) = canteen.list_findings(reading)
    assert (finding.code, finding.message) == ("FL27", f"文件扩展名为 .xlsx，实际是 {kind}，已按实际格式读取")


def test_filled_return_in_the_binary_format_says_the_same(canteen: Canteen) -> None:
    reading = canteen.read(write_binary_workbook(collect_cells(canteen.workbook)), ".xlsb")
    plain = canteen.read(canteen.workbook)
    assert np.array_equal(reading.numbers, plain.numbers, equal_nan=True)
    assert (reading.texts, reading.identity) == (plain.texts, plain.identity)
    assert canteen.find_codes(reading) == []


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"])
@pytest.mark.parametrize("spelling", [str, FormulaError])
def test_ce09_error_cells_of_the_binary_format_are_never_blanks(
    canteen: Canteen, error: str, spelling: type[str]
) -> None:
    cells = collect_cells(canteen.workbook)
    cells["食堂概况"]["C5"] = spelling(error)
    (finding,) = canteen.list_findings(canteen.read(write_binary_workbook(cells), ".xlsb"))
    assert (finding.code, finding.message) == ("CE09", f"C5 公式出错 {error}")


def test_ce21_percent_style_of_the_binary_format_is_followed(canteen: Canteen) -> None:
    cells = collect_cells(canteen.workbook)
    cells["食堂概况"]["C8"] = Share(0.95)
    reading = canteen.read(write_binary_workbook(cells), ".xlsb")
    assert canteen.pick_number(reading, "kitchen.satisfaction") == 95
    assert canteen.find_codes(reading) == ["CE31 C8"]


def test_hidden_sheet_of_the_binary_format_is_asked_about(canteen: Canteen) -> None:
    workbook = write_binary_workbook(collect_cells(canteen.workbook), hidden=frozenset({"用餐人数"}))
    assert canteen.find_codes(canteen.read(workbook, ".xlsb")) == ["FL09"]


@pytest.mark.parametrize(
    "tail", [b"\x05", b"\x05\xff\xff\xff\x7f", record(5, b"\0" * 3), record(11, b"\0" * 4), b"\x80"]
)
def test_bad_input_z28_binary_record_past_the_end_is_refused(canteen: Canteen, tail: bytes) -> None:
    workbook = write_binary_workbook(collect_cells(canteen.workbook))
    name = "xl/worksheets/sheet3.bin"
    reading = canteen.read(set_part(workbook, name, read_part(workbook, name) + tail), ".xlsb")
    assert (reading.is_readable, canteen.find_codes(reading)) == (False, ["FL01"])


def test_bad_input_z09_far_cell_of_the_binary_format_is_refused(canteen: Canteen) -> None:
    cells = collect_cells(canteen.workbook)
    cells["食堂概况"]["XFD1048576"] = 1.0
    reading = canteen.read(write_binary_workbook(cells), ".xlsb")
    assert (reading.kind, canteen.find_codes(reading)) == ("box_cells", ["FL26"])


def write_old_sheet(cells: bytes) -> bytes:
    """An .xls workbook of one sheet with these records."""
    head = len(BOF) + len(old_record(0x85, bytes(9))) + len(old_record(0x0A))
    listed = old_record(0x85, head.to_bytes(4, "little") + bytes([0, 0, 1, 0]) + b"A")
    return write_xls(BOF + listed + old_record(0x0A) + BOF + cells + old_record(0x0A))


def test_bad_input_t36_old_sheet_filled_to_its_last_row_is_refused_as_cut(canteen: Canteen) -> None:
    last = old_record(0x203, b"\xff\xff" + bytes(12))
    (finding,) = canteen.list_findings(canteen.read(write_old_sheet(last), ".xls"))
    assert finding.message == "文件结构异常或超出接收限度，未读取:数据到达旧格式(.xls)的最后一行，可能已被截断"


def test_bad_input_c12_macro_sheet_of_the_old_format_is_refused(canteen: Canteen) -> None:
    workbook = write_old_sheet(b"")
    reading = canteen.read(workbook.replace(b"\0\0\x01\0A", b"\0\x01\x01\0A"), ".xls")
    assert (reading.kind, canteen.find_codes(reading)) == ("macro_sheet", ["FL26"])
