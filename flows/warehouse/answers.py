"""Explanations of schools and decisions on them in the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from flows.checks.explanations import Answer, Decision, Decisions, Note, Query, build_note, find_key, is_note
from flows.warehouse.tables import Connection, delete_submissions, insert_rows
from schemas.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class StoredQuery:
    """A query of a submission: the pass and number of its finding, what it is about, and for how many it stands."""

    step: str
    number: int
    query: Query
    count: int = 1


def load_queries(
    connection: Connection, catalogue: Catalogue, submissions: Iterable[int], *, without: str
) -> dict[int, list[StoredQuery]]:
    """Findings that ask for an explanation, by submission; those on trial and those of the pass `without` do not."""
    cursor = connection.execute(
        "SELECT submission, pass, number, code, sheet, cell, ref, label, found, expected, operands, count "
        "FROM findings WHERE severity = 'query' AND NOT trial AND pass <> ? AND submission IN (SELECT unnest(?)) "
        "ORDER BY submission, pass DESC, number",
        [without, list(submissions)],
    )
    names = [column[0] for column in cursor.description]
    found: dict[int, list[StoredQuery]] = {}
    for values in cursor.fetchall():
        row = dict(zip(names, values, strict=True))
        row["operands"] = json.loads(row["operands"])
        query = Query(row["code"], row["sheet"], row["cell"], row["label"], find_key(catalogue, row))
        found.setdefault(row["submission"], []).append(StoredQuery(row["pass"], row["number"], query, row["count"]))
    return found


def load_notes(connection: Connection, submissions: Iterable[int]) -> dict[int, list[Note]]:
    """What the submissions say on their explanations sheet and on the list of a returned copy, in that order."""
    cursor = connection.execute(
        "SELECT *, CAST(line AS VARCHAR) AS row FROM notes WHERE submission IN (SELECT unnest(?)) ORDER BY rowid",
        [list(submissions)],
    )
    names = [column[0] for column in cursor.description]
    notes: dict[int, list[Note]] = {}
    for values in cursor.fetchall():
        line = dict(zip(names, values, strict=True))
        if is_note(line):
            notes.setdefault(line["submission"], []).append(build_note(line))
    return notes


def load_decisions(connection: Connection) -> dict[tuple[str, str], Decisions]:
    """Return and school → the last decision on each of its queries."""
    rows = connection.execute(
        "SELECT return_id, school, code, key, is_accepted, reason, decided_by, decided_at, explanation "
        "FROM decisions ORDER BY rowid"
    ).fetchall()
    decisions: dict[tuple[str, str], dict[tuple[str, str], Decision]] = {}
    for return_id, school, code, key, is_accepted, reason, by, at, explanation in rows:
        decided = Decision(is_accepted, reason, by, at, explanation)
        decisions.setdefault((return_id, school), {})[(code, key)] = decided
    return dict(decisions)


def replace_answers(
    connection: Connection, submissions: Sequence[int], answers: Iterable[tuple[int, StoredQuery, Answer]]
) -> None:
    """How the queries of the submissions stand, in place of what was known. Run inside a transaction."""
    delete_submissions(connection, ["answers"], submissions)
    rows: list[dict[str, Any]] = [
        {"submission": submission, "pass": stored.step, "number": stored.number, **asdict(answer)}
        for submission, stored, answer in answers
    ]
    insert_rows(connection, "answers", pd.DataFrame(rows))
