"""Findings, outcomes and standings of submissions in the database: which one of a school counts, and why."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from flows.checks.findings import Finding
from flows.checks.ledger import Ledger
from flows.warehouse.tables import Connection, insert_rows

OWN, LINKED, AROUND, STANDING = "own", "linked", "around", "standing"
"""The passes: what a submission says by itself; against other returns and periods; against other schools; its slot."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a collection: one return of one school for one period, and its submissions, oldest first."""

    return_id: str
    period: str
    school: str
    submissions: tuple[int, ...]
    in_force: int | None = None

    @property
    def current(self) -> tuple[int, ...]:
        """The submission that counts, and the newest."""
        return tuple(sorted({self.submissions[-1], self.in_force or self.submissions[-1]}))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a submission stands, and the gravest thing said about it."""

    submission: int
    file_name: str
    return_id: str
    period: str
    school: str
    state: str
    errors: int
    queries: int
    infos: int
    sheet: str
    cell: str
    message: str


def replace_findings(
    connection: Connection, findings: Sequence[Finding], submissions: Sequence[int], step: str
) -> None:
    """The findings of a pass, in place of those it had. Run inside a transaction."""
    connection.execute(
        "DELETE FROM findings WHERE submission IN (SELECT unnest(?)) AND pass = ?", [list(submissions), step]
    )
    rows = [_build_row(finding, number, step) for number, finding in enumerate(findings)]
    insert_rows(connection, "findings", pd.DataFrame(rows))


def replace_outcomes(
    connection: Connection, submissions: Sequence[int], ledgers: Sequence[tuple[Sequence[int], Ledger]], step: str
) -> None:
    """The counts of a pass in place of those it had: how often each check applied, passed, failed, was not assessed."""
    connection.execute(
        "DELETE FROM outcomes WHERE submission IN (SELECT unnest(?)) AND pass = ?", [list(submissions), step]
    )
    frames = [
        pd.DataFrame(
            {
                "submission": list(ids), "code": code, "applicable": tally.applicable, "passed": tally.passed,
                "failed": tally.failed, "not_assessed": tally.not_assessed, "pass": step,
            }
        )
        for ids, ledger in ledgers
        for code, tally in ledger.tallies.items()
    ]  # fmt: skip
    if frames:
        insert_rows(connection, "outcomes", pd.concat(frames, ignore_index=True))


def load_findings(
    connection: Connection, submissions: Iterable[int], *, without: str = ""
) -> dict[int, list[dict[str, Any]]]:
    """Findings by submission as plain records, errors first; those of the pass `without` left out.

    Queries have their answer with them: state, key, explanation, reason_code, noted_by, place, problem, reply,
    decided_by, decided_at; of other findings these are empty.
    """
    cursor = connection.execute(
        "SELECT f.* EXCLUDE (number, pass), a.* EXCLUDE (submission, number, pass) "
        "FROM findings f LEFT JOIN answers a USING (submission, pass, number) "
        "WHERE submission IN (SELECT unnest(?)) AND pass <> ? "
        "ORDER BY submission, CASE severity WHEN 'error' THEN 0 WHEN 'query' THEN 1 ELSE 2 END, pass DESC, number",
        [list(submissions), without],
    )
    names = [column[0] for column in cursor.description]
    found: dict[int, list[dict[str, Any]]] = {}
    for row in cursor.fetchall():
        record: dict[str, Any] = {n: "" if value is None else value for n, value in zip(names, row, strict=True)}
        record["operands"] = json.loads(record["operands"])
        record["also"] = json.loads(record["also"])
        found.setdefault(record["submission"], []).append(record)
    return found


def count_findings(connection: Connection, submissions: Iterable[int], *, without: str) -> dict[int, dict[str, int]]:
    """Submission → severity → how many findings; those on trial count as infos, those of `without` not at all."""
    rows = connection.execute(
        "SELECT submission, CASE WHEN trial THEN 'info' ELSE severity END, sum(count)::INTEGER FROM findings "
        "WHERE submission IN (SELECT unnest(?)) AND pass <> ? GROUP BY ALL",
        [list(submissions), without],
    ).fetchall()
    counts: dict[int, dict[str, int]] = {}
    for submission, severity, count in rows:
        counts.setdefault(submission, {})[severity] = count
    return counts


def load_standings(connection: Connection, submissions: Iterable[int]) -> list[Standing]:
    """How the submissions stand, in order of receipt."""
    rows = connection.execute(
        """
        SELECT s.submission, s.file_name, s.return_id, s.period, s.school, t.state, t.errors, t.queries, t.infos,
               f.sheet, f.cell, f.message
        FROM submissions s JOIN standings t USING (submission) LEFT JOIN (
            SELECT * FROM findings QUALIFY row_number() OVER (
                PARTITION BY submission
                ORDER BY CASE severity WHEN 'error' THEN 0 WHEN 'query' THEN 1 ELSE 2 END, pass DESC, number) = 1
        ) f USING (submission)
        WHERE s.submission IN (SELECT unnest(?)) AND t.state IS NOT NULL ORDER BY s.submission
        """,
        [list(submissions)],
    ).fetchall()
    return [Standing(*row[:6], *(n or 0 for n in row[6:9]), *(text or "" for text in row[9:])) for row in rows]


def list_strays(connection: Connection, submissions: Collection[int]) -> list[int]:
    """Those of the submissions that have no slot: unreadable, or not saying what they are."""
    rows = connection.execute(
        "SELECT submission FROM submissions WHERE submission IN (SELECT unnest(?)) "
        "AND (return_id = '' OR period = '' OR school = '' OR NOT is_readable) ORDER BY 1",
        [list(submissions)],
    ).fetchall()
    return [row[0] for row in rows]


def load_tainted(connection: Connection, submissions: Sequence[int]) -> list[tuple[int, str]]:
    """Submission and reference of every cell behind an error of the first pass."""
    rows = connection.execute(
        "SELECT submission, ref, operands FROM findings WHERE severity = 'error' AND NOT trial AND pass = ? "
        "AND submission IN (SELECT unnest(?))",
        [OWN, list(submissions)],
    ).fetchall()
    return [(row[0], ref) for row in rows for ref in {row[1], *(o["ref"] for o in json.loads(row[2]))} if ref]


def store_own_verdicts(connection: Connection, verdicts: Mapping[int, str], stopped: Collection[int]) -> None:
    """Verdicts of the first pass, and where it stopped short of the content. Run inside a transaction."""
    _ensure_standings(connection, list(verdicts))
    frame = pd.DataFrame({"submission": list(verdicts), "own_verdict": list(verdicts.values())})
    frame["is_stopped"] = [submission in stopped for submission in verdicts]
    connection.register("verdict_rows", frame)
    connection.execute(
        "UPDATE standings s SET own_verdict = v.own_verdict, verdict = v.own_verdict, is_stopped = v.is_stopped "
        "FROM verdict_rows v WHERE s.submission = v.submission"
    )
    connection.unregister("verdict_rows")


def store_standings(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Full standings in place of those known. Run inside a transaction."""
    if not rows:
        return
    frame = pd.DataFrame(list(rows))
    connection.register("standing_rows", frame)
    connection.execute("DELETE FROM standings WHERE submission IN (SELECT submission FROM standing_rows)")
    connection.unregister("standing_rows")
    insert_rows(connection, "standings", frame)


