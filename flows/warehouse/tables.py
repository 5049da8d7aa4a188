"""Tables of the warehouse's database. Everything in it can be rebuilt from received files and journal."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from schemas.layout import Cell

Connection = duckdb.DuckDBPyConnection

TABLES = """
CREATE SCHEMA IF NOT EXISTS records;
CREATE TABLE IF NOT EXISTS layout (fingerprint VARCHAR);
CREATE TABLE IF NOT EXISTS record_columns (sheet VARCHAR, columns VARCHAR[]);
CREATE TABLE IF NOT EXISTS fixed_columns (sheet VARCHAR, numbers VARCHAR[], texts VARCHAR[]);
CREATE TABLE IF NOT EXISTS fixed_records (submission INTEGER, sheet VARCHAR, numbers DOUBLE[], texts VARCHAR[]);
CREATE VIEW IF NOT EXISTS recorded_numbers AS
    SELECT submission, sheet, unnest(c.numbers) AS cell, unnest(f.numbers) AS number
    FROM fixed_records f JOIN fixed_columns c USING (sheet);
CREATE VIEW IF NOT EXISTS recorded_texts AS
    SELECT submission, sheet, unnest(c.texts) AS cell, unnest(f.texts) AS text
    FROM fixed_records f JOIN fixed_columns c USING (sheet);
CREATE TABLE IF NOT EXISTS progress (journal_bytes BIGINT);
CREATE TABLE IF NOT EXISTS done (stage VARCHAR, period VARCHAR, basis VARCHAR);
CREATE TABLE IF NOT EXISTS submissions (
    submission INTEGER PRIMARY KEY, sha256 VARCHAR UNIQUE, file_name VARCHAR, received_at VARCHAR, size BIGINT,
    kind VARCHAR, is_readable BOOLEAN, return_id VARCHAR, version VARCHAR, period VARCHAR, school VARCHAR, cover VARCHAR,
    filled INTEGER, present VARCHAR, content VARCHAR, program VARCHAR, read_with VARCHAR);
CREATE TABLE IF NOT EXISTS duplicates (sha256 VARCHAR, file_name VARCHAR, seen_at VARCHAR);
CREATE TABLE IF NOT EXISTS left_files (file_name VARCHAR, size BIGINT, changed_ns BIGINT, sha256 VARCHAR);
CREATE TABLE IF NOT EXISTS standings (
    submission INTEGER PRIMARY KEY, own_verdict VARCHAR, is_stopped BOOLEAN, verdict VARCHAR, state VARCHAR, in_force BOOLEAN,
    revision INTEGER, errors INTEGER, queries INTEGER, infos INTEGER, checked_with VARCHAR);
CREATE TABLE IF NOT EXISTS signals (
    submission INTEGER, position INTEGER, notice VARCHAR, sheet VARCHAR, cell VARCHAR, ref VARCHAR, found VARCHAR,
    expected VARCHAR, facts VARCHAR);
CREATE TABLE IF NOT EXISTS repairs (
    submission INTEGER, ref VARCHAR, sheet VARCHAR, cell VARCHAR, raw VARCHAR, value VARCHAR);
CREATE TABLE IF NOT EXISTS computed_totals (submission INTEGER, refs VARCHAR[], numbers DOUBLE[]);
CREATE TABLE IF NOT EXISTS placements (
    submission INTEGER, sheet VARCHAR, tab VARCHAR, row_positions INTEGER[], column_positions INTEGER[]);
CREATE TABLE IF NOT EXISTS notes (
    submission INTEGER, line INTEGER, sheet VARCHAR, check_id VARCHAR, location VARCHAR, value_seen VARCHAR,
    reason_code VARCHAR, explanation VARCHAR, noted_by VARCHAR, noted_on VARCHAR);
CREATE TABLE IF NOT EXISTS answers (
    submission INTEGER, pass VARCHAR, number INTEGER, state VARCHAR, key VARCHAR, explanation VARCHAR,
    reason_code VARCHAR, noted_by VARCHAR, place VARCHAR, problem VARCHAR, reply VARCHAR, decided_by VARCHAR,
    decided_at VARCHAR);
CREATE TABLE IF NOT EXISTS decisions (
    decided_at VARCHAR, decided_by VARCHAR, is_accepted BOOLEAN, reason VARCHAR, sha256 VARCHAR, return_id VARCHAR,
    period VARCHAR, school VARCHAR, code VARCHAR, key VARCHAR, explanation VARCHAR);
CREATE TABLE IF NOT EXISTS withdrawals (done_at VARCHAR, done_by VARCHAR, sha256 VARCHAR, is_back BOOLEAN, reason VARCHAR);
CREATE VIEW IF NOT EXISTS withdrawn AS
    SELECT submission FROM submissions JOIN (
        SELECT sha256, last(is_back ORDER BY rowid) AS is_back FROM withdrawals GROUP BY sha256) USING (sha256)
    WHERE NOT is_back;
CREATE TABLE IF NOT EXISTS locks (
    done_at VARCHAR, done_by VARCHAR, kind VARCHAR, period VARCHAR, returns VARCHAR[], schools VARCHAR[], until VARCHAR,
    reason VARCHAR);
CREATE TABLE IF NOT EXISTS state_changes (
    changed_at VARCHAR, sha256 VARCHAR, state VARCHAR, errors INTEGER, queries INTEGER, infos INTEGER, rules VARCHAR);
CREATE TABLE IF NOT EXISTS final_figures (
    period VARCHAR, indicator VARCHAR, stage VARCHAR, breakdown VARCHAR, group_code VARCHAR, value DOUBLE);
