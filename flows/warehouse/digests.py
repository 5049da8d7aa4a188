"""Digests on disk: a folder a day with what was made, a record for the next digest to go on from, and failed runs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from flows.files import write_whole
from flows.publishers.digest_data import Letter, RunNote

RECORD = "record.json"
FAILURE = "failure.json"


@dataclass(frozen=True, slots=True)
class DigestRecord:
    """What the next digest must know of this one: the last submission and how many duplicates it told of."""

    day: str
    at: str
    submission: int
    duplicates: int
    run: RunNote | None = None
    letters: Sequence[Letter] = ()


@dataclass(frozen=True, slots=True)
class FailureRecord:
    """A run that failed. `problem` is what was said of it, `is_internal` that it was no fault of use or definitions."""

    day: str
    at: str
    problem: str
    is_internal: bool
    trace: Sequence[str] = field(default_factory=tuple)


def write_digest(warehouse: Path, day: date, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write the files of a day, in place of those of the same name."""
    folder = find_folder(warehouse, day)
    for name, content in files.items():
        write_whole(folder / name, content)
    return tuple(folder / name for name in files)


def write_record(warehouse: Path, record: DigestRecord | FailureRecord) -> None:
    """Remember a digest, or a failure, of its day."""
    name = RECORD if isinstance(record, DigestRecord) else FAILURE
    content = json.dumps(asdict(record), ensure_ascii=False, indent=1)
    write_whole(find_folder(warehouse, date.fromisoformat(record.day)) / name, f"{content}\n".encode())


def find_folder(warehouse: Path, day: date) -> Path:
    return warehouse / "digests" / day.isoformat()


def find_record(warehouse: Path, day: date) -> DigestRecord | None:
    """The record of a day's digest."""
    return _read_record(find_folder(warehouse, day) / RECORD)


def find_earlier_record(warehouse: Path, day: date) -> DigestRecord | None:
    """The record of the newest digest before a day."""
    folders = (folder for folder in _list_folders(warehouse) if folder.name < day.isoformat())
    return next((record for folder in folders if (record := _read_record(folder / RECORD))), None)


def find_newest_record(warehouse: Path) -> DigestRecord | None:
    """The record of the newest digest."""
    return next((record for folder in _list_folders(warehouse) if (record := _read_record(folder / RECORD))), None)


def list_failures(warehouse: Path, after: str, until: str) -> list[FailureRecord]:
    """Runs that failed between two times, oldest first."""
    folders = [folder for folder in _list_folders(warehouse) if after[:10] <= folder.name <= until[:10]]
    found = [record for folder in folders if (record := _read_failure(folder / FAILURE)) is not None]
    return sorted((failure for failure in found if after < failure.at <= until), key=lambda failure: failure.at)


def _list_folders(warehouse: Path) -> Iterator[Path]:
    """Folders of days, newest first."""
    folder = warehouse / "digests"
    yield from sorted((path for path in folder.iterdir() if path.is_dir()), reverse=True) if folder.is_dir() else ()


def _read_record(path: Path) -> DigestRecord | None:
    """A record as written; None where there is none, or none that can be read: it only helps the next digest."""
    try:
        content = json.loads(path.read_bytes())
        run, letters = content.pop("run"), content.pop("letters")
        letters = tuple(Letter(**letter) for letter in letters)
        return DigestRecord(**content, run=RunNote(**run) if run else None, letters=letters)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _read_failure(path: Path) -> FailureRecord | None:
    try:
        return FailureRecord(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
