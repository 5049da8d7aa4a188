"""`huizong doctor`: a healthy workspace has nothing to say, each damage has a line with what to do, none breaks it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from flows.cli import run_command
from flows.diagnosis.contents import (
    check_database,
    check_definitions,
    check_inbox,
    check_publications,
    check_received,
    read_journal,
)
from flows.diagnosis.diagnose import check_clock, diagnose, spell_detail, spell_remedy
from flows.diagnosis.diagnosis import Diagnosis
from flows.diagnosis.environment import check_folders, check_packages, find_version
from flows.diagnosis.operation import check_last_run, check_lock, check_prefect, check_schedule, check_service
from flows.processes import ProcessMark, mark_process
from flows.schedule import Timetable
from flows.serving.state import ServiceState, write_state
from flows.warehouse.nights import NightNote, write_night_note
from flows.workspace import Workspace
from schemas.wording import Wording, load_shipped_wording
from tests.serving.conftest import Night
from tests.serving.sleepers import run_sleeper, write_holder
from tests.serving.test_schedule import NIGHTLY, list_nightly

TIMETABLE = Timetable(NIGHTLY, "Asia/Shanghai", list_nightly)
NOON = "2025-09-19T12:00:00+08:00"


def find_one(diagnoses: Sequence[Diagnosis], check: str) -> Diagnosis:
    (found,) = [one for one in diagnoses if one.check == check]
    return found


def summarise(diagnosis: Diagnosis) -> tuple[str, str]:
    return diagnosis.health, diagnosis.said


def list_kept(workspace: Workspace, folder: str) -> list[Path]:
    return sorted(path for path in (workspace.warehouse / folder).rglob("*") if path.is_file())


def test_a_healthy_workspace_is_well_in_every_point(
    night: Night, wording: Wording, capsys: pytest.CaptureFixture[str]
) -> None:
    """But for the libraries, which may be others while the lock file is being renewed."""
    code = run_command(["doctor", "--json", "--workspace", str(night.workspace.root)])
    found = {one["check"]: one for one in json.loads(capsys.readouterr().out)}
    others = {name: one for name, one in found.items() if name != "packages"}

    assert [one for one in others.values() if (one["state"], one["remedy"]) != ("ok", "")] == []
    assert code == (0 if found["packages"]["state"] == "ok" else 1)
    assert len(found) == 17
    assert found["last_run"]["detail"].startswith("2025-09-19 12:00（手工运行）")
    assert found["schedule"]["detail"] == "0 2 * * *，下次 2025-09-20 02:00"


def test_what_everybody_may_find_has_words_in_both_languages() -> None:
    sections = ("diagnosis", "doctor_checks", "remedies", "health", "doctor_verb")
    messages = load_shipped_wording().messages
    keys = [key for key in messages if key.partition(".")[0] in sections]

    assert [key for key in keys if not messages[key].zh or not messages[key].en] == []


def test_without_a_workspace_it_says_how_to_come_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run_command(["doctor"]) == 2
    assert "huizong init" in capsys.readouterr().out


def test_a_setting_that_is_wrong_is_named(own: Workspace, wording: Wording) -> None:
    marker = own.root / "pyproject.toml"
    marker.write_text(marker.read_text(encoding="utf-8") + "settle_secs = 3\n", encoding="utf-8")
    found = find_one(list(diagnose(own.root, everything=False)), "workspace")

    assert found.health == "fault"
    assert "settle_secs" in spell_detail(found, wording)


def test_however_much_is_broken_every_check_answers(own: Workspace, wording: Wording) -> None:
    """Files where folders should be, rubbish where JSON should be, a database of noise, definitions that are none."""
    (own.definitions / "returns" / "rubbish.yaml").write_text(":: {", encoding="utf-8")
    for name in ("huizong.duckdb", "journal.jsonl", "run.lock", "cache/serve.json", "cache/last_night.json"):
        (own.warehouse / name).write_bytes(b"\x00\xffrubbish\n" * 1000)
    for path in list_kept(own, "published"):
        path.unlink()
    own.inbox.joinpath("README.md").unlink()
    own.inbox.rmdir()
    found = list(diagnose(own.root, everything=True))

    assert len(found) == 17
    assert [one.check for one in found if one.said == "check_broke"] == []
    assert {one.check for one in found if one.health == "fault"} >= {"definitions", "inbox", "database", "journal"}
    assert [one.check for one in found if one.health != "ok" and not spell_remedy(one, wording)] == []


def test_a_journal_with_a_line_altered_is_a_fault_that_names_the_line(own: Workspace, wording: Wording) -> None:
    """Somebody makes a return arrive two days earlier than it did."""
    journal = own.warehouse / "journal.jsonl"
    lines = journal.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[2] = lines[2].replace("2025-09-19", "2025-09-17", 1)
    journal.write_text("".join(lines), encoding="utf-8")
    events, found = read_journal(own)

    assert summarise(found) == ("fault", "journal_altered")
    assert "第 3 行" in spell_detail(found, wording)
    assert "备份" in spell_remedy(found, wording)
    assert len(events) == 2


def test_a_file_received_that_is_gone_is_a_fault(own: Workspace) -> None:
    events, _ = read_journal(own)
    list_kept(own, "received")[0].unlink()

    assert summarise(check_received(own, events, everything=False)) == ("fault", "received_missing")


def test_a_file_received_that_has_changed_by_one_byte_is_a_fault(own: Workspace) -> None:
    events, _ = read_journal(own)
    kept = list_kept(own, "received")[0]
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    kept.write_bytes(content)

    assert summarise(check_received(own, events, everything=True)) == ("fault", "received_altered")


def test_without_all_only_a_sample_is_looked_into(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    events, _ = read_journal(night.workspace)
    monkeypatch.setattr("flows.diagnosis.contents.SAMPLE", 2)
    sampled, whole = (check_received(night.workspace, events, everything=everything) for everything in (False, True))

    assert (sampled.values["count"], sampled.values["looked_into"]) == (4, 2)
    assert (whole.values["count"], whole.values["looked_into"]) == (4, 4)


def test_a_published_workbook_that_somebody_has_saved_over_is_named(own: Workspace, wording: Wording) -> None:
    events, _ = read_journal(own)
    (workbook,) = [path for path in list_kept(own, "published") if path.suffix == ".xlsx"]
    workbook.write_bytes(workbook.read_bytes() + b" ")
    found = check_publications(own, events)

    assert summarise(found) == ("warning", "publications_altered")
    assert workbook.name in spell_detail(found, wording)


def test_a_published_workbook_that_is_gone_is_named(own: Workspace) -> None:
    events, _ = read_journal(own)
    list_kept(own, "published")[0].unlink()

    assert summarise(check_publications(own, events)) == ("warning", "publications_missing")


def test_a_database_of_noise_is_a_fault_and_none_at_all_is_not(own: Workspace, wording: Wording) -> None:
    """It can be rebuilt; before the first run there is none."""
    database = own.warehouse / "huizong.duckdb"
    database.write_bytes(b"noise" * 5000)
    found = check_database(own)
    database.unlink()

    assert summarise(found) == ("fault", "warehouse_damaged")
    assert "重建" in spell_remedy(found, wording)
    assert check_database(own).health == "ok"


def test_a_definition_that_is_wrong_is_named_with_file_and_key(own: Workspace, wording: Wording) -> None:
    (own.definitions / "returns" / "spoilt.yaml").write_text("no: L99\n", encoding="utf-8")
    found = check_definitions(own)

    assert summarise(found) == ("fault", "definition_wrong")
    assert "spoilt.yaml" in spell_detail(found, wording)


@pytest.mark.skipif(getattr(os, "geteuid", int)() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_a_fault(own: Workspace) -> None:
    (own.warehouse / "published").chmod(0o500)

    assert summarise(check_folders(own)) == ("fault", "folders_closed")


def test_a_file_in_the_place_of_a_folder_is_a_fault(own: Workspace, tmp_path: Path, wording: Wording) -> None:
    (tmp_path / "copies").write_text("no folder", encoding="utf-8")
    settings = own.settings.model_copy(update={"receipts_to": str(tmp_path / "copies")})
    found = check_folders(replace(own, settings=settings))

    assert summarise(found) == ("fault", "folders_closed")
    assert str(tmp_path / "copies") in spell_detail(found, wording)


def test_an_inbox_that_is_not_mounted_is_a_fault(own: Workspace) -> None:
    (own.inbox / "README.md").unlink()
    own.inbox.rmdir()

    assert summarise(check_inbox(own)) == ("fault", "inbox_gone")


def test_libraries_are_held_against_the_lock_file(tmp_path: Path, wording: Wording) -> None:
    lock, own_version = tmp_path / "requirements.lock", find_version("pandas")
    lock.write_text(
        f"pandas=={own_version} \\\n    --hash=sha256:0\nduckdb==0.0.1 ; python_version > '3'\n", encoding="utf-8"
    )
    found = check_packages(lock)

    assert summarise(found) == ("warning", "packages_differ")
    assert spell_detail(found, wording).startswith("1 个与锁定文件不同：duckdb")


def test_a_clock_behind_the_journal_is_noticed(own: Workspace) -> None:
    """The battery of the machine is empty: it wakes up years ago."""
    events, _ = read_journal(own)
    years_ago = replace(own, settings=own.settings.model_copy(update={"as_of": date(2020, 1, 1)}))

    assert check_clock(own, events).health == "ok"
    assert summarise(check_clock(years_ago, events)) == ("warning", "clock_behind")


def test_the_lock_of_a_run_that_was_killed_is_noticed_but_needs_nothing(own: Workspace, wording: Wording) -> None:
    lock = own.warehouse / "run.lock"
    with run_sleeper() as other:
        write_holder(lock, mark_process(other.pid))
    found = check_lock(own)

    assert summarise(found) == ("warning", "lock_stale")
    assert "自动接着做" in spell_remedy(found, wording)


def test_a_lock_of_another_machine_says_what_to_delete(own: Workspace, wording: Wording) -> None:
    lock = own.warehouse / "run.lock"
    write_holder(lock, ProcessMark(1, 1.0, "old-server"))
    found = check_lock(own)

    assert summarise(found) == ("warning", "lock_elsewhere")
    assert str(lock) in spell_remedy(found, wording)


def test_a_run_that_has_gone_on_for_hours_is_noticed(own: Workspace) -> None:
    lock = own.warehouse / "run.lock"
    with run_sleeper() as other:
        for since, said in (("2025-09-19T11:00:00+08:00", "lock_held"), ("2025-09-19T08:00:00+08:00", "lock_long")):
            lock.write_text(json.dumps({**mark_process(other.pid).spell(), "since": since}), encoding="utf-8")
            assert check_lock(own).said == said


def serve(own: Workspace, mark: ProcessMark, **changed: object) -> Diagnosis:
    """What is said of a service that last said this of itself."""
    now = datetime.now().astimezone().timestamp()
    state = ServiceState(mark, NOON, now, NIGHTLY, "Asia/Shanghai", is_watching=True)
    write_state(own.warehouse, replace(state, **changed))  # type: ignore[arg-type]
    return check_service(own)


def test_a_service_that_is_not_wanted_is_not_missed(own: Workspace) -> None:
    assert summarise(check_service(own)) == ("ok", "service_off")


def test_a_service_that_was_killed_is_a_fault(own: Workspace) -> None:
    with run_sleeper() as other:
        mark = mark_process(other.pid)
        assert summarise(serve(own, mark)) == ("ok", "service")

    assert summarise(serve(own, mark)) == ("fault", "service_dead")


def test_a_service_that_hangs_keeps_old_settings_or_fails_is_noticed(own: Workspace) -> None:
    mark = mark_process()
    an_hour_ago = datetime.now().astimezone().timestamp() - 3600

    assert summarise(serve(own, mark, beat=an_hour_ago)) == ("fault", "service_silent")
    assert summarise(serve(own, mark, schedule="0 3 * * *")) == ("warning", "service_outdated")
    assert summarise(serve(own, mark, failures=3)) == ("warning", "service_failing")


def test_prefect_is_asked_for_only_where_a_service_keeps_it(own: Workspace) -> None:
    assert check_prefect(own).said == "prefect_off"
    serve(own, mark_process(), prefect="off")
    assert check_prefect(own).said == "prefect_off"
    serve(own, mark_process(), prefect="ready", page="http://127.0.0.1:1")
    assert summarise(check_prefect(own)) == ("warning", "prefect_silent")


def ran(own: Workspace, ago: timedelta, **changed: object) -> Diagnosis:
    """What is said of a newest run so long ago; it is noon."""
    begun = (own.find_now() - ago).isoformat()
    write_night_note(own.warehouse, replace(NightNote("night", "done", begun, 60.0, begun), **changed))  # type: ignore[arg-type]
    return check_last_run(own, TIMETABLE)


def test_a_night_of_today_is_well_and_one_of_the_day_before_is_not(own: Workspace) -> None:
    assert summarise(ran(own, timedelta(hours=10))) == ("ok", "run_done")
    assert summarise(ran(own, timedelta(hours=34))) == ("warning", "run_missed")


def test_a_run_that_failed_or_does_not_balance_is_a_fault(own: Workspace, wording: Wording) -> None:
    failed = ran(own, timedelta(hours=10), outcome="failed", problem="warehouse_damaged", done_at="")

    assert summarise(failed) == ("fault", "run_failed")
    assert "warehouse_damaged" in spell_detail(failed, wording)
    assert summarise(ran(own, timedelta(hours=10), ledger_holds=False)) == ("fault", "run_unbalanced")


def test_a_workspace_that_has_never_run_is_noticed(own: Workspace) -> None:
    (own.warehouse / "cache" / "last_night.json").unlink()

    assert summarise(check_last_run(own, TIMETABLE)) == ("warning", "run_never")


def test_a_schedule_that_is_none_is_a_fault_and_no_schedule_is_not(own: Workspace, wording: Wording) -> None:
    found = check_schedule(own, Timetable("at night", "Asia/Shanghai"))

    assert summarise(found) == ("fault", "bad_schedule")
    assert "at night" in spell_detail(found, wording)
    assert summarise(check_schedule(own, Timetable("", "Asia/Shanghai"))) == ("ok", "schedule_none")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_finding_can_be_said(language: str, own: Workspace) -> None:
    """With the values it comes with, in both languages."""
    wording = load_shipped_wording(language)  # type: ignore[arg-type]
    damages: list[Callable[[], Diagnosis]] = [
        lambda: serve(own, mark_process(), failures=2),
        lambda: ran(own, timedelta(hours=60)),
        lambda: check_inbox(own),
        lambda: check_folders(own),
    ]

    assert [spell_detail(damage(), wording) for damage in damages if "{" in spell_detail(damage(), wording)] == []
