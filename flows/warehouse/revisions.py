"""What a locked period's figures were when they were last final, and every revision since."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from flows.warehouse.tables import Connection, insert_rows

Place = tuple[str, str, str, str]
"""Indicator, stage, breakdown and group of a figure."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A figure that was published as final and has changed since; a missing figure is None."""

    period: str
    vintage: int
    indicator: str
    stage: str
    breakdown: str
    group_code: str
    old_value: float | None
    new_value: float | None
    reason: str
    published_at: str = ""


def list_revisions(connection: Connection, period: str = "") -> list[Revision]:
    """Revisions of a period, or of all, in the order they were published."""
    rows = connection.execute(
        "SELECT period, vintage, indicator, stage, breakdown, group_code, old_value, new_value, reason, published_at "
        "FROM revisions WHERE ? = '' OR period = ? ORDER BY period, rowid",
        [period, period],
    ).fetchall()
    return [Revision(*row) for row in rows]


def spell_revisions(revisions: Iterable[Revision]) -> list[dict[str, Any]]:
    """Revisions as facts of the event that publishes them; period, vintage and time are the event's own."""
    left_out = ("period", "vintage", "published_at")
    return [{k: v for k, v in asdict(revision).items() if k not in left_out} for revision in revisions]


def load_final(connection: Connection, period: str) -> dict[Place, float | None]:
    """The figures of the last final vintage; none if there was none."""
    rows = connection.execute(
        "SELECT indicator, stage, breakdown, group_code, value FROM final_figures WHERE period = ?", [period]
    ).fetchall()
    return {(row[0], row[1], row[2], row[3]): row[4] for row in rows}


def replace_final(connection: Connection, period: str, figures: Mapping[Place, float]) -> None:
    """The figures of a final vintage, in place of those of the one before. Run inside a transaction."""
    connection.execute("DELETE FROM final_figures WHERE period = ?", [period])
    rows = [(period, *place, None if math.isnan(value) else value) for place, value in figures.items()]
    names = ["period", "indicator", "stage", "breakdown", "group_code", "value"]
    insert_rows(connection, "final_figures", pd.DataFrame(rows, columns=names))


def compare_figures(
    before: Mapping[Place, float | None], now: Mapping[Place, float], *, period: str, vintage: int, reason: str
) -> list[Revision]:
    """What changed from one final vintage to the next, in the order of the figures."""
    places: Sequence[Place] = [*before, *(place for place in now if place not in before)]
    revisions = []
    for place in places:
        old, new = before.get(place), now.get(place, math.nan)
        value = None if math.isnan(new) else new
        if old != value and not (old is not None and value is not None and math.isclose(old, value, rel_tol=1e-12)):
            revisions.append(Revision(period, vintage, *place, old, value, reason))
    return revisions
