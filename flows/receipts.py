"""Receipts: what a school is sent back for each of its submissions, made in children under the limits of reading."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from flows.assess import build_collections
from flows.changes import list_changes
from flows.check import CheckedFile
from flows.checks.explanations import Answer, AnswerState
from flows.checks.structure import CollectionView
from flows.children import ChildLimits, run_in_children, warm_up
from flows.conductor import PLAIN, Conductor, Watcher
from flows.files import write_whole
from flows.ingest import find_reading_limits
from flows.publishers.receipt import Receipt, Words, mark_receipt, write_text
from flows.receipt_words import build_receipt, build_remark, build_words, describe_changes
from flows.warehouse.received import ReceivedFiles
from flows.warehouse.standings import list_versions_in_force, load_findings, load_standings
from flows.warehouse.submissions import SubmissionRow, load_rows
from flows.warehouse.warehouse import Warehouse
from flows.workspace import Workspace
from schemas.catalogue import Catalogue

NOBODY = "未识别"
"""Folder of receipts for files that do not say whose they are."""


UNFINISHED = ("accepted_with_queries", "rejected", "unreadable")
"""States that ask the school for something."""

DIGESTS = "receipts.json"


@dataclass(frozen=True, slots=True)
class Receipts:
    """Receipts written by a run: one text a submission, and the marked workbooks."""

    texts: tuple[Path, ...] = ()
    marked: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkingJob:
    """A received file, what is to be marked in it, and where the copy goes."""

    source: Path
    receipt: Receipt
    target: Path


def make_receipts(
    workspace: Workspace,
    warehouse: Warehouse,
    catalogue: Catalogue,
    submissions: Sequence[int],
    conductor: Conductor = PLAIN,
) -> Receipts:
    """Write the receipts that say anything new of these submissions, in place of earlier ones."""
    if not submissions:
        return Receipts()
    words = build_words(catalogue)
    known = _load_digests(warehouse)
    texts: list[Path] = []
    jobs: list[MarkingJob] = []
    for row, receipt in _list_receipts(workspace, warehouse, catalogue, submissions):
        digest = hashlib.sha256(repr((receipt, words)).encode()).hexdigest()
        if known.get(str(row.submission)) == digest:
            continue
        known[str(row.submission)] = digest
        target = _find_target(warehouse, catalogue, row)
        write_whole(target.with_suffix(".txt"), write_text(receipt, words).encode())
        texts.append(target.with_suffix(".txt"))
        if receipt.remarks and row.is_readable:
            source = ReceivedFiles(warehouse.root / "received").find_path(row.sha256)
            jobs.append(MarkingJob(source, receipt, target.with_suffix(".xlsx")))
        else:
            target.with_suffix(".xlsx").unlink(missing_ok=True)
    marked = mark_files(workspace, jobs, words, conductor.watcher)
    if texts:
        write_whole(warehouse.cache / DIGESTS, json.dumps(known, indent=0, sort_keys=True).encode())
    return Receipts(tuple(texts), marked)


def mark_checked(
    workspace: Workspace, catalogue: Catalogue, checked: Sequence[CheckedFile], folder: Path, watcher: Watcher
) -> tuple[Path, ...]:
    """Marked copies of files that were only checked, under their own names in a folder."""
    jobs = []
    for file in checked:
        remarks = [
            build_remark(catalogue, asdict(finding), file.answers.get(position))
            for position, finding in enumerate(file.findings)
        ]
        if remarks and file.row.is_readable:
            receipt = build_receipt(catalogue, file.row, file.verdict.value, remarks)
            jobs.append(MarkingJob(file.path, receipt, folder / f"{file.path.stem}.xlsx"))
    return mark_files(workspace, jobs, build_words(catalogue), watcher)


def mark_files(workspace: Workspace, jobs: Sequence[MarkingJob], words: Words, watcher: Watcher) -> tuple[Path, ...]:
    """Mark files in children; one that cannot be marked has its text only."""
    if not jobs:
        return ()
    limits = find_reading_limits(workspace.settings)
    warm_up(__name__)
    watcher.begin("mark", len(jobs))
    made: list[Path] = []
    bounds = ChildLimits(limits.seconds, limits.memory_bytes)
    for answer in run_in_children(mark_file, words, jobs, workers=workspace.settings.workers, limits=bounds):
        if answer.result is not None:
            write_whole(answer.payload.target, answer.result)
            made.append(answer.payload.target)
        watcher.advance()
    return tuple(sorted(made))


def mark_file(words: Words, job: MarkingJob) -> bytes | None:
    """Mark one file. Runs in the child."""
    return mark_receipt(job.source.read_bytes(), job.receipt, words)


def _list_receipts(
    workspace: Workspace, warehouse: Warehouse, catalogue: Catalogue, submissions: Sequence[int]
) -> Iterator[tuple[SubmissionRow, Receipt]]:
    found = load_findings(warehouse.connection, submissions)
    states = {s.submission: s.state for s in load_standings(warehouse.connection, submissions)}
    changes = list_changes(warehouse.connection, catalogue, submissions)
    collections = build_collections(workspace.settings, catalogue)
    in_force = list_versions_in_force(warehouse.connection, submissions)
    for row in load_rows(warehouse.connection, submissions):
        if row.submission in states:
            state = states[row.submission]
            remarks = [build_remark(catalogue, r, _pick_answer(r)) for r in found.get(row.submission, ())]
            said = describe_changes(catalogue, changes[row.submission]) if row.submission in changes else ()
            more = _say_until(catalogue, collections, row) if state in UNFINISHED else ""
            more += _say_in_force(catalogue, in_force.get(row.submission))
            yield row, build_receipt(catalogue, row, state, remarks, said, more)


def _pick_answer(record: Mapping[str, Any]) -> Answer | None:
    if not record["state"]:
        return None
    facts = {each.name: record[each.name] for each in fields(Answer)}
    return Answer(**facts | {"state": AnswerState(record["state"])})


def _say_in_force(catalogue: Catalogue, counted: tuple[int, str] | None) -> str:
    """Which version counts, where it is not this one."""
    if counted is None:
        return ""
    return catalogue.message("receipt.in_force", number=counted[0], received=counted[1][:10])


def _say_until(catalogue: Catalogue, collections: CollectionView, row: SubmissionRow) -> str:
    """Until when to answer, where a collection asks for the return."""
    definition = catalogue.returns.get(row.return_id)
    if definition is None or not row.period or not collections.asks_for(row.period):
        return ""
    due = collections.find_due(definition, row.period).isoformat()
    return catalogue.message("receipt.until" if row.received_at[:10] <= due else "receipt.overdue", due=due)


def _load_digests(warehouse: Warehouse) -> dict[str, str]:
    """Submission → what its receipt said when it was made; nothing where that is lost."""
    path = warehouse.cache / DIGESTS
    return dict(json.loads(path.read_bytes())) if path.exists() else {}


def _find_target(warehouse: Warehouse, catalogue: Catalogue, row: SubmissionRow) -> Path:
    """Folder by school, file by return and period; the number of the submission keeps versions apart."""
    definition = catalogue.returns.get(row.return_id)
    parts = [part for part in (definition.no if definition else "", row.period) if part]
    stem = "_".join(parts) or Path(row.file_name).stem
    return warehouse.receipts / (row.school or NOBODY) / f"{stem}_回执{row.submission}"
