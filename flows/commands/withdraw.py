"""`huizong withdraw`: submissions are taken back, or put back; what was in force before them counts again."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.invocation import find_invocation
from flows.interventions import withdraw_submissions
from flows.operations import hold_desk
from flows.warehouse.standings import load_standings
from flows.workspace import open_workspace


def run(
    context: typer.Context,
    submission: Annotated[list[int], typer.Argument()],
    reason: Annotated[str, typer.Option("--reason")],
    back: Annotated[bool, typer.Option("--back")] = False,  # noqa: FBT002  a flag
    by: Annotated[str, typer.Option("--by")] = "",
) -> int:
    invocation = find_invocation(context)
    workspace = open_workspace(invocation.workspace_path)
    catalogue = workspace.load_catalogue()
    with hold_desk(workspace, catalogue, by) as desk:
        changed = withdraw_submissions(desk, submission, reason, is_back=back)
        standings = load_standings(desk.warehouse.connection, changed)
    if invocation.as_json:
        invocation.print_json([{"submission": s.submission, "file": s.file_name, "state": s.state} for s in standings])
        return 0
    for standing in standings:
        state = invocation.say(f"states.{standing.state}")
        words = {"number": standing.submission, "file": standing.file_name, "state": state}
        invocation.screen.show(invocation.say("withdraw_verb.changed", **words))
    invocation.screen.show(invocation.say("withdraw_verb.done"))
    return 0