CREATE TABLE IF NOT EXISTS revisions (
    period VARCHAR, vintage INTEGER, published_at VARCHAR, indicator VARCHAR, stage VARCHAR, breakdown VARCHAR,
    group_code VARCHAR, old_value DOUBLE, new_value DOUBLE, reason VARCHAR);
CREATE TABLE IF NOT EXISTS findings (
    submission INTEGER, number INTEGER, code VARCHAR, level VARCHAR, severity VARCHAR, sheet VARCHAR, cell VARCHAR,
    ref VARCHAR, label VARCHAR, found VARCHAR, expected VARCHAR, difference VARCHAR, message VARCHAR, remedy VARCHAR,
    operands VARCHAR, also VARCHAR, under VARCHAR, trial BOOLEAN, count INTEGER,
    pass VARCHAR);
CREATE TABLE IF NOT EXISTS outcomes (
    submission INTEGER, code VARCHAR, applicable INTEGER, passed INTEGER, failed INTEGER, not_assessed INTEGER,
    pass VARCHAR);
CREATE TABLE IF NOT EXISTS figures (
    period VARCHAR, indicator VARCHAR, stage VARCHAR, area VARCHAR, breakdown VARCHAR, group_code VARCHAR,
    numerator DOUBLE, denominator DOUBLE, value DOUBLE, expected INTEGER, reported INTEGER, coverage DOUBLE,
    size_coverage DOUBLE, earlier DOUBLE);
CREATE TABLE IF NOT EXISTS publications (
    period VARCHAR, vintage INTEGER, published_at VARCHAR, is_final BOOLEAN, name VARCHAR, sha256 VARCHAR);
CREATE TABLE IF NOT EXISTS releases (
    released_at VARCHAR, done_by VARCHAR, period VARCHAR, return_id VARCHAR, version VARCHAR, digest VARCHAR);
CREATE TABLE IF NOT EXISTS runs (
    run INTEGER, started_at VARCHAR, as_of VARCHAR, seconds DOUBLE, ledger VARCHAR, ledger_holds BOOLEAN);
"""  # noqa: E501


LAYOUT = hashlib.sha256(TABLES.encode()).hexdigest()[:16]
"""Tells the tables of one version of the product from those of another."""


def create_tables(connection: Connection) -> None:
    """Make what is not there yet."""
    connection.execute(TABLES)
    connection.execute("INSERT INTO layout SELECT ? WHERE NOT EXISTS (SELECT 1 FROM layout)", [LAYOUT])


def has_layout(connection: Connection) -> bool:
    """True if the database has the tables of this version, or none yet."""
    names = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if "layout" not in names:
        return not names
    return connection.execute("SELECT fingerprint FROM layout").fetchall() == [(LAYOUT,)]


def fetch_one(connection: Connection, query: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
    """The first row, or None. All rows are fetched: a result left half read blocks the connection."""
    rows = connection.execute(query, list(values)).fetchall()
    return rows[0] if rows else None


def insert_rows(connection: Connection, table: str, rows: pd.DataFrame | pa.Table) -> None:
    """Add rows by column name."""
    if not len(rows):
        return
    connection.register("incoming_rows", rows)
    try:
        connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming_rows")
    finally:
        with suppress(duckdb.TransactionException):  # after an error nothing can be done before the rollback
            connection.unregister("incoming_rows")


def delete_submissions(connection: Connection, tables: Iterable[str], submissions: Sequence[int]) -> None:
    """Remove all rows of the submissions from the tables."""
    if not len(submissions):
        return
    for table in tables:
        connection.execute(f"DELETE FROM {table} WHERE submission IN (SELECT unnest(?))", [list(map(int, submissions))])


def ensure_list_table(connection: Connection, sheet_id: str, cells: Sequence[Cell]) -> None:
    """The table of a list sheet; columns that a newer form adds are added."""
    wanted = {name_column(cell.ref): "DOUBLE" if cell.is_numeric else "VARCHAR" for cell in cells if not cell.blocked}
    table = f"records.{quote(sheet_id)}"
    present = list_record_columns(connection, sheet_id)
    if not present:
        columns = {"submission": "INTEGER", "line": "INTEGER"} | wanted
        described = ", ".join(f"{quote(name)} {kind}" for name, kind in columns.items())
        connection.execute(f"CREATE TABLE {table} ({described})")
        connection.execute("INSERT INTO record_columns VALUES (?, ?)", [sheet_id, list(columns)])
        return
    known = set(present)
    added = [name for name in wanted if name not in known]
    for name in added:
        connection.execute(f"ALTER TABLE {table} ADD COLUMN {quote(name)} {wanted[name]}")
    if added:
        connection.execute("UPDATE record_columns SET columns = ? WHERE sheet = ?", [[*present, *added], sheet_id])


def list_record_columns(connection: Connection, sheet_id: str) -> list[str]:
    """Columns of the table of a list sheet; none if nothing was stored of it yet.

    Kept in a table: what the database tells of its own columns takes longer the more tables it has.
    """
    row = fetch_one(connection, "SELECT columns FROM record_columns WHERE sheet = ?", [sheet_id])
    return list(row[0]) if row else []


def name_column(ref: str) -> str:
    """What a cell is called in the records of its sheet: `row.column` of a matrix, the field of other sheets."""
    inside = ref.partition("[")[2]
    if inside:
        row, _, column = inside.partition("].")
        return f"{row}.{column}"
    return ref.partition(".")[2]


def quote(name: str) -> str:
    """An identifier for SQL text; names come from definitions only."""
    return '"' + name.replace('"', '""') + '"'
