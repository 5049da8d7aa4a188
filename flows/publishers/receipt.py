"""The receipt of a submission: the school's own workbook marked, or a list of its own, and one page of text."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from flows.publishers.marking.mark import mark_workbook
from flows.publishers.marking.remark import Remark, Sheetful, count_faults

MARKABLE = frozenset({"xlsx", "xlsm"})
MOST_CHANGES = 4
"""Lines above the list that say what changed; the text has more."""

MOST_LINES = 12
"""Faults that the text for messaging names; the list has them all."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says: whose return, how it stands, and every fault found."""

    head: str
    file: str
    verdict: str
    advice: str
    remarks: tuple[Remark, ...]
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """The words around it."""

    title: str
    heads: tuple[str, ...]
    severities: Mapping[str, str]
    advice: str
    line: str
    more: str
    repeated: str
    more_listed: str
    reasons: tuple[str, ...]


def mark_receipt(content: bytes, receipt: Receipt, words: Words) -> bytes | None:
    """The workbook marked; None where the package cannot be marked."""
    lines = (receipt.head, receipt.file, receipt.verdict, receipt.advice, *receipt.changes[:MOST_CHANGES])
    listing = Sheetful(
        words.title, lines, words.heads, words.severities, words.advice, words.repeated, words.more_listed,
        words.reasons,
    )  # fmt: skip
    try:
        return mark_workbook(content, receipt.remarks, listing)
    except (zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, StopIteration, ValueError):
        return None


def write_text(receipt: Receipt, words: Words) -> str:
    """One page for messaging, without anything that needs a workbook to be understood."""
    lines = [receipt.head, receipt.file, receipt.verdict, receipt.advice, *receipt.changes]
    for number, remark in enumerate(receipt.remarks[:MOST_LINES], start=1):
        place = f"{remark.sheet} {remark.cell}：".lstrip() if remark.sheet or remark.cell else ""
        lines.append(
            words.line.format(
                number=number, severity=words.severities[remark.severity], place=place, message=remark.message,
                remedy=remark.remedy,
            )
        )  # fmt: skip
    left = count_faults(receipt.remarks[MOST_LINES:])
    if left > 0:
        lines.append(words.more.format(count=left))
    return "\n".join(lines) + "\n"
