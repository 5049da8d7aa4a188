"""What runs in a reader's child: the bytes of one received file → its reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.children import Answer, ChildLimits, run_in_children
from flows.readers.limits import ReadingLimits
from flows.readers.read import read_return, refuse_reading
from flows.readers.reading import Reading
from flows.readers.reading_map import ReadingMap
from flows.signals import Notice


@dataclass(frozen=True, slots=True)
class ReaderSetup:
    reading_map: ReadingMap
    limits: ReadingLimits


@dataclass(frozen=True, slots=True)
class FileToRead:
    """A file by path, and the ending of the name under which it came."""

    path: Path
    extension: str


def read_files(
    files: Sequence[FileToRead], reading_map: ReadingMap, *, limits: ReadingLimits | None = None, workers: int = 2
) -> Iterator[tuple[FileToRead, Reading]]:
    """Every file with its reading, in the order they finish. A file whose reader dies is unreadable."""
    limits = limits or ReadingLimits()
    setup = ReaderSetup(reading_map, limits)
    child_limits = ChildLimits(limits.seconds, limits.memory_bytes)
    for answer in run_in_children(read_file, setup, files, workers=workers, limits=child_limits):
        yield answer.payload, answer.result or _explain(answer)


def read_file(setup: ReaderSetup, file: FileToRead) -> Reading:
    """Read one file. Runs in the child."""
    size = file.path.stat().st_size
    if size > setup.limits.file_bytes:
        return refuse_reading(Notice.UNSAFE, "file_bytes", limit=f"{setup.limits.file_bytes:,}")
    return read_return(file.path.read_bytes(), file.extension, setup.reading_map, setup.limits)


def _explain(answer: Answer[FileToRead, Reading]) -> Reading:
    return refuse_reading(Notice.UNSAFE, {"hung": "seconds", "memory": "memory"}.get(answer.failure or "", "died"))
