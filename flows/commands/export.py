"""`huizong export`: submissions as they were understood, one workbook each, on their own form."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.invocation import find_invocation
from flows.commands.words import MOST_LISTED, name_progress
from flows.exporting import export_submissions
from flows.warehouse.warehouse import open_warehouse
from flows.workspace import open_workspace


def run(
    context: typer.Context,
    submission: Annotated[list[int], typer.Argument()],
    out: Annotated[Path, typer.Option("--out", "-o")],
) -> int:
    invocation = find_invocation(context)
    workspace = open_workspace(invocation.workspace_path)
    catalogue = workspace.load_catalogue()
    with (
        open_warehouse(workspace.warehouse, read_only=True) as warehouse,
        invocation.screen.show_progress(name_progress(invocation)) as watcher,
    ):
        paths = export_submissions(workspace, warehouse.connection, catalogue, submission, out, watcher)
    if invocation.as_json:
        invocation.print_json({"paths": [str(path) for path in paths]})
        return 0
    for path in paths[:MOST_LISTED]:
        invocation.screen.show(f"  {path}")
    invocation.screen.show(invocation.say("export_verb.done", count=len(paths), folder=out))
    return 0
