"""`huizong status` says whether the service lives: a dead one means that nothing runs by itself."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.cli import run_command
from flows.processes import mark_process
from flows.serving.state import ServiceState, remove_state, write_state

PERIOD = "2025-2026"
SINCE, NEXT = "2025-09-01T08:00:00+08:00", "2025-09-19T02:00:00+08:00"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    run_command(["init", str(tmp_path / "bureau"), "--period", PERIOD])
    return tmp_path / "bureau"


def _build_state() -> ServiceState:
    """What a service of this very process says of itself."""
    process = mark_process()
    return ServiceState(process, SINCE, time.time(), "0 2 * * *", "Asia/Shanghai", is_watching=True, next_run=NEXT)


def _ask(root: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    capsys.readouterr()
    assert run_command(["status", "--period", PERIOD, "--workspace", str(root), "--json"]) == 0
    return json.loads(capsys.readouterr().out)["service"]


def _read(root: Path, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert run_command(["status", "--period", PERIOD, "--workspace", str(root)]) == 0
    return capsys.readouterr().out.replace("\n", "")


def test_a_service_that_lives_is_told_with_its_next_run(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_state(root / "warehouse", _build_state())

    assert _ask(root, capsys) == {"lives": True, "since": SINCE, "next_run": NEXT}
    assert f"值守服务：运行中（自 {SINCE}），下次定时运行 {NEXT}" in _read(root, capsys)


def test_a_service_that_is_gone_is_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = _build_state()
    write_state(root / "warehouse", replace(state, process=replace(state.process, born=state.process.born - 90_000)))

    assert _ask(root, capsys)["lives"] is False
    assert "已不在，且没有正常停止" in _read(root, capsys)


def test_without_a_service_nothing_is_said_of_it(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_state(root / "warehouse", _build_state())
    remove_state(root / "warehouse")

    assert _ask(root, capsys) is None
    assert "值守服务" not in _read(root, capsys)
