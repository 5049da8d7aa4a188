"""`huizong init`: a new workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.invocation import find_invocation
from flows.setup import make_workspace


def run(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument()],
    code: Annotated[str, typer.Option("--code")] = "000000",
    name: Annotated[str, typer.Option("--name")] = "本区",
    period: Annotated[list[str] | None, typer.Option("--period", "-p")] = None,
) -> int:
    invocation = find_invocation(context)
    collections = [{"period": text} for text in period or []]
    settings = {"district_code": code, "district_name": name} | ({"collections": collections} if collections else {})
    paths = make_workspace(folder, settings, invocation.wording)
    if invocation.as_json:
        invocation.print_json({"workspace": str(folder.resolve()), "paths": [str(path) for path in paths]})
        return 0
    invocation.screen.show(invocation.say("init_verb.made", folder=folder))
    for line in invocation.say("init_verb.next", folder=folder).splitlines():
        invocation.screen.show(line)
    return 0