def list_slots(connection: Connection, *, schools: Iterable[str] | None = None) -> list[Slot]:
    """Every slot that has a submission, with its submissions in order of receipt."""
    condition, values = "", []
    if schools is not None:
        condition, values = "AND school IN (SELECT unnest(?))", [list(schools)]
    rows = connection.execute(
        "SELECT return_id, period, school, list(submission ORDER BY submission), "
        "max(submission) FILTER (in_force) FROM submissions LEFT JOIN standings USING (submission) "
        f"WHERE return_id <> '' AND period <> '' AND school <> '' AND is_readable {condition} "
        "GROUP BY ALL ORDER BY ALL",
        values,
    ).fetchall()
    return [Slot(row[0], row[1], row[2], tuple(row[3]), row[4]) for row in rows]


def list_versions_in_force(connection: Connection, submissions: Iterable[int]) -> dict[int, tuple[int, str]]:
    """Submission → number and time of receipt of another version of the same return that counts in its place."""
    rows = connection.execute(
        "SELECT s.submission, o.submission, o.received_at FROM submissions s JOIN submissions o "
        "ON (s.return_id, s.period, s.school) = (o.return_id, o.period, o.school) AND s.submission <> o.submission "
        "JOIN standings t ON t.submission = o.submission AND t.in_force "
        "WHERE s.return_id <> '' AND s.school <> '' AND s.submission IN (SELECT unnest(?))",
        [list(submissions)],
    ).fetchall()
    return {row[0]: (row[1], row[2]) for row in rows}


