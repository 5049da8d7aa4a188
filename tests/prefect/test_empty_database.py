"""The database that is kept for the next new workspace has tables and nothing of the workspace it comes from."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from flows.prefect_settings import keep_database, prepare_prefect

TABLES = """
PRAGMA journal_mode = WAL;
CREATE TABLE alembic_version (version_num TEXT);
CREATE TABLE block_type (name TEXT);
CREATE TABLE flow_run (parameters TEXT);
CREATE TABLE artifact (data TEXT);
INSERT INTO alembic_version VALUES ('abc');
INSERT INTO block_type VALUES ('secret');
INSERT INTO flow_run VALUES ('{"workspace": "/data/bureau"}');
INSERT INTO artifact VALUES ('2132199001.xlsx was sent back');
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Prefect's home in a workspace in which a night was run; the server writes ahead, as Prefect's does."""
    home = tmp_path / "bureau" / "prefect"
    home.mkdir(parents=True)
    with closing(sqlite3.connect(home / "prefect.db")) as connection:
        connection.executescript(TABLES)
    return home


def count_rows(database: Path) -> dict[str, int]:
    with closing(sqlite3.connect(database)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()]
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}


def test_the_next_workspace_begins_with_tables_and_no_runs_of_another(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.environ", {"XDG_CACHE_HOME": str(tmp_path / "cache")})
    keep_database(home)
    prepare_prefect(tmp_path / "next" / "prefect", one_run=True)
    database = tmp_path / "next" / "prefect" / "prefect.db"

    assert count_rows(database) == {"alembic_version": 1, "block_type": 1, "flow_run": 0, "artifact": 0}
    assert b"2132199001" not in database.read_bytes()
    assert count_rows(home / "prefect.db")["flow_run"] == 1
    assert [path.name for path in (tmp_path / "cache" / "huizong").iterdir() if ".tmp" in path.name] == []


def test_a_cache_that_cannot_be_written_fails_no_run(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be", encoding="utf-8")
    monkeypatch.setattr("os.environ", {"XDG_CACHE_HOME": str(tmp_path / "cache")})

    keep_database(home)
