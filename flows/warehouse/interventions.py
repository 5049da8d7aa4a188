"""What people did to submissions and collections, in the database: withdrawals, locks, openings."""

from __future__ import annotations

from collections.abc import Iterable

from flows.checks.locks import Lock
from flows.warehouse.tables import Connection


def list_withdrawn(connection: Connection) -> list[int]:
    """Submissions that were taken back and not put back."""
    return [row[0] for row in connection.execute("SELECT submission FROM withdrawn ORDER BY 1").fetchall()]


def list_locks(connection: Connection) -> list[Lock]:
    """Every locking and opening, oldest first."""
    rows = connection.execute(
        "SELECT done_at, done_by, kind, period, returns, schools, until, reason FROM locks ORDER BY rowid"
    ).fetchall()
    return [
        Lock(at, by, kind, period, tuple(returns or ()), tuple(schools or ()), until or "", reason)
        for at, by, kind, period, returns, schools, until, reason in rows
    ]


def list_kept_out(connection: Connection, code: str) -> list[int]:
    """Submissions that have a finding of the check which keeps out what comes after a lock."""
    rows = connection.execute("SELECT DISTINCT submission FROM findings WHERE code = ? ORDER BY 1", [code]).fetchall()
    return [row[0] for row in rows]


def forget_judgements(connection: Connection, submissions: Iterable[int]) -> None:
    """Have submissions judged anew by the next run."""
    connection.execute(
        "UPDATE standings SET checked_with = NULL WHERE submission IN (SELECT unnest(?))", [list(submissions)]
    )
