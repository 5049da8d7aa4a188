"""`huizong findings`: what was found, where it stands, and what schools say to it; as a list or as a decision file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.campaigns import find_returns, read_period
from flows.commands.invocation import Invocation, find_invocation
from flows.commands.words import MOST_LISTED, name_return, show_columns
from flows.deciding import FindingLine, Wanted, list_findings
from flows.files import write_whole
from flows.publishers.decision_list import build_decision_list
from flows.publishers.write import write_workbook
from flows.warehouse.warehouse import open_warehouse
from flows.workspace import open_workspace
from schemas.catalogue import Catalogue


def run(
    context: typer.Context,
    period: Annotated[str | None, typer.Option("--period", "-p")] = None,
    return_no: Annotated[str | None, typer.Option("--return", "-r")] = None,
    school: Annotated[list[str] | None, typer.Option("--school", "-s")] = None,
    severity: Annotated[str, typer.Option("--severity")] = "",
    state: Annotated[str, typer.Option("--state")] = "",
    check: Annotated[str, typer.Option("--check")] = "",
    past: Annotated[bool, typer.Option("--past")] = False,  # noqa: FBT002  a flag
    out: Annotated[Path | None, typer.Option("--out", "-o")] = None,
) -> int:
    invocation = find_invocation(context)
    workspace = open_workspace(invocation.workspace_path)
    catalogue = workspace.load_catalogue()
    wanted = Wanted(
        read_period(period) if period else "", find_returns(catalogue, [return_no])[0].id if return_no else "",
        tuple(school or ()), severity, state, check, with_past=past,
    )  # fmt: skip
    with open_warehouse(workspace.warehouse, read_only=True) as warehouse:
        lines = list_findings(warehouse.connection, catalogue, wanted)
    if out is not None:
        _write_list(catalogue, lines, out)
    if invocation.as_json:
        invocation.print_json([build_line_json(catalogue, line) for line in lines])
    else:
        show_findings(invocation, catalogue, lines)
        if out is not None:
            invocation.screen.show(invocation.say("findings_verb.written", path=out))
    return 0


def build_line_json(catalogue: Catalogue, line: FindingLine) -> dict[str, Any]:
    """The public shape of a finding in the list."""
    return asdict(line) | {"return_id": line.return_id, "return": name_return(catalogue, line.return_id)}


def show_findings(invocation: Invocation, catalogue: Catalogue, lines: Sequence[FindingLine]) -> None:
    """The list for people, cut where it is long."""
    if not lines:
        invocation.screen.show(invocation.say("findings_verb.none"))
        return
    rows = [
        (
            line.id, invocation.say(f"severities.{line.severity}"), _name_state(invocation, line),
            name_return(catalogue, line.return_id), line.name or line.school, line.sheet, line.cell, line.message,
            line.explanation,
        )
        for line in lines[:MOST_LISTED]
    ]  # fmt: skip
    heads = ("finding", "severity", "answer", "return", "name", "sheet", "cell", "message", "explanation")
    show_columns(invocation, heads, rows)
    if len(lines) > MOST_LISTED:
        invocation.screen.show(invocation.say("findings_verb.more", count=len(lines) - MOST_LISTED))


def _name_state(invocation: Invocation, line: FindingLine) -> str:
    return invocation.say(f"answer_states.{line.state}") if line.severity != "info" else ""


def _write_list(catalogue: Catalogue, lines: Sequence[FindingLine], out: Path) -> None:
    """The queries of the list as a decision file."""
    theme = catalogue.theme
    assert theme is not None
    texts = [
        {name: str(value) for name, value in asdict(line).items()}
        | {
            "return": name_return(catalogue, line.return_id),
            "state": catalogue.message(f"answer_states.{line.state}"),
        }
        for line in lines
        if line.severity == "query"
    ]
    write_whole(out, write_workbook(build_decision_list(catalogue, texts), theme))
