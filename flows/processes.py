"""Processes by number and birth, so that a number used again is not taken for the one it was; ends that go together."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import psutil

LOOK_SECONDS = 0.5
KILL_SECONDS = 5.0
BIRTH_TOLERANCE = 30.0
"""Seconds. Births are reckoned from the clock, which may be set; a number is not used again so soon."""
ENDED_WITH_ANOTHER = 70


@dataclass(frozen=True, slots=True)
class ProcessMark:
    """A process of a machine, known again after its end and after a restart of the machine."""

    pid: int
    born: float
    host: str

    def spell(self) -> dict[str, Any]:
        """For a file that others read."""
        return asdict(self)


def mark_process(pid: int | None = None) -> ProcessMark:
    """The mark of a process, by default of this one."""
    process = psutil.Process(pid)
    return ProcessMark(process.pid, process.create_time(), socket.gethostname())


def read_mark(content: Mapping[str, Any]) -> ProcessMark | None:
    """A mark as it was spelled; None where there is none. Without a birth only the number counts."""
    pid, born = content.get("pid"), content.get("born", 0.0)
    if not isinstance(pid, int) or not isinstance(born, int | float):
        return None
    return ProcessMark(pid, float(born), str(content.get("host", "")))


def is_here(mark: ProcessMark) -> bool:
    """True if the process was started on this machine; of another's nothing can be told."""
    return mark.host == socket.gethostname()


def is_alive(mark: ProcessMark) -> bool:
    """True if the process of this machine still runs."""
    try:
        process = psutil.Process(mark.pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return not mark.born or abs(process.create_time() - mark.born) < BIRTH_TOLERANCE
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def end_with(mark: ProcessMark) -> None:
    """From now on this process ends when that one is gone, however it went."""
    threading.Thread(target=_wait_for_end, args=(mark,), daemon=True, name="end-with").start()


def stop_process(process: subprocess.Popen[bytes], *, patience: float) -> None:
    """Ask a process to end, then end it and whatever it started."""
    if process.poll() is not None:
        return
    below = _list_below(process.pid)
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for child in below:
        with suppress(psutil.NoSuchProcess):
            child.kill()
    psutil.wait_procs(below, KILL_SECONDS)


def _wait_for_end(mark: ProcessMark) -> None:
    while is_alive(mark):
        time.sleep(LOOK_SECONDS)
    os._exit(ENDED_WITH_ANOTHER)


def _list_below(pid: int) -> list[psutil.Process]:
    try:
        return list(psutil.Process(pid).children(recursive=True))
    except psutil.NoSuchProcess:
        return []
