"""`huizong template`: workbooks to be filled, blank or for schools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.campaigns import CampaignDesk, find_returns, list_orders, make_templates, read_period
from flows.commands.invocation import find_invocation
from flows.commands.words import MOST_LISTED, name_progress
from flows.warehouse.warehouse import open_warehouse
from flows.workspace import open_workspace

EVERY_RETURN = "all"


def run(
    context: typer.Context,
    returns: Annotated[list[str], typer.Argument()],
    period: Annotated[str, typer.Option("--period", "-p")],
    out: Annotated[Path, typer.Option("--out", "-o")],
    school: Annotated[list[str] | None, typer.Option("--school", "-s")] = None,
    everyone: Annotated[bool, typer.Option("--all")] = False,  # noqa: FBT002  a flag
) -> int:
    invocation = find_invocation(context)
    workspace = open_workspace(invocation.workspace_path)
    catalogue = workspace.load_catalogue()
    wanted = list(catalogue.returns.values()) if returns == [EVERY_RETURN] else find_returns(catalogue, returns)
    with open_warehouse(workspace.warehouse, read_only=True) as warehouse:
        desk = CampaignDesk.open(workspace, catalogue, warehouse.connection)
        orders = list_orders(desk, wanted, read_period(period), schools=school or [], everyone=everyone)
        with invocation.screen.show_progress(name_progress(invocation)) as watcher:
            paths = make_templates(desk, orders, out, watcher)
    if invocation.as_json:
        invocation.print_json({"paths": [str(path) for path in paths]})
        return 0
    invocation.screen.show(invocation.say("template_verb.made", count=len(paths), folder=out))
    for path in paths[:MOST_LISTED]:
        invocation.screen.show(f"  {path}")
    return 0
