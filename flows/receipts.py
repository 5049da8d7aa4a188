"""Receipts: what a school is sent back for each of its submissions, made in children under the limits of reading."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.check import CheckedFile
from flows.children import ChildLimits, run_in_children, warm_up
from flows.conductor import PLAIN, Conductor, Watcher
from flows.files import write_whole
from flows.ingest import find_reading_limits
from flows.publishers.marking.remark import Remark, order_remarks
from flows.publishers.receipt import Receipt, Words, mark_receipt, write_text
from flows.warehouse.received import ReceivedFiles
from flows.warehouse.standings import load_findings, load_standings
from flows.warehouse.submissions import SubmissionRow, load_rows
from flows.warehouse.warehouse import Warehouse
from flows.workspace import Workspace
from schemas.catalogue import Catalogue

HEADS = ("number", "severity", "check", "sheet", "cell", "problem", "remedy", "explanation")
NOBODY = "未识别"
"""Folder of receipts for files that do not say whose they are."""


REMARK_COLUMNS = ("sheet", "cell", "severity", "code", "message", "remedy")
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
    for row, receipt in _list_receipts(warehouse, catalogue, submissions):
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
        remarks = [Remark(*(getattr(finding, name) for name in REMARK_COLUMNS)) for finding in file.findings]
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


def build_receipt(catalogue: Catalogue, row: SubmissionRow, state: str, remarks: Sequence[Remark]) -> Receipt:
    """What the receipt of a submission says."""
    definition = catalogue.returns.get(row.return_id)
    message = catalogue.message
    counts = Counter(remark.severity for remark in remarks)
    return Receipt(
        message(
            "receipt.head", no=definition.no if definition else "", title=definition.title.zh if definition else "",
            period=row.period, school=row.school, name=row.cover.get("school_name", ""),
        ),
        message("receipt.file", file=row.file_name, received=row.received_at[:10]),
        message(
            "receipt.verdict", state=message(f"states.{state}"), errors=counts["error"], queries=counts["query"],
            infos=counts["info"],
        ),
        message(f"receipt.{state}"),
        order_remarks(remarks),
    )  # fmt: skip


def build_words(catalogue: Catalogue) -> Words:
    """The words of all receipts, as the definitions have them."""
    message = catalogue.message
    return Words(
        message("receipt.title"), tuple(message(f"receipt.{head}") for head in HEADS),
        {severity: message(f"severities.{severity}") for severity in ("error", "query", "info")},
        message("receipt.advice"), catalogue.messages["receipt.line"].zh, catalogue.messages["receipt.more"].zh,
    )  # fmt: skip


def _list_receipts(
    warehouse: Warehouse, catalogue: Catalogue, submissions: Sequence[int]
) -> Iterator[tuple[SubmissionRow, Receipt]]:
    found = load_findings(warehouse.connection, submissions)
    states = {s.submission: s.state for s in load_standings(warehouse.connection, submissions)}
    for row in load_rows(warehouse.connection, submissions):
        if row.submission in states:
            records = found.get(row.submission, ())
            remarks = [Remark(*(record[name] for name in REMARK_COLUMNS)) for record in records]
            yield row, build_receipt(catalogue, row, states[row.submission], remarks)


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
