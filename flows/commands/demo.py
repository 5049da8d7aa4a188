"""`huizong demo`: a sample district, its returns taken in night by night, and where to look."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.commands.invocation import Invocation, find_invocation
from flows.commands.run_report import build_run_json, show_run
from flows.commands.words import STATES, name_progress, name_state
from flows.demonstration import make_sample_workspace, run_nights
from flows.pipeline import NightReport
from flows.workspace import Workspace
from schemas.sample.district import build_sample_district


def run(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument()] = None,
    prefect: Annotated[bool, typer.Option("--prefect/--no-prefect")] = True,  # noqa: FBT002  a flag
) -> int:
    invocation = find_invocation(context)
    screen = invocation.screen
    sample = build_sample_district()
    place = folder or Path(tempfile.mkdtemp(prefix="huizong-demo-"))
    workspace = make_sample_workspace(place, sample)
    screen.show_note(
        invocation.say("demo_verb.begins", count=len(sample.filings), nights=len(sample.nights), folder=place)
    )
    nights: list[tuple[date, NightReport]] = []
    with screen.show_progress(name_progress(invocation)) as watcher:
        for night, report in run_nights(workspace, sample, watcher, with_prefect=prefect, tell=screen.show_note):
            nights.append((night, report))
            if not invocation.as_json:
                _show_night(invocation, night, report)
    if invocation.as_json:
        invocation.print_json(build_demo_json(workspace, nights))
    else:
        _show_end(invocation, workspace, nights[-1][1])
    return 0 if all(report.ledger.holds for _, report in nights) else 3


def build_demo_json(workspace: Workspace, nights: list[tuple[date, NightReport]]) -> dict[str, Any]:
    """The public shape of a demonstration."""
    return {
        "workspace": str(workspace.root),
        "nights": [{"date": night.isoformat(), **build_run_json(report)} for night, report in nights],
        "received": sum(len(report.intake.received) for _, report in nights),
        "verdicts": {state: nights[-1][1].ledger.counts.get(state, 0) for state in STATES},
        "published": [str(path) for path in nights[-1][1].publishing.paths],
    }


def _show_night(invocation: Invocation, night: date, report: NightReport) -> None:
    parts = [f"{name_state(invocation, state)} {count}" for state, count in report.verdicts.items()]
    invocation.screen.show(
        invocation.say(
            "demo_verb.night", night=night.isoformat(), received=len(report.intake.received),
            parts="，".join(sorted(parts)), seconds=f"{report.seconds:.1f}",
        )
    )  # fmt: skip


def _show_end(invocation: Invocation, workspace: Workspace, last: NightReport) -> None:
    show_run(invocation, workspace, last)
    for line in invocation.say("demo_verb.next", folder=workspace.root).splitlines():
        invocation.screen.show(line)
