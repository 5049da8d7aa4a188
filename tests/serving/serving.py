"""A service as IT starts it: a process of its own, watched from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from flows.prefect_server import ServerAddress, find_free_port, read_address

COMMAND = [sys.executable, "-c", "from flows.cli import main; main()"]
LOOK_SECONDS = 0.25
LONGEST = 240.0
PROMISED_SECONDS = 60.0
"""From a file's being dropped to its receipt."""


@dataclass
class Serving:
    """A service of a workspace, and what can be seen of it."""

    root: Path
    process: subprocess.Popen[bytes]
    output: Path
    marks: set[psutil.Process] = field(default_factory=set)

    @property
    def log(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_for(self, text: str, seconds: float = LONGEST) -> None:
        """Wait until the service has told something."""
        self.wait_until(lambda: text in self.log, seconds, text)

    def wait_until(self, condition: Callable[[], bool], seconds: float, what: str) -> float:
        """Seconds until something is so."""
        begun = time.monotonic()
        while not condition():
            assert time.monotonic() - begun < seconds, f"not in {seconds:.0f} s: {what}\n{self.log}"
            assert self.process.poll() is None, f"the service ended\n{self.log}"
            time.sleep(LOOK_SECONDS)
        return time.monotonic() - begun

    def wait_for_receipt(self, school: str) -> float:
        """Seconds until the school has a receipt that it did not have before."""
        folder = self.root / "warehouse" / "receipts" / school
        before = set(folder.glob("*.txt"))
        return self.wait_until(
            lambda: bool(set(folder.glob("*.txt")) - before), PROMISED_SECONDS, f"receipt of {school}"
        )

    def list_processes(self) -> list[psutil.Process]:
        """The service and all that it has started, at any depth."""
        service = psutil.Process(self.process.pid)
        return [service, *service.children(recursive=True)]

    def read_state(self) -> dict[str, Any]:
        """What the service says of itself."""
        content: dict[str, Any] = json.loads(
            (self.root / "warehouse" / "cache" / "serve.json").read_text(encoding="utf-8")
        )
        return content

    def find_server(self) -> ServerAddress:
        content = read_address(self.root / "warehouse" / "prefect")
        return ServerAddress(content["port"], content["password"])

    def stop(self) -> int:
        """Ask the service to end, as systemd does; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LONGEST)

    def kill(self) -> list[psutil.Process]:
        """End it as a loss of power would; what it had started."""
        started = self.list_processes()
        self.process.kill()
        self.process.wait()
        return started[1:]


@contextmanager
def serve(root: Path, *options: str) -> Iterator[Serving]:
    """A service of the workspace for the length of a block."""
    output = root.parent / f"{root.name}.{len(list(root.parent.glob('*.out')))}.out"
    command = [*COMMAND, "serve", "--workspace", str(root), "--port", str(find_free_port()), *options]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with output.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, stdin=subprocess.DEVNULL, env=environment)
    serving = Serving(root, process, output)
    try:
        yield serving
    finally:
        if process.poll() is None:
            for started in reversed(serving.list_processes()):
                started.kill()
            process.wait()


def wait_for_end(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Those that still live after so many seconds."""
    alive: list[psutil.Process] = psutil.wait_procs(processes, seconds)[1]
    return alive


def run_command(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, run once."""
    command = [*COMMAND, *arguments, "--workspace", str(root)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=LONGEST)
