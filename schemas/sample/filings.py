"""What a sample is made of: filings as clerks would make them, and the troubles planted in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

Value = str | float | int | date | None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something planted in a filing, and what must be said about it."""

    kind: str
    code: str
    ref: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Filing:
    """One workbook: what is typed into the template of a return for a school and period.

    `values` are typed into fixed sheets by reference, `lists` are the lines of list sheets by field id. `typed` are
    typed over what the facts say, totals included, as a clerk in error would.
    """

    return_id: str
    period: str
    school: str
    school_name: str
    values: Mapping[str, Value]
    lists: Mapping[str, Sequence[Mapping[str, Value]]] = field(default_factory=dict)
    cover: Mapping[str, Value] = field(default_factory=dict)
    received_on: date = date(2025, 9, 15)
    revision: int = 1
    version: str | None = None
    typed: Mapping[str, Value] = field(default_factory=dict)
    rename: Mapping[str, str] = field(default_factory=dict)
    cut_to: float | None = None
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample district: settings, and filings in the order they arrive."""

    district_code: str
    district_name: str
    bureau_code: str
    collections: Sequence[Mapping[str, object]]
    nights: Sequence[date]
    filings: Sequence[Filing]
    sections: Sequence[Mapping[str, str]] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    definitions: Path | None = None
    """The folder of what the district defines for itself; it goes into its workspace."""
