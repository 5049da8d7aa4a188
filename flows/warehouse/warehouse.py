"""The open warehouse: database, received files and journal together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from flows.errors import WarehouseError
from flows.files import sweep_asides
from flows.warehouse.journal import Journal
from flows.warehouse.received import ReceivedFiles
from flows.warehouse.tables import Connection, create_tables, has_layout

DATABASE = "huizong.duckdb"
IN_USE = ("lock", "used by another process")
DAMAGED = ("not a valid", "could not read enough")
"""Words by which the database says why it would not open."""


class Warehouse:
    """Everything under warehouse/. Open with `open_warehouse`."""

    def __init__(self, root: Path, connection: Connection) -> None:
        self.root = root
        self.connection = connection
        self.journal = Journal(root / "journal.jsonl")
        self.received = ReceivedFiles(root / "received")

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def receipts(self) -> Path:
        return self.root / "receipts"

    @property
    def cache(self) -> Path:
        return self.root / "cache"

    @property
    def lock(self) -> Path:
        return self.root / "run.lock"

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All of a step or nothing of it."""
        self.connection.execute("BEGIN TRANSACTION")
        try:
            yield self.connection
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")


@contextmanager
def open_warehouse(root: Path, *, read_only: bool = False) -> Iterator[Warehouse]:
    """Open the warehouse. Raises WarehouseError where its database is held by another program or damaged."""
    root.mkdir(parents=True, exist_ok=True)
    connection = _connect(root / DATABASE, read_only=read_only)
    try:
        yield Warehouse(root, connection)
    finally:
        connection.close()


def open_empty() -> Connection:
    """A database that has all tables and nothing in them."""
    connection = duckdb.connect(":memory:")
    create_tables(connection)
    return connection


def sweep_warehouse(root: Path) -> None:
    """Remove what a killed run left aside."""
    for name in ("received", "published", "receipts", "digests"):
        sweep_asides(root / name)


def _connect(path: Path, *, read_only: bool) -> Connection:
    """The database; one made by another version is made anew from journal and received files by the next run."""
    if read_only and not path.exists():
        return open_empty()
    connection = _open(path, read_only=read_only)
    if not has_layout(connection):
        connection.close()
        if read_only:
            raise WarehouseError("warehouse_outdated", path=path)
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()
        connection = _open(path, read_only=False)
    if not read_only:
        create_tables(connection)
    return connection


def _open(path: Path, *, read_only: bool) -> Connection:
    try:
        return duckdb.connect(str(path), read_only=read_only, config={"threads": 2})
    except duckdb.IOException as error:
        raise WarehouseError(_name_trouble(str(error).replace(str(path), "")), path=path) from None
    except duckdb.Error:
        raise WarehouseError("warehouse_damaged", path=path) from None


def _name_trouble(text: str) -> str:
    """Which error it is that the database would not open for; the library has one kind for all."""
    words = text.casefold()
    if any(word in words for word in IN_USE):
        return "warehouse_in_use"
    return "warehouse_damaged" if any(word in words for word in DAMAGED) else "warehouse_closed"
