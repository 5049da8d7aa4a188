"""What reading one file gives: who sent which return, its values by cell, and everything noticed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from flows.signals import Signal

SAID_IN_NOTES = ("check_id", "location", "reason_code", "explanation")
"""What a line of explanation says, wherever it stands."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What the cover says, as written; empty where it says nothing."""

    return_id: str = ""
    version: str = ""
    period: str = ""
    school_code: str = ""
    cover: Mapping[str, str] = field(default_factory=dict)
    blank_period: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """An entry whose value is not simply what the cell holds."""

    ref: str
    sheet: str
    cell: str
    raw: str
    value: str


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a sheet's lines stand in this workbook: its tab, and row and column by layout position."""

    tab: str
    rows: tuple[int, ...]
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ListReading:
    """The lines of a list sheet: their rows in the workbook, numbers and texts by field, layout order."""

    rows: NDArray[np.int64]
    numbers: NDArray[np.float64]
    texts: list[list[str | None]]


@dataclass(frozen=True, slots=True)
class Reading:
    """One file as read. `numbers` and `texts` follow the cells of the form's fixed sheets in layout order."""

    identity: Identity
    kind: str = ""
    numbers: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    texts: list[str | None] = field(default_factory=list)
    lists: Mapping[str, ListReading] = field(default_factory=dict)
    notes: list[dict[str, str]] = field(default_factory=list)
    present: frozenset[str] = frozenset()
    moved: Mapping[str, Placement] = field(default_factory=dict)
    repairs: list[Repair] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    filled: int = 0
    is_readable: bool = True
    program: str = ""
    """What wrote the workbook, as it says itself."""


def fingerprint_content(reading: Reading) -> str:
    """What the workbook says, in two words: its figures, and what is said about them on cover and explanations.

    Empty where no form was read. What was repaired counts as well: a fault mended is another content.
    """
    if not reading.present:
        return ""
    digest = hashlib.sha256(reading.numbers.tobytes())
    lists = [(name, r.rows.tolist(), r.numbers.tobytes(), r.texts) for name, r in sorted(reading.lists.items())]
    repairs = [(repair.ref, repair.raw) for repair in reading.repairs]
    faults = [(signal.notice.value, signal.sheet, signal.cell, signal.found) for signal in reading.signals]
    digest.update(repr((reading.texts, lists, repairs, faults, sorted(reading.present))).encode())
    notes = [[note.get(name, "") for name in SAID_IN_NOTES] for note in reading.notes]
    said = hashlib.sha256(repr((dict(reading.identity.cover), notes)).encode())
    return f"{digest.hexdigest()[:16]} {said.hexdigest()[:16]}"
