"""Forms that were handed out, in the database."""

from __future__ import annotations

from dataclasses import dataclass

from flows.warehouse.tables import Connection


@dataclass(frozen=True, slots=True)
class ReleasedForm:
    """A form as it was released for a period; `digest` tells it from any other."""

    period: str
    return_id: str
    version: str
    digest: str


def list_released_forms(connection: Connection) -> list[ReleasedForm]:
    """Every form of every release that was not taken back, oldest first."""
    rows = connection.execute("SELECT period, return_id, version, digest FROM releases ORDER BY rowid").fetchall()
    return [ReleasedForm(*row) for row in rows]
