"""Files that came again byte for byte, in the database: what they were called and when they came."""

from __future__ import annotations

from collections.abc import Iterable

from flows.warehouse.tables import Connection

Repeat = tuple[str, str]
"""Name of the file that came again, and when."""


def load_repeats(connection: Connection, submissions: Iterable[int]) -> dict[int, list[Repeat]]:
    """Submission → every time its bytes came again, in that order."""
    rows = connection.execute(
        "SELECT s.submission, d.file_name, d.seen_at FROM duplicates d JOIN submissions s USING (sha256) "
        "WHERE s.submission IN (SELECT unnest(?)) ORDER BY s.submission, d.rowid",
        [list(submissions)],
    ).fetchall()
    repeats: dict[int, list[Repeat]] = {}
    for submission, name, seen_at in rows:
        repeats.setdefault(submission, []).append((name, seen_at))
    return repeats


def list_untold(connection: Connection, code: str) -> list[int]:
    """Submissions settled before that came again since: findings of the check do not tell of every time."""
    rows = connection.execute(
        "SELECT s.submission FROM duplicates d JOIN submissions s USING (sha256) JOIN standings t USING (submission) "
        "WHERE t.state IS NOT NULL GROUP BY s.submission HAVING count(*) > "
        "(SELECT coalesce(sum(f.count), 0) FROM findings f WHERE f.submission = s.submission AND f.code = ?) "
        "ORDER BY 1",
        [code],
    ).fetchall()
    return [row[0] for row in rows]
