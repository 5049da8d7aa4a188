"""A Prefect server of our own, for a run or for the service: loopback only, with a password, never left behind.

Run as `python -m flows.prefect_server PORT PARENT BORN` it is the server itself, which ends when its parent is gone.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flows.errors import ServerError
from flows.processes import ProcessMark, end_with, is_alive, is_here, mark_process, read_mark, stop_process

LOOK_SECONDS = 0.25
START_SECONDS = 180.0
STOP_SECONDS = 10.0
USUAL_PORT = 4200
MOST_LOG_BYTES = 1_000_000

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""What speaks to the server: no proxy knows this machine's own address."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a server listens, and the word it wants to hear."""

    port: int
    password: str

    @property
    def page(self) -> str:
        """Its pages, for a browser."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def api(self) -> str:
        return f"{self.page}/api"


@contextmanager
def start_server(log: Path) -> Iterator[ServerStarting]:
    """Start a server in the background and stop it at the end. Its address goes into the environment."""
    address = ServerAddress(find_free_port(), make_password())
    name_server(address)
    server = launch_server(address, log)
    try:
        yield server
    finally:
        stop_process(server.process, patience=STOP_SECONDS)


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
            if is_answering(self.port):
                return
            time.sleep(LOOK_SECONDS)
        raise ServerError("server_slow", seconds=int(START_SECONDS))


def launch_server(address: ServerAddress, log: Path) -> ServerStarting:
    """Start a server that ends with this process."""
    mark = mark_process()
    command = ["flows.prefect_server", str(address.port), str(mark.pid), str(mark.born)]
    return ServerStarting(launch_module(command, log), address.port)


def launch_module(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    """Start a module of ours as a process in a group of its own: Ctrl-C reaches only who started it."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > MOST_LOG_BYTES:
        log.replace(log.with_suffix(".old.log"))
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603  this interpreter and a module of ours
            [sys.executable, "-m", *command], stdout=output, stderr=output, stdin=subprocess.DEVNULL,
            start_new_session=True, creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )  # fmt: skip


def name_server(address: ServerAddress) -> None:
    """Put a server's address into the environment, for this process and those it starts."""
    os.environ["PREFECT_API_URL"] = address.api
    os.environ["PREFECT_API_AUTH_STRING"] = address.password
    os.environ["PREFECT_SERVER_API_AUTH_STRING"] = address.password
    os.environ["PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS"] = address.page


def write_address(home: Path, address: ServerAddress) -> None:
    """Tell other commands of this user where the server is."""
    path = _find_path(home)
    content = {**mark_process().spell(), "page": address.page, "port": address.port, "password": address.password}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)


def find_address(home: Path) -> ServerAddress | None:
    """The server of a service that is running here; None where there is none that answers."""
    content = read_address(home)
    mark = read_mark(content)
    if mark is None or not is_here(mark) or not is_alive(mark) or not is_answering(content["port"]):
        return None
    return ServerAddress(content["port"], content["password"])


def read_address(home: Path) -> dict[str, Any]:
    """What the last service wrote of its server; empty if nothing."""
    try:
        content = json.loads(_find_path(home).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) and {"port", "password"} <= content.keys() else {}


def make_password() -> str:
    return f"huizong:{secrets.token_urlsafe(16)}"


def find_free_port(wanted: int = 0) -> int:
    """The port wanted, or any where that one is taken."""
    with socket.socket() as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_answering(port: int) -> bool:
    """True if a Prefect server answers on the port."""
    try:
        with OPENER.open(f"http://127.0.0.1:{port}/api/health", timeout=2) as response:
            return bool(response.status == HTTPStatus.OK)
    except (OSError, http.client.HTTPException):
        return False


def serve_until_parent_ends(port: int, parent: ProcessMark) -> None:
    """Be the server. A parent that is killed takes the server with it."""
    end_with(parent)
    import uvicorn  # noqa: PLC0415  the server's process needs it, the one that starts it does not

    uvicorn.run(
        "prefect.server.api.server:create_app", factory=True, host="127.0.0.1", port=port, log_level="error",
        timeout_graceful_shutdown=2,
    )  # fmt: skip


def _find_path(home: Path) -> Path:
    return home / "server.json"


if __name__ == "__main__":
    serve_until_parent_ends(int(sys.argv[1]), ProcessMark(int(sys.argv[2]), float(sys.argv[3]), socket.gethostname()))
