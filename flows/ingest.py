"""Stage 1: take files in, read them, store what was read. Files leave the inbox once they are safe."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.checks.structure import find_period
from flows.conductor import PLAIN, Conductor, Watcher
from flows.files import digest_file
from flows.inbox import InboxFile, InboxView, look_into, open_file, remove_file
from flows.readers.child import FileToRead, read_files
from flows.readers.limits import MEGABYTE, ReadingLimits
from flows.readers.reading import Reading
from flows.readers.reading_map import build_reading_map
from flows.settings import Settings
from flows.warehouse.journal import Event
from flows.warehouse.replay import sync_journal
from flows.warehouse.submissions import UnreadFile, list_unread, store_readings
from flows.warehouse.tables import fetch_one
from flows.warehouse.warehouse import Warehouse
from flows.workspace import Workspace
from schemas.catalogue import Catalogue

TAKEN = frozenset({"received", "duplicate"})
"""Events of files that were taken out of the inbox."""

Trace = tuple[str, int, int, str]
"""Name, size and time of change of a file that was in the inbox, and the hash of its bytes."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What the inbox gave: names of files by what became of them."""

    received: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    waiting: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    read: int = 0


@dataclass(slots=True)
class _Taken:
    received: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)


def ingest(workspace: Workspace, warehouse: Warehouse, catalogue: Catalogue, conductor: Conductor = PLAIN) -> Intake:
    """Take in all that is ready in the inbox, then read whatever is not read yet."""
    taken_before = _catch_up(warehouse)
    left = _list_left(warehouse)
    view = look_into(workspace.inbox, settle_seconds=workspace.settings.settle_seconds, left=left.keys())
    _remove_left(view.left, left)
    taken = _Taken()
    size = workspace.settings.batch_size
    conductor.watcher.begin("receive", len(view.ready))
    for start in range(0, len(view.ready), size):
        _take_batch(workspace, warehouse, view.ready[start : start + size], taken, taken_before)
        _catch_up(warehouse)
        conductor.watcher.advance(size)
    fingerprints = catalogue.reading_fingerprints
    unread = list_unread(warehouse.connection, fingerprints)
    batches = [unread[start : start + size] for start in range(0, len(unread), size)]
    conductor.watcher.begin("read", len(unread))
    read = conductor.run_batches(
        "read files",
        lambda files: read_batch(files, warehouse, catalogue, workspace.settings, conductor.watcher),
        batches,
        retries=2,
    )
    return _summarise(view, taken, sum(read))


def read_batch(
    files: Sequence[UnreadFile], warehouse: Warehouse, catalogue: Catalogue, settings: Settings, watcher: Watcher
) -> int:
    """Read files in limited children and store their readings in one transaction."""
    jobs = {warehouse.received.find_path(file.sha256): file for file in files}
    to_read = [FileToRead(path, Path(file.file_name).suffix) for path, file in jobs.items()]
    readings: list[tuple[UnreadFile, Reading]] = []
    limits = find_reading_limits(settings)
    for job, reading in read_files(to_read, build_reading_map(catalogue), limits=limits, workers=settings.workers):
        readings.append((jobs[job.path], reading))
        watcher.advance()
    readings.sort(key=lambda pair: pair[0].submission)
    periods = {file.submission: _find_period(catalogue, reading) for file, reading in readings}
    with warehouse.transaction() as connection:
        store_readings(connection, catalogue, readings, catalogue.reading_fingerprints, periods)
    return len(readings)


def _catch_up(warehouse: Warehouse) -> set[Trace]:
    """Bring the tables up to the journal. Returns the files of which it tells more: a killed run may not have removed
    them.
    """
    with warehouse.transaction() as connection:
        return {_trace(event.facts) for event in sync_journal(connection, warehouse.journal) if event.kind in TAKEN}


def _trace(facts: Mapping[str, Any]) -> Trace:
    return facts["file_name"], facts["size"], facts.get("changed_ns", 0), facts["sha256"]


def _take_batch(
    workspace: Workspace, warehouse: Warehouse, files: Sequence[InboxFile], taken: _Taken, taken_before: set[Trace]
) -> None:
    """Bytes first, then the journal, then out of the inbox, then the tables: a kill in between loses nothing.

    Files `taken_before` were written down by a run that was killed before it removed them.
    """
    at = workspace.find_now().isoformat(timespec="seconds")
    events: list[tuple[InboxFile, Event]] = []
    again: list[tuple[InboxFile, Event]] = []
    for file in files:
        try:
            with open_file(file) as source:
                stored = warehouse.received.store(source)
        except OSError:
            taken.withdrawn.append(file.name)
            continue
        facts = {"sha256": stored.sha256, "file_name": file.name, "size": stored.size, "changed_ns": file.changed_ns}
        if (*file.key, stored.sha256) in taken_before:
            again.append((file, Event("left", at, facts)))
            continue
        known = _is_known(warehouse, stored.sha256, events)
        kind = "duplicate" if known else "received"
        (taken.duplicates if known else taken.received).append(file.name)
        events.append((file, Event(kind, at, facts | ({} if _can_remove(file.path) else {"left": True}))))
    warehouse.journal.append(event for _, event in events)
    stuck = [event for file, event in (*events, *again) if not remove_file(file) and not event.facts.get("left")]
    warehouse.journal.append(Event("left", at, {**event.facts, "left": True}) for event in stuck)


def _is_known(warehouse: Warehouse, sha256: str, events: Sequence[tuple[InboxFile, Event]]) -> bool:
    if any(event.facts["sha256"] == sha256 for _, event in events):
        return True
    return fetch_one(warehouse.connection, "SELECT 1 FROM submissions WHERE sha256 = ?", [sha256]) is not None


def _can_remove(path: Path) -> bool:
    return os.access(path.parent, os.W_OK)


def _list_left(warehouse: Warehouse) -> dict[tuple[str, int, int], str]:
    """Files that were received and could not be removed, and the hash of their bytes."""
    rows = warehouse.connection.execute("SELECT file_name, size, changed_ns, sha256 FROM left_files").fetchall()
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def _remove_left(files: Iterable[InboxFile], left: Mapping[tuple[str, int, int], str]) -> None:
    """What another program had open goes once it is closed, if it is still what was received."""
    for file in files:
        if _can_remove(file.path) and digest_file(file.path) == left[file.key]:
            remove_file(file)


def find_reading_limits(settings: Settings) -> ReadingLimits:
    """What one file may cost."""
    return ReadingLimits(
        file_bytes=int(settings.file_megabytes * MEGABYTE),
        seconds=settings.read_seconds,
        memory_bytes=settings.read_megabytes * MEGABYTE,
    )


def _find_period(catalogue: Catalogue, reading: Reading) -> str:
    definition = catalogue.returns.get(reading.identity.return_id)
    return find_period(reading.identity.period, definition) if definition else ""


def _summarise(view: InboxView, taken: _Taken, read: int) -> Intake:
    return Intake(
        tuple(taken.received), tuple(taken.duplicates), view.waiting, view.ignored, tuple(taken.withdrawn), read
    )
