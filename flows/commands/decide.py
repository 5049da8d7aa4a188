"""`huizong decide`: accept or refuse what schools say to queries, one by one or by a filled decision file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.findings import build_line_json, show_findings
from flows.commands.invocation import find_invocation
from flows.deciding import Ruling, decide_findings
from flows.errors import UsageError
from flows.ingest import find_reading_limits
from flows.operations import hold_desk
from flows.publishers.decision_list import DECISIONS
from flows.readers.decision_list import read_decision_list
from flows.readers.refusal import RefusalError
from flows.workspace import Workspace, open_workspace
from schemas.catalogue import Catalogue

READ_BACK = ("id", "decision", "reason")


def run(
    context: typer.Context,
    finding: Annotated[list[str] | None, typer.Argument()] = None,
    accept: Annotated[bool, typer.Option("--accept")] = False,  # noqa: FBT002  a flag
    refuse: Annotated[bool, typer.Option("--refuse")] = False,  # noqa: FBT002  a flag
    reason: Annotated[str, typer.Option("--reason")] = "",
    by: Annotated[str, typer.Option("--by")] = "",
    source: Annotated[Path | None, typer.Option("--from")] = None,
) -> int:
    invocation = find_invocation(context)
    workspace = open_workspace(invocation.workspace_path)
    catalogue = workspace.load_catalogue()
    if bool(finding) == (source is not None) or (finding and accept == refuse):
        raise UsageError("decide_what")
    if source is not None:
        rulings = list(_read_rulings(workspace, catalogue, source))
    else:
        rulings = [Ruling(each, accept, reason) for each in finding or ()]
    with hold_desk(workspace, catalogue, by) as desk:
        lines = decide_findings(desk, rulings) if rulings else []
    if invocation.as_json:
        invocation.print_json([build_line_json(catalogue, line) for line in lines])
    else:
        show_findings(invocation, catalogue, lines)
        invocation.screen.show(invocation.say("decide_verb.done", count=len(lines)))
    return 0


def _read_rulings(workspace: Workspace, catalogue: Catalogue, source: Path) -> Iterator[Ruling]:
    """Lines of a decision file that have a decision. Raises UsageError for what cannot be read or understood."""
    if not source.is_file():
        raise UsageError("no_such_file", path=source)
    heads = {catalogue.message(f"decision_list.{name}"): name for name in READ_BACK}
    try:
        lines = read_decision_list(source.read_bytes(), heads, find_reading_limits(workspace.settings))
    except (RefusalError, KeyError):
        raise UsageError("no_decision_file", path=source, heads="、".join(heads)) from None
    yield from _understand(catalogue, lines, source)


def _understand(catalogue: Catalogue, lines: Sequence[dict[str, str]], source: Path) -> Iterator[Ruling]:
    words = {catalogue.message(f"decision_list.{decision}"): decision for decision in DECISIONS}
    for line in lines:
        if not line["decision"]:
            continue
        if line["decision"] not in words:
            known = "、".join(words)
            raise UsageError("no_such_decision", path=source, row=line["row"], found=line["decision"], known=known)
        yield Ruling(line["id"], words[line["decision"]] == DECISIONS[0], line["reason"])
