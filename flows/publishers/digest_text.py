"""A digest as plain text: for mail, for messaging, for the screen."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from flows.publishers.digest_content import Cell, Column, DigestContent, Section
from flows.publishers.tables import format_figure


def write_digest_text(content: DigestContent) -> str:
    """Facts and tables as sentences; of a long table its first rows."""
    frames = content.frames
    lines = [frames.head.format(title=content.title, day=content.subtitle), ""]
    lines += [frames.fact.format(label=fact.label, text=flatten(fact.text)) for fact in content.facts]
    for section in content.sections:
        lines += ["", frames.section.format(title=section.title), *_list_lines(section, frames.more)]
    return "\n".join([*lines, "", content.footer, ""])


def spell_cell(value: Cell, column: Column) -> str:
    """A value as printed; a dash where there is no number."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and math.isnan(value):
        return "—"
    return format_figure(float(value), column.decimals)


def flatten(text: str) -> str:
    """A text on one line, without the gaps that empty values leave."""
    return re.sub("[ \n]+", " ", text).strip()


def _list_lines(section: Section, more: str) -> Iterator[str]:
    if not section.rows:
        yield section.empty
    for number, row in enumerate(section.rows[: section.most], start=1):
        values = {c.key: flatten(spell_cell(value, c)) for c, value in zip(section.columns, row, strict=True)}
        yield f"{number}. {flatten(section.line.format(**values))}"
    if len(section.rows) > section.most:
        yield more.format(count=len(section.rows) - section.most)
