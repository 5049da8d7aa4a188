"""When a night fails: a notice in the morning that says what failed and what stands, in place of silence."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.conductor import PLAIN, Conductor
from flows.errors import BusyError, HuizongError, WarehouseError
from flows.inbox import count_files
from flows.posting import build_document, send_document
from flows.publishers.digest_data import FailureData
from flows.publishers.failure_notice import build_failure_notice
from flows.traces import list_trace
from flows.warehouse.digests import FailureRecord, find_newest_record, write_digest, write_record
from flows.warehouse.publications import list_latest_vintages
from flows.warehouse.warehouse import open_warehouse
from flows.workspace import Workspace
from schemas.errors import DefinitionError
from schemas.wording import Wording, load_shipped_wording

log = logging.getLogger(__name__)

TOLD = "huizong: "


@contextmanager
def telling_of_failure(
    workspace: Workspace, *, tell: Callable[[str], None] = log.info, conductor: Conductor = PLAIN
) -> Iterator[None]:
    """Whatever fails inside leaves a notice beside the digests, and fails all the same. Once for each failure.

    Another run that holds the workspace is no failure.
    """
    try:
        yield
    except BusyError:
        raise
    except Exception as error:
        if not _list_notes(error):
            _leave_notice(workspace, error, conductor)
        for note in _list_notes(error):
            tell(note)
        raise


def _list_notes(error: Exception) -> list[str]:
    """Where the notice of an error is, if it has one."""
    return [note.removeprefix(TOLD) for note in getattr(error, "__notes__", ()) if note.startswith(TOLD)]


def _leave_notice(workspace: Workspace, error: Exception, conductor: Conductor) -> None:
    """Write and send the notice. What goes wrong with that is logged: the failure itself must not be hidden by it."""
    try:
        wording = load_shipped_wording(workspace.settings.language)
        path = write_failure(workspace, error, wording, conductor)
        error.add_note(TOLD + wording.say("failure.told", path=path))
    except Exception as problem:  # noqa: BLE001  whatever it is, the failure itself is what has to be told
        log.error("the notice of the failure could not be written: %s", "; ".join(list_trace(problem)))


def write_failure(workspace: Workspace, error: Exception, wording: Wording, conductor: Conductor) -> Path:
    """The notice of a failed run as page and text, sent to those who get digests. Returns the page's path."""
    today, at = workspace.find_today(), workspace.find_now().isoformat(timespec="seconds")
    problem, is_internal = spell_problem(error, wording)
    trace = tuple(list_trace(error)) if is_internal else ()
    data = _gather(workspace, FailureRecord(today.isoformat(), at, problem, is_internal, trace))
    stem = wording.say("failure.file", day=today.isoformat())
    document = build_document(workspace, build_failure_notice(data, wording), stem, None)
    paths = write_digest(workspace.warehouse, today, document.files)
    write_record(workspace.warehouse, FailureRecord(today.isoformat(), at, problem, is_internal, trace))
    send_document(workspace, document, wording, conductor)
    return paths[0]


def spell_problem(error: Exception, wording: Wording) -> tuple[str, bool]:
    """What failed in words, and whether it is an internal error."""
    if isinstance(error, HuizongError):
        return error.spell(wording), False
    if isinstance(error, DefinitionError):
        facts = {"file": error.file or "?", "key": error.key or "?", "problem": error.problem}
        return wording.say("errors.definition", **facts), False
    return wording.say("command.internal_error"), True


def _gather(workspace: Workspace, failure: FailureRecord) -> FailureData:
    """The failure, with what is known of the last good result even if the database cannot be opened."""
    record = find_newest_record(workspace.warehouse)
    try:
        with open_warehouse(workspace.warehouse, read_only=True) as warehouse:
            published = tuple(list_latest_vintages(warehouse.connection))
    except WarehouseError:
        published = ()
    return FailureData(
        workspace.settings.district_name, failure.day, failure.at, failure.problem, failure.is_internal, failure.trace,
        last_run=record.run.started_at if record and record.run else "", last_digest=record.day if record else "",
        published=published, waiting=count_files(workspace.inbox),
    )  # fmt: skip
