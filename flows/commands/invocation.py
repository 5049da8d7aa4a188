"""One call of the command: its global options, and where its words go."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer

from flows.commands.screen import Screen
from schemas.wording import Wording, load_shipped_wording


@dataclass(frozen=True)
class Invocation:
    """What every verb is given."""

    workspace_path: Path | None = None
    as_json: bool = False
    wording: Wording = field(default_factory=load_shipped_wording)
    is_language_given: bool = False
    screen: Screen = field(default_factory=Screen)

    def say(self, key: str, **values: object) -> str:
        return self.wording.say(key, **values)

    def print_json(self, content: Any) -> None:
        """Machine output: one JSON document on stdout."""
        self.screen.print_plain(json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False))


def find_invocation(context: typer.Context) -> Invocation:
    """The call that a verb was started by."""
    found = context.find_object(Invocation)
    return found if found is not None else Invocation()
