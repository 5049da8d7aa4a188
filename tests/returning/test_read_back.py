"""A submission written back as it was understood says what was understood, no more and no less."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flows.ingest import find_reading_limits
from flows.readers.read import read_return
from flows.readers.reading import Reading
from flows.readers.reading_map import build_reading_map
from schemas.catalogue import Catalogue
from tests.journeys.bureau import NIGHT, SCHOOLS, Bureau, find_filing, find_register, type_over
from tests.journeys.command import run_verb

SCHOOL = SCHOOLS[0]


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Bureau:
    bureau = Bureau(tmp_path_factory.mktemp("reading_back") / "bureau", catalogue)
    bureau.receive(find_register(), type_over(find_filing("students", SCHOOL), stu_primary__migrant__g1="  ３２ "))
    bureau.run_night(NIGHT)
    return bureau


@pytest.mark.requirement("P-14")
@pytest.mark.parametrize(("number", "return_no"), [(1, "J00"), (2, "J03")])
def test_what_is_written_back_reads_as_what_was_stored(bureau: Bureau, number: int, return_no: str) -> None:
    out = bureau.root / "read_back"
    _, answer = run_verb(bureau.root, NIGHT, "export", str(number), "--out", str(out))
    (path,) = answer["paths"]
    sent = read(bureau, find_received(bureau, return_no))
    back = read(bureau, Path(path))

    assert Path(path).name.startswith(f"{return_no}_")
    assert back.identity.cover == sent.identity.cover
    np.testing.assert_array_equal(back.numbers, sent.numbers)
    assert back.texts == sent.texts
    assert {name: lines.texts for name, lines in back.lists.items()} == {
        n: lines.texts for n, lines in sent.lists.items()
    }


def test_numbers_come_back_as_numbers(bureau: Bureau) -> None:
    """32 was sent as text in full width, with spaces."""
    sent = read(bureau, find_received(bureau, "J03"))
    _, answer = run_verb(bureau.root, NIGHT, "export", "2", "--out", str(bureau.root / "plain"))
    back = read(bureau, Path(answer["paths"][0]))

    assert {signal.notice for signal in sent.signals} >= {"full_width", "spaces"}
    assert back.repairs == []


def test_a_submission_that_is_not_there_is_told(bureau: Bureau) -> None:
    code, complaint = run_verb(bureau.root, NIGHT, "export", "99", "--out", str(bureau.root / "nothing"))

    assert code == 2
    assert "没有第 99 号报送" in complaint


def read(bureau: Bureau, path: Path) -> Reading:
    settings = bureau.workspace.settings
    return read_return(path.read_bytes(), ".xlsx", build_reading_map(bureau.catalogue), find_reading_limits(settings))


def find_received(bureau: Bureau, return_no: str) -> Path:
    """The received file of a return, by its number on the cover."""
    received = [path for path in (bureau.workspace.warehouse / "received").rglob("*") if path.is_file()]
    return next(path for path in received if read(bureau, path).identity.return_id == RETURNS[return_no])


RETURNS = {"J00": "register", "J03": "students"}
