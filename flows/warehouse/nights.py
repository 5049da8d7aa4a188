"""What became of the newest run, idle and failed ones too: a small file, to be read while a run holds the database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

from flows.errors import HuizongError
from flows.files import write_whole

Cause = Literal["hand", "night", "missed", "drop", "start"]
"""Why a run was made: by hand, on schedule, because its hour was missed, for files that came, as the service starts."""

CAUSES: tuple[str, ...] = get_args(Cause)


@dataclass(frozen=True, slots=True)
class NightNote:
    """The newest run. `done_at` is when the newest one began that came to its end, empty if none has; `waiting` are
    names of files that were left in the inbox.
    """

    cause: Cause
    outcome: Literal["done", "failed"]
    started_at: str
    seconds: float
    done_at: str = ""
    problem: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    ledger_holds: bool = True


def write_night_note(root: Path, note: NightNote) -> None:
    """Note a run in place of the one before."""
    write_whole(_find_path(root), json.dumps(asdict(note), ensure_ascii=False, indent=1).encode())


def note_failed_night(root: Path, cause: Cause, started_at: str, seconds: float, error: BaseException) -> None:
    """Note a run that failed. Of the error only its name is kept: its text may hold what schools wrote."""
    problem = error.key if isinstance(error, HuizongError) else type(error).__name__
    known = find_night_note(root)
    note = NightNote(cause, "failed", started_at, round(seconds, 2), known.done_at if known else "", problem)
    with suppress(OSError):  # a full or locked disk is why it failed; the error itself says so
        write_night_note(root, note)


def find_night_note(root: Path) -> NightNote | None:
    """The newest run; None if none was noted, or what was noted cannot be read."""
    try:
        content: dict[str, Any] = json.loads(_find_path(root).read_text(encoding="utf-8"))
        note = NightNote(**content)
    except (OSError, ValueError, TypeError):
        return None
    return replace(note, waiting=tuple(note.waiting))


def _find_path(root: Path) -> Path:
    return root / "cache" / "last_night.json"
