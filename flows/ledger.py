"""The ledger that proves conservation: files, cells and totals, at the end of every run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flows.ingest import Intake
from flows.validate import Validation
from flows.warehouse.tables import Connection, fetch_one

STATES = ("accepted", "accepted_with_queries", "rejected", "superseded", "unreadable", "withdrawn")


@dataclass(frozen=True, slots=True)
class LedgerSheet:
    """Counts by state, and whether they add up."""

    counts: Mapping[str, int]
    holds: bool
    problems: tuple[str, ...] = ()


def draw_ledger(connection: Connection, intake: Intake, validation: Validation) -> LedgerSheet:
    """Files ever seen = accepted + rejected + superseded + unreadable + withdrawn + duplicates + waiting + ignored."""
    states = dict(connection.execute("SELECT state, count(*) FROM standings GROUP BY state").fetchall())
    received = _count(connection, "SELECT count(*) FROM submissions")
    duplicates = _count(connection, "SELECT count(*) FROM duplicates")
    counts = {
        "received": received, "duplicate": duplicates + states.get("duplicate", 0),
        "waiting": len(intake.waiting) + len(validation.waiting), "ignored": len(intake.ignored),
        **{state: states.get(state, 0) for state in STATES},
    }  # fmt: skip
    seen = received + duplicates + len(intake.waiting) + counts["ignored"]
    ended = sum(counts[state] for state in (*STATES, "duplicate", "waiting", "ignored"))
    problems = [f"files seen {seen} ≠ files in a recorded state {ended}"] if seen != ended else []
    problems += _check_slots(connection)
    problems += [f"a planted fault was not found: {missed}" for missed in validation.canaries.missed]
    return LedgerSheet({"seen": seen, **counts}, not problems, tuple(problems))


def _check_slots(connection: Connection) -> list[str]:
    """No school counts twice for one return and period."""
    double = connection.execute(
        "SELECT s.return_id, s.period, s.school FROM submissions s JOIN standings t USING (submission) "
        "WHERE t.in_force GROUP BY ALL HAVING count(*) > 1"
    ).fetchall()
    return [f"{row[0]} {row[1]} {row[2]} counts twice" for row in double]


def _count(connection: Connection, query: str) -> int:
    row = fetch_one(connection, query)
    return int(row[0]) if row else 0
