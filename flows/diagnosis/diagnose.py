"""Self-diagnosis: every check in turn. One that breaks is a fault that is told, and the others go on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from flows.diagnosis.contents import (
    check_database,
    check_definitions,
    check_inbox,
    check_publications,
    check_received,
    read_journal,
)
from flows.diagnosis.diagnosis import Diagnosis, find_fault, find_well, warn
from flows.diagnosis.environment import check_folders, check_packages, check_python, check_room
from flows.diagnosis.operation import check_last_run, check_lock, check_prefect, check_schedule, check_service
from flows.errors import WorkspaceError
from flows.schedule import Timetable
from flows.warehouse.journal import Event
from flows.workspace import Workspace, open_workspace
from schemas.wording import Wording

MOMENTS = frozenset({"at", "since", "next", "done"})
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)\S*")


def diagnose(given: Path | None, *, everything: bool) -> Iterator[Diagnosis]:
    """Each check's finding as it is made. Without a workspace only what can be said of the machine."""
    yield _try("python", check_python)
    yield _try("packages", check_packages)
    try:
        workspace = open_workspace(given)
    except WorkspaceError as error:
        yield find_fault("workspace", error.key, **error.values)
        return
    yield find_well("workspace", "workspace", path=workspace.root, district=workspace.settings.district_name)
    yield from _diagnose_contents(workspace, everything=everything)
    yield from _diagnose_operation(workspace)


def spell_detail(diagnosis: Diagnosis, wording: Wording) -> str:
    """What was found, in words."""
    section = "diagnosis" if wording.knows(f"diagnosis.{diagnosis.said}") else "errors"
    return wording.say(f"{section}.{diagnosis.said}", **_spell_values(diagnosis, wording))


def spell_remedy(diagnosis: Diagnosis, wording: Wording) -> str:
    """What to do; nothing where all is well, or where what was found says it."""
    key = f"remedies.{diagnosis.said}"
    return wording.say(key, **_spell_values(diagnosis, wording)) if wording.knows(key) else ""


def _diagnose_contents(workspace: Workspace, *, everything: bool) -> Iterator[Diagnosis]:
    yield _try("definitions", lambda: check_definitions(workspace))
    yield _try("folders", lambda: check_folders(workspace))
    yield _try("room", lambda: check_room(workspace))
    yield _try("inbox", lambda: check_inbox(workspace))
    yield _try("database", lambda: check_database(workspace))
    events: list[Event] = []

    def check_journal() -> Diagnosis:
        found, diagnosis = read_journal(workspace)
        events.extend(found)
        return diagnosis

    yield _try("journal", check_journal)
    yield _try("received", lambda: check_received(workspace, events, everything=everything))
    yield _try("publications", lambda: check_publications(workspace, events))
    yield _try("clock", lambda: check_clock(workspace, events))


def _diagnose_operation(workspace: Workspace) -> Iterator[Diagnosis]:
    timetable = Timetable(workspace.settings.schedule, workspace.settings.timezone)
    yield _try("lock", lambda: check_lock(workspace))
    yield _try("service", lambda: check_service(workspace))
    yield _try("last_run", lambda: check_last_run(workspace, timetable))
    yield _try("schedule", lambda: check_schedule(workspace, timetable))
    yield _try("prefect", lambda: check_prefect(workspace))


def check_clock(workspace: Workspace, events: list[Event]) -> Diagnosis:
    """Whether the clock is not behind what has been written by it."""
    now = workspace.find_now()
    facts = {"now": f"{now:%Y-%m-%d %H:%M}", "timezone": workspace.settings.timezone}
    newest = max((datetime.fromisoformat(event.at) for event in events), default=now)
    if newest > now:
        return warn("clock", "clock_behind", newest=f"{newest:%Y-%m-%d %H:%M}", **facts)
    return find_well("clock", "clock", **facts)


def _try(check: str, find: Callable[[], Diagnosis]) -> Diagnosis:
    try:
        return find()
    except Exception as error:  # noqa: BLE001  diagnosis is for what nobody has thought of
        return find_fault(check, "check_broke", problem=f"{type(error).__name__}: {error}")


def _spell_values(diagnosis: Diagnosis, wording: Wording) -> dict[str, object]:
    """Values as people read them: why a run was made in words, moments to the minute."""
    values = dict(diagnosis.values)
    if "cause" in values:
        values["cause"] = wording.say(f"causes.{values['cause']}")
    for name in MOMENTS & values.keys():
        values[name] = MOMENT.sub(r"\1 \2", str(values[name]))
    return values
