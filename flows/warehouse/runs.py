"""The runs that found something to do, with their account of files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from flows.warehouse.tables import Connection, fetch_one


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest run: when it began, how long it took, and its account."""

    started_at: str
    seconds: float
    ledger: Mapping[str, int]
    ledger_holds: bool


def record_run(connection: Connection, run: LastRun) -> None:
    """Add a run. Run inside a transaction."""
    connection.execute(
        "INSERT INTO runs SELECT coalesce(max(run), 0) + 1, ?, ?, ?, ?, ? FROM runs",
        [run.started_at, run.started_at[:10], run.seconds, json.dumps(dict(run.ledger)), run.ledger_holds],
    )


def find_last_run(connection: Connection) -> LastRun | None:
    """The newest run, if there was one."""
    row = fetch_one(connection, "SELECT started_at, seconds, ledger, ledger_holds FROM runs ORDER BY run DESC LIMIT 1")
    return LastRun(row[0], row[1], json.loads(row[2]), row[3]) if row else None
