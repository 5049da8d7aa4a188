"""The run the service has asked for: of Prefect where that is up, else a plain one in a process of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from flows.errors import ServerError
from flows.prefect_api import WAITING, PrefectApi
from flows.prefect_server import launch_module
from flows.processes import stop_process
from flows.warehouse.nights import Cause
from flows.workspace import Workspace

Progress = Literal["waiting", "running", "done", "failed"]

OVERDUE_SECONDS = 120.0
STOP_SECONDS = 20.0


@dataclass
class RequestedRun:
    """A run that was asked for at a moment (seconds of a clock that only goes forward)."""

    cause: Cause
    asked_at: float
    find_progress: Callable[[], Progress]
    take_back: Callable[[], None]
    has_told_failure: bool = False

    def is_overdue(self, now: float) -> bool:
        """True if it should have begun long ago."""
        return now - self.asked_at > OVERDUE_SECONDS


def ask_prefect(api: PrefectApi, deployment: str, workspace: Workspace, cause: Cause, now: float) -> RequestedRun:
    """Have the runner start a run. Raises ServerError where the server does not take it."""
    run = api.create_run(deployment, str(workspace.root), cause)

    def find_progress() -> Progress:
        try:
            return _name_progress(api.find_state(run))
        except ServerError:
            return "running"  # a server that is away for a moment says nothing of the run

    def take_back() -> None:
        try:
            api.cancel_run(run, "nobody began this run; it was made without Prefect")
        except ServerError:
            return  # the next start clears it up

    return RequestedRun(cause, now, find_progress, take_back)


def start_plainly(workspace: Workspace, cause: Cause, now: float) -> RequestedRun:
    """Start a run in a process of its own."""
    command = ["flows.serving.plain_run", str(workspace.root), cause]
    process = launch_module(command, workspace.warehouse / "logs" / "plain_run.log")
    return RequestedRun(
        cause, now, lambda: _find_progress(process), lambda: stop_process(process, patience=STOP_SECONDS)
    )


def _name_progress(state: str) -> Progress:
    if state in WAITING:
        return "waiting"
    if state == "COMPLETED":
        return "done"
    return "running" if state in ("RUNNING", "CANCELLING", "PAUSED") else "failed"


def _find_progress(process: subprocess.Popen[bytes]) -> Progress:
    code = process.poll()
    if code is None:
        return "running"
    return "failed" if code else "done"
