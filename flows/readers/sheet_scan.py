"""One pass over the XML of a sheet for what the reading library does not tell.

Error cells and formulas without a stored value both come as blanks from the library; hidden rows, merged
cells and comments do not come at all. Only what is seldom there is looked at closely.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping

from lxml import etree

from flows.readers.scans import LAST_COLUMN, LAST_ROW, Gathering, SheetScan
from schemas.layout import split_address

DIGITS = b"0123456789"

ADDRESS = re.compile(rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"')
FILLED = re.compile(rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"[^>]*(?<!/)>')
ODD_TYPE = re.compile(rb' t="(?!n"|s"|str"|b"|e"|d"|inlineStr"|shared"|array"|dataTable")')
FORMULA = re.compile(rb'<c r="([A-Z]+[0-9]+)"([^>]*)><f[^>]*?(?:/>|>[^<]*</f>)(<v(?: [^>/]*)?>)?(?!</v>)')
ERROR = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*? t="e"[^>]*>(?:<f[^>]*?(?:/>|>[^<]*</f>))?<v>([^<]*)</v>')
NEGATIVE_STRING = re.compile(rb' t="s"[^>]*><v>-')
MERGE = re.compile(rb'<mergeCell ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
HIDDEN_ROW = re.compile(rb'<row [^>]*?r="([0-9]+)"[^>]* hidden="(?:1|true)"')
HIDDEN_COLUMN = re.compile(rb'<col [^>]*?hidden="(?:1|true)"')
STYLED = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*? s="([0-9]+)"')
TEXT_RESULT = b' t="str"'
"""A formula of this type without a value gave an empty text; of any other it was never computed."""

OTHER_SPELLING = (b"> <", b"='", b"<!", b"<?", b"<c>")
"""Spaces between tags, single quotes, comments, character data, instructions, and cells without address."""
BREAKS = (b"\n", b"\t", b"\r")
BROKEN_TAG = re.compile(rb">[\t\r\n]+<|<(?:c|f|v|row|mergeCell)[\t\r\n]")
CHARACTER_DATA = b"<![CDATA["
HEAD, TAIL = 600, 200
USUAL_BOX = 100_000
"""In a larger sheet cells that hold nothing but a format are left out of the count: formats may go on to the end."""
KNOWN_TYPES = frozenset({"n", "s", "str", "b", "e", "d", "inlineStr"})
CELL_ADDRESS = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
AREA = re.compile(r"([A-Z]{1,3}[1-9][0-9]{0,6}):([A-Z]{1,3}[1-9][0-9]{0,6})")


def scan_sheet(content: bytes, percent_styles: frozenset[int] = frozenset()) -> SheetScan:
    """Scan a sheet part. A fault names what makes its values untrustworthy. Raises XMLSyntaxError if it is no XML."""
    addresses = ADDRESS.findall(content)
    if len(addresses) != content.count(b"<c ") or _is_unusual(content):
        return _scan_slowly(content, percent_styles)
    formulas = FORMULA.findall(content) if b"<f" in content else []
    errors = ERROR.findall(content) if b' t="e"' in content else []
    if len(formulas) != content.count(b"<f>") + content.count(b"<f ") or len(errors) != content.count(b' t="e"'):
        return _scan_slowly(content, percent_styles)
    uncomputed = (address for address, traits, value in formulas if not value and TEXT_RESULT not in traits)
    return _summarise(
        content,
        addresses,
        errors={address.decode(): text.decode("utf-8", "replace") for address, text in errors},
        formulas=frozenset(address.decode() for address, _, _ in formulas),
        uncomputed=frozenset(address.decode() for address in uncomputed),
        percents=_find_percents(content, percent_styles),
    )


def _is_unusual(content: bytes) -> bool:
    """True for XML that the quick patterns do not follow, and for a part that does not end where it should."""
    start = content.find(b"<worksheet", 0, HEAD)
    return (
        start < 0
        or b"</worksheet>" not in content[-TAIL:]
        or any(content.find(mark, start) >= 0 for mark in OTHER_SPELLING)
        or (any(content.find(mark, start) >= 0 for mark in BREAKS) and BROKEN_TAG.search(content, start) is not None)
    )


def _summarise(
    content: bytes,
    addresses: list[bytes],
    *,
    errors: Mapping[str, str],
    formulas: frozenset[str],
    uncomputed: frozenset[str],
    percents: frozenset[str],
) -> SheetScan:
    last_row, last_column = _find_corner(addresses)
    fault = _find_fault(content, addresses, last_row, last_column)
    if last_row * last_column > USUAL_BOX:
        last_row, last_column = _find_corner(FILLED.findall(content))
    has_hidden = b"hidden=" in content
    return SheetScan(
        filled=content.count(b"<v>") + content.count(b"<v ") + content.count(b"<is>"),
        box=last_row * last_column,
        errors=errors,
        formulas=formulas,
        uncomputed=uncomputed,
        percents=percents,
        merged=tuple(m.decode() for m in MERGE.findall(content)) if b"<mergeCell " in content else (),
        hidden_rows=frozenset(int(row) for row in HIDDEN_ROW.findall(content)) if has_hidden else frozenset(),
        has_hidden_columns=has_hidden and HIDDEN_COLUMN.search(content) is not None,
        fault=fault,
    )


def _find_corner(addresses: list[bytes]) -> tuple[int, int]:
    """The last row and the last column among the cells, counted from 1."""
    columns = {address.rstrip(DIGITS) for address in addresses}
    last_column = max((_column_number(letters) for letters in columns), default=0)
    return max((int(address.lstrip(_LETTERS)) for address in addresses), default=0), last_column


def _find_fault(content: bytes, addresses: list[bytes], last_row: int, last_column: int) -> str:
    if ODD_TYPE.search(content) or NEGATIVE_STRING.search(content):
        return "cell_type"
    if len(set(addresses)) < len(addresses):
        return "repeated_cell"
    return "beyond_grid" if last_row > LAST_ROW or last_column > LAST_COLUMN else ""


def _find_percents(content: bytes, percent_styles: frozenset[int]) -> frozenset[str]:
    if not percent_styles:
        return frozenset()
    wanted = {str(style).encode() for style in percent_styles}
    return frozenset(address.decode() for address, style in STYLED.findall(content) if style in wanted)


_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _scan_slowly(content: bytes, percent_styles: frozenset[int]) -> SheetScan:
    """The same for XML that is written unusually: other attribute order, prefixes, comments, line breaks."""
    walk = _SlowWalk(percent_styles)
    parser = etree.iterparse(
        io.BytesIO(content), events=("end", "comment", "pi"), resolve_entities=False, no_network=True, huge_tree=False
    )
    for event, element in parser:
        if event != "end":
            walk.judge_remark(element)
            continue
        take = _TAKEN.get(etree.QName(element).localname)
        if take is not None:
            take(walk, element)
    if CHARACTER_DATA in content:
        walk.found.fault = walk.found.fault or "cell_content"
    return walk.found.summarise()


class _SlowWalk:
    """What is gathered element by element."""

    def __init__(self, percent_styles: frozenset[int]) -> None:
        self.found = Gathering()
        self._percent_styles = percent_styles
        self._seen: set[str] = set()

    def take_cell(self, element: etree._Element) -> None:
        address, kind = element.get("r", ""), element.get("t", "n")
        parts = {etree.QName(child).localname: child for child in element if isinstance(child.tag, str)}
        value = "".join(str(text) for text in parts["v"].itertext()) if "v" in parts else None
        self._judge_cell(address, kind, value or "")
        if not CELL_ADDRESS.fullmatch(address):
            return
        style = element.get("s", "0")
        is_percent = style.isdigit() and int(style) in self._percent_styles
        if value is not None or "is" in parts:
            self.found.fill(*split_address(address), is_percent=is_percent)
        if kind == "e":
            self.found.errors[address] = value or ""
        if "f" in parts:
            self.found.formulas.add(address)
            if not value and not (kind == "str" and value is not None):
                self.found.uncomputed.add(address)

    def _judge_cell(self, address: str, kind: str, value: str) -> None:
        fault = ""
        if not CELL_ADDRESS.fullmatch(address):
            fault = "cell_address"
        elif address in self._seen:
            fault = "repeated_cell"
        elif kind not in KNOWN_TYPES or (kind == "s" and value.startswith("-")):
            fault = "cell_type"
        elif split_address(address) >= (LAST_ROW, 0) or split_address(address)[1] >= LAST_COLUMN:
            fault = "beyond_grid"
        self._seen.add(address)
        self.found.fault = self.found.fault or fault

    def judge_remark(self, remark: etree._Element) -> None:
        """A remark inside a value: the library reads the value only up to it."""
        parent = remark.getparent()
        if parent is not None and etree.QName(parent).localname in VALUE_PARTS:
            self.found.fault = self.found.fault or "cell_content"

    def take_row(self, element: etree._Element) -> None:
        number = element.get("r", "")
        if element.get("hidden") in TRUE and number.isdigit():
            self.found.hidden_rows.add(int(number))
        element.clear()

    def take_columns(self, element: etree._Element) -> None:
        self.found.has_hidden_columns |= element.get("hidden") in TRUE

    def take_merge(self, element: etree._Element) -> None:
        area = AREA.fullmatch(element.get("ref", ""))
        if area:
            self.found.merge(*split_address(area[1]), *split_address(area[2]))


TRUE = ("1", "true")
VALUE_PARTS = ("v", "t", "f", "is", "r")
_TAKEN: Mapping[str, Callable[[_SlowWalk, etree._Element], None]] = {
    "c": _SlowWalk.take_cell, "row": _SlowWalk.take_row, "col": _SlowWalk.take_columns,
    "mergeCell": _SlowWalk.take_merge,
}  # fmt: skip
