"""One pass over the XML of a sheet for what the reading library does not tell.

Error cells and formulas without a stored value both come as blanks from the library; hidden rows, merged
cells and comments do not come at all. Only what is seldom there is looked at closely.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
DIGITS = b"0123456789"

ADDRESS = re.compile(rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"')
ODD_TYPE = re.compile(rb' t="(?!n"|s"|str"|b"|e"|d"|inlineStr"|shared"|array"|dataTable")')
FORMULA = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*><f[^>]*?(?:/>|>[^<]*</f>)(<v[^>]*>)?(?!</v>)')
ERROR = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*? t="e"[^>]*>(?:<f[^>]*?(?:/>|>[^<]*</f>))?<v>([^<]*)</v>')
NEGATIVE_STRING = re.compile(rb' t="s"[^>]*><v>-')
MERGE = re.compile(rb'<mergeCell ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
HIDDEN_ROW = re.compile(rb'<row [^>]*?r="([0-9]+)"[^>]* hidden="(?:1|true)"')
HIDDEN_COLUMN = re.compile(rb'<col [^>]*?hidden="(?:1|true)"')
BETWEEN_TAGS = (b">\n<", b"> <", b">\t<")
HEAD = 600
KNOWN_TYPES = frozenset({b"n", b"s", b"str", b"b", b"e", b"d", b"inlineStr"})


@dataclass(frozen=True, slots=True)
class SheetScan:
    """What a sheet's XML says beside its values."""

    filled: int = 0
    box: int = 0
    errors: Mapping[str, str] = field(default_factory=dict)
    formulas: frozenset[str] = frozenset()
    uncomputed: frozenset[str] = frozenset()
    merged: tuple[str, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    has_hidden_columns: bool = False
    has_notes: bool = False
    fault: str = ""

    def with_notes(self, has_notes: bool) -> SheetScan:
        return replace(self, has_notes=has_notes)


def scan_sheet(content: bytes) -> SheetScan:
    """Scan a sheet part. A fault names what makes its values untrustworthy."""
    addresses = ADDRESS.findall(content)
    if len(addresses) != content.count(b"<c ") or _is_unusual(content):
        return _scan_slowly(content)
    formulas = FORMULA.findall(content) if b"<f" in content else []
    if len(formulas) != content.count(b"<f>") + content.count(b"<f "):
        return _scan_slowly(content)
    errors = ERROR.findall(content) if b' t="e"' in content else []
    return _summarise(
        content,
        addresses,
        errors={address.decode(): text.decode("utf-8", "replace") for address, text in errors},
        formulas=frozenset(address.decode() for address, _ in formulas),
        uncomputed=frozenset(address.decode() for address, value in formulas if not value),
        filled=content.count(b"<v>") + content.count(b"<v ") + content.count(b"<is>"),
        fault="cell_type" if ODD_TYPE.search(content) or NEGATIVE_STRING.search(content) else "",
    )


def _is_unusual(content: bytes) -> bool:
    """True for prefixed elements, and for white space between tags, which the quick patterns do not follow."""
    return b"<worksheet" not in content[:HEAD] or any(content.find(mark, HEAD) > 0 for mark in BETWEEN_TAGS)


def _summarise(
    content: bytes,
    addresses: list[bytes],
    *,
    errors: Mapping[str, str],
    formulas: frozenset[str],
    uncomputed: frozenset[str],
    filled: int,
    fault: str,
) -> SheetScan:
    columns = {address.rstrip(DIGITS) for address in addresses}
    last_column = max((_column_number(letters) for letters in columns), default=0)
    last_row = max((int(address.lstrip(_LETTERS)) for address in addresses), default=0)
    if len(set(addresses)) < len(addresses):
        fault = fault or "repeated_cell"
    if last_row > LAST_ROW or last_column > LAST_COLUMN:
        fault = fault or "beyond_grid"
    has_hidden = b"hidden=" in content
    return SheetScan(
        filled=filled,
        box=last_row * last_column,
        errors=errors,
        formulas=formulas,
        uncomputed=uncomputed,
        merged=tuple(m.decode() for m in MERGE.findall(content)) if b"<mergeCell " in content else (),
        hidden_rows=frozenset(int(row) for row in HIDDEN_ROW.findall(content)) if has_hidden else frozenset(),
        has_hidden_columns=has_hidden and HIDDEN_COLUMN.search(content) is not None,
        fault=fault,
    )


_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _scan_slowly(content: bytes) -> SheetScan:
    """The same for XML that is written unusually: other attribute order, prefixes, comments, line breaks."""
    found = _SlowFindings()
    parser = etree.iterparse(
        _Stream(content), events=("end",), resolve_entities=False, no_network=True, huge_tree=False
    )
    for _, element in parser:
        if isinstance(element.tag, str) and etree.QName(element).localname == "c":
            found.take(element)
    return _summarise(
        content,
        found.addresses,
        errors=found.errors,
        formulas=frozenset(found.formulas),
        uncomputed=frozenset(found.uncomputed),
        filled=found.filled,
        fault=found.fault,
    )


@dataclass(slots=True)
class _SlowFindings:
    """What is gathered cell by cell."""

    addresses: list[bytes] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    formulas: list[str] = field(default_factory=list)
    uncomputed: list[str] = field(default_factory=list)
    filled: int = 0
    fault: str = ""

    def take(self, element: etree._Element) -> None:
        address, kind = element.get("r", ""), element.get("t", "n")
        if not re.fullmatch(r"[A-Z]{1,3}[1-9][0-9]{0,6}", address):
            self.fault = self.fault or "cell_address"
            return
        self.addresses.append(address.encode())
        parts = {etree.QName(child).localname: child for child in element if isinstance(child.tag, str)}
        value = (parts["v"].text or "") if "v" in parts else None
        self.filled += value is not None or "is" in parts
        if kind.encode() not in KNOWN_TYPES or (kind == "s" and (value or "").startswith("-")):
            self.fault = self.fault or "cell_type"
        if kind == "e":
            self.errors[address] = value or ""
        if "f" in parts:
            self.formulas.append(address)
            if not value:
                self.uncomputed.append(address)


class _Stream:
    """Bytes as the parser wants to read them."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._position = 0

    def read(self, size: int = -1) -> bytes:
        start, self._position = self._position, len(self._content) if size < 0 else self._position + size
        return self._content[start : self._position]
