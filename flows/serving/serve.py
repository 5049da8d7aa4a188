"""Serving a workspace until told to stop: one service a workspace, its state in a file, its end a clean one."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from types import FrameType

from flows.errors import HuizongError
from flows.prefect_server import USUAL_PORT
from flows.processes import ProcessMark, mark_process
from flows.schedule import Timetable
from flows.service_mark import name_service
from flows.serving.inbox_watcher import InboxWatcher
from flows.serving.keeper import PrefectKeeper
from flows.serving.log import Tell, open_log
from flows.serving.service import TICK_SECONDS, Service
from flows.serving.state import ServiceState, remove_state, write_state
from flows.serving.watching import Patience
from flows.warehouse.lock import hold_lock
from flows.workspace import Workspace
from schemas.wording import Wording

BEAT_SECONDS = 60.0
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""SIGBREAK is what Windows sends when a console is closed."""


@dataclass(frozen=True, slots=True)
class ServingOptions:
    """What the operator chose."""

    with_prefect: bool = True
    watch: bool = True
    run_at_start: bool = False
    port: int = USUAL_PORT


@dataclass(frozen=True, slots=True)
class Served:
    """What a service did in its time."""

    since: str
    until: str
    runs: int
    failed_runs: int


def serve_workspace(workspace: Workspace, options: ServingOptions, wording: Wording) -> Served:
    """Serve until told to stop.

    Raises BusyError if the workspace is being served already, WorkspaceError if its schedule cannot be read.
    """
    root = workspace.warehouse
    since = spell_time(workspace.find_now())
    with hold_lock(root / "serve.lock", since=since, busy="busy_serving"):
        tell = open_log(root / "logs" / "serve.log", wording, workspace.find_now)
        service = _build_service(workspace, options, tell)
        name_service()
        with _listen(service):
            _serve(service, since)
        tell("ended", runs=service.runs)
        return Served(since, spell_time(workspace.find_now()), service.runs, service.failed_runs)


def spell_time(at: datetime | None, workspace: Workspace | None = None) -> str:
    """A moment to the second, in the workspace's time zone; empty if there is none."""
    if at is None:
        return ""
    return (at.astimezone(workspace.find_now().tzinfo) if workspace else at).isoformat(timespec="seconds")


def _build_service(workspace: Workspace, options: ServingOptions, tell: Tell) -> Service:
    settings = workspace.settings
    watcher = InboxWatcher(workspace.inbox, Patience(settings.settle_seconds), tell) if options.watch else None
    keeper = PrefectKeeper(workspace, tell, options.port) if options.with_prefect else None
    timetable = Timetable(settings.schedule, settings.timezone)
    return Service(workspace, tell, timetable, watcher, keeper, is_start_wanted=options.run_at_start)


@contextmanager
def _listen(service: Service) -> Iterator[None]:
    """The first signal stops the service after the run that is going on, the second one at once."""

    def hear(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  the system's signature
        (service.hurry if service.stop.is_set() else service.stop).set()

    heard = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
    before = {number: signal.signal(number, hear) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _serve(service: Service, since: str) -> None:
    said, process, workspace = None, mark_process(), service.workspace
    try:
        if service.keeper:
            service.keeper.begin(time.monotonic())
        next_run = service.timetable.find_next(service.begun_at)
        service.tell("begins", inbox=workspace.inbox, next=spell_time(next_run, workspace) or "—")
        while not service.stop.is_set():
            service.go_round()
            said = _say_state(service, process, since, said)
            service.stop.wait(TICK_SECONDS)
    finally:
        service.end()
        remove_state(workspace.warehouse)


def _say_state(service: Service, process: ProcessMark, since: str, said: ServiceState | None) -> ServiceState | None:
    """Write the state if it has changed, or to show that the service lives. Returns what is written."""
    try:
        state = _build_state(service, process, since)
        if said and state.beat - said.beat < BEAT_SECONDS and replace(said, beat=state.beat) == state:
            return said
        write_state(service.workspace.warehouse, state)
    except (OSError, HuizongError):
        return said  # the disk is full, say: the log tells of that, and the next round tries again
    return state


def _build_state(service: Service, process: ProcessMark, since: str) -> ServiceState:
    workspace, keeper = service.workspace, service.keeper
    return ServiceState(
        process, since, time.time(), workspace.settings.schedule, workspace.settings.timezone,
        is_watching=service.watcher is not None,
        is_inbox_there=service.watcher is None or service.watcher.is_there,
        prefect=keeper.state if keeper else "off",
        page=keeper.page if keeper else "",
        next_run=spell_time(service.timetable.find_next(workspace.find_now()), workspace),
        running=service.running,
        failures=service.failures,
    )  # fmt: skip
