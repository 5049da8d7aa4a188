"""What an Open XML workbook (.xlsx, .xlsm, .xlsb) holds, told from its parts before any value is read."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from posixpath import dirname, join, normpath

from lxml import etree

from flows.readers import xlsb_scan
from flows.readers.archive import Entries, parse_part, read_parts
from flows.readers.identify import MARK_AUTHOR, MARK_SIGN
from flows.readers.limits import ReadingLimits
from flows.readers.number_formats import find_percent_styles
from flows.readers.program import name_program
from flows.readers.refusal import RefusalError
from flows.readers.scans import Package, SheetPart, SheetScan
from flows.readers.sheet_scan import scan_sheet
from flows.signals import Notice

OFFICE_RELATIONSHIP = "officeDocument"
CONTENT_TYPES = "[Content_Types].xml"
SHARED_TEXTS = "xl/sharedStrings.xml"
REMARK = re.compile(rb"<!|<\?")
"""Character data, comments and instructions: the library reads a text only up to one. No office program writes them."""
BINARY_WORKBOOK = "xl/workbook.bin"
NOTES = frozenset({"comments", "drawing", "threadedComment"})
PERCENT_SIGNS = (b"%", b'numFmtId="9"', b'numFmtId="10"')
"""Without one of these no style of a styles part shows percent."""


@dataclass(frozen=True, slots=True)
class _Listed:
    """A sheet as the workbook lists it."""

    name: str
    relation: str
    visible: bool


def scan_open_xml(archive: zipfile.ZipFile, entries: Entries, limits: ReadingLimits) -> Package:
    """Scan a workbook's parts. Raises RefusalError where it must not be read."""
    parts = read_parts(archive, entries, (".xml", ".rels", ".vml"), limits)
    is_binary = BINARY_WORKBOOK in entries
    if is_binary:
        parts |= read_parts(archive, entries, (".bin",), limits)
    path = BINARY_WORKBOOK if is_binary else _find_workbook(parts)
    if path is None:
        raise RefusalError(Notice.WRONG_FORMAT, _name_other_kind(entries))
    if CONTENT_TYPES not in entries:
        raise RefusalError(Notice.UNREADABLE, "missing_part", part=CONTENT_TYPES)
    if REMARK.search(parts.get(SHARED_TEXTS, b""), 1):
        raise RefusalError(Notice.UNSAFE, "cell_content")
    if any(name.startswith("xl/macrosheets/") for name in entries):
        raise RefusalError(Notice.UNSAFE, "macro_sheet")
    sheets = _scan_binary_sheets(path, parts, limits) if is_binary else _scan_sheets(path, parts, limits)
    has_macros = any(name.endswith("vbaProject.bin") for name in entries)
    return Package(
        kind="xlsb" if is_binary else "xlsm" if has_macros else "xlsx",
        has_macros=has_macros,
        has_links=any("externalLinks/" in name or name.endswith("connections.xml") for name in entries),
        sheets=sheets,
        program=name_program(parts),
    )


def _name_other_kind(entries: Iterable[str]) -> str:
    folders = {name.partition("/")[0] for name in entries}
    return "word" if "word" in folders else "slides" if "ppt" in folders else "zip"


def _find_workbook(parts: Mapping[str, bytes]) -> str | None:
    """Path of the workbook part, by the package's own relationships."""
    for _, kind, target in _read_relationships(parts, ""):
        path = normpath(target.lstrip("/"))
        if kind == OFFICE_RELATIONSHIP and path in parts and _local_name(parse_part(parts[path])) == "workbook":
            return path
    return None


def _read_relationships(parts: Mapping[str, bytes], path: str) -> Iterator[tuple[str, str, str]]:
    """Id, last word of the type, and target of every relationship of a part ('' is the package)."""
    folder, _, name = path.rpartition("/")
    rels = parts.get(f"{folder}/_rels/{name}.rels".lstrip("/"))
    if rels is None:
        return
    for relationship in parse_part(rels):
        if isinstance(relationship.tag, str):
            kind = relationship.get("Type", "").rpartition("/")[2]
            yield relationship.get("Id", ""), kind, relationship.get("Target", "")


