"""The field knowledge as it is written: returns with their sheets and fields, and checks, read from Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RETURN = re.compile(r"### (?P<no>[A-Z]\d\d) `(?P<id>\w+)` (?P<title>\S.*)")
SHEET = re.compile(r"\*\*Sheet `(?P<id>\w+)` (?P<name>[^*]+)\*\* — (?P<kind>items|matrix|list)")
FIELD = re.compile(r"\| `(?P<id>\w+)` \| (?P<label>[^|]+?) \|")
ROW = re.compile(r"\| `(?P<id>\w+)` \|[^|]*\|[^|]*\|[^|]*\| *(?P<allowed>[^|]*?) *\| *(?P<note>[^|]*?) *\|")
PLAIN = re.compile(r"|Y/N|CL-\d\d( [^;]*)?")
"""What the column "allowed" says that is no constraint of its own: nothing, yes or no, a code list."""
LINES = re.compile(r"\* (?P<what>rows|columns): (?P<listed>.+)")
LINE = re.compile(r"`(?P<id>\w+)` (?P<label>.+?)(?:, (?=`)|$)")
CHECK = re.compile(r"\| (?P<code>[A-Z]{2}\d\d) \| (?P<severity>error|query|info)\b")


@dataclass(frozen=True, slots=True)
class WrittenField:
    """A field, row or column with the sheet and return it stands in. `what` is fields, rows or columns."""

    no: str
    return_id: str
    sheet: str
    what: str
    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What the columns "allowed" and "note" say of a field, beside its code list and that it is yes or no."""

    no: str
    sheet: str
    field: str
    said: str


@dataclass(frozen=True, slots=True)
class WrittenCheck:
    code: str
    severity: str


def read_fields(path: Path) -> list[WrittenField]:
    """Every field of every sheet, in the order of the text."""
    fields: list[WrittenField] = []
    no = return_id = sheet = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if heading := RETURN.match(line):
            no, return_id, sheet = heading["no"], heading["id"], ""
        elif line.startswith("## "):
            no = return_id = sheet = ""
        elif found := SHEET.match(line):
            sheet = found["id"]
        elif sheet:
            fields += (WrittenField(no, return_id, sheet, *rest) for rest in _read_line(line))
    return fields


def read_remarks(path: Path) -> Iterator[Remark]:
    """Remarks in the tables of fields: what is allowed, and the note."""
    no = sheet = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if heading := RETURN.match(line):
            no, sheet = heading["no"], ""
        elif line.startswith("## "):
            no = sheet = ""
        elif found := SHEET.match(line):
            sheet = found["id"]
        elif no and sheet and (row := ROW.match(line)):
            allowed = "" if PLAIN.fullmatch(row["allowed"]) else row["allowed"]
            said = "; ".join(text for text in (allowed, row["note"]) if text)
            if said:
                yield Remark(no, sheet, row["id"], said)


def read_checks(path: Path) -> list[WrittenCheck]:
    """Every check of the tables."""
    found = (CHECK.match(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [WrittenCheck(match["code"], match["severity"]) for match in found if match]


def _read_line(line: str) -> Iterator[tuple[str, str, str]]:
    """What a line of the text names: one field of a table, or all rows or columns of a matrix."""
    if field := FIELD.match(line):
        yield "fields", field["id"], field["label"]
    elif listed := LINES.match(line):
        yield from ((listed["what"], part["id"], part["label"]) for part in LINE.finditer(listed["listed"]))
