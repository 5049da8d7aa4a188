"""Every bad file is refused by the children with its code, in Chinese, with what to do; none harms the others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.readers.child import FileToRead, read_files
from flows.readers.limits import ReadingLimits
from flows.readers.reading import Reading
from tests.readers.bad_containers import WHOLE_FILES, ZIPS
from tests.readers.bad_parts import FLOODS, PARTS, XML
from tests.readers.sheets import Canteen
from tests.readers.spoiling import BadFile

BAD_FILES = (*WHOLE_FILES, *ZIPS, *XML, *PARTS, *FLOODS)
CHINESE = re.compile("[\u4e00-\u9fff]")
UNWANTED = ("Error", "Traceback", "calamine", "lxml", "/tmp", "None", "{", "—")


def read_one(canteen: Canteen, path: Path, *, limits: ReadingLimits | None = None) -> Reading:
    ((_, reading),) = read_files([FileToRead(path, path.suffix)], canteen.reading_map, limits=limits)
    return reading


@pytest.mark.requirement("R-02", "R-04")
@pytest.mark.parametrize("bad", BAD_FILES, ids=lambda bad: bad.name)
def test_bad_file_is_refused_with_its_code_and_what_to_do(canteen: Canteen, tmp_path: Path, bad: BadFile) -> None:
    path = tmp_path / f"报表{bad.extension}"
    path.write_bytes(bad.make(canteen.workbook))
    reading = read_one(canteen, path)
    (finding,) = canteen.list_findings(reading)
    assert (finding.code, reading.kind) == (bad.code, bad.kind)
    assert (reading.is_readable, finding.severity) == (False, "error")
    assert CHINESE.search(finding.message)
    assert CHINESE.search(finding.remedy)
    assert not any(word in finding.message + finding.remedy for word in UNWANTED)


def test_no_bad_file_changes_what_is_read_of_a_good_one(canteen: Canteen, tmp_path: Path) -> None:
    bad = [tmp_path / f"{number}{bad.extension}" for number, bad in enumerate(WHOLE_FILES + ZIPS + XML)]
    for path, spoilt in zip(bad, WHOLE_FILES + ZIPS + XML, strict=True):
        path.write_bytes(spoilt.make(canteen.workbook))
    good = tmp_path / "good.xlsx"
    good.write_bytes(canteen.workbook)
    files = [FileToRead(path, path.suffix) for path in (*bad[:9], good, *bad[9:])]
    readings = {file.path: reading for file, reading in read_files(files, canteen.reading_map)}
    assert len(readings) == len(files)
    assert [path for path, reading in readings.items() if reading.is_readable] == [good]
    assert readings[good].numbers.tobytes() == canteen.read(canteen.workbook).numbers.tobytes()


def test_bad_files_are_left_as_they_were(canteen: Canteen, tmp_path: Path) -> None:
    path = tmp_path / "damaged.xlsx"
    path.write_bytes(canteen.workbook[:-10])
    read_one(canteen, path)
    assert path.read_bytes() == canteen.workbook[:-10]
    assert list(tmp_path.glob("*.xlsx")) == [path]


@pytest.mark.requirement("R-04")
@pytest.mark.parametrize("limit", ["file_bytes", "unpacked_bytes", "part_bytes", "entries", "sheets", "box_cells"])
def test_limit_that_is_passed_is_named_with_its_figure(canteen: Canteen, tmp_path: Path, limit: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(canteen.workbook)
    tight = {
        "file_bytes": 1000,
        "unpacked_bytes": 20_000,
        "part_bytes": 1000,
        "entries": 3,
        "sheets": 2,
        "box_cells": 4,
    }
    (finding,) = canteen.list_findings(read_one(canteen, path, limits=ReadingLimits(**{limit: tight[limit]})))
    assert finding.code == "FL26"
    assert f"{tight[limit]:,}" in finding.message
