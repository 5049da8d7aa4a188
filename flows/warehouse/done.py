"""What a stage last worked from, so that a night with nothing new costs next to nothing."""

from __future__ import annotations

import hashlib

from flows.warehouse.tables import Connection, fetch_one


def find_basis(connection: Connection, definitions: str, settings: str) -> str:
    """One word for everything that figures rest on: standings of all submissions, definitions, settings."""
    rows = connection.execute(
        "SELECT submission, state, in_force, queries FROM standings ORDER BY submission"
    ).fetchall()
    return hashlib.sha256(f"{rows}{definitions}{settings}".encode()).hexdigest()[:16]


def is_done(connection: Connection, stage: str, period: str, basis: str) -> bool:
    """True if the stage has worked on the period from the same basis."""
    query = "SELECT 1 FROM done WHERE stage = ? AND period = ? AND basis = ?"
    return fetch_one(connection, query, [stage, period, basis]) is not None


def note_done(connection: Connection, stage: str, period: str, basis: str) -> None:
    """Remember what the stage worked from. Run inside the transaction of its work."""
    connection.execute("DELETE FROM done WHERE stage = ? AND period = ?", [stage, period])
    connection.execute("INSERT INTO done VALUES (?, ?, ?)", [stage, period, basis])
