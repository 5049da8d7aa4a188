"""How the workspace is run: the lock, the service, the newest run, Prefect."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from flows.diagnosis.diagnosis import Diagnosis, find_fault, find_well, warn
from flows.errors import HuizongError
from flows.prefect_server import find_address
from flows.processes import is_here, read_mark
from flows.schedule import Timetable
from flows.serving.duty import find_due_night
from flows.serving.serve import spell_time
from flows.serving.state import find_state, is_running
from flows.warehouse.lock import find_holder, read_holder
from flows.warehouse.nights import NightNote, find_night_note
from flows.workspace import Workspace

LONG_RUN = timedelta(hours=3)
SILENT_SECONDS = 300
START_SECONDS = 600
FINE_HOURS = 26
SLACK = timedelta(hours=1)
"""So much later than its hour a night may have begun."""


def check_lock(workspace: Workspace) -> Diagnosis:
    """Whether a run is going on, and really."""
    path = workspace.warehouse / "run.lock"
    holder = read_holder(path)
    if not holder:
        return find_well("lock", "lock_free")
    facts = {name: holder.get(name, "?") for name in ("pid", "host", "since")}
    if find_holder(path) is None:
        return warn("lock", "lock_stale", path=path, **facts)
    mark = read_mark(holder)
    if mark and not is_here(mark):
        return warn("lock", "lock_elsewhere", path=path, **facts)
    if workspace.find_now() - datetime.fromisoformat(str(holder["since"])) > LONG_RUN:
        return warn("lock", "lock_long", **facts)
    return find_well("lock", "lock_held", **facts)


def check_service(workspace: Workspace) -> Diagnosis:
    """Whether `huizong serve` lives, and is not idle by mistake."""
    state = find_state(workspace.warehouse)
    if state is None:
        return find_well("service", "service_off")
    if not is_running(state):
        return find_fault("service", "service_dead", since=state.since)
    facts = {"since": state.since, "next": state.next_run or "—", "pid": state.process.pid}
    if time.time() - state.beat > SILENT_SECONDS:
        return find_fault("service", "service_silent", minutes=int((time.time() - state.beat) / 60), **facts)
    if (state.schedule, state.timezone) != (workspace.settings.schedule, workspace.settings.timezone):
        return warn("service", "service_outdated", schedule=state.schedule, **facts)
    if state.failures:
        return warn("service", "service_failing", failures=state.failures, **facts)
    return find_well("service", "service", **facts)


def check_last_run(workspace: Workspace, timetable: Timetable) -> Diagnosis:
    """Whether the newest run came to its end, and none was missed."""
    note = find_night_note(workspace.warehouse)
    if note is None:
        return warn("last_run", "run_never")
    facts = {"at": note.started_at, "cause": note.cause}
    if note.outcome == "failed":
        return find_fault("last_run", "run_failed", problem=note.problem, done=note.done_at or "—", **facts)
    if not note.ledger_holds:
        return find_fault("last_run", "run_unbalanced", **facts)
    hours = (workspace.find_now() - datetime.fromisoformat(note.done_at)) / timedelta(hours=1)
    if _is_missed(workspace, note, timetable):
        return warn("last_run", "run_missed", hours=int(hours), **facts)
    return find_well("last_run", "run_done", seconds=f"{note.seconds:.0f}", **facts)


def check_schedule(workspace: Workspace, timetable: Timetable) -> Diagnosis:
    """Whether schedule and time zone are ones, and when the next night is."""
    try:
        night = timetable.find_next(workspace.find_now())
    except HuizongError as error:
        return find_fault("schedule", error.key, **error.values)
    if night is None:
        return find_well("schedule", "schedule_none")
    return find_well("schedule", "schedule", schedule=timetable.schedule, next=spell_time(night, workspace))


def check_prefect(workspace: Workspace) -> Diagnosis:
    """Whether Prefect's server answers, where the service keeps one."""
    state = find_state(workspace.warehouse)
    if state is None or not is_running(state) or state.prefect == "off":
        return find_well("prefect", "prefect_off")
    if not is_here(state.process):
        return find_well("prefect", "prefect_elsewhere", host=state.process.host)
    if state.prefect == "starting":
        is_slow = time.time() - state.process.born > START_SECONDS
        return warn("prefect", "prefect_down") if is_slow else find_well("prefect", "prefect_starting")
    if find_address(workspace.prefect_home) is None:
        return warn("prefect", "prefect_silent", page=state.page)
    return find_well("prefect", "prefect", page=state.page)


def _is_missed(workspace: Workspace, note: NightNote, timetable: Timetable) -> bool:
    """True if a night should have been since the newest run, or a day has gone by where there is no schedule."""
    now = workspace.find_now()
    if not timetable.schedule:
        return now - datetime.fromisoformat(note.done_at) > timedelta(hours=FINE_HOURS)
    try:
        night = find_due_night(note, timetable)
    except HuizongError:
        return False  # what is wrong with the schedule is said where it is judged
    return night is not None and night + SLACK <= now
