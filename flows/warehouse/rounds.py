"""The rounds of a collection in the database: every version of every return, and every finding on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from flows.district.rounds import Round
from flows.district.rule_usage import Fired
from flows.warehouse.tables import Connection

COLUMNS = tuple(field.name for field in fields(Round))


def load_rounds(connection: Connection, places: Iterable[tuple[str, str]]) -> list[Round]:
    """Every submission that says whose it is, for these returns and periods, oldest first."""
    rows = connection.execute(
        "SELECT s.return_id, s.period, s.school, s.submission, s.file_name, s.received_at, coalesce(s.version, ''), "
        "coalesce(t.verdict, ''), coalesce(t.state, 'waiting'), coalesce(t.in_force, false), "
        "coalesce(t.errors, 0), coalesce(t.queries, 0), coalesce(s.program, '') "
        "FROM submissions s LEFT JOIN standings t USING (submission) "
        "WHERE s.school <> '' AND s.return_id || ' ' || s.period IN (SELECT unnest(?)) ORDER BY s.submission",
        [_spell(places)],
    ).fetchall()
    return [_build_round(row) for row in rows]


def load_strays(connection: Connection, since: date) -> list[Round]:
    """Submissions since a day that could not be read, or do not say which return, period or school they are of."""
    rows = connection.execute(
        "SELECT coalesce(s.return_id, ''), coalesce(s.period, ''), coalesce(s.school, ''), s.submission, s.file_name, "
        "s.received_at, coalesce(s.version, ''), coalesce(t.verdict, ''), t.state, false, coalesce(t.errors, 0), 0, "
        "coalesce(s.program, '') "
        "FROM submissions s JOIN standings t USING (submission) WHERE t.state IN ('unreadable', 'rejected') "
        "AND s.received_at >= ? AND (coalesce(s.return_id, '') = '' OR coalesce(s.period, '') = '' "
        "OR coalesce(s.school, '') = '' OR NOT s.is_readable) ORDER BY s.submission",
        [since.isoformat()],
    ).fetchall()
    return [_build_round(row) for row in rows]


def count_arrivals(connection: Connection, after: int) -> list[tuple[str, str, int, int, int, int, int, int]]:
    """Submissions later than one, by return and period: all, and those that stand accepted, with queries, sent back,
    unreadable and otherwise.
    """
    return connection.execute(
        "SELECT coalesce(s.return_id, ''), coalesce(s.period, ''), count(*), "
        "count(*) FILTER (t.state = 'accepted'), count(*) FILTER (t.state = 'accepted_with_queries'), "
        "count(*) FILTER (t.state = 'rejected'), count(*) FILTER (t.state = 'unreadable'), "
        "count(*) FILTER (t.state IS NULL OR t.state NOT IN "
        "('accepted', 'accepted_with_queries', 'rejected', 'unreadable')) "
        "FROM submissions s LEFT JOIN standings t USING (submission) WHERE s.submission > ? "
        "GROUP BY ALL ORDER BY ALL",
        [after],
    ).fetchall()


def count_duplicates(connection: Connection) -> int:
    """Files that ever came again byte for byte."""
    (number,) = connection.execute("SELECT count(*) FROM duplicates").fetchall()[0]
    return int(number)


def load_fired(connection: Connection, submissions: Sequence[int]) -> list[Fired]:
    """Errors and queries of the submissions; one is answered where the notes of its submission explain its check."""
    rows = connection.execute(
        "SELECT f.submission, f.code, f.severity, f.ref, f.cell, EXISTS (SELECT 1 FROM notes n WHERE "
        "n.submission = f.submission AND n.check_id = f.code AND coalesce(n.explanation, '') <> '') "
        "FROM findings f WHERE f.severity IN ('error', 'query') AND NOT f.trial "
        "AND f.submission IN (SELECT unnest(?)) ORDER BY f.submission, f.pass DESC, f.number",
        [list(submissions)],
    ).fetchall()
    return [Fired(*row) for row in rows]


def list_waived(connection: Connection, waivers: Iterable[tuple[str, str, str]]) -> set[int]:
    """Submissions of which something was waived; waivers are check, school and period."""
    rows = connection.execute(
        "SELECT DISTINCT f.submission FROM findings f JOIN submissions s USING (submission) "
        "WHERE f.severity = 'info' AND f.code || ' ' || s.school || ' ' || s.period IN (SELECT unnest(?))",
        [[" ".join(waiver) for waiver in waivers]],
    ).fetchall()
    return {row[0] for row in rows}


def find_last_submission(connection: Connection) -> int:
    """Number of the newest submission; 0 if there is none."""
    (number,) = connection.execute("SELECT coalesce(max(submission), 0) FROM submissions").fetchall()[0]
    return int(number)


def _build_round(row: tuple[Any, ...]) -> Round:
    facts: dict[str, Any] = dict(zip(COLUMNS, row, strict=True))
    return Round(**facts | {"received_on": datetime.fromisoformat(facts["received_on"]).date()})


def _spell(places: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{return_id} {period}" for return_id, period in places]
