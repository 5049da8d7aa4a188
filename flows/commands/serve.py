"""`huizong serve`: schedule and watcher until stopped."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from flows.commands.invocation import find_invocation
from flows.prefect_server import USUAL_PORT
from flows.serving.serve import ServingOptions, serve_workspace
from flows.workspace import open_workspace


def run(
    context: typer.Context,
    once_at_start: Annotated[bool, typer.Option("--once-at-start/--no-once-at-start")] = False,  # noqa: FBT002  a flag
    watch: Annotated[bool, typer.Option("--watch/--no-watch")] = True,  # noqa: FBT002
    prefect: Annotated[bool, typer.Option("--prefect/--no-prefect")] = True,  # noqa: FBT002
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = USUAL_PORT,
) -> int:
    invocation = find_invocation(context)
    workspace = open_workspace(invocation.workspace_path)
    options = ServingOptions(with_prefect=prefect, watch=watch, run_at_start=once_at_start, port=port)
    served = serve_workspace(workspace, options, invocation.wording)
    if invocation.as_json:
        invocation.print_json(asdict(served))
    return 0
