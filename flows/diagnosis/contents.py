"""What the workspace holds: definitions that load, a journal nobody has altered, files that are what they were."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.diagnosis.diagnosis import Diagnosis, find_fault, find_well, warn
from flows.errors import WarehouseError
from flows.files import digest_file
from flows.inbox import list_files
from flows.warehouse.journal import Event, Journal
from flows.warehouse.lock import find_holder
from flows.warehouse.received import find_received_name
from flows.warehouse.warehouse import open_warehouse
from flows.workspace import Workspace
from schemas.compile import refuse_unknown_names
from schemas.errors import DefinitionError

SAMPLE = 200
DAY_SECONDS = 86400


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of the warehouse and the digest it must have."""

    path: Path
    sha256: str


def check_definitions(workspace: Workspace) -> Diagnosis:
    """Whether all definitions can be read, and how long it takes."""
    started = time.monotonic()
    try:
        catalogue = workspace.load_catalogue()
        refuse_unknown_names(catalogue)
    except DefinitionError as error:
        return find_fault(
            "definitions", "definition_wrong", file=error.file or "?", key=error.key or "?", problem=error.problem
        )
    counts = {"returns": len(catalogue.returns), "checks": len(catalogue.checks)}
    seconds = f"{time.monotonic() - started:.1f}"
    return find_well("definitions", "definitions", **counts, indicators=len(catalogue.indicators), seconds=seconds)


def check_inbox(workspace: Workspace) -> Diagnosis:
    """Whether the inbox is there, and nothing lies in it too long."""
    files = list_files(workspace.inbox)
    if files is None:
        return find_fault("inbox", "inbox_gone", path=workspace.inbox)
    old = [file for file in files if time.time() - _find_arrival(file.path) > DAY_SECONDS]
    if old:
        return warn("inbox", "inbox_waiting", count=len(old), total=len(files))
    return find_well("inbox", "inbox", count=len(files))


def check_database(workspace: Workspace) -> Diagnosis:
    """Whether the database opens."""
    if find_holder(workspace.warehouse / "run.lock"):
        return find_well("database", "database_in_use")
    try:
        with open_warehouse(workspace.warehouse, read_only=True) as warehouse:
            row = warehouse.connection.execute("SELECT count(*) FROM submissions").fetchall()[0]
    except WarehouseError as error:
        return find_fault("database", error.key, **error.values)
    return find_well("database", "database", count=row[0])


def read_journal(workspace: Workspace) -> tuple[list[Event], Diagnosis]:
    """All events of the journal up to where its chain is broken, and whether it is."""
    events: list[Event] = []
    try:
        events.extend(Journal(workspace.warehouse / "journal.jsonl").read())
    except WarehouseError as error:
        return events, find_fault("journal", error.key, **error.values)
    return events, find_well("journal", "journal", count=len(events))


def check_received(workspace: Workspace, events: Sequence[Event], *, everything: bool) -> Diagnosis:
    """Whether every file received is there, and those looked into are what they were."""
    folder = workspace.warehouse / "received"
    names = dict.fromkeys(event.facts["sha256"] for event in events if event.kind == "received")
    kept = [KeptFile(folder / find_received_name(sha256), sha256) for sha256 in names]
    missing = [file for file in kept if not file.path.is_file()]
    if missing:
        return find_fault("received", "received_missing", count=len(missing), name=missing[0].sha256[:16])
    looked_into = kept if everything else kept[:: max(1, -(-len(kept) // SAMPLE))]
    altered = [file for file in looked_into if digest_file(file.path) != file.sha256]
    if altered:
        return find_fault("received", "received_altered", count=len(altered), name=altered[0].sha256[:16])
    return find_well("received", "received", count=len(kept), looked_into=len(looked_into))


def check_publications(workspace: Workspace, events: Sequence[Event]) -> Diagnosis:
    """Whether the newest vintage of every period is on disk as it was written."""
    kept = list(_list_published(workspace.warehouse / "published", events))
    missing = [file for file in kept if not file.path.is_file()]
    altered = [file for file in kept if file not in missing and digest_file(file.path) != file.sha256]
    if altered:
        return warn("publications", "publications_altered", count=len(altered), path=altered[0].path)
    if missing:
        return warn("publications", "publications_missing", count=len(missing), path=missing[0].path)
    return find_well("publications", "publications", count=len(kept))


def _list_published(folder: Path, events: Sequence[Event]) -> Iterator[KeptFile]:
    newest = {event.facts["period"]: event for event in events if event.kind == "published"}
    for period, event in newest.items():
        for file in event.facts["files"]:
            yield KeptFile(folder / period / f"v{event.facts['vintage']}" / file["name"], file["sha256"])


def _find_arrival(path: Path) -> float:
    """When a file came to lie there; copying keeps the time of change, but not this one."""
    try:
        state = path.stat()
    except OSError:
        return time.time()
    return max(state.st_ctime, state.st_mtime)
