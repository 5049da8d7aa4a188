"""What the service says of itself in a small file: who it is, what it is doing, when it will run next."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from flows.files import write_whole
from flows.processes import ProcessMark, is_alive, is_here

PrefectState = Literal["off", "starting", "ready"]


@dataclass(frozen=True, slots=True)
class ServiceState:
    """`beat` is when the service last looked round, in seconds of the clock; times are those of the workspace."""

    process: ProcessMark
    since: str
    beat: float
    schedule: str
    timezone: str
    is_watching: bool
    is_inbox_there: bool = True
    prefect: PrefectState = "off"
    page: str = ""
    next_run: str = ""
    running: str = ""
    failures: int = 0


def write_state(root: Path, state: ServiceState) -> None:
    """Say what the service is doing, in place of what it said before."""
    write_whole(_find_path(root), json.dumps(asdict(state), ensure_ascii=False, indent=1).encode())


def find_state(root: Path) -> ServiceState | None:
    """What the newest service said last; None if there was none or it ended properly."""
    try:
        content: dict[str, Any] = json.loads(_find_path(root).read_text(encoding="utf-8"))
        process = ProcessMark(**content.pop("process"))
        return ServiceState(process, **content)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def is_running(state: ServiceState) -> bool:
    """True if the service lives; one on another machine is believed."""
    return not is_here(state.process) or is_alive(state.process)


def remove_state(root: Path) -> None:
    """The service has ended properly."""
    _find_path(root).unlink(missing_ok=True)


def _find_path(root: Path) -> Path:
    return root / "cache" / "serve.json"
