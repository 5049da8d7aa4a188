"""`huizong doctor`: what is well, what is not, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from flows.commands.invocation import Invocation, find_invocation
from flows.commands.words import show_columns
from flows.diagnosis.diagnose import diagnose, spell_detail, spell_remedy
from flows.diagnosis.diagnosis import Diagnosis

STYLES = {"ok": "green", "warning": "yellow", "fault": "bold red"}
WELL, SOMETHING, COULD_NOT = 0, 1, 2


def run(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all")] = False,  # noqa: FBT002  a flag
) -> int:
    invocation = find_invocation(context)
    found = list(diagnose(invocation.workspace_path, everything=everything))
    if invocation.as_json:
        invocation.print_json(build_doctor_json(found, invocation))
    else:
        _show(invocation, found)
    return find_exit_code(found)


def build_doctor_json(found: Sequence[Diagnosis], invocation: Invocation) -> list[dict[str, Any]]:
    """The public shape of a diagnosis."""
    return [
        {
            "check": one.check,
            "state": one.health,
            "detail": spell_detail(one, invocation.wording),
            "remedy": spell_remedy(one, invocation.wording),
        }
        for one in found
    ]


def find_exit_code(found: Sequence[Diagnosis]) -> int:
    """0 all is well, 1 something is not, 2 without a workspace that could be opened."""
    if any(one.check == "workspace" and one.health == "fault" for one in found):
        return COULD_NOT
    return SOMETHING if any(one.health != "ok" for one in found) else WELL


def _show(invocation: Invocation, found: Sequence[Diagnosis]) -> None:
    rows = [
        (
            invocation.say(f"health.{one.health}"), invocation.say(f"doctor_checks.{one.check}"),
            spell_detail(one, invocation.wording), spell_remedy(one, invocation.wording),
        )
        for one in found
    ]  # fmt: skip
    show_columns(invocation, ("health", "doctor_check", "detail", "remedy"), rows)
    counts = {health: sum(one.health == health for one in found) for health in STYLES}
    worst = max(found, key=lambda one: list(STYLES).index(one.health)).health
    invocation.screen.show(invocation.say(f"doctor_verb.{worst}", **counts), style=STYLES[worst])
