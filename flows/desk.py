"""The desk for indicators, opened on a warehouse: registers, records in force, and the collection's own counts."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from flows.assess import RecordShelf, Registers, build_collections
from flows.indicators.desk import Desk
from flows.indicators.evaluations import count_failed_for_scope, judge_units_for_scope
from flows.warehouse.collection import list_filed
from flows.warehouse.standings import list_in_force
from flows.warehouse.tables import Connection
from flows.workspace import Workspace
from schemas.catalogue import Catalogue
from schemas.expressions.columns import Values
from schemas.expressions.evaluate import evaluate_numbers
from schemas.expressions.parse import parse_expression
from schemas.expressions.scope import Lines, UnitScope
from schemas.periods import find_parts


def open_desk(workspace: Workspace, connection: Connection, catalogue: Catalogue) -> Desk:
    """A desk over the submissions in force."""
    registers = Registers(catalogue, connection)
    shelf = RecordShelf(catalogue, connection, registers, list_in_force)
    desk = Desk(
        catalogue, registers.find, shelf.load, months_of=workspace.settings.months_of_year,
        judge=judge_units_for_scope, count=count_failed_for_scope,
    )  # fmt: skip
    desk.collection = lambda period: count_collection(workspace, connection, desk, period)
    return desk


def count_collection(workspace: Workspace, connection: Connection, desk: Desk, period: str) -> Lines:
    """One line a school and return owed for the period, with the counts of definitions.md §9.

    Columns: school, return, expected, received, on_time, accepted, first_pass, amended, queries, and the school's
    size of the year before as size_expected and, where accepted, size_accepted.
    """
    catalogue, register = desk.catalogue, desk.find_register(period)
    sizes = _find_sizes(desk, period)
    collections = build_collections(workspace.settings, catalogue)
    rows: list[dict[str, str | float]] = []
    for return_id, definition in catalogue.returns.items():
        owed = register.expected_codes(return_id)
        for part in find_parts(period, definition.period, months_of=workspace.settings.months_of_year):
            if not collections.is_open(part, return_id) or (not collections.periods and part != period):
                continue
            due = collections.find_due(definition, part)
            filed = {entry.school: entry for entry in list_filed(connection, return_id, part)}
            for school in owed:
                entry = filed.get(school)
                first = datetime.fromisoformat(entry.first_received).date() if entry else None
                accepted = entry is not None and entry.accepted > 0
                rows.append(
                    {
                        "school": school, "return": definition.no, "expected": 1.0,
                        "received": float(entry is not None),
                        "on_time": float(first is not None and first <= due), "accepted": float(accepted),
                        "first_pass": float(accepted and entry is not None and entry.submissions == 1),
                        "amended": float(entry is not None and entry.accepted > 1),
                        "queries": float(entry.queries if entry else 0),
                        "size_expected": sizes.get(school, 0.0),
                        "size_accepted": sizes.get(school, 0.0) if accepted else 0.0,
                    }
                )  # fmt: skip
    return _build_lines(rows)


def _find_sizes(desk: Desk, period: str) -> dict[str, float]:
    """School → its size in the year before; nothing where that is not known."""
    if desk.catalogue.size is None:
        return {}
    source = desk.open_period(period).source
    scope = UnitScope(source, back=1, blank_is_zero=True)
    sizes = evaluate_numbers(parse_expression(desk.catalogue.size), scope)
    return dict(zip(source.schools, (float(size) for size in sizes), strict=True))


NAMES = (
    "school", "return", "expected", "received", "on_time", "accepted", "first_pass", "amended", "queries",
    "size_expected", "size_accepted",
)  # fmt: skip


def _build_lines(rows: list[dict[str, str | float]]) -> Lines:
    columns: dict[str, Values] = {}
    for name in NAMES:
        values = [row[name] for row in rows]
        columns[name] = np.array(values, dtype=object if name in ("school", "return") else np.float64)
    nowhere = np.full(len(rows), -1, dtype=np.int64)
    return Lines(np.zeros(len(rows), dtype=np.int64), nowhere, columns)
