"""Pieces of Markdown: headings, tables, code, links, and text that means nothing but itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from schemas.catalogue import Catalogue

GENERATED = "<!-- generated"
SPECIAL = re.compile(r"([\\`*_|\[\]])")


def open_page(catalogue: Catalogue) -> str:
    """The first line of every page: whoever edits it is sent to the definitions."""
    return f"{GENERATED}: {catalogue.message('pages.notice')} -->\n\n"


def is_generated(text: str) -> bool:
    """True for a page that begins as `open_page` says."""
    return text.startswith(GENERATED)


def escape(text: str) -> str:
    """A text as it is to be read, whatever is in it."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return " ".join(SPECIAL.sub(r"\\\1", plain).split())


def code(text: str) -> str:
    """A formula or id, also inside a table; nothing for an empty one."""
    plain = " ".join(text.split()).replace("|", "\\|")
    return f"`{plain}`" if plain else ""


def link(text: str, target: str) -> str:
    return f"[{escape(text)}]({target})"


def anchor(name: str) -> str:
    """A place that links may point to."""
    return f'<a id="{name}"></a>'


def heading(level: int, text: str) -> str:
    return f"{'#' * level} {text}\n\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already; columns in which nothing stands are left out."""
    lines = list(rows)
    used = [column for column in range(len(heads)) if any(line[column] for line in lines)]
    if not used:
        return ""
    head = _spell_line([escape(heads[column]) for column in used])
    body = [_spell_line([line[column] for column in used]) for line in lines]
    return "\n".join([head, "|" + "---|" * len(used), *body]) + "\n\n"


def facts(values: Mapping[str, str]) -> str:
    """A list of what is said, by its name; what is empty is not said."""
    lines = [f"- {name}：{value}" for name, value in values.items() if value]
    return "\n".join(lines) + "\n\n" if lines else ""


def spell_number(value: float | str) -> str:
    """A number without a point that it does not need; a text as it is."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def spell_limits(limits: Mapping[str, float | str]) -> str:
    """Tunable numbers by name."""
    return "；".join(f"{code(name)} = {escape(spell_number(value))}" for name, value in limits.items())


def _spell_line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
