"""The few questions the service asks Prefect's server, over its web interface, so that it need not load Prefect."""

from __future__ import annotations

import base64
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flows.errors import ServerError
from flows.prefect_server import OPENER, ServerAddress

SECONDS = 15
DEPLOYMENT = "nightly/nightly"
UNFINISHED = ("RUNNING", "PENDING", "CANCELLING", "PAUSED")
WAITING = ("SCHEDULED", "PENDING")
MOST_RUNS = 200


@dataclass(frozen=True, slots=True)
class PrefectApi:
    """A server at an address. Every question raises ServerError where it does not answer."""

    address: ServerAddress

    def find_deployment(self) -> str | None:
        """Id of the nightly deployment; None until it is registered."""
        answer = self._ask("GET", f"deployments/name/{DEPLOYMENT}")
        return str(answer["id"]) if answer else None

    def create_run(self, deployment: str, workspace: str, cause: str) -> str:
        """A run of the deployment, due now: its id."""
        body = {"parameters": {"workspace": workspace, "cause": cause}, "state": {"type": "SCHEDULED"}}
        place = f"deployments/{deployment}/create_flow_run"
        answer = self._ask("POST", place, body)
        if answer is None:
            raise ServerError("server_refused", place=place, code=HTTPStatus.NOT_FOUND.value)
        return str(answer["id"])

    def find_state(self, run: str) -> str:
        """Type of a run's state, such as RUNNING; empty if there is no such run."""
        answer = self._ask("GET", f"flow_runs/{run}")
        return str(answer["state_type"]) if answer else ""

    def cancel_run(self, run: str, message: str) -> None:
        """Take back a run that has not begun."""
        self._set_state(run, "CANCELLED", message)

    def list_unfinished(self) -> list[str]:
        """Runs that no process can be working on any more when the service has just begun."""
        return self._list_runs({"type": {"any_": list(UNFINISHED)}}, {})

    def list_missed(self, now: str) -> list[str]:
        """Scheduled runs whose hour is past."""
        return self._list_runs({"type": {"any_": ["SCHEDULED"]}}, {"expected_start_time": {"before_": now}})

    def end_run(self, run: str, message: str) -> None:
        """Say of a run that its process is gone."""
        self._set_state(run, "CRASHED", message)

    def _list_runs(self, state: dict[str, Any], more: dict[str, Any]) -> list[str]:
        body = {"flow_runs": {"state": state, **more}, "limit": MOST_RUNS}
        runs: Sequence[dict[str, Any]] = self._ask("POST", "flow_runs/filter", body) or ()
        return [str(run["id"]) for run in runs]

    def _set_state(self, run: str, kind: str, message: str) -> None:
        self._ask("POST", f"flow_runs/{run}/set_state", {"state": {"type": kind, "message": message}, "force": True})

    def _ask(self, method: str, place: str, body: dict[str, Any] | None = None) -> Any:
        word = base64.b64encode(self.address.password.encode()).decode()
        request = urllib.request.Request(  # noqa: S310  always this machine's own server
            f"{self.address.api}/{place}",
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Authorization": f"Basic {word}", "Content-Type": "application/json"},
            method=method,
        )
        try:
            with OPENER.open(request, timeout=SECONDS) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            if error.code == HTTPStatus.NOT_FOUND:
                return None
            raise ServerError("server_refused", place=place, code=error.code) from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise ServerError("server_silent", place=place, problem=type(error).__name__) from None
