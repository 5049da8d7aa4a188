"""Keeps Prefect up for the service: its server, and the process that holds the deployment and starts its runs."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime

from flows.errors import ServerError
from flows.prefect_api import PrefectApi
from flows.prefect_server import (
    STOP_SECONDS,
    USUAL_PORT,
    ServerAddress,
    ServerStarting,
    find_free_port,
    is_answering,
    launch_module,
    launch_server,
    make_password,
    name_server,
    read_address,
    write_address,
)
from flows.prefect_settings import keep_database, prepare_prefect
from flows.processes import stop_process
from flows.serving.log import Tell
from flows.serving.state import PrefectState
from flows.workspace import Workspace

START_SECONDS = 180.0
HEALTH_SECONDS = 30.0
RUNNER_STOP_SECONDS = 20.0
FIRST_PAUSE, LONGEST_PAUSE = 10.0, 600.0
RENEW_SECONDS = 7 * 24 * 3600.0
"""A server grows with its days."""


@dataclass
class PrefectKeeper:
    """Server and runner of a workspace. `keep` never waits: it takes the next step where one is due."""

    workspace: Workspace
    tell: Tell
    port: int = USUAL_PORT
    address: ServerAddress | None = None
    deployment: str | None = None
    server: ServerStarting | None = None
    runner: subprocess.Popen[bytes] | None = None
    step_since: float = 0.0
    healthy_at: float = 0.0
    looked_at: float = 0.0
    next_try: float = 0.0
    failures: int = 0

    def begin(self, now: float) -> None:
        """Set Prefect's environment for this process and all that it starts, and start the server."""
        prepare_prefect(self.workspace.prefect_home, one_run=False)
        self.keep(now)

    @property
    def state(self) -> PrefectState:
        return "ready" if self.deployment else "starting"

    @property
    def page(self) -> str:
        return self.address.page if self.address and self.deployment else ""

    @property
    def api(self) -> PrefectApi:
        assert self.address is not None
        return PrefectApi(self.address)

    def keep(self, now: float) -> None:
        """Take the next step towards a server that answers and a deployment that is held."""
        if now < self.next_try:
            return
        if self.server is None:
            self._launch_server(now)
        elif self.server.process.poll() is not None:
            self._give_up(now, "server")
        elif self.runner is None:
            self._launch_runner(now)
        elif self.runner.poll() is not None:
            self._give_up(now, "runner")
        elif self.deployment is None:
            self._find_deployment(now)
        else:
            self._check_health(now)

    def renew(self, now: float) -> None:
        """Start anew after a week. Called while nothing runs."""
        if self.deployment and now - self.step_since > RENEW_SECONDS:
            self.tell("renewing")
            self.stop()

    def stop(self) -> None:
        """End both, and whatever the runner has started."""
        if self.runner is not None:
            stop_process(self.runner, patience=RUNNER_STOP_SECONDS)
        if self.server is not None:
            stop_process(self.server.process, patience=STOP_SECONDS)
        self.runner, self.server, self.deployment = None, None, None

    def _launch_server(self, now: float) -> None:
        home = self.workspace.prefect_home
        password = read_address(home).get("password") or make_password()
        self.address = ServerAddress(find_free_port(self.port), str(password))
        name_server(self.address)
        write_address(home, self.address)
        self.server = launch_server(self.address, home / "server.log")
        self.step_since = now

    def _launch_runner(self, now: float) -> None:
        """Once the server answers: clear up what the last service left, then hold the deployment."""
        assert self.server is not None
        if not is_answering(self.server.port):
            if now - self.step_since > START_SECONDS:
                self._give_up(now, "server")
            return
        try:
            self._clear_up()
        except ServerError:
            self._give_up(now, "server")
            return
        command = ["flows.prefect_runner", str(self.workspace.root)]
        self.runner = launch_module(command, self.workspace.prefect_home / "runner.log")
        self.step_since = now

    def _clear_up(self) -> None:
        """Runs of a service that was killed are not going on; hours that it missed are made up for in one run."""
        for run in self.api.list_unfinished():
            self.api.end_run(run, "the service ended during this run")
        for run in self.api.list_missed(datetime.now(UTC).isoformat()):
            self.api.cancel_run(run, "the service was not running; made up for in one run")

    def _find_deployment(self, now: float) -> None:
        try:
            self.deployment = self.api.find_deployment()
        except ServerError:
            self.deployment = None
        if self.deployment:
            self.failures, self.healthy_at = 0, now
            keep_database(self.workspace.prefect_home)
            self.tell("prefect_ready", page=self.page)
        elif now - self.step_since > START_SECONDS:
            self._give_up(now, "runner")

    def _check_health(self, now: float) -> None:
        if now - self.looked_at < HEALTH_SECONDS:
            return
        assert self.server is not None
        self.looked_at = now
        if is_answering(self.server.port):
            self.healthy_at = now
        elif now - self.healthy_at > START_SECONDS:
            self._give_up(now, "server")

    def _give_up(self, now: float, what: str) -> None:
        """End what is left of both and try again after a while."""
        self.stop()
        pause = min(FIRST_PAUSE * 2**self.failures, LONGEST_PAUSE)
        self.failures, self.next_try = self.failures + 1, now + pause
        self.tell(f"{what}_gone", seconds=int(pause))
