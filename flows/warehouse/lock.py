"""One run at a time: the warehouse, not the scheduler, decides who runs."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.errors import BusyError
from flows.processes import is_alive, is_here, mark_process, read_mark

STARTING_SECONDS = 10.0
"""So long a lock without a name in it is one that is just being written."""


@contextmanager
def hold_lock(path: Path, *, since: str, busy: str = "busy") -> Iterator[None]:
    """Hold the warehouse. Raises BusyError naming the holder; a lock left by a dead run is taken over."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _claim(path, since, busy)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def find_holder(path: Path) -> dict[str, object] | None:
    """Who holds the lock (pid, host, since); None where nobody does, or the holder is dead."""
    holder = read_holder(path)
    return holder if _is_held_by(holder) else None


def read_holder(path: Path) -> dict[str, object]:
    """Whoever wrote the lock, dead or alive; empty if nobody did or it cannot be read."""
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return holder if isinstance(holder, dict) else {}


def _claim(path: Path, since: str, busy: str) -> None:
    content = json.dumps({**mark_process().spell(), "since": since})
    for _ in range(2):
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        except FileExistsError:
            holder = read_holder(path)
            if not holder and _is_young(path):
                break
            if _is_held_by(holder):
                facts = {name: holder.get(name, "?") for name in ("pid", "host", "since")}
                raise BusyError(busy, **facts) from None
            path.unlink(missing_ok=True)
            continue
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
        return
    raise BusyError("busy_starting")


def _is_young(path: Path) -> bool:
    try:
        return abs(time.time() - path.stat().st_mtime) < STARTING_SECONDS
    except OSError:
        return False


def _is_held_by(holder: dict[str, object]) -> bool:
    """False only where the holder ran on this machine and is gone."""
    mark = read_mark(holder)
    if mark is None:
        return False
    return not is_here(mark) or (is_alive(mark) and mark.pid != os.getpid())
