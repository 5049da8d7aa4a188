"""What is received is kept as it came, taken once it is whole, and told to nobody's log."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import psutil
import pytest

from flows.serving.runs import start_plainly
from flows.traces import list_trace
from schemas.catalogue import Catalogue
from tests.journeys.bureau import NEXT_NIGHT, NIGHT, SCHOOLS, Bureau, find_filing, find_register, type_over
from tests.journeys.command import run_verb

TOWN, SMALL, VILLAGE = SCHOOLS
PHONE, PERSON, REMARK, ENTRY = "13912345678", "欧阳丰收", "王小明同学随父母迁往外省就读", "保密四七一一"
LONGEST = 120.0

BROKEN = """
checks:
  - code: ZZ01
    level: record
    severity: query
    returns: [students]
    formula: cover.filler_name > 3
    message: 填表人不对
    remedy: 请核对。
"""
"""A check that cannot run, so that there is something to be logged."""


@dataclass(frozen=True)
class Kept:
    """A bureau after a night of the service, what had been dropped, and what the night had logged."""

    bureau: Bureau
    dropped: Mapping[str, bytes]
    log: str

    def read_received(self) -> dict[str, bytes]:
        """Name in the folder of received files → bytes."""
        folder = self.bureau.workspace.warehouse / "received"
        return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Kept:
    """A return in order with a remark, one with a word in place of a number, and half a file."""
    bureau = Bureau(tmp_path_factory.mktemp("keeping") / "bureau", catalogue, settings={"as_of": NIGHT})
    (bureau.workspace.definitions / "checks").mkdir(parents=True, exist_ok=True)
    (bureau.workspace.definitions / "checks" / "own.yaml").write_text(BROKEN, encoding="utf-8")
    filing = find_filing("students", TOWN)
    cover = {**filing.cover, "filler_name": PERSON, "filler_phone": PHONE, "correction_reason": REMARK}
    wrong = type_over(find_filing("students", SMALL), stu_primary__female__g3=ENTRY)
    paths = bureau.receive(find_register(), replace(filing, cover=cover), wrong)
    half = bureau.make(find_filing("students", VILLAGE))
    paths.append(bureau.receive_bytes(half.name, half.content[:3000]))
    dropped = {path.name: path.read_bytes() for path in paths}
    return Kept(bureau, dropped, run_as_the_service_does(bureau))


def run_as_the_service_does(bureau: Bureau) -> str:
    """A run in a process of its own; all that is in the log files after it."""
    known = {child.pid for child in psutil.Process().children()}
    request = start_plainly(bureau.workspace, "drop", 0.0)
    started = [child for child in psutil.Process().children() if child.pid not in known]
    psutil.wait_procs(started, LONGEST)
    logs = sorted((bureau.workspace.warehouse / "logs").rglob("*.log"))
    log = "\n".join(path.read_text(encoding="utf-8") for path in logs)
    assert request.find_progress() == "done", log
    return log


@pytest.mark.requirement("P-04")
def test_what_was_dropped_is_kept_byte_for_byte_under_its_own_digest(kept: Kept) -> None:
    assert kept.read_received() == {sha256(content).hexdigest(): content for content in kept.dropped.values()}


@pytest.mark.requirement("P-04")
def test_nothing_that_is_done_with_an_original_writes_to_it(kept: Kept, tmp_path: Path) -> None:
    """It is read back, checked and marked."""
    before = kept.read_received()
    run_verb(kept.bureau.root, NIGHT, "export", "2", "--out", str(tmp_path / "back"))
    folder = kept.bureau.workspace.warehouse / "received"
    originals = sorted(str(path) for path in folder.rglob("*") if path.is_file())
    run_verb(kept.bureau.root, NIGHT, "check", *originals, "--mark", str(tmp_path / "marked"))

    assert list((tmp_path / "back").iterdir())
    assert list((tmp_path / "marked").iterdir())
    assert list(kept.bureau.workspace.warehouse.glob("receipts/*/*.xlsx"))
    assert kept.read_received() == before


@pytest.mark.requirement("P-24")
def test_nothing_of_what_a_school_filed_is_in_a_log(kept: Kept) -> None:
    """Its name and code, the person who filled it in, a telephone number, a remark, a wrong entry, a figure."""
    assert "ZZ01" in kept.log
    planted = (PHONE, PERSON, REMARK, ENTRY, TOWN, SMALL, VILLAGE, find_filing("students", TOWN).school_name)
    assert [text for text in planted if text in kept.log] == []
    assert not re.search(r"[\u4e00-\u9fff]", kept.log)
    assert kept.bureau.list_findings("ZZ01") == []
    assert any(ENTRY in message for *_, message in kept.bureau.list_findings("CE07"))


@pytest.mark.requirement("P-24")
def test_an_error_that_quotes_a_cell_is_logged_without_it() -> None:
    def add_up(cells: Sequence[str]) -> float:
        return sum(float(cell) for cell in cells)

    with pytest.raises(ValueError, match=PHONE) as caught:
        add_up(["12", PHONE + PERSON])

    trace = list_trace(caught.value)
    assert trace[0] == "ValueError"
    assert any("add_up" in line for line in trace)
    assert not any(PHONE in line or PERSON in line for line in trace)


TEMPORARY = ("~$学生.xlsx", ".~lock.学生.xlsx#", "学生.xlsx.part", "学生.xlsx.crdownload", ".学生.xlsx.9f3a.tmp")
"""Of Excel and WPS, LibreOffice, browsers and programs that keep folders alike."""


@pytest.mark.requirement("P-06")
def test_half_written_and_locked_files_wait_and_are_taken_once(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is still being copied while the night looks, one is open in Excel; programs have left their own beside.

    By the next night a program that keeps folders alike has brought one of them a second time.
    """
    bureau = Bureau(tmp_path / "bureau", catalogue, settings={"settle_seconds": 5.0})
    bureau.receive(find_register())
    slow, held = (bureau.make(find_filing("students", school)) for school in (TOWN, SMALL))
    growing = bureau.receive_bytes(slow.name, slow.content[:5000])
    opened = bureau.receive(find_filing("students", SMALL))[0]
    for name in TEMPORARY:
        bureau.receive_bytes(name, held.content)

    with monkeypatch.context() as system:
        system.setattr(time, "sleep", lambda _: growing.write_bytes(slow.content))
        system.setattr(os, "open", refuse(os.open, opened))
        first = bureau.run_night()

    assert sorted(first.intake.waiting) == sorted([(growing.name, "changing"), (opened.name, "locked")])
    assert sorted(first.intake.ignored) == sorted(TEMPORARY)
    assert [key for key in bureau.list_states() if key[0] == "students"] == []
    assert growing.read_bytes() == slow.content

    copy = bureau.receive_bytes(f"副本 {slow.name}", slow.content)
    for path in (growing, copy):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    second = bureau.run_night(NEXT_NIGHT)

    assert second.intake.waiting == ()
    assert len(second.intake.received) == 2
    assert len(second.intake.duplicates) == 1
    assert bureau.list_states()[("students", TOWN)] == bureau.list_states()[("students", SMALL)] == ["accepted"]
    assert sorted(path.name for path in bureau.workspace.inbox.iterdir() if path.name in TEMPORARY) == sorted(TEMPORARY)


def refuse(open_descriptor: Any, path: Path) -> Any:
    """The system's own opening of files, which refuses one that another program has open, as Windows does."""

    def open_unless_held(name: Any, *arguments: Any, **options: Any) -> int:
        if Path(os.fsdecode(name)) == path:
            raise PermissionError(13, "in use by another process")
        descriptor: int = open_descriptor(name, *arguments, **options)
        return descriptor

    return open_unless_held
