"""One run at a time: the warehouse, not the scheduler, decides who runs."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.errors import BusyError


@contextmanager
def hold_lock(path: Path, *, since: str) -> Iterator[None]:
    """Hold the warehouse. Raises BusyError naming the holder; a lock left by a dead run is taken over."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _claim(path, since)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _claim(path: Path, since: str) -> None:
    content = json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since})
    for _ in range(2):
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        except FileExistsError:
            holder = _read_holder(path)
            if _is_alive(holder):
                facts = {name: holder.get(name, "?") for name in ("pid", "host", "since")}
                raise BusyError("busy", **facts) from None
            path.unlink(missing_ok=True)
            continue
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
        return
    raise BusyError("busy_starting")


def _read_holder(path: Path) -> dict[str, object]:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return holder if isinstance(holder, dict) else {}


def _is_alive(holder: dict[str, object]) -> bool:
    """False only where the holder ran on this machine and is gone."""
    pid = holder.get("pid")
    if not isinstance(pid, int):
        return False
    if holder.get("host") != socket.gethostname():
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid != os.getpid()
