"""Words and tables that several verbs share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from flows.commands.invocation import Invocation
from schemas.catalogue import Catalogue
from schemas.expressions.rounding import round_half_up

MOST_LISTED = 20
PROGRESS = ("receive", "read", "judge_alone", "judge_linked", "judge_around", "compute", "publish", "mark", "fill")
STATES = ("accepted", "accepted_with_queries", "rejected", "superseded", "duplicate", "unreadable", "withdrawn")
REFUSED = ("rejected", "unreadable")
SHORT_BELOW = 1e6
"""Larger figures of unknown decimals are shown whole."""


def name_progress(invocation: Invocation) -> Mapping[str, str]:
    """What long work is called on the screen."""
    return {key: invocation.say(f"progress.{key}") for key in PROGRESS}


def name_state(invocation: Invocation, state: str) -> str:
    return invocation.say(f"states.{state}")


def name_return(catalogue: Catalogue, return_id: str) -> str:
    """Number of a return; what its cover says where there is no such return."""
    definition = catalogue.returns.get(return_id)
    return definition.no if definition else return_id


def spell_number(value: float | None, decimals: int | None = None) -> str:
    """A figure for people; a dash where there is none."""
    if value is None or math.isnan(value):
        return "—"
    if decimals is None:
        return f"{value:g}" if abs(value) < SHORT_BELOW else f"{value:.0f}"
    return f"{round_half_up(value, decimals):,.{decimals}f}"


def drop_nan(value: float | None) -> float | None:
    """JSON has no word for a missing number."""
    return None if value is None or math.isnan(value) else value


def show_columns(
    invocation: Invocation, heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()
) -> None:
    """A table whose heads are keys under `heads` in the messages."""
    invocation.screen.show_table([invocation.say(f"heads.{head}") for head in heads], rows, right=right)
