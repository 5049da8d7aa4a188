"""`huizong status`: who has filed, who owes, the last run, and whether the service lives."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import typer

from flows.commands.invocation import Invocation, find_invocation
from flows.commands.words import MOST_LISTED, name_return, name_state, show_columns, spell_number
from flows.desk import open_desk
from flows.district.facts import OwedRow, ReturnRow
from flows.district.rounds import SchoolRow
from flows.gather import Gathering, count_returns
from flows.gather_schools import gather_schools
from flows.lookup import find_period_asked
from flows.publishers.digest_data import Filer
from flows.serving.state import ServiceState, find_state, is_running
from flows.warehouse.runs import LastRun, find_last_run
from flows.warehouse.tables import Connection
from flows.warehouse.warehouse import open_warehouse
from flows.workspace import Workspace, open_workspace
from schemas.catalogue import Catalogue

REST = {
    "unsettled": "unsettled", "not_filed": "missing", "revised": "amended", "waived": "waived",
    "withdrawn": "withdrawn",
}  # fmt: skip
"""Counts beside those of verdicts, by what they are called among the rates of schools."""


@dataclass(frozen=True, slots=True)
class Status:
    """A period's collection as it stands."""

    period: str
    returns: list[ReturnRow]
    owed: list[OwedRow]
    schools: list[SchoolRow]
    filers: Mapping[str, Filer]
    last_run: LastRun | None
    service: ServiceState | None
    """What the service said last; None where there is none, or it ended properly."""


def run(
    context: typer.Context,
    period: Annotated[str | None, typer.Option("--period", "-p")] = None,
    schools: Annotated[bool, typer.Option("--schools")] = False,  # noqa: FBT002  a flag
) -> int:
    invocation = find_invocation(context)
    workspace = open_workspace(invocation.workspace_path)
    catalogue = workspace.load_catalogue()
    with open_warehouse(workspace.warehouse, read_only=True) as warehouse:
        status = find_status(workspace, warehouse.connection, catalogue, period)
    if invocation.as_json:
        invocation.print_json(build_status_json(catalogue, status))
    else:
        _show(invocation, catalogue, status)
        if schools:
            _show_schools(invocation, status)
    return 0


def find_status(workspace: Workspace, connection: Connection, catalogue: Catalogue, period: str | None) -> Status:
    """The collection of a period, by default of the latest that anything was filed for.

    Raises UsageError where nothing has been filed and no period is given.
    """
    chosen = find_period_asked(workspace, connection, period)
    gathering = Gathering(workspace, connection, catalogue, open_desk(workspace, connection, catalogue), chosen)
    returns, owed = count_returns(gathering)
    schools, filers = gather_schools(gathering)
    service = find_state(workspace.warehouse)
    return Status(chosen, returns, owed, schools, filers, find_last_run(connection), service)


def build_status_json(catalogue: Catalogue, status: Status) -> dict[str, Any]:
    """The public shape of a status."""
    rows = status.returns
    return {
        "period": status.period,
        "expected": sum(row.expected for row in rows),
        "received": sum(row.received for row in rows),
        "accepted": sum(row.accepted - row.with_queries for row in rows),
        "accepted_with_queries": sum(row.with_queries for row in rows),
        "rejected": sum(row.rejected for row in rows),
        **{name: sum(getattr(row, of) for row in status.schools) for name, of in REST.items()},
        "returns": [
            {
                "return": name_return(catalogue, row.return_id), "period": row.period, "due": row.due,
                "expected": row.expected, "received": row.received, "on_time": row.on_time,
                "accepted": row.accepted - row.with_queries,
                "accepted_with_queries": row.with_queries, "rejected": row.rejected,
            }
            for row in rows
        ],
        "missing": [
            {
                "school": row.school, "name": row.name, "area": row.area,
                "return": name_return(catalogue, row.return_id), "period": row.period,
                "state": row.state, "due": row.due, "days_late": row.days_late,
            }
            for row in status.owed
        ],
        "schools": [
            {
                "school": row.school, "name": status.filers[row.school].name, "area": status.filers[row.school].area,
                "expected": row.expected, "received": row.received, "accepted": row.accepted - row.with_queries,
                "accepted_with_queries": row.with_queries, "rejected": row.rejected,
                **{name: getattr(row, of) for name, of in REST.items()},
                "days_since_last": None if math.isnan(row.silent_days) else int(row.silent_days),
            }
            for row in status.schools
        ],
        "last_run": asdict(status.last_run) if status.last_run else None,
        "service": _describe_service(status.service) if status.service else None,
    }  # fmt: skip


def _describe_service(service: ServiceState) -> dict[str, Any]:
    return {"lives": is_running(service), "since": service.since, "next_run": service.next_run or None}


def _show(invocation: Invocation, catalogue: Catalogue, status: Status) -> None:
    invocation.screen.show(invocation.say("status_verb.title", period=status.period))
    rows = [
        (
            name_return(catalogue, row.return_id), catalogue.returns[row.return_id].title.zh, row.period, row.due,
            str(row.expected), str(row.received), str(row.accepted - row.with_queries), str(row.with_queries),
            str(row.rejected),
            f"{100 * row.received / row.expected:.1f}" if row.expected else "—",
        )
        for row in status.returns
    ]  # fmt: skip
    heads = ("return", "title", "period", "due", "expected", "received", "accepted", "with_queries", "rejected", "rate")
    show_columns(invocation, heads, rows, right=(4, 5, 6, 7, 8, 9))
    owed = [
        (
            row.school, row.name, row.area, name_return(catalogue, row.return_id), row.period,
            name_state(invocation, row.state), row.due, str(row.days_late) if row.days_late > 0 else "",
        )
        for row in status.owed[:MOST_LISTED]
    ]  # fmt: skip
    if owed:
        owed_heads = ("school", "name", "area", "return", "period", "state", "due", "days_late")
        show_columns(invocation, owed_heads, owed, right=(7,))
    if len(status.owed) > MOST_LISTED:
        invocation.screen.show(invocation.say("status_verb.more", count=len(status.owed) - MOST_LISTED))
    if status.last_run:
        invocation.screen.show(invocation.say("status_verb.last_run", at=status.last_run.started_at))
    if status.service:
        said = "service" if is_running(status.service) else "service_dead"
        values = {"since": status.service.since, "next": status.service.next_run or "—"}
        invocation.screen.show(invocation.say(f"status_verb.{said}", **values))


def _show_schools(invocation: Invocation, status: Status) -> None:
    """Every school that owes anything, the silent ones with a dash for the days."""
    names = (
        "expected", "received", "accepted", "with_queries", "rejected", "unsettled", "missing", "amended", "waived",
        "withdrawn",
    )  # fmt: skip
    rows = []
    for row in status.schools:
        counts = {name: getattr(row, name) for name in names} | {"accepted": row.accepted - row.with_queries}
        filer = status.filers[row.school]
        rows.append((row.school, filer.name, filer.area, *map(str, counts.values()), spell_number(row.silent_days)))
    heads = ("school", "name", "area", *names, "silent_days")
    show_columns(invocation, heads, rows, right=range(3, len(heads)))
