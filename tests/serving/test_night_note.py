"""What became of the newest run is noted, idle and failed ones too: the service and doctor go by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.conductor import PLAIN
from flows.errors import BusyError
from flows.pipeline import run_night
from flows.processes import mark_process, stop_process
from flows.turns import run_in_turn
from flows.warehouse.nights import NightNote, find_night_note, note_failed_night
from flows.workspace import Workspace
from schemas.catalogue import Catalogue
from schemas.errors import DefinitionError
from tests.serving.conftest import Night
from tests.serving.sleepers import run_sleeper, write_holder


def find_note(workspace: Workspace) -> NightNote:
    note = find_night_note(workspace.warehouse)
    assert note is not None
    return note


def test_a_run_is_noted_with_what_it_did_and_nothing_of_what_was_filed(night: Night) -> None:
    note = find_note(night.workspace)

    assert (note.outcome, note.cause) == ("done", "hand")
    assert note.done_at == note.started_at == "2025-09-19T12:00:00+08:00"
    assert note.counts == {"received": 4, "duplicates": 0, "accepted": 2, "rejected": 1, "unreadable": 1}
    assert note.ledger_holds


def test_a_run_that_finds_nothing_to_do_is_noted_too(own: Workspace, catalogue: Catalogue) -> None:
    """The night was not missed, only quiet."""
    report = run_night(own, PLAIN, catalogue, cause="night")

    assert report.intake.received == ()
    assert find_note(own).cause == "night"


def test_a_run_that_fails_is_noted_with_the_newest_that_did_not(own: Workspace) -> None:
    """A definition of the workspace's own is spoilt; what it says is not repeated in the note."""
    broken = own.definitions / "returns" / "broken.yaml"
    broken.write_text("no: L99\nsecret: 保密内容\n", encoding="utf-8")
    before = find_note(own)

    with pytest.raises(DefinitionError):
        run_night(own, cause="drop")

    note = find_note(own)
    assert (note.outcome, note.cause, note.problem) == ("failed", "drop", "DefinitionError")
    assert note.done_at == before.done_at
    assert "保密内容" not in (own.warehouse / "cache" / "last_night.json").read_text(encoding="utf-8")


def test_a_run_that_finds_another_at_work_leaves_the_note_alone(own: Workspace, catalogue: Catalogue) -> None:
    before = find_note(own)
    with run_sleeper() as other:
        write_holder(own.warehouse / "run.lock", mark_process(other.pid))
        with pytest.raises(BusyError):
            run_night(own, PLAIN, catalogue, cause="night")

    assert find_note(own) == before


def test_a_run_waits_for_the_one_that_is_going_on(own: Workspace) -> None:
    """The other one ends while this one waits; its turn comes without anybody asking again."""
    waits: list[float] = []
    with run_sleeper() as other:
        write_holder(own.warehouse / "run.lock", mark_process(other.pid))

        def end_other(seconds: float) -> None:
            waits.append(seconds)
            stop_process(other, patience=5)

        run_in_turn(own, PLAIN, "night", wait=end_other)

    assert len(waits) == 1
    assert find_note(own).cause == "night"


def test_a_run_does_not_wait_for_ever(own: Workspace) -> None:
    with run_sleeper() as other:
        write_holder(own.warehouse / "run.lock", mark_process(other.pid))
        with pytest.raises(BusyError):
            run_in_turn(own, PLAIN, "night", patience=0.0)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"outcome": "done"}', '{"cause": 1, "more": 2}'])
def test_a_note_that_cannot_be_read_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "last_night.json").write_text(content, encoding="utf-8")

    assert find_night_note(tmp_path) is None


def test_a_failure_that_cannot_be_noted_is_still_the_failure(tmp_path: Path) -> None:
    """The disk is full: the note is lost, the error is not covered by another one."""
    (tmp_path / "cache").write_text("a file where the folder should be", encoding="utf-8")

    note_failed_night(tmp_path, "night", "2026-03-01T02:00:00+08:00", 1.0, OSError("disk full"))

    assert find_night_note(tmp_path) is None
