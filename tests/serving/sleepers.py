"""Other processes, for tests of who is alive."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.processes import ProcessMark

SINCE = "2026-03-01T02:00:00+08:00"
SLEEP = "import sys; print(flush=True); sys.stdin.read()"


@contextmanager
def run_sleeper(program: str = SLEEP) -> Iterator[subprocess.Popen[bytes]]:
    """A process that does nothing, from when it has said a line until the end of the block."""
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def read_line(process: subprocess.Popen[bytes]) -> bytes:
    """The next line a process says, once it has."""
    assert process.stdout
    return process.stdout.readline()


def write_holder(path: Path, mark: ProcessMark) -> None:
    """Let a lock be held by a process."""
    path.write_text(json.dumps({**mark.spell(), "since": SINCE}), encoding="utf-8")
