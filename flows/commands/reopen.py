"""`huizong reopen`: a locked collection is opened again, for some schools or all, until a day."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from flows.campaigns import find_returns, read_period
from flows.commands.invocation import find_invocation
from flows.interventions import Scope, reopen_collection
from flows.operations import hold_desk
from flows.workspace import open_workspace


def run(
    context: typer.Context,
    period: Annotated[str, typer.Option("--period", "-p")],
    reason: Annotated[str, typer.Option("--reason")],
    return_no: Annotated[list[str] | None, typer.Option("--return", "-r")] = None,
    school: Annotated[list[str] | None, typer.Option("--school", "-s")] = None,
    until: Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"])] = None,
    by: Annotated[str, typer.Option("--by")] = "",
) -> int:
    invocation = find_invocation(context)
    workspace = open_workspace(invocation.workspace_path)
    catalogue = workspace.load_catalogue()
    scope = Scope(read_period(period), tuple(find_returns(catalogue, return_no or [])), tuple(school or ()))
    day = until.date() if until else None
    with hold_desk(workspace, catalogue, by) as desk:
        waiting = reopen_collection(desk, scope, reason, day)
    if invocation.as_json:
        invocation.print_json(
            {
                "period": scope.period, "returns": [d.no for d in scope.returns], "schools": list(scope.schools),
                "until": day.isoformat() if day else "", "state": "reopened", "judged_again": waiting,
            }
        )  # fmt: skip
    else:
        end = day.isoformat() if day else invocation.say("reopen_verb.no_end")
        invocation.screen.show(invocation.say("reopen_verb.done", period=scope.period, until=end, count=len(waiting)))
    return 0
