"""Numbers as people type them → numbers, by declared rules; anything ambiguous stays unread and is said."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from flows.normalisers.text import fold_width, remove_spaces
from flows.signals import Notice

NONE_MARKS = frozenset(
    {"无", "没有", "-", "--", "—", "——", "–", "/", "\\", "*", "空", "不适用", "n/a", "na", "null", "none", "."}
)
PLAIN = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
GROUPED = re.compile(r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
DIGITS = frozenset("0123456789０１２３４５６７８９")
EXACT_BELOW = 1e15
"""Whole numbers up to here are exact in a spreadsheet: fifteen digits."""
APOSTROPHES = str.maketrans({"'": ",", "’": ",", "−": "-", "﹣": "-"})


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """The number (None: not read) and what was noticed on the way."""

    value: float | None
    notices: tuple[Notice, ...] = ()


def read_number(text: str, *, unit: str = "", percent: bool = False) -> ReadNumber:
    """Read a number typed as text. A mark for none reads as no number and is said to be one."""
    width = fold_width(text)
    plain = remove_spaces(width).translate(APOSTROPHES)
    notices = [Notice.NUMBER_AS_TEXT]
    if width != text:
        notices.append(Notice.FULL_WIDTH)
    if remove_spaces(text) != text:
        notices.append(Notice.SPACES)
    if plain.casefold() in NONE_MARKS:
        return ReadNumber(None, (Notice.NONE_MARK,))
    if not plain:
        return ReadNumber(None)
    return _read_plain(plain, unit, notices, percent=percent, digits=sum(character in DIGITS for character in text))


def is_exact(value: float) -> bool:
    """False for infinities and non-numbers, as damaged files hold, and for more digits than a spreadsheet keeps."""
    return math.isfinite(value) and abs(value) < EXACT_BELOW


def _read_plain(plain: str, unit: str, notices: list[Notice], *, percent: bool, digits: int) -> ReadNumber:
    """Read folded text. `digits` were typed as such: raised and circled ones, which fold to plain ones too, are not."""
    bare = _remove_unit(plain, unit)
    if bare != plain:
        notices.append(Notice.UNIT_REMOVED)
    if percent and bare.endswith("%"):
        bare = bare[:-1]
        notices.append(Notice.PERCENT_READ_AS)
    if GROUPED.fullmatch(bare):
        notices.append(Notice.THOUSANDS)
        bare = bare.replace(",", "")
    if PLAIN.fullmatch(bare) and sum(character in DIGITS for character in bare) <= digits and is_exact(float(bare)):
        return ReadNumber(float(bare), tuple(notices))
    if not any(character.isdigit() for character in bare):
        return ReadNumber(None, (Notice.NO_NUMBER,))
    return ReadNumber(None, (Notice.WORDS_IN_NUMBER,))


def _remove_unit(plain: str, unit: str) -> str:
    """The text without the field's own unit behind it; another unit stays and makes it unreadable."""
    folded = remove_spaces(fold_width(unit))
    for ending in (folded, folded.partition("/")[0]):
        if ending and ending != "%" and plain.endswith(ending) and len(plain) > len(ending):
            return plain[: -len(ending)]
    return plain