def list_good(connection: Connection, submissions: Iterable[int]) -> list[int]:
    """Those of the submissions that are in force and have neither errors nor queries."""
    rows = connection.execute(
        "SELECT submission FROM standings WHERE in_force AND errors = 0 AND queries = 0 AND NOT is_stopped "
        "AND submission IN (SELECT unnest(?)) ORDER BY 1",
        [list(submissions)],
    ).fetchall()
    return [row[0] for row in rows]


def list_versions_before(connection: Connection, submissions: Iterable[int]) -> dict[int, int]:
    """Submission → the version of the same return before it; first versions and what was taken back are left out."""
    rows = connection.execute(
        "SELECT submission, before FROM (SELECT submission, lag(submission) OVER ("
        "PARTITION BY return_id, period, school ORDER BY submission) AS before FROM submissions "
        "WHERE return_id <> '' AND period <> '' AND school <> '' AND is_readable "
        "AND submission NOT IN (SELECT submission FROM withdrawn)) "
        "WHERE before IS NOT NULL AND submission IN (SELECT unnest(?)) ORDER BY 1",
        [list(submissions)],
    ).fetchall()
    return {row[0]: row[1] for row in rows}


def list_going_on(connection: Connection, submissions: Collection[int]) -> list[int]:
    """Those of the submissions whose content was judged by the first pass."""
    rows = connection.execute(
        "SELECT submission FROM standings WHERE is_stopped = false AND submission IN (SELECT unnest(?)) ORDER BY 1",
        [list(submissions)],
    ).fetchall()
    return [row[0] for row in rows]


def load_verdicts(connection: Connection, column: str = "verdict") -> dict[int, str]:
    """Submission → verdict (`verdict`), that of the first pass (`own_verdict`), or its rules (`checked_with`)."""
    rows = connection.execute(f"SELECT submission, {column} FROM standings WHERE {column} IS NOT NULL").fetchall()
    return {row[0]: row[1] for row in rows}


def list_filed_periods(connection: Connection) -> list[tuple[str, str]]:
    """Return and period of everything ever received that says what it is."""
    return connection.execute("SELECT DISTINCT return_id, period FROM submissions WHERE return_id <> ''").fetchall()


def list_in_force(connection: Connection, return_id: str, period: str) -> list[tuple[int, str, str]]:
    """Submission, school and form of every submission in force, by school."""
    return connection.execute(
        "SELECT s.submission, s.school, s.version FROM submissions s JOIN standings t USING (submission) "
        "WHERE t.in_force AND s.return_id = ? AND s.period = ? ORDER BY s.school, s.submission",
        [return_id, period],
    ).fetchall()


def list_candidates(connection: Connection, return_id: str, period: str) -> list[tuple[int, str, str]]:
    """The newest submission of every school that its own content does not reject: submission, school and form."""
    return connection.execute(
        "SELECT max_by(s.submission, s.submission), s.school, max_by(s.version, s.submission) FROM submissions s "
        "JOIN standings t USING (submission) WHERE t.own_verdict IN ('accepted', 'accepted_with_queries') "
        "AND s.submission NOT IN (SELECT submission FROM withdrawn) AND s.return_id = ? AND s.period = ? "
        "GROUP BY s.school ORDER BY s.school",
        [return_id, period],
    ).fetchall()


def _ensure_standings(connection: Connection, submissions: Sequence[int]) -> None:
    connection.execute(
        "INSERT INTO standings (submission) SELECT x FROM (SELECT unnest(?) AS x) "
        "WHERE x NOT IN (SELECT submission FROM standings)",
        [list(submissions)],
    )


def _build_row(finding: Finding, number: int, step: str) -> dict[str, Any]:
    operands = [
        {"ref": o.ref, "sheet": o.sheet, "cell": o.cell, "label": o.label, "value": drop_nan(o.value)}
        for o in finding.operands
    ]
    return {
        "submission": finding.submission, "number": number, "code": finding.code, "level": finding.level,
        "severity": finding.severity, "sheet": finding.sheet, "cell": finding.cell, "ref": finding.ref,
        "label": finding.label, "found": finding.found, "expected": finding.expected, "difference": finding.difference,
        "message": finding.message, "remedy": finding.remedy, "under": finding.under, "trial": finding.trial,
        "count": finding.count,
        "operands": json.dumps(operands, ensure_ascii=False), "also": json.dumps(list(finding.also)),
        "pass": step,
    }  # fmt: skip


def drop_nan(value: float | str | None) -> float | str | None:
    """JSON has no word for a missing number."""
    return None if isinstance(value, float) and math.isnan(value) else value
