"""Collections opened and taken back in the workspace's pyproject.toml; everything else in it stays byte for byte.

An entry is whole lines of text: a remark, `[[tool.huizong.collections]]`, its keys and its table of due dates. It is
put at the end of the file and cut out again. What the file means before and after is held against each other, so that
a file written in a way that is not understood is left alone.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from flows.errors import WorkspaceError
from flows.files import write_whole

HEADER = re.compile(r"^\s*\[\[\s*tool\s*\.\s*huizong\s*\.\s*collections\s*\]\]")
OWN_TABLE = re.compile(r"^\s*\[\s*tool\s*\.\s*huizong\s*\.\s*collections\s*\.")
ANY_HEADER = re.compile(r"^\s*\[")
BOM = "\ufeff"
MARK = "# huizong rollover"
"""What the remark above an entry begins with, so that it goes with it."""


@dataclass(frozen=True)
class NewCollection:
    """An entry to be added: the returns asked for (none: all), when each is due, and remarks beside the dates."""

    period: str
    returns: Sequence[str] = ()
    due: Mapping[str, date] = field(default_factory=dict)
    remark: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


def add_collections(path: Path, collections: Sequence[NewCollection]) -> None:
    """Add entries for periods that have none yet. Raises WorkspaceError where the file cannot be added to."""
    text = _read(path)
    before = _list_entries(path, text)
    new = [c for c in collections if all(entry.get("period") != c.period for entry in before)]
    if not new:
        return
    newline = "\r\n" if "\r\n" in text else "\n"
    added = "".join(newline + _spell(collection).replace("\n", newline) for collection in new)
    changed = text + ("" if text.endswith("\n") or not text else newline) + added
    _refuse_unlike(path, text, changed, [*before, *(_build_entry(collection) for collection in new)])
    write_whole(path, changed.encode())


def remove_collections(path: Path, periods: Sequence[str]) -> list[str]:
    """Cut out the entries of these periods that were added here, and return the periods. Others stay.

    Raises WorkspaceError where an entry cannot be told from what is around it.
    """
    text = _read(path)
    lines = text.splitlines(keepends=True)
    gone: list[str] = []
    for start, end in reversed(_find_blocks(lines)):
        content = _parse(path, "".join(lines[start:end]))
        period = content["tool"]["huizong"]["collections"][0].get("period")
        if period in periods:
            del lines[_include_remark(lines, start) : end]
            gone.insert(0, period)
    changed = "".join(lines)
    if gone:
        kept = [entry for entry in _list_entries(path, text) if entry.get("period") not in gone]
        _refuse_unlike(path, text, changed, kept)
        write_whole(path, changed.encode())
    return gone


def _read(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def _list_entries(path: Path, text: str) -> list[dict[str, Any]]:
    entries = _parse(path, text)["tool"]["huizong"].get("collections", [])
    return [dict(entry) for entry in entries]


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix(BOM))
    except tomllib.TOMLDecodeError as error:
        raise WorkspaceError("collections_not_edited", path=path, problem=error) from None


def _build_entry(collection: NewCollection) -> dict[str, Any]:
    entry: dict[str, Any] = {"period": collection.period}
    if collection.returns:
        entry["returns"] = list(collection.returns)
    return entry | ({"due": dict(collection.due)} if collection.due else {})


def _spell(collection: NewCollection) -> str:
    lines = [f"{MARK}: {collection.remark}" if collection.remark else MARK]
    lines += ["[[tool.huizong.collections]]", f'period = "{collection.period}"']
    if collection.returns:
        lines.append(f"returns = {json.dumps(list(collection.returns))}")
    if collection.due:
        lines.append("[tool.huizong.collections.due]")
        for number, day in collection.due.items():
            remark = f"  # {collection.names[number]}" if number in collection.names else ""
            lines.append(f"{number} = {day.isoformat()}{remark}")
    return "\n".join(lines) + "\n"


def _find_blocks(lines: Sequence[str]) -> list[tuple[int, int]]:
    """First line of every entry made here, and the line behind its last; remarks below it belong to what follows."""
    blocks = []
    for start, line in enumerate(lines):
        if not HEADER.match(line) or not start or not lines[start - 1].startswith(MARK):
            continue
        end = start + 1
        for index in range(start + 1, len(lines)):
            if ANY_HEADER.match(lines[index]) and not OWN_TABLE.match(lines[index]):
                break
            if lines[index].strip() and not lines[index].lstrip().startswith("#"):
                end = index + 1
        blocks.append((start, end))
    return blocks


def _include_remark(lines: Sequence[str], start: int) -> int:
    """The remark made with an entry goes with it, and the empty line above that."""
    return start - 2 if start > 1 and not lines[start - 2].strip() else start - 1


def _refuse_unlike(path: Path, before: str, after: str, entries: Sequence[Mapping[str, Any]]) -> None:
    """Raise WorkspaceError unless the new text says what the old one did, but for the collections."""
    old, new = _parse(path, before), _parse(path, after)
    found = new["tool"]["huizong"].pop("collections", [])
    old["tool"]["huizong"].pop("collections", None)
    if found != list(entries) or old != new:
        raise WorkspaceError("collections_not_edited", path=path, problem="[[tool.huizong.collections]]")
