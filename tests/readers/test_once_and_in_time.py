"""A file is opened once, nothing beside it is touched, and neither a large return nor a large stranger takes long."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZIP_STORED

import pytest

from flows.readers.child import FileToRead, ReaderSetup, read_file, read_files
from flows.readers.limits import MEGABYTE, ReadingLimits
from flows.signals import Notice
from tests.readers.parts import add_relation, list_parts, read_part, set_part, write_zip
from tests.readers.sheets import Canteen
from tests.readers.spoiling import append_part

COOKS_PART = "xl/worksheets/sheet5.xml"
SHEETS = "xl/worksheets/sheet"
COLUMNS = "ABCDEFGHIJKLMNOPQRST"
MANY_LINES = 20_000
TOUCHING = ("open", "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "urllib.", "ctypes.dlopen")
"""Audit events of the interpreter that tell of a file, a connection or a program."""

_listening: list[list[str]] = []


def _listen(event: str, arguments: tuple[object, ...]) -> None:
    if _listening and event.startswith(TOUCHING):
        _listening[-1].append(f"{event} {arguments[0] if arguments else ''}")


sys.addaudithook(_listen)


@contextmanager
def list_touched() -> Iterator[list[str]]:
    """What this process opens, connects to or starts meanwhile."""
    touched: list[str] = []
    _listening.append(touched)
    try:
        yield touched
    finally:
        _listening.pop()


def lay_down(folder: Path, content: bytes, name: str = "a.xlsx") -> FileToRead:
    path = folder / name
    path.write_bytes(content)
    return FileToRead(path, path.suffix)


def write_stranger(canteen: Canteen, megabytes: int) -> bytes:
    """A workbook of somebody else with figures only, as large as asked for."""
    row = '<row r="{0}">' + "".join(f'<c r="{letter}{{0}}"><v>0.123456789</v></c>' for letter in COLUMNS) + "</row>"
    rows = "".join(row.format(number) for number in range(1, megabytes * MEGABYTE // len(row.format(99_999))))
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    sheet, empty = (f"{head}{cells}</sheetData></worksheet>".encode() for cells in (rows, ""))
    sheets = {"xl/worksheets/sheet1.xml": sheet}
    return write_zip(
        ((n, sheets.get(n, empty) if SHEETS in n else content) for n, content in list_parts(canteen.workbook)),
        method=ZIP_STORED,
    )


def write_long_list(canteen: Canteen, lines: int) -> bytes:
    """The filled workbook with so many cooks."""
    content = read_part(canteen.workbook, COOKS_PART)
    start = content.index(b'<row r="5"')
    end = content.index(b"</sheetData>")
    cell = '<c r="{}{}" t="inlineStr"><is><t>{}</t></is></c>'
    rows = "".join(
        f'<row r="{row}">{cell.format("A", row, f"{row % 10_000:04}")}{cell.format("B", row, "2020-01-01")}'
        f'<c r="C{row}"><v>37.5</v></c>{cell.format("D", row, "是")}</row>'
        for row in range(5, lines + 5)
    )
    return set_part(canteen.workbook, COOKS_PART, content[:start] + rows.encode() + content[end:])


@pytest.mark.requirement("R-01")
def test_large_stranger_gets_its_verdict_at_once(canteen: Canteen, tmp_path: Path) -> None:
    """25 MB are more than a return can be: the file is not even opened."""
    file = lay_down(tmp_path, write_stranger(canteen, 25))
    with list_touched() as touched:
        reading = read_file(ReaderSetup(canteen.reading_map, ReadingLimits()), file)
    assert (reading.is_readable, reading.kind) == (False, "file_bytes")
    assert touched == []


@pytest.mark.requirement("R-01")
def test_stranger_of_the_size_of_a_return_is_told_in_time(canteen: Canteen, tmp_path: Path) -> None:
    """The child that reads it is stopped beyond the limits, and says something else."""
    file = lay_down(tmp_path, write_stranger(canteen, 12))
    limits = ReadingLimits(seconds=10, memory_bytes=600 * MEGABYTE)
    ((_, reading),) = read_files([file], canteen.reading_map, limits=limits)
    assert {signal.notice for signal in reading.signals} == {Notice.NO_COVER}


@pytest.mark.requirement("R-03")
def test_file_is_opened_once_and_nothing_else(canteen: Canteen, tmp_path: Path) -> None:
    file = lay_down(tmp_path, canteen.workbook)
    setup = ReaderSetup(canteen.reading_map, ReadingLimits())
    read_file(setup, file)  # whatever is imported late is imported now
    with list_touched() as touched:
        reading = read_file(setup, file)
    assert reading.is_readable
    assert touched == [f"open {file.path}"]


@pytest.mark.requirement("R-03")
def test_twenty_thousand_lines_are_read_in_time_and_within_memory(canteen: Canteen, tmp_path: Path) -> None:
    file = lay_down(tmp_path, write_long_list(canteen, MANY_LINES))
    limits = ReadingLimits(seconds=10, memory_bytes=512 * MEGABYTE)
    ((_, reading),) = read_files([file], canteen.reading_map, limits=limits)
    assert len(reading.lists["cooks"].rows) == MANY_LINES
    assert reading.lists["cooks"].rows[-1] == MANY_LINES + 4


@pytest.mark.requirement("R-05")
def test_nothing_that_a_workbook_points_at_is_touched(canteen: Canteen, tmp_path: Path) -> None:
    workbook = append_part("xl/externalLinks/externalLink1.xml", b"<externalLink/>")(canteen.workbook)
    workbook = append_part("xl/connections.xml", b'<connections url="http://127.0.0.1:9/"/>')(workbook)
    workbook = append_part("xl/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0")(workbook)
    relations = "xl/_rels/workbook.xml.rels"
    workbook = add_relation(workbook, relations, "externalLinkPath", "file:///etc/hostname", external=True)
    setup = ReaderSetup(canteen.reading_map, ReadingLimits())
    file = lay_down(tmp_path, workbook)
    read_file(setup, file)
    with list_touched() as touched:
        reading = read_file(setup, file)
    assert Notice.MACROS_OR_LINKS in {signal.notice for signal in reading.signals}
    assert touched == [f"open {file.path}"]
