"""Receipts and publications copied to the folders where people look for them, such as a shared drive.

A folder that cannot be reached holds nothing up: what is missing there is copied by the next run that reaches it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.files import write_whole
from flows.warehouse.warehouse import Warehouse
from flows.workspace import Workspace

CLOCK_STEP = 2.0
"""Seconds by which the times of a file may differ on drives that keep them coarsely."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How many files were copied, and the folders that could not be reached or written.

    A folder that is not there is never made: it may be a drive that is not connected.
    """

    copied: int = 0
    failed: tuple[str, ...] = ()


NOTHING_DELIVERED = Delivery()


def deliver(workspace: Workspace, warehouse: Warehouse) -> Delivery:
    """Copy what the folders named in the settings have not, or have otherwise."""
    settings = workspace.settings
    pairs = ((warehouse.receipts, settings.receipts_to), (warehouse.published, settings.publications_to))
    copied, failed = 0, []
    for source, named in pairs:
        if not named:
            continue
        target = Path(named).expanduser()
        if not target.is_dir():
            failed.append(str(target))
            continue
        try:
            copied += sum(_copy(file, target / file.relative_to(source)) for file in _list_files(source))
        except OSError as error:
            failed.append(f"{target}: {error.strerror or error}")
    return Delivery(copied, tuple(failed))


def _list_files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith("."))


def _copy(source: Path, target: Path) -> bool:
    """Copy a file with its time. False if the target is that file already."""
    found = source.stat()
    if target.exists():
        there = target.stat()
        if there.st_size == found.st_size and abs(there.st_mtime - found.st_mtime) <= CLOCK_STEP:
            return False
    write_whole(target, source.read_bytes())
    os.utime(target, (found.st_atime, found.st_mtime))
    return True
