"""`huizong lock`: a collection is closed; what comes later is sent back until it is opened again."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.campaigns import find_returns, read_period
from flows.commands.invocation import find_invocation
from flows.interventions import Scope, lock_collection
from flows.operations import hold_desk
from flows.workspace import open_workspace


def run(
    context: typer.Context,
    period: Annotated[str, typer.Option("--period", "-p")],
    return_no: Annotated[list[str] | None, typer.Option("--return", "-r")] = None,
    reason: Annotated[str, typer.Option("--reason")] = "",
    by: Annotated[str, typer.Option("--by")] = "",
) -> int:
    invocation = find_invocation(context)
    workspace = open_workspace(invocation.workspace_path)
    catalogue = workspace.load_catalogue()
    scope = Scope(read_period(period), tuple(find_returns(catalogue, return_no or [])))
    with hold_desk(workspace, catalogue, by) as desk:
        lock_collection(desk, scope, reason)
    if invocation.as_json:
        invocation.print_json({"period": scope.period, "returns": [d.no for d in scope.returns], "state": "locked"})
    else:
        invocation.screen.show(invocation.say("lock_verb.done", period=scope.period))
    return 0
