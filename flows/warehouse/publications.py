"""Published files: each set of a period is a vintage of its own; none is ever overwritten."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.files import write_whole
from flows.warehouse.journal import Event
from flows.warehouse.replay import sync_journal
from flows.warehouse.revisions import Revision, spell_revisions
from flows.warehouse.tables import Connection, fetch_one
from flows.warehouse.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class ReportingRate:
    """How much of one return is in."""

    return_no: str
    expected: int
    received: int
    accepted: int


@dataclass(frozen=True, slots=True)
class Publication:
    """The files of a period's newest vintage."""

    period: str
    vintage: int
    paths: tuple[Path, ...]
    is_new: bool
    rates: tuple[ReportingRate, ...] = ()


def publish_files(
    warehouse: Warehouse,
    period: str,
    files: Mapping[str, bytes],
    *,
    at: str,
    is_final: bool = False,
    revisions: Sequence[Revision] = (),
) -> Publication:
    """Write the files as a new vintage, unless they equal the newest one to the byte.

    `is_final` says that the collection is locked, `revisions` what changed since the last vintage that was final.
    """
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    latest = find_latest_vintage(warehouse, period)
    folder = warehouse.published / period
    if latest and _list_digests(warehouse, period, latest) == digests and _are_there(folder / f"v{latest}", digests):
        return Publication(period, latest, tuple(folder / f"v{latest}" / name for name in files), is_new=False)
    is_same = latest and _list_digests(warehouse, period, latest) == digests
    vintage = latest if is_same else latest + 1
    paths = tuple(folder / f"v{vintage}" / name for name in files)
    for path, content in zip(paths, files.values(), strict=True):
        write_whole(path, content)
    if not is_same:
        listed = [{"name": name, "sha256": digest} for name, digest in digests.items()]
        facts = {"period": period, "vintage": vintage, "files": listed, "is_final": is_final}
        warehouse.journal.append([Event("published", at, facts | {"revisions": spell_revisions(revisions)})])
        with warehouse.transaction() as connection:
            sync_journal(connection, warehouse.journal)
    return Publication(period, vintage, paths, is_new=True)


def find_publication(warehouse: Warehouse, period: str) -> Publication | None:
    """The newest vintage of a period, if all its files are on disk as they were written."""
    vintage = find_latest_vintage(warehouse, period)
    digests = _list_digests(warehouse, period, vintage)
    folder = warehouse.published / period / f"v{vintage}"
    if not vintage or not _are_there(folder, digests):
        return None
    return Publication(period, vintage, tuple(folder / name for name in digests), is_new=False)


@dataclass(frozen=True, slots=True)
class Vintage:
    """A published set of a period: its number, when, whether the collection was locked then, and its files."""

    period: str
    vintage: int
    published_at: str
    is_final: bool
    files: tuple[str, ...]


def list_vintages(connection: Connection, period: str = "") -> list[Vintage]:
    """Vintages of a period, or of all, oldest first."""
    rows = connection.execute(
        "SELECT period, vintage, published_at, is_final, list(name ORDER BY rowid) FROM publications "
        "WHERE ? = '' OR period = ? GROUP BY ALL ORDER BY period, vintage",
        [period, period],
    ).fetchall()
    return [Vintage(row[0], row[1], row[2], row[3], tuple(row[4])) for row in rows]


def find_latest_vintage(warehouse: Warehouse, period: str) -> int:
    """Number of the newest vintage; 0 if there is none."""
    row = fetch_one(warehouse.connection, "SELECT max(vintage) FROM publications WHERE period = ?", [period])
    return int(row[0]) if row and row[0] else 0


def list_latest_vintages(connection: Connection) -> list[tuple[str, int]]:
    """Every period that was published, with the number of its newest vintage."""
    return connection.execute(
        "SELECT period, max(vintage) FROM publications GROUP BY period ORDER BY period"
    ).fetchall()


def _list_digests(warehouse: Warehouse, period: str, vintage: int) -> dict[str, str]:
    rows = warehouse.connection.execute(
        "SELECT name, sha256 FROM publications WHERE period = ? AND vintage = ? ORDER BY rowid", [period, vintage]
    ).fetchall()
    return {row[0]: row[1] for row in rows}


def _are_there(folder: Path, digests: Mapping[str, str]) -> bool:
    """True if every file is on disk with its content."""
    return all(
        (folder / name).is_file() and hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        for name, digest in digests.items()
    )
