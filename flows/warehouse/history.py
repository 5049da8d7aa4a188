"""How submissions came to stand where they stand: every change of state, in the journal and as a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flows.warehouse.journal import Event
from flows.warehouse.replay import sync_journal
from flows.warehouse.tables import Connection
from flows.warehouse.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class StateChange:
    """A submission came to stand so; `rules` tells the definitions, settings and register that it was judged by."""

    submission: int
    at: str
    state: str
    errors: int
    queries: int
    infos: int
    rules: str


@dataclass(frozen=True, slots=True)
class DecidedFinding:
    """A decision as it was made, on a finding of a submission."""

    submission: int
    at: str
    done_by: str
    is_accepted: bool
    reason: str
    code: str
    key: str
    explanation: str


def note_states(warehouse: Warehouse, *, at: str) -> int:
    """Write into the journal where submissions stand otherwise than it says. Returns how many.

    Submissions judged anew by other rules that stand as before are left out: the journal has only what changed.
    """
    rows = warehouse.connection.execute(
        "SELECT s.sha256, t.state, t.errors, t.queries, t.infos, t.checked_with "
        "FROM submissions s JOIN standings t USING (submission) "
        "LEFT JOIN (SELECT sha256, last(state ORDER BY rowid) AS state, last(errors ORDER BY rowid) AS errors, "
        "last(queries ORDER BY rowid) AS queries FROM state_changes GROUP BY sha256) c USING (sha256) "
        "WHERE t.state IS NOT NULL AND (c.state IS DISTINCT FROM t.state OR c.errors <> t.errors "
        "OR c.queries <> t.queries) ORDER BY s.submission"
    ).fetchall()
    names = ("sha256", "state", "errors", "queries", "infos", "rules")
    warehouse.journal.append(Event("settled", at, dict(zip(names, row, strict=True))) for row in rows)
    if rows:
        with warehouse.transaction() as connection:
            sync_journal(connection, warehouse.journal)
    return len(rows)


def list_state_changes(connection: Connection, submissions: Iterable[int]) -> list[StateChange]:
    """Changes of state of the submissions, oldest first."""
    rows = connection.execute(
        "SELECT submission, changed_at, state, errors, queries, infos, rules "
        "FROM state_changes JOIN submissions s USING (sha256) "
        "WHERE submission IN (SELECT unnest(?)) ORDER BY submission, state_changes.rowid",
        [list(submissions)],
    ).fetchall()
    return [StateChange(*row) for row in rows]


def list_decided(connection: Connection, submissions: Iterable[int]) -> list[DecidedFinding]:
    """Decisions on findings of the submissions, oldest first."""
    rows = connection.execute(
        "SELECT submission, decided_at, decided_by, is_accepted, reason, code, key, explanation FROM decisions "
        "JOIN submissions s USING (sha256) WHERE submission IN (SELECT unnest(?)) ORDER BY decisions.rowid",
        [list(submissions)],
    ).fetchall()
    return [DecidedFinding(*row) for row in rows]


def list_taken_back(connection: Connection, submissions: Iterable[int]) -> list[tuple[int, str, str, bool, str]]:
    """Submission, time, who, whether it was put back, and why, oldest first."""
    return connection.execute(
        "SELECT submission, done_at, done_by, is_back, reason FROM withdrawals JOIN submissions s USING (sha256) "
        "WHERE submission IN (SELECT unnest(?)) ORDER BY withdrawals.rowid",
        [list(submissions)],
    ).fetchall()
