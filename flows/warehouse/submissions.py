"""Submissions in the database: what was received and what was read from it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from flows.normalisers.records import stack_readings
from flows.readers.reading import Placement, Reading, fingerprint_content
from flows.signals import Notice, Signal
from flows.warehouse.records import store_block
from flows.warehouse.tables import Connection, delete_submissions, fetch_one, insert_rows
from schemas.catalogue import Catalogue

READ_TABLES = ("signals", "repairs", "placements", "notes", "computed_totals")


@dataclass(frozen=True, slots=True)
class UnreadFile:
    """A received file that is still to be read, or to be read again under changed definitions."""

    submission: int
    sha256: str
    file_name: str


@dataclass(frozen=True, slots=True)
class SubmissionRow:
    """What is known of a submission from its file."""

    submission: int
    sha256: str
    file_name: str
    received_at: str
    return_id: str
    version: str
    period: str
    school: str
    cover: Mapping[str, str]
    filled: int
    present: frozenset[str]
    is_readable: bool
    content: str = ""
    """What the workbook says, in two words: figures and what is said about them. Empty where nothing was read."""

    @property
    def figures(self) -> str:
        """Tells figures from other figures, whatever cover and explanations say."""
        return self.content.partition(" ")[0]


def list_unread(connection: Connection, fingerprints: Mapping[str, str]) -> list[UnreadFile]:
    """Files not read yet, or read under definitions of their return that have changed since, oldest first."""
    rows = connection.execute(
        "SELECT submission, sha256, file_name, return_id, read_with FROM submissions ORDER BY submission"
    ).fetchall()
    return [
        UnreadFile(row[0], row[1], row[2]) for row in rows if row[4] != fingerprints.get(row[3] or "", fingerprints[""])
    ]


def store_readings(
    connection: Connection,
    catalogue: Catalogue,
    readings: Sequence[tuple[UnreadFile, Reading]],
    fingerprints: Mapping[str, str],
    periods: Mapping[int, str],
) -> None:
    """Replace all that is known of the files by these readings. Run inside a transaction.

    `periods` gives each submission's period in its plain spelling, empty where the cover's cannot be told.
    """
    ids = [file.submission for file, _ in readings]
    delete_submissions(connection, (*READ_TABLES, "standings"), ids)
    _update_submissions(connection, readings, fingerprints, periods)
    insert_rows(connection, "signals", pd.DataFrame([row for f, r in readings for row in _list_signals(f, r)]))
    insert_rows(connection, "repairs", pd.DataFrame([row for f, r in readings for row in _list_repairs(f, r)]))
    insert_rows(connection, "placements", pd.DataFrame([row for f, r in readings for row in _list_placements(f, r)]))
    insert_rows(connection, "notes", pd.DataFrame([row for f, r in readings for row in _list_notes(f, r)]))
    by_form: dict[tuple[str, str], list[tuple[int, Reading]]] = {}
    for file, reading in readings:
        if reading.present or len(reading.numbers):
            key = (reading.identity.return_id, reading.identity.version)
            by_form.setdefault(key, []).append((file.submission, reading))
    for (return_id, version), members in by_form.items():
        layout = catalogue.build_layout(return_id, version)
        store_block(connection, stack_readings(layout, [s for s, _ in members], [r for _, r in members]))


def is_received(connection: Connection, sha256: str) -> bool:
    """True if a file of these bytes has been received."""
    return fetch_one(connection, "SELECT 1 FROM submissions WHERE sha256 = ?", [sha256]) is not None


def load_rows(connection: Connection, submissions: Iterable[int]) -> list[SubmissionRow]:
    """What is known of the submissions, in order of receipt."""
    rows = connection.execute(
        "SELECT submission, sha256, file_name, received_at, return_id, version, period, school, cover, filled, "
        "present, is_readable, content FROM submissions WHERE submission IN (SELECT unnest(?)) ORDER BY submission",
        [list(submissions)],
    ).fetchall()
    return [
        SubmissionRow(
            row[0], row[1], row[2], row[3], row[4] or "", row[5] or "", row[6] or "", row[7] or "",
            json.loads(row[8] or "{}"), row[9] or 0, frozenset((row[10] or "").split()), bool(row[11]),
            row[12] or "",
        )
        for row in rows
    ]  # fmt: skip


def load_signals(connection: Connection, submissions: Iterable[int]) -> dict[int, list[Signal]]:
    """Signals of reading, by submission."""
    rows = connection.execute(
        "SELECT submission, notice, sheet, cell, ref, found, expected, facts FROM signals "
        "WHERE submission IN (SELECT unnest(?)) ORDER BY submission, position",
        [list(submissions)],
    ).fetchall()
    signals: dict[int, list[Signal]] = {}
    for submission, notice, sheet, cell, ref, found, expected, facts in rows:
        signal = Signal(Notice(notice), sheet, cell, ref, found, expected, json.loads(facts))
        signals.setdefault(submission, []).append(signal)
    return signals


def load_moved(connection: Connection, submissions: Iterable[int]) -> dict[int, dict[str, Placement]]:
    """Sheets that stood elsewhere than on the form, by submission."""
    rows = connection.execute(
        "SELECT submission, sheet, tab, row_positions, column_positions FROM placements "
        "WHERE submission IN (SELECT unnest(?))",
        [list(submissions)],
    ).fetchall()
    moved: dict[int, dict[str, Placement]] = {}
    for submission, sheet, tab, row_positions, column_positions in rows:
        moved.setdefault(submission, {})[sheet] = Placement(tab, tuple(row_positions), tuple(column_positions))
    return moved


def _update_submissions(
    connection: Connection,
    readings: Sequence[tuple[UnreadFile, Reading]],
    fingerprints: Mapping[str, str],
    periods: Mapping[int, str],
) -> None:
    rows = [
        {
            "submission": file.submission,
            "kind": reading.kind,
            "is_readable": reading.is_readable,
            "return_id": reading.identity.return_id,
            "version": reading.identity.version,
            "period": periods.get(file.submission, ""),
            "school": reading.identity.school_code,
            "cover": json.dumps(dict(reading.identity.cover), ensure_ascii=False, sort_keys=True),
            "filled": reading.filled,
            "present": " ".join(sorted(reading.present)),
            "content": fingerprint_content(reading),
            "program": reading.program,
            "read_with": fingerprints.get(reading.identity.return_id, fingerprints[""]),
        }
        for file, reading in readings
    ]
    frame = pd.DataFrame(rows)
    connection.register("read_rows", frame)
    names = [name for name in frame.columns if name != "submission"]
    assignments = ", ".join(f"{name} = r.{name}" for name in names)
    connection.execute(f"UPDATE submissions s SET {assignments} FROM read_rows r WHERE s.submission = r.submission")
    connection.unregister("read_rows")


def _list_signals(file: UnreadFile, reading: Reading) -> list[dict[str, Any]]:
    return [
        {
            "submission": file.submission, "position": position, "notice": signal.notice.value, "sheet": signal.sheet,
            "cell": signal.cell, "ref": signal.ref, "found": signal.found, "expected": signal.expected,
            "facts": json.dumps(dict(signal.values), ensure_ascii=False, sort_keys=True),
        }
        for position, signal in enumerate(reading.signals)
    ]  # fmt: skip


def _list_repairs(file: UnreadFile, reading: Reading) -> list[dict[str, Any]]:
    return [
        {"submission": file.submission, "ref": r.ref, "sheet": r.sheet, "cell": r.cell, "raw": r.raw, "value": r.value}
        for r in reading.repairs
    ]


def _list_placements(file: UnreadFile, reading: Reading) -> list[dict[str, Any]]:
    return [
        {
            "submission": file.submission, "sheet": sheet, "tab": placement.tab, "row_positions": list(placement.rows),
            "column_positions": list(placement.columns),
        }
        for sheet, placement in reading.moved.items()
    ]  # fmt: skip


def _list_notes(file: UnreadFile, reading: Reading) -> list[dict[str, Any]]:
    names = ("sheet", "check_id", "location", "value_seen", "reason_code", "explanation", "noted_by", "noted_on")
    return [
        {"submission": file.submission, "line": int(note["row"]), **{name: note.get(name, "") for name in names}}
        for note in reading.notes
    ]
