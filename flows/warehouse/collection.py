"""What a collection looks like from the warehouse: who filed what, how often, and with what success."""

from __future__ import annotations

from dataclasses import dataclass

from flows.warehouse.tables import Connection
from schemas.periods import find_period_type


@dataclass(frozen=True, slots=True)
class FiledReturn:
    """All that one school filed of one return for one period."""

    school: str
    submissions: int
    accepted: int
    queries: int
    first_received: str
    last_received: str
    state: str


def list_years(connection: Connection) -> list[str]:
    """School years that something in force was filed for, oldest first."""
    rows = connection.execute(
        "SELECT DISTINCT period FROM submissions JOIN standings USING (submission) WHERE in_force"
    ).fetchall()
    years = {f"{int(row[0][:4])}-{int(row[0][:4]) + 1}" for row in rows if find_period_type(row[0]) == "school_year"}
    return sorted(years)


def list_filed(connection: Connection, return_id: str, period: str) -> list[FiledReturn]:
    """One entry a school that filed anything; its state is that of the newest submission, or of the one in force."""
    rows = connection.execute(
        """
        SELECT s.school, count(*) FILTER (t.state <> 'duplicate'),
               count(*) FILTER (t.verdict IN ('accepted', 'accepted_with_queries')),
               coalesce(sum(t.queries) FILTER (t.in_force), 0), min(s.received_at), max(s.received_at),
               coalesce(max(t.state) FILTER (t.in_force),
                        max_by(t.state, s.submission) FILTER (t.state <> 'duplicate'))
        FROM submissions s JOIN standings t USING (submission)
        WHERE s.return_id = ? AND s.period = ? AND t.state <> 'withdrawn' GROUP BY s.school ORDER BY s.school
        """,
        [return_id, period],
    ).fetchall()
    return [FiledReturn(*row) for row in rows]
