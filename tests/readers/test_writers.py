"""One return as different programs really wrote it (tests/fixtures/writers): what is read is what was typed."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lxml import etree

from flows.readers.limits import ReadingLimits
from flows.readers.ods_layout import close_up
from flows.readers.read import read_return
from flows.readers.reading import Reading
from flows.readers.reading_map import ReadingMap, build_reading_map
from schemas.catalogue import Catalogue

FOLDER = Path(__file__).parents[1] / "fixtures" / "writers"
FILES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".xlsx", ".xls", ".ods", ".et"))
LARGEST = 60_000
LEAST_WRITERS = 5

PROGRAMS = {
    "gnumeric.ods": "gnumeric 1.12", "libreoffice.ods": "LibreOffice 7.4", "libreoffice.xlsx": "LibreOffice 7.4",
    "odfpy.ods": "ODFPY 1.4", "openpyxl.xlsx": "Openpyxl 3.1",
}  # fmt: skip
"""Files that name what wrote them; the others say nothing, or that they are Excel's."""


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def whole_map(catalogue: Catalogue) -> ReadingMap:
    return build_reading_map(catalogue)


def read(path: Path, whole_map: ReadingMap) -> Reading:
    return read_return(path.read_bytes(), path.suffix, whole_map, ReadingLimits())


def list_values(reading: Reading, catalogue: Catalogue) -> dict[str, object]:
    """Every cell of the fixed sheets that holds something, by reference, without totals."""
    layout = catalogue.build_layout(reading.identity.return_id, reading.identity.version)
    cells = [cell for sheet in layout.sheets if not sheet.is_list for cell in sheet.cells]
    numbers = iter(reading.numbers.tolist())
    texts = iter(reading.texts)
    held = {cell: next(numbers) if cell.is_numeric else next(texts) for cell in cells}
    return {
        cell.ref: value
        for cell, value in held.items()
        if not cell.total and value is not None and not (isinstance(value, float) and np.isnan(value))
    }


@pytest.mark.requirement("P-20")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_return_reads_the_same_whoever_wrote_it(
    path: Path, expected: dict[str, Any], whole_map: ReadingMap, catalogue: Catalogue
) -> None:
    reading = read(path, whole_map)
    identity = reading.identity
    layout = catalogue.build_layout(identity.return_id, identity.version)
    totals = {cell.ref for sheet in layout.sheets for cell in sheet.cells if cell.total}
    ((sheet, (line,)),) = expected["lists"].items()
    lines = reading.lists[sheet]
    numbers = dict(zip(list_fields(layout, sheet, is_numeric=True), lines.numbers[0].tolist(), strict=True))
    texts = dict(zip(list_fields(layout, sheet, is_numeric=False), lines.texts[0], strict=True))

    assert (identity.return_id, identity.version, identity.school_code) == (
        expected["return"], expected["version"], expected["school"],
    )  # fmt: skip
    assert list_values(reading, catalogue) == {k: v for k, v in expected["values"].items() if k not in totals}
    assert len(lines.rows) == 1
    assert {name: (numbers | texts)[name] for name in line} == line
    assert (reading.signals, reading.repairs) == ([], [])


def list_fields(layout: Any, sheet: str, *, is_numeric: bool) -> list[str]:
    cells = next(each for each in layout.sheets if each.id == sheet).cells
    return [cell.ref.partition(".")[2] for cell in cells if cell.is_numeric == is_numeric]


@pytest.mark.requirement("P-20")
def test_there_are_files_of_at_least_five_writers_and_each_is_described() -> None:
    described = (FOLDER / "README.md").read_text(encoding="utf-8")

    assert len({path.stem for path in FILES}) >= LEAST_WRITERS
    assert [path.name for path in FILES if path.stem not in described or path.stat().st_size >= LARGEST] == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_program_that_wrote_a_file_is_told(name: str, whole_map: ReadingMap) -> None:
    assert read(FOLDER / name, whole_map).program == PROGRAMS[name]


def test_closing_up_a_workbook_leaves_every_text_of_it_as_it_was() -> None:
    """Gnumeric breaks lines between cells; texts with two words, with a space at the end and of a space alone stay."""
    content = (FOLDER / "gnumeric.ods").read_bytes()
    given = io.BytesIO()
    changes = {"学校".encode(): "学 校 ".encode(), b">1</text:p>": b"> </text:p>"}
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(given, "w") as copy:
        for name in source.namelist():
            part = source.read(name)
            for old, new in changes.items():
                part = part.replace(old, new)
            copy.writestr(name, part)
    closed = close_up(given.getvalue())

    before, after = list_texts(given.getvalue()), list_texts(closed)
    assert before == after
    assert " " in before
    assert any("学 校 " in text for text in before)


def list_texts(workbook: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        root = etree.fromstring(archive.read("content.xml"))
    paragraphs = root.iter("{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p")
    return ["".join(map(str, paragraph.itertext())) for paragraph in paragraphs]
