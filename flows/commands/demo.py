"""`huizong demo`: a sample district, its returns taken in night by night, and where to look."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
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
from schemas.sample.filings import Sample
from schemas.sample.report_case import build_report_case


class DemonstrationCase(StrEnum):
    """What can be demonstrated: the made-up district, or the figures of two real reports."""

    DISTRICT = "district"
    REPORT = "report"


SAMPLES: Mapping[DemonstrationCase, Callable[[], Sample]] = {
    DemonstrationCase.DISTRICT: build_sample_district, DemonstrationCase.REPORT: build_report_case,
}  # fmt: skip


def run(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument()] = None,
    case: Annotated[DemonstrationCase, typer.Option("--case")] = DemonstrationCase.DISTRICT,
    prefect: Annotated[bool, typer.Option("--prefect/--no-prefect")] = True,  # noqa: FBT002  a flag
) -> int:
    invocation = find_invocation(context)
    screen = invocation.screen
    sample = SAMPLES[case]()
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
        _show_end(invocation, workspace, nights[-1][1], case)
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


def _show_end(invocation: Invocation, workspace: Workspace, last: NightReport, case: DemonstrationCase) -> None:
    show_run(invocation, workspace, last)
    period = max(publication.period for publication in last.publishing.publications)
    text = invocation.say(f"demo_verb.next_{case}", folder=workspace.root, period=period)
    for line in text.splitlines():
        invocation.screen.show(line)