def _scan_sheets(path: str, parts: dict[str, bytes], limits: ReadingLimits) -> tuple[SheetPart, ...]:
    elements = [element for element in parse_part(parts[path]).iter() if _local_name(element) == "sheet"]
    listed = [_Listed(e.get("name", ""), _find_relation(e), e.get("state", "visible") == "visible") for e in elements]
    content = parts.get("xl/styles.xml", b"")
    has_percent = any(sign in content for sign in PERCENT_SIGNS)
    styles = find_percent_styles(parse_part(content)) if has_percent else frozenset()
    return _describe_sheets(listed, path, parts, limits, lambda part: scan_sheet(part, styles))


def _scan_binary_sheets(path: str, parts: dict[str, bytes], limits: ReadingLimits) -> tuple[SheetPart, ...]:
    listed = [_Listed(*sheet) for sheet in xlsb_scan.list_sheets(parts[path])]
    styles = xlsb_scan.find_percent_styles(parts.get("xl/styles.bin", b""))
    return _describe_sheets(listed, path, parts, limits, lambda part: xlsb_scan.scan_binary_sheet(part, styles))


def _find_relation(element: etree._Element) -> str:
    return next((str(value) for key, value in element.attrib.items() if str(key).endswith("}id")), "")


def _describe_sheets(
    listed: list[_Listed],
    workbook: str,
    parts: Mapping[str, bytes],
    limits: ReadingLimits,
    scan: Callable[[bytes], SheetScan],
) -> tuple[SheetPart, ...]:
    if not listed or len(listed) > limits.sheets:
        raise RefusalError(Notice.UNSAFE if listed else Notice.UNREADABLE, "sheets", limit=str(limits.sheets))
    if len({sheet.name.casefold() for sheet in listed}) < len(listed):
        raise RefusalError(Notice.UNSAFE, "repeated_sheet")
    targets = {relation: (kind, target) for relation, kind, target in _read_relationships(parts, workbook)}
    paths = [_find_part(sheet, workbook, targets, parts) for sheet in listed]
    worksheets = [path for path in paths if path]
    if len(set(worksheets)) < len(worksheets):
        raise RefusalError(Notice.UNSAFE, "repeated_part")
    if not worksheets:
        raise RefusalError(Notice.UNREADABLE, "no_sheet")
    return tuple(_describe_sheet(sheet, path, parts, scan) for sheet, path in zip(listed, paths, strict=True))


def _find_part(
    sheet: _Listed, workbook: str, targets: Mapping[str, tuple[str, str]], parts: Mapping[str, bytes]
) -> str:
    """Path of the sheet's part; empty for a sheet of another kind."""
    kind, target = targets.get(sheet.relation, ("", ""))
    if kind in ("chartsheet", "dialogsheet"):
        return ""
    folder = workbook.rpartition("/")[0]
    path = normpath(target.lstrip("/") if target.startswith("/") else f"{folder}/{target}")
    if kind != "worksheet" or path not in parts or path == workbook:
        raise RefusalError(Notice.UNREADABLE, "missing_part", part=sheet.name)
    return path


def _describe_sheet(
    sheet: _Listed, path: str, parts: Mapping[str, bytes], scan: Callable[[bytes], SheetScan]
) -> SheetPart:
    if not path:
        return SheetPart(sheet.name, sheet.visible, is_worksheet=False, scan=SheetScan())
    relations = _read_relationships(parts, path)
    folder = dirname(path)
    has_notes = any(
        kind in NOTES and not _is_marking(parts.get(normpath(join("/", folder, target))[1:], b""))
        for _, kind, target in relations
    )
    scanned = scan(parts[path]).with_notes(has_notes=has_notes)
    return SheetPart(sheet.name, sheet.visible, is_worksheet=True, scan=scanned, path=path)


def _is_marking(comments: bytes) -> bool:
    """True where this product wrote every comment: what it wrote itself is no news to it."""
    if MARK_AUTHOR.encode() not in comments:
        return False
    root = parse_part(comments)
    authors = [author.text for author in root.iter("{*}author")]
    if authors and set(authors) == {MARK_AUTHOR}:
        return True
    texts = ["".join(piece.text or "" for piece in each.iter("{*}t")) for each in root.iter("{*}comment")]
    return all(text.startswith(MARK_SIGN) for text in texts)


def _local_name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
