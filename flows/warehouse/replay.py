"""The journal replayed into the tables: every event once, in order. All that people and files did comes from here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

import pandas as pd

from flows.errors import WarehouseError
from flows.warehouse.journal import Event, Journal
from flows.warehouse.tables import Connection, fetch_one, insert_rows


def sync_journal(connection: Connection, journal: Journal) -> Sequence[Event]:
    """Bring the tables up to the journal: every event once, in order. Returns those. Run inside a transaction.

    Raises WarehouseError for an event of a kind that this version does not know.
    """
    events, end = journal.read_from(_read_progress(connection))
    for kind, members in groupby(events, attrgetter("kind")):
        if kind not in _REPLAYS:
            raise WarehouseError("journal_too_new", path=journal.path, kind=kind)
        _REPLAYS[kind](connection, list(members))
    left = [event for event in events if event.facts.get("left")]
    insert_rows(connection, "left_files", _frame(left, ("file_name", "size", "changed_ns", "sha256")))
    connection.execute("DELETE FROM progress")
    connection.execute("INSERT INTO progress VALUES (?)", [end])
    return events


def _read_progress(connection: Connection) -> int:
    row = fetch_one(connection, "SELECT journal_bytes FROM progress")
    return int(row[0]) if row else 0


def _add_received(connection: Connection, events: Sequence[Event]) -> None:
    row = fetch_one(connection, "SELECT coalesce(max(submission), 0) FROM submissions")
    first = int(row[0]) + 1 if row else 1
    frame = _frame(events, ("sha256", "file_name", "size"), at="received_at")
    frame.insert(0, "submission", range(first, first + len(events)))
    insert_rows(connection, "submissions", frame)


def _add_duplicates(connection: Connection, events: Sequence[Event]) -> None:
    insert_rows(connection, "duplicates", _frame(events, ("sha256", "file_name"), at="seen_at"))


def _add_nothing(connection: Connection, events: Sequence[Event]) -> None:
    """Files that could not be removed from the inbox: their facts say so, as those of others do."""


def _add_decisions(connection: Connection, events: Sequence[Event]) -> None:
    names = (
        "decided_by", "is_accepted", "reason", "sha256", "return_id", "period", "school", "code", "key", "explanation",
    )  # fmt: skip
    insert_rows(connection, "decisions", _frame(events, names, at="decided_at"))


def _add_withdrawals(connection: Connection, events: Sequence[Event]) -> None:
    insert_rows(connection, "withdrawals", _frame(events, ("done_by", "sha256", "is_back", "reason"), at="done_at"))


def _add_locks(connection: Connection, events: Sequence[Event]) -> None:
    names = ("done_by", "period", "returns", "schools", "until", "reason")
    frame = _frame(events, names, at="done_at")
    frame.insert(1, "kind", [event.kind for event in events])
    insert_rows(connection, "locks", frame)


def _add_state_changes(connection: Connection, events: Sequence[Event]) -> None:
    insert_rows(
        connection,
        "state_changes",
        _frame(events, ("sha256", "state", "errors", "queries", "infos", "rules"), at="changed_at"),
    )


def _add_publications(connection: Connection, events: Sequence[Event]) -> None:
    for event in events:
        facts = {"period": event.facts["period"], "vintage": event.facts["vintage"], "published_at": event.at}
        final = {"is_final": bool(event.facts.get("is_final"))}
        insert_rows(connection, "publications", pd.DataFrame([facts | final | file for file in event.facts["files"]]))
        insert_rows(connection, "revisions", pd.DataFrame([facts | row for row in event.facts.get("revisions", ())]))


def _add_releases(connection: Connection, events: Sequence[Event]) -> None:
    for event in events:
        facts = {name: event.facts[name] for name in ("done_by", "period")} | {"released_at": event.at}
        insert_rows(connection, "releases", pd.DataFrame([facts | form for form in event.facts["forms"]]))


def _remove_releases(connection: Connection, events: Sequence[Event]) -> None:
    for event in events:
        connection.execute("DELETE FROM releases WHERE period = ?", [event.facts["period"]])


_REPLAYS: Mapping[str, Callable[[Connection, Sequence[Event]], None]] = {
    "received": _add_received,
    "duplicate": _add_duplicates,
    "left": _add_nothing,
    "decided": _add_decisions,
    "withdrawn": _add_withdrawals,
    "locked": _add_locks,
    "reopened": _add_locks,
    "settled": _add_state_changes,
    "published": _add_publications,
    "released": _add_releases,
    "release_undone": _remove_releases,
}


def _frame(events: Sequence[Event], names: Sequence[str], *, at: str = "") -> pd.DataFrame:
    """A row an event: the facts of these names, and when it happened in the column `at`."""
    columns: dict[str, list[Any]] = {name: [event.facts[name] for event in events] for name in names}
    if at:
        columns[at] = [event.at for event in events]
    return pd.DataFrame(columns)
