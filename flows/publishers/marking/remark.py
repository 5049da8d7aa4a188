"""What is marked in a workbook, and the words that go with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flows.checks.findings import SEVERITIES


@dataclass(frozen=True, slots=True)
class Remark:
    """A fault at a tab and cell (empty: the whole file or sheet)."""

    sheet: str
    cell: str
    severity: str
    code: str
    message: str
    remedy: str


def order_remarks(remarks: Iterable[Remark]) -> tuple[Remark, ...]:
    """The gravest first, otherwise as found."""
    return tuple(sorted(remarks, key=lambda remark: SEVERITIES.index(remark.severity)))


@dataclass(frozen=True, slots=True)
class Sheetful:
    """The list's title, the lines above it, its heads, and the words for severities."""

    title: str
    lines: Sequence[str]
    heads: Sequence[str]
    severities: Mapping[str, str]
    advice: str
