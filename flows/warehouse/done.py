"""What a stage last worked from, so that a night with nothing new costs next to nothing."""

from __future__ import annotations

import hashlib

from flows.warehouse.tables import Connection, fetch_one
from schemas.periods import find_bounds


def find_basis(connection: Connection, period: str, rest: str, *, register: str, with_strays: bool) -> str:
    """One word for everything that a period's figures rest on.

    That is the standings of all submissions for the period or earlier ones, of later registers where no earlier one
    is in force (the first serves backwards), of the strays that say no period, and `rest`: definitions and settings.
    Figures never look ahead.
    """
    rows = connection.execute(
        "SELECT s.submission, s.period, s.return_id, t.state, t.in_force, t.queries, t.infos, a.answers "
        "FROM submissions s JOIN standings t USING (submission) "
        "LEFT JOIN (SELECT submission, list(state || explanation ORDER BY pass, number) AS answers "
        "FROM answers GROUP BY submission) a USING (submission) "
        "ORDER BY s.submission"
    ).fetchall()
    acts = connection.execute("SELECT * FROM locks ORDER BY rowid").fetchall()
    first, end = find_bounds(period)
    registers = [row for row in rows if row[2] == register and row[1]]
    looks_ahead = not any(row[4] and find_bounds(row[1])[0] <= first for row in registers)
    kept = [
        row for row in rows
        if (find_bounds(row[1])[0] <= end or (looks_ahead and row in registers) if row[1] else with_strays)
    ]  # fmt: skip
    return hashlib.sha256(f"{kept}{acts}{rest}".encode()).hexdigest()[:16]


def is_done(connection: Connection, stage: str, period: str, basis: str) -> bool:
    """True if the stage has worked on the period from the same basis."""
    query = "SELECT 1 FROM done WHERE stage = ? AND period = ? AND basis = ?"
    return fetch_one(connection, query, [stage, period, basis]) is not None


def note_done(connection: Connection, stage: str, period: str, basis: str) -> None:
    """Remember what the stage worked from. Run inside the transaction of its work."""
    connection.execute("DELETE FROM done WHERE stage = ? AND period = ?", [stage, period])
    connection.execute("INSERT INTO done VALUES (?, ?, ?)", [stage, period, basis])
