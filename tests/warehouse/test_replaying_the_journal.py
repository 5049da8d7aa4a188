"""The tables after the journal: acts in the order in which they were done, however they come to be replayed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from flows.errors import WarehouseError
from flows.warehouse.interventions import list_locks
from flows.warehouse.journal import Event, Journal
from flows.warehouse.releases import list_released_forms
from flows.warehouse.replay import sync_journal
from flows.warehouse.tables import Connection
from flows.warehouse.warehouse import open_empty

NOON = "2025-09-30T12:00:00+08:00"


def _lock(kind: str, reason: str) -> Event:
    act = {"done_by": "王统计", "period": "2025-2026", "returns": [], "schools": [], "until": "", "reason": reason}
    return Event(kind, NOON, act)


def _release(version: str) -> Event:
    form = {"return_id": "survey", "version": version, "digest": "ab12"}
    return Event("released", NOON, {"done_by": "王统计", "period": "2025-2026", "forms": [form]})


def _rebuild(path: Path, events: Iterable[Event]) -> Connection:
    """A database made of the whole journal at once."""
    journal = Journal(path / "journal.jsonl")
    journal.append(events)
    connection = open_empty()
    sync_journal(connection, journal)
    return connection


def test_a_collection_locked_opened_and_locked_again_is_locked_after_a_rebuild(tmp_path: Path) -> None:
    events = [_lock("locked", "上报"), _lock("reopened", "补报"), _lock("locked", "再上报")]

    locks = list_locks(_rebuild(tmp_path, events))

    assert [lock.reason for lock in locks] == ["上报", "补报", "再上报"]


def test_a_release_taken_back_and_made_again_is_the_last_one_after_a_rebuild(tmp_path: Path) -> None:
    undone = Event("release_undone", NOON, {"done_by": "王统计", "period": "2025-2026"})

    forms = list_released_forms(_rebuild(tmp_path, [_release("2025.1"), undone, _release("2025.2")]))

    assert [(form.version, form.digest) for form in forms] == [("2025.2", "ab12")]


def test_events_are_replayed_once(tmp_path: Path) -> None:
    connection = _rebuild(tmp_path, [_lock("locked", "上报")])

    sync_journal(connection, Journal(tmp_path / "journal.jsonl"))

    assert len(list_locks(connection)) == 1


def test_an_event_of_a_later_version_stops_and_says_so(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError) as raised:
        _rebuild(tmp_path, [Event("foretold", NOON, {})])

    assert (raised.value.key, raised.value.values["kind"]) == ("journal_too_new", "foretold")
