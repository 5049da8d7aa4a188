"""`huizong serve` without Prefect, for real: files dropped, receipts in time, one service a workspace, a clean end."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from schemas.catalogue import Catalogue
from tests.journeys.bureau import SCHOOLS, Bureau, find_filing, find_register
from tests.serving.serving import PROMISED_SECONDS, run_command, serve, wait_for_end

COUNTED = {"accepted", "accepted_with_queries"}
"""Today the returns of these schools are late, and asked why."""

FILES_CAME = "开始运行（收到文件）"


@pytest.fixture
def bureau(tmp_path: Path, catalogue: Catalogue) -> Bureau:
    return Bureau(tmp_path / "bureau", catalogue, settings={"settle_seconds": 1.0})


@pytest.mark.long
def test_files_dropped_by_day_have_their_receipts_in_time_without_prefect(bureau: Bureau, tmp_path: Path) -> None:
    """First a batch copied slowly, then a single file; then a second service, which is refused; then the end."""
    drafts = tmp_path / "drafts"
    drafts.mkdir()
    batch = [bureau.make(filing) for filing in (find_register(), *(find_filing("students", s) for s in SCHOOLS[:2]))]
    with serve(bureau.root, "--no-prefect") as service:
        service.wait_for("运行完成（启动时运行）")
        for made in batch:
            (drafts / made.name).write_bytes(made.content)
            shutil.copyfile(drafts / made.name, bureau.workspace.inbox / made.name)
        first = service.wait_for_receipt(SCHOOLS[0])
        service.wait_for("运行完成（收到文件）")
        bureau.receive(find_filing("students", SCHOOLS[2]))
        second = service.wait_for_receipt(SCHOOLS[2])
        service.wait_until(lambda: service.log.count("运行完成（收到文件）") == 2, PROMISED_SECONDS, "second run")

        assert max(first, second) < PROMISED_SECONDS
        assert service.log.count(FILES_CAME) == 2
        assert service.read_state()["prefect"] == "off"
        refused = run_command(bureau.root, "serve")
        assert refused.returncode == 2
        assert str(service.process.pid) in refused.stderr
        assert run_command(bureau.root, "doctor", "--json").returncode in (0, 1)
        started = service.list_processes()
        assert service.stop() == 0

    assert wait_for_end(started, 10) == []
    assert not (bureau.root / "warehouse" / "cache" / "serve.json").exists()
    assert not list(bureau.root.glob("warehouse/*.lock"))
    states = [state for states in bureau.list_states().values() for state in states]
    assert len(states) == 1 + len(SCHOOLS)
    assert {*states} <= COUNTED


@pytest.mark.long
def test_nothing_of_what_schools_filed_is_in_the_log(bureau: Bureau) -> None:
    bureau.receive(find_register(), find_filing("students", SCHOOLS[0]))
    with serve(bureau.root, "--no-prefect", "--no-watch", "--once-at-start") as service:
        service.wait_for("运行完成（启动时运行）")
        assert service.stop() == 0
    log = (bureau.root / "warehouse" / "logs" / "serve.log").read_text(encoding="utf-8")

    assert "收到 2 份" in log
    assert "小学" not in log
    assert SCHOOLS[0] not in log


@pytest.mark.long
def test_a_schedule_that_cannot_be_read_is_told_and_nothing_is_left_running(bureau: Bureau) -> None:
    marker = bureau.root / "pyproject.toml"
    marker.write_text(
        marker.read_text(encoding="utf-8").replace('# schedule = "0 2', 'schedule = "0 26'), encoding="utf-8"
    )
    done = run_command(bureau.root, "serve")

    assert done.returncode == 2
    assert "0 26 * * *" in done.stderr
    assert not list(bureau.root.glob("warehouse/*.lock"))
