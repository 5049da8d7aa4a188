"""The morning digest and the chase list: made at the end of every night, also when nothing happened.

They are written to warehouse/digests/<day>/, the digest is sent where that is set up, and what became of the letters is
remembered for the next digest. A letter that cannot be sent never stops a night.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.conductor import PLAIN, Conductor
from flows.gather_digest import find_year, gather_digest
from flows.posting import Document, build_document, send_document, send_receipts
from flows.publishers.chase_list import build_chase_list
from flows.publishers.digest_data import DigestData, Letter, RunNote
from flows.publishers.digest_sections import build_digest
from flows.publishers.digest_words import Words
from flows.warehouse.digests import DigestRecord, find_earlier_record, find_record, write_digest, write_record
from flows.warehouse.rounds import count_duplicates, find_last_submission
from flows.warehouse.runs import find_last_run
from flows.warehouse.warehouse import Warehouse
from flows.workspace import Workspace
from schemas.catalogue import Catalogue
from schemas.wording import Wording


@dataclass(frozen=True, slots=True)
class Digesting:
    """What a night's digest has become: its files, and its letters."""

    day: str
    paths: tuple[Path, ...]
    letters: tuple[Letter, ...]


@dataclass(frozen=True, slots=True)
class Morning:
    """A morning's facts and the documents made of them. The chase list alone has contacts."""

    data: DigestData
    digest: Document
    chase: Document


def make_digest(
    workspace: Workspace,
    warehouse: Warehouse,
    catalogue: Catalogue,
    run: RunNote,
    receipts: Sequence[Path] = (),
    conductor: Conductor = PLAIN,
) -> Digesting:
    """The digest of a night: written, sent, and remembered for the next one. `receipts` are those the night wrote."""
    morning = build_morning(workspace, warehouse, catalogue, run)
    paths = write_morning(warehouse, workspace, morning)
    wording = Wording(catalogue.messages, workspace.settings.language)
    letters = send_document(workspace, morning.digest, wording, conductor)
    letters += send_receipts(workspace, receipts, wording, conductor)
    told = find_last_submission(warehouse.connection), count_duplicates(warehouse.connection)
    write_record(warehouse.root, DigestRecord(morning.data.day, morning.data.at, *told, run, letters))
    return Digesting(morning.data.day, paths, letters)


def build_morning(
    workspace: Workspace, warehouse: Warehouse, catalogue: Catalogue, run: RunNote | None, *, period: str | None = None
) -> Morning:
    """Digest and chase list of a year, by default the latest. Raises UsageError for a text that is no period."""
    data = gather_digest(workspace, warehouse, catalogue, run=run, period=period)
    words = Words(catalogue, Wording(catalogue.messages, workspace.settings.language))
    is_usual = data.period == find_year(workspace, warehouse.connection, None)
    day = data.day if is_usual else f"{data.day}_{data.period}"
    chase = build_chase_list(data, words, soon_days=workspace.settings.remind_days)
    return Morning(
        data,
        build_document(workspace, build_digest(data, words), words.say("digest.file", day=day), catalogue.theme),
        build_document(workspace, chase, words.say("chase.file", day=day), catalogue.theme),
    )


def write_morning(warehouse: Warehouse, workspace: Workspace, morning: Morning) -> tuple[Path, ...]:
    """Write the digest in every form, and the chase list as a workbook."""
    chase = {name: content for name, content in morning.chase.files.items() if name.endswith(".xlsx")}
    return write_digest(warehouse.root, workspace.find_today(), {**morning.digest.files, **chase})


def find_run(workspace: Workspace, warehouse: Warehouse) -> RunNote | None:
    """The run that a digest made now tells of: that of the newest digest, else the last that found something to do."""
    today = workspace.find_today()
    record = find_record(warehouse.root, today) or find_earlier_record(warehouse.root, today)
    if record is not None and record.run is not None:
        return record.run
    last = find_last_run(warehouse.connection)
    return RunNote(last.started_at, last.ledger_holds, last.ledger) if last else None
