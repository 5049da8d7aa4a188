"""A Prefect server of our own for the length of a run: on a free port, with a password, never left behind.

Run as `python -m flows.prefect_server PORT PARENT` it is the server itself, which ends when its parent is gone.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

from flows.errors import ServerError

LOOK_SECONDS = 0.5
START_SECONDS = 180.0


@contextmanager
def start_server(log: Path) -> Iterator[ServerStarting]:
    """Start a server in the background and stop it at the end. Its address goes into the environment."""
    port = _find_free_port()
    password = f"huizong:{secrets.token_urlsafe(16)}"
    os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
    os.environ["PREFECT_API_AUTH_STRING"] = password
    os.environ["PREFECT_SERVER_API_AUTH_STRING"] = password
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603  this interpreter and this module
            [sys.executable, "-m", "flows.prefect_server", str(port), str(os.getpid())],
            stdout=output, stderr=output, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        yield ServerStarting(process, port)
    finally:
        _stop(process)


class ServerStarting:
    """A server on its way up."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port

    def wait_until_ready(self) -> None:
        """Return when the server answers. Raises ServerError if it ends or takes too long."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise ServerError("server_ended", code=self.process.returncode)
            if _answers(self.port):
                return
            time.sleep(LOOK_SECONDS / 2)
        raise ServerError("server_slow", seconds=int(START_SECONDS))


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=2) as response:
            return bool(response.status == HTTPStatus.OK)
    except (urllib.error.URLError, OSError):
        return False


def _find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def serve_until_parent_ends(port: int, parent: int) -> None:
    """Be the server. A parent that is killed takes the server with it."""
    threading.Thread(target=_end_with_parent, args=(parent,), daemon=True).start()
    import uvicorn  # noqa: PLC0415  the server's process needs it, the one that starts it does not

    uvicorn.run(
        "prefect.server.api.server:create_app", factory=True, host="127.0.0.1", port=port, log_level="error",
        timeout_graceful_shutdown=2,
    )  # fmt: skip


def _end_with_parent(parent: int) -> None:
    while _is_alive(parent):
        time.sleep(LOOK_SECONDS)
    os._exit(0)


def _is_alive(pid: int) -> bool:
    if os.name == "nt":
        return _is_alive_on_windows(pid)
    return os.getppid() == pid


def _is_alive_on_windows(pid: int) -> bool:
    listed = subprocess.run(["tasklist", "/FI", f"PID eq {pid}", "/NH"], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return str(pid) in listed.stdout


if __name__ == "__main__":
    serve_until_parent_ends(int(sys.argv[1]), int(sys.argv[2]))
