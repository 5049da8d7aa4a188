"""prefect.yaml: what Prefect's own command makes of it on a real server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flows.prefect_server import OPENER, ServerAddress, find_free_port, launch_server
from flows.prefect_settings import FOR_ONE_RUN, QUIET
from flows.processes import stop_process
from flows.settings import Settings
from schemas.yaml_files import load_yaml
from tests.house.source_files import ROOT

LONGEST = 300


def test_the_file_is_plain_ascii() -> None:
    """Prefect reads it in the encoding of the system, which in Chinese offices is not UTF-8."""
    assert (ROOT / "prefect.yaml").read_bytes().isascii()


def test_its_schedule_is_the_one_that_a_new_workspace_has() -> None:
    (deployment,) = load_yaml(ROOT / "prefect.yaml")["deployments"]
    (schedule,) = deployment["schedules"]

    assert schedule["cron"] == Settings.model_fields["schedule"].default
    assert schedule["timezone"] == Settings.model_fields["timezone"].default


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ServerAddress:
    """Where a server with a new home will be; the environment leads there."""
    address = ServerAddress(find_free_port(), "")
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)
    home = {"PREFECT_HOME": str(tmp_path / "prefect"), "PREFECT_API_URL": address.api}
    office = {"HUIZONG_PROGRAM": str(ROOT), "HUIZONG_WORKSPACE": str(tmp_path / "bureau")}
    for name, value in (QUIET | FOR_ONE_RUN | home | office).items():
        monkeypatch.setenv(name, value)
    return address


@pytest.mark.long
def test_the_file_deploys_the_night_to_a_work_pool(address: ServerAddress, tmp_path: Path) -> None:
    server = launch_server(address, tmp_path / "server.log")
    try:
        server.wait_until_ready()
        run_prefect("work-pool", "create", "huizong", "--type", "process")
        run_prefect("--no-prompt", "deploy", "--all", "--prefect-file", str(ROOT / "prefect.yaml"))
        deployment = ask(address, "deployments/name/nightly/nightly")
    finally:
        stop_process(server.process, patience=10)

    assert deployment["work_pool_name"] == "huizong"
    assert deployment["parameters"] == {"workspace": str(tmp_path / "bureau"), "cause": "night"}
    assert deployment["entrypoint"] == "flows/deploy.py:nightly"
    assert deployment["pull_steps"] == [{"prefect.deployments.steps.set_working_directory": {"directory": str(ROOT)}}]
    assert [one["schedule"]["cron"] for one in deployment["schedules"] if one["active"]] == ["0 2 * * *"]
    assert deployment["global_concurrency_limit"]["limit"] == 1
    assert deployment["concurrency_options"]["collision_strategy"] == "ENQUEUE"
    assert {*deployment["parameter_openapi_schema"]["properties"]} == {"workspace", "cause"}


def run_prefect(*arguments: str) -> None:
    command = [sys.executable, "-m", "prefect", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LONGEST)
    assert done.returncode == 0, done.stdout + done.stderr


def ask(address: ServerAddress, place: str) -> Any:
    with OPENER.open(f"{address.api}/{place}", timeout=30) as response:
        return json.load(response)
