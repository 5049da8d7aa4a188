"""`huizong serve` with Prefect, for real: server, schedule, a file dropped, its receipt, kill, restart."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.prefect_server import ServerAddress
from schemas.catalogue import Catalogue
from tests.journeys.bureau import SCHOOLS, Bureau, find_filing, find_register
from tests.serving.serving import LONGEST, PROMISED_SECONDS, Serving, serve, wait_for_end

SCHEDULED_SECONDS = 90.0
COUNTED = {"accepted", "accepted_with_queries"}
READY = "Prefect 已就绪"


@pytest.fixture
def bureau(tmp_path: Path, catalogue: Catalogue) -> Bureau:
    bureau = Bureau(tmp_path / "bureau", catalogue, settings={"schedule": "30 1 * * *", "settle_seconds": 1.0})
    bureau.receive(find_register())
    return bureau


@pytest.mark.long
def test_the_service_keeps_the_schedule_takes_files_by_day_and_survives_being_killed(bureau: Bureau) -> None:
    with serve(bureau.root) as service:
        service.wait_for(READY)
        service.wait_for("运行完成（启动时运行）")
        assert_schedule_is_kept(service)
        assert_a_file_has_its_receipt_in_time(service, bureau, SCHOOLS[0])
        assert_the_run_shows_in_prefect(service)
        assert_a_kill_leaves_nothing_running(service, bureau, SCHOOLS[1])

    pretend_three_nights_were_missed(bureau)
    with serve(bureau.root) as service:
        service.wait_for("开始运行（补跑）")
        service.wait_for("运行完成（补跑）")
        assert bureau.find_state("students", SCHOOLS[1]) in COUNTED
        assert_what_was_left_is_cleared_up(service)
        assert_schedule_is_kept(service)
        assert_a_file_has_its_receipt_in_time(service, bureau, SCHOOLS[2])
        started = service.list_processes()
        assert service.stop() == 0

    assert wait_for_end(started, 10) == []
    assert not list(bureau.root.glob("warehouse/*.lock"))
    states = [state for key, states in bureau.list_states().items() for state in states if key[1] in SCHOOLS]
    assert len(states) == len(SCHOOLS)
    assert {*states} <= COUNTED


def assert_schedule_is_kept(service: Serving) -> None:
    """One active schedule, and Prefect has really made runs of it: a server may be healthy and never do so."""
    deployment = ask(service.find_server(), "deployments/name/nightly/nightly")
    kept = [schedule for schedule in deployment["schedules"] if schedule["active"]]
    assert [(one["schedule"]["cron"], one["schedule"]["timezone"]) for one in kept] == [("30 1 * * *", "Asia/Shanghai")]
    service.wait_until(lambda: bool(list_runs(service, "SCHEDULED")), SCHEDULED_SECONDS, "a scheduled run")
    assert {run["expected_start_time"][11:16] for run in list_runs(service, "SCHEDULED")} == {"17:30"}  # UTC
    assert service.read_state()["next_run"][11:16] == "01:30"


def assert_a_file_has_its_receipt_in_time(service: Serving, bureau: Bureau, school: str) -> None:
    runs = service.log.count("运行完成（收到文件）")
    bureau.receive(find_filing("students", school))
    assert service.wait_for_receipt(school) < PROMISED_SECONDS
    service.wait_until(lambda: service.log.count("运行完成（收到文件）") > runs, LONGEST, "end of the run")


def assert_the_run_shows_in_prefect(service: Serving) -> None:
    service.wait_until(lambda: not list_runs(service, "RUNNING"), PROMISED_SECONDS, "end of the flow run")
    names = {run["name"].split()[0]: run for run in list_runs(service, "COMPLETED") if run["deployment_id"]}
    assert names.keys() == {"启动时运行", "收到文件"}
    assert names["收到文件"]["state"]["message"].startswith("收到 1 份")
    flow_run = {"flow_run_id": {"any_": [names["收到文件"]["id"]]}}
    artifacts = ask(service.find_server(), "artifacts/filter", {"artifacts": flow_run})
    assert {artifact["key"] for artifact in artifacts} == {
        "run-summary",
        "reporting-rates",
        "reporting-progress",
        "workbook-2025-2026-1",
    }
    with pytest.raises(urllib.error.HTTPError, match="401"):
        ask(ServerAddress(service.find_server().port, "huizong:wrong"), "deployments/count", {})


def assert_a_kill_leaves_nothing_running(service: Serving, bureau: Bureau, school: str) -> None:
    """Power is lost in the middle of a run."""
    bureau.receive(find_filing("students", school))
    lock = bureau.root / "warehouse" / "run.lock"
    service.wait_until(lock.exists, PROMISED_SECONDS, "a run going on")
    assert wait_for_end(service.kill(), 15) == []
    assert lock.exists()


def pretend_three_nights_were_missed(bureau: Bureau) -> None:
    path = bureau.root / "warehouse" / "cache" / "last_night.json"
    note = json.loads(path.read_text(encoding="utf-8"))
    before = (bureau.workspace.find_now() - timedelta(days=3)).isoformat()
    path.write_text(json.dumps({**note, "done_at": before}), encoding="utf-8")


def assert_what_was_left_is_cleared_up(service: Serving) -> None:
    """The run that was killed does not go on for ever in Prefect's pages."""
    service.wait_until(lambda: not list_runs(service, "RUNNING"), PROMISED_SECONDS, "end of the flow run")
    assert [run["name"].split()[0] for run in list_runs(service, "CRASHED") if run["deployment_id"]] == ["收到文件"]


def list_runs(service: Serving, state: str) -> list[dict[str, Any]]:
    body = {"flow_runs": {"state": {"type": {"any_": [state]}}}, "limit": 200}
    runs: list[dict[str, Any]] = ask(service.find_server(), "flow_runs/filter", body)
    return runs


def ask(server: ServerAddress, place: str, body: dict[str, Any] | None = None) -> Any:
    """A question to Prefect's server, as a browser asks it."""
    word = base64.b64encode(server.password.encode()).decode()
    request = urllib.request.Request(
        f"{server.api}/{place}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Basic {word}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)
