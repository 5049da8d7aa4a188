"""R02, Z07, Z30: a reader that dies, hangs or eats memory costs one file its verdict, and the run goes on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from flows.readers.child import FileToRead, read_files
from flows.readers.limits import MEGABYTE, ReadingLimits
from flows.readers.reading import Reading
from tests.readers.bad_parts import fill_part
from tests.readers.parts import SHEET, STRINGS, read_part, set_part
from tests.readers.sheets import Canteen
from tests.readers.spoiling import put_cells

SLOW_ROWS = b"".join(b'<row r="%d"><c r="A%d" t="n"><v>%d</v></c></row>' % (n, n, n * 7919) for n in range(1, 200_000))


def write_files(folder: Path, contents: Sequence[bytes]) -> list[FileToRead]:
    paths = [folder / f"{number}.xlsx" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return [FileToRead(path, path.suffix) for path in paths]


def read_all(canteen: Canteen, files: Sequence[FileToRead], limits: ReadingLimits) -> dict[str, Reading]:
    answers = read_files(files, canteen.reading_map, limits=limits)
    return {file.path.stem: reading for file, reading in answers}


def count_without_end(workbook: bytes) -> bytes:
    """A count of strings for which the reading library asks for a hundred gigabytes."""
    content = re.sub(rb'uniqueCount="\d+"', b'uniqueCount="4294967295"', read_part(workbook, STRINGS))
    return set_part(workbook, STRINGS, content)


@pytest.mark.requirement("R-04", "P-05")
def test_bad_input_z07_reader_that_dies_costs_one_file_and_no_other(canteen: Canteen, tmp_path: Path) -> None:
    files = write_files(tmp_path, [canteen.workbook, count_without_end(canteen.workbook), canteen.workbook])
    readings = read_all(canteen, files, ReadingLimits())
    (finding,) = canteen.list_findings(readings["1"])
    assert (finding.code, finding.message) == ("FL26", "文件结构异常或超出接收限度，未读取:文件使读取程序异常退出")
    assert [readings[name].is_readable for name in ("0", "1", "2")] == [True, False, True]


@pytest.mark.requirement("P-05", "P-13")
def test_bad_input_z30_reader_that_takes_too_long_is_stopped(canteen: Canteen, tmp_path: Path) -> None:
    files = write_files(tmp_path, [canteen.workbook, put_cells(SLOW_ROWS)(canteen.workbook), canteen.workbook])
    readings = read_all(canteen, files, ReadingLimits(seconds=0.3, ratio=10**9))
    (finding,) = canteen.list_findings(readings["1"])
    assert (finding.code, finding.message) == ("FL26", "文件结构异常或超出接收限度，未读取:读取超过时限")
    assert len(readings) == 3


@pytest.mark.requirement("R-04")
def test_reader_that_is_out_of_memory_is_refused(canteen: Canteen, tmp_path: Path) -> None:
    large = fill_part(SHEET, b"<worksheet>", b" ", 12)(canteen.workbook)
    readings = read_all(canteen, write_files(tmp_path, [large]), ReadingLimits(memory_bytes=MEGABYTE, ratio=10**9))
    (finding,) = canteen.list_findings(readings["0"])
    assert finding.code == "FL26"
    assert readings["0"].kind in ("memory", "died")
