"""Codes, answers and identifiers as people type them → the code; digits once lost are never guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from flows.normalisers.numbers import EXACT_BELOW
from flows.normalisers.text import fold_width, remove_spaces

YES_NO = {
    "y": "Y", "yes": "Y", "是": "Y", "1": "Y", "有": "Y", "√": "Y", "✓": "Y", "true": "Y",
    "n": "N", "no": "N", "否": "N", "0": "N", "无": "N", "×": "N", "✗": "N", "x": "N", "false": "N",
}  # fmt: skip

SCIENTIFIC = re.compile(r"\d(?:\.\d+)?e\+?\d+", re.IGNORECASE)
ID_NUMBER = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)")
MOBILE_NUMBER = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
SEPARATORS = re.compile(r"[;；,，、|/\s]+")
MOST_OFFERED, NEAR = 8, 0.5
"""So many codes are offered; one is near whose letters agree with half of those typed."""


def read_yes_no(value: object) -> str | None:
    """Y or N, or None if the answer is neither."""
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, float) and value.is_integer():
        value = str(int(value))
    return YES_NO.get(remove_spaces(fold_width(value)).casefold()) if isinstance(value, str) else None


def read_code(value: object, answers: Mapping[str, str], pattern: str = "") -> str | None:
    """The code for an answer (code, label or both), or None if the list has none."""
    text = read_identifier(value)
    if text is None:
        return None
    folded = remove_spaces(text).casefold()
    code = answers.get(folded)
    if code is None and isinstance(value, float):
        code = _restore_zeros(folded, answers)
    if code is None and pattern and re.fullmatch(pattern, remove_spaces(text)):
        return remove_spaces(text)
    return code


def read_codes(value: object, answers: Mapping[str, str]) -> str | None:
    """Several codes joined by `;` in the order given, or None if one of them is unknown."""
    text = read_identifier(value)
    if text is None:
        return None
    whole = answers.get(remove_spaces(text).casefold())
    if whole is not None:
        return whole
    parts = [part for part in SEPARATORS.split(text.strip()) if part]
    codes = [answers.get(remove_spaces(part).casefold()) for part in parts]
    return ";".join(dict.fromkeys(code for code in codes if code)) if parts and all(codes) else None


def read_identifier(value: object) -> str | None:
    """Text of an identifier: numbers without decimals, width folded. None where digits may have been lost."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT_BELOW else None
    if not isinstance(value, str):
        return None
    text = fold_width(value).strip()
    return None if SCIENTIFIC.fullmatch(text) else text


def list_same_numbers(value: float, answers: Mapping[str, str]) -> list[str]:
    """Codes that read as the number but for the zeros around them, such as 97.010 and 97.01 for 97.01."""
    return sorted({code for answer, code in answers.items() if _read_decimal(answer) == value})


def offer_codes(value: object, shown: Sequence[str]) -> list[str]:
    """What might have been meant: the whole list where it is short, else its entries nearest to what was typed."""
    if len(shown) <= MOST_OFFERED:
        return list(shown)
    typed = remove_spaces(fold_width(str(value))).casefold()
    spellings = {spelling: entry for entry in reversed(shown) for spelling in _list_spellings(entry)}
    close = get_close_matches(typed, spellings, n=MOST_OFFERED, cutoff=NEAR)
    return list(dict.fromkeys(spellings[spelling] for spelling in close)) or [shown[0], shown[1], "…", shown[-1]]


def find_personal_number(text: str, *, mobile_allowed: bool) -> str | None:
    """`id` or `mobile` if the text holds such a number of a person."""
    plain = remove_spaces(fold_width(text))
    if ID_NUMBER.search(plain):
        return "id"
    if not mobile_allowed and MOBILE_NUMBER.search(plain):
        return "mobile"
    return None


def _list_spellings(entry: str) -> tuple[str, ...]:
    """A code and its label, together and each alone."""
    folded = entry.casefold()
    return folded, *folded.split(" ", 1)


def _read_decimal(answer: str) -> float | None:
    return float(answer) if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", answer) else None


def _restore_zeros(digits: str, answers: Mapping[str, str]) -> str | None:
    """7 → 007 where exactly one code of the list differs by leading zeros only."""
    matches = {code for answer, code in answers.items() if answer.isdigit() and answer.lstrip("0") == digits}
    return matches.pop() if len(matches) == 1 else None
