"""Which program wrote a workbook is told as the file says it; a file that says nothing is read all the same."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from flows.readers.program import name_open_document_program, name_program
from tests.readers.sheets import Canteen

APP = (
    '<?xml version="1.0" encoding="UTF-8"?><Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    'extended-properties"><Application>{name}</Application><AppVersion>{version}</AppVersion></Properties>'
)
WPS = (
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="x">'
    b'<property name="KSOProductBuildVer" pid="2"><vt:lpwstr>2052-12.1.0.16729</vt:lpwstr></property></Properties>'
)
META = b"<m:document xmlns:m='o'><m:generator>LibreOffice/24.2.7.2$Linux_X86_64 Project/420</m:generator></m:document>"


@pytest.mark.requirement("P-22")
@pytest.mark.parametrize(
    ("name", "version", "told"),
    [
        ("Microsoft Excel", "16.0300", "Microsoft Excel 16"),
        ("Microsoft Excel", "12.0000", "Microsoft Excel 12"),
        ("Microsoft Macintosh Excel", "16.0300", "Microsoft Macintosh Excel 16"),
        ("LibreOffice/7.4.7.2$Linux_X86_64 LibreOffice_project/40$Build-2", "15.0000", "LibreOffice 7.4"),
        ("Microsoft Excel Compatible / Openpyxl 3.1.5", "3.1", "Openpyxl 3.1"),
        ("WPS 表格", "", "WPS 表格"),
        ("", "16.0300", ""),
        ("x" * 500, "1", "x" * 39 + "…"),
    ],
)
def test_a_program_is_told_by_name_and_version(name: str, version: str, told: str) -> None:
    part = APP.format(name=name, version=version).encode()

    assert name_program({"docProps/app.xml": part}) == told


@pytest.mark.requirement("P-22")
def test_wps_is_told_from_the_excel_it_says_it_is() -> None:
    part = APP.format(name="Microsoft Excel", version="16.0300").encode()

    assert name_program({"docProps/app.xml": part, "docProps/custom.xml": WPS}) == "WPS 12.1"


@pytest.mark.requirement("P-22")
def test_the_program_of_an_open_document_stands_in_its_meta() -> None:
    assert name_open_document_program(META) == "LibreOffice 24.2"


@pytest.mark.parametrize("part", [b"", b"<", b"<Properties/>", b"\xff\xfe", b"<!DOCTYPE x><x/>", b"<Application/>"])
def test_what_cannot_be_made_out_is_nothing(part: bytes) -> None:
    assert name_program({"docProps/app.xml": part, "docProps/custom.xml": part}) == ""
    assert name_open_document_program(part) == ""


def test_a_workbook_without_the_part_is_read_as_with_it(canteen: Canteen) -> None:
    content = canteen.workbook
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            part = source.read(name)
            copy.writestr(name, b"<nothing" if name == "docProps/app.xml" else part)
    whole, without = canteen.read(content), canteen.read(target.getvalue())

    assert whole.program.startswith("Microsoft Excel")
    assert without.program == ""
    np.testing.assert_array_equal(without.numbers, whole.numbers)
    assert without.texts == whole.texts
    assert canteen.find_codes(without) == canteen.find_codes(whole)
