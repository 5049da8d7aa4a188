"""`huizong run`: the nightly run now."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.invocation import find_invocation
from flows.commands.run_report import build_run_json, find_exit_code, show_run
from flows.commands.words import name_progress
from flows.running import run_once
from flows.workspace import open_workspace


def run(
    context: typer.Context,
    prefect: Annotated[bool, typer.Option("--prefect/--no-prefect")] = True,  # noqa: FBT002  a flag
) -> int:
    invocation = find_invocation(context)
    workspace = open_workspace(invocation.workspace_path)
    with invocation.screen.show_progress(name_progress(invocation)) as watcher:
        report = run_once(workspace, watcher, with_prefect=prefect, tell=invocation.screen.show_note)
    if invocation.as_json:
        invocation.print_json(build_run_json(report))
    else:
        show_run(invocation, workspace, report)
    return find_exit_code(report)
