"""Text as people type it → text that can be compared: width, spaces and invisible characters."""

from __future__ import annotations

import re
import unicodedata

INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|_x00(?:0[0-8BCEFbcef]|1[0-9A-Fa-f])_")
SPACES = re.compile(r"\s+")


def fold_width(text: str) -> str:
    """Full-width and compatibility forms in their plain form."""
    return unicodedata.normalize("NFKC", text)


def strip_text(text: str) -> str:
    """Text without invisible characters and without spaces at its ends."""
    return INVISIBLE.sub("", text).strip()


def remove_spaces(text: str) -> str:
    """Text without any white space or invisible character."""
    return SPACES.sub("", INVISIBLE.sub("", text))


def fold_label(value: object) -> str:
    """A label or number as compared with the form: width, case and spaces do not matter."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if not isinstance(value, str):
        return "" if value is None else str(value)
    return remove_spaces(fold_width(value)).casefold()


def has_control(text: str) -> bool:
    """True if the text holds control characters that no form asks for."""
    return CONTROL.search(text) is not None


def escape_text(text: str, *, limit: int = 120) -> str:
    """Text safe to show in one line: control and direction characters made visible, long text cut with a mark."""
    shown = "".join(character if _is_printable(character) else f"\\u{ord(character):04x}" for character in text)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def _is_printable(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
