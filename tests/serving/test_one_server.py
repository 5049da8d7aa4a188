"""One Prefect server a workspace: a run by hand uses the one that the service keeps, if that really answers."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psutil
import pytest

from flows.prefect_server import ServerAddress, find_address, find_free_port, write_address
from flows.running import open_runner
from flows.setup import make_workspace
from flows.workspace import Workspace, open_workspace


class Healthy(BaseHTTPRequestHandler):
    """Answers as Prefect does when it is asked for its health."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"true")

    def log_message(self, *words: object) -> None:
        """Nothing is said."""


@pytest.fixture
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Healthy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    make_workspace(tmp_path / "bureau", {})
    return open_workspace(tmp_path / "bureau")


def test_a_run_by_hand_uses_the_server_of_the_service(
    workspace: Workspace, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", {**os.environ})
    write_address(workspace.prefect_home, ServerAddress(port, "huizong:word"))
    before = psutil.Process().children()

    with open_runner(workspace, tell=pytest.fail):
        assert os.environ["PREFECT_API_URL"] == f"http://127.0.0.1:{port}/api"
        assert os.environ["PREFECT_API_AUTH_STRING"] == "huizong:word"
        assert psutil.Process().children() == before


def test_a_server_that_does_not_answer_is_not_used(workspace: Workspace) -> None:
    write_address(workspace.prefect_home, ServerAddress(find_free_port(), "huizong:word"))

    assert find_address(workspace.prefect_home) is None


@pytest.mark.parametrize("content", ["", "[]", '{"pid": 1}', '{"pid": 1, "born": 1.0, "port": 1, "password": "x"}'])
def test_an_address_of_nobody_is_none(workspace: Workspace, content: str) -> None:
    path = workspace.prefect_home / "server.json"
    path.parent.mkdir()
    path.write_text(content, encoding="utf-8")

    assert find_address(workspace.prefect_home) is None


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights elsewhere")
def test_only_who_runs_the_service_can_read_its_password(workspace: Workspace) -> None:
    path = workspace.prefect_home / "server.json"
    write_address(workspace.prefect_home, ServerAddress(4200, "huizong:word"))
    path.chmod(0o644)  # somebody has opened it up; the next service closes it again
    write_address(workspace.prefect_home, ServerAddress(4200, "huizong:word"))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_port_that_is_taken_gives_another_one(port: int) -> None:
    assert find_free_port(port) != port
