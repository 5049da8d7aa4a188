"""A digest before it becomes a workbook, a page or a text: facts and tables, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Cell = str | float | int

SHORT, LONG = 15.0, 31.0
"""Widths in characters up to which a column holds words, and names."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the summary in front. `tone` is the name of a style of the theme."""

    label: str
    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its key in `line`, its head, its width in characters, the style of its cells.

    A detail stands in the workbook alone.
    """

    key: str
    label: str
    width: float
    style: str = "text"
    is_detail: bool = False

    @property
    def is_number(self) -> bool:
        return self.style == "count" or self.style.startswith("number")

    @property
    def look(self) -> str:
        """How a page sets it: a number, a word, a name or a long text."""
        if self.is_number:
            return "number"
        return "long" if self.width > LONG else "name" if self.width > SHORT else "word"

    @property
    def decimals(self) -> int:
        return int(self.style.removeprefix("number") or 0) if self.style.startswith("number") else 0


@dataclass(frozen=True, slots=True)
class Section:
    """A table of a digest.

    `tones` has a style a row for its first column, or is empty. `line` words a row as a sentence, by keys of columns.
    A page and a text show the first `most` rows, a workbook all.
    """

    name: str
    title: str
    note: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    empty: str
    line: str
    most: int
    tones: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Frames:
    """How a text puts a title, a fact and the head of a table, and what it says of rows left out."""

    head: str
    fact: str
    section: str
    more: str
    language: str


@dataclass(frozen=True, slots=True)
class DigestContent:
    """A digest, a chase list or the notice of a failed run. `overview` names the sheet of the facts."""

    title: str
    subtitle: str
    overview: str
    facts: Sequence[Fact]
    sections: Sequence[Section]
    footer: str
    frames: Frames
