"""What is marked in a workbook, and the words that go with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flows.checks.findings import SEVERITIES


@dataclass(frozen=True, slots=True)
class Remark:
    """A fault at a tab and cell (empty: the whole file or sheet), with what was said to it.

    `reply` is how an explanation stands, in words; `reason` and `explanation` are the school's own. `count` is the
    number of faults that it stands for.
    """

    sheet: str
    cell: str
    severity: str
    code: str
    message: str
    remedy: str
    label: str = ""
    found: str = ""
    expected: str = ""
    difference: str = ""
    reply: str = ""
    reason: str = ""
    explanation: str = ""
    is_answered: bool = field(default=False, kw_only=True)
    count: int = field(default=1, kw_only=True)


def order_remarks(remarks: Iterable[Remark]) -> tuple[Remark, ...]:
    """The gravest first, otherwise as found."""
    return tuple(sorted(remarks, key=lambda remark: SEVERITIES.index(remark.severity)))


def count_faults(remarks: Iterable[Remark]) -> int:
    """How many faults the remarks stand for."""
    return sum(remark.count for remark in remarks)


@dataclass(frozen=True, slots=True)
class Sheetful:
    """The list's title, the lines above it, its heads, and the words for severities, repetition and reasons."""

    title: str
    lines: Sequence[str]
    heads: Sequence[str]
    severities: Mapping[str, str]
    advice: str
    repeated: str = "{count}"
    more: str = "{count}"
    reasons: Sequence[str] = ()
