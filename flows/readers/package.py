"""The safety scan: what kind of file this really is, and what a workbook package holds, before any value is read.

Nothing is unpacked to disk, followed or run. Sizes are counted while inflating, never believed.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import normpath

from lxml import etree

from flows.readers.limits import ReadingLimits
from flows.readers.sheet_scan import SheetScan, scan_sheet
from flows.signals import Notice

OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OFFICE_RELATIONSHIP = "officeDocument"


class RefusalError(Exception):
    """The file is not read. Caught at the reader's door and turned into one signal."""

    def __init__(self, notice: Notice, detail: str, **values: str) -> None:
        super().__init__(detail)
        self.notice = notice
        self.detail = detail
        self.values = values


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet of the package: tab name, visibility, and what its part holds."""

    name: str
    visible: bool
    is_worksheet: bool
    path: str
    scan: SheetScan


@dataclass(frozen=True, slots=True)
class Package:
    """What the scan found. `sheets` is empty for kinds whose inside only the reading library knows."""

    kind: str
    has_macros: bool = False
    has_links: bool = False
    date1904: bool = False
    sheets: tuple[SheetPart, ...] = ()
    by_name: Mapping[str, SheetPart] = field(default_factory=dict)


def scan_package(data: bytes, limits: ReadingLimits) -> Package:
    """Scan the bytes of a file. Raises RefusalError with the reason where it must not be read."""
    if not data:
        raise RefusalError(Notice.UNREADABLE, "empty")
    if len(data) > limits.file_bytes:
        raise RefusalError(Notice.UNSAFE, "file_bytes", limit=f"{limits.file_bytes:,}")
    if data.startswith(OLE_SIGNATURE):
        return _scan_ole(data)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _scan_zip(data, limits)
    raise _refuse_other_kind(data)


def _scan_ole(data: bytes) -> Package:
    names = {
        name: name.encode("utf-16-le") in data for name in ("EncryptedPackage", "Workbook", "Book", "WordDocument")
    }
    if names["EncryptedPackage"] or "DRMEncrypted".encode("utf-16-le") in data:
        raise RefusalError(Notice.ENCRYPTED, "encrypted")
    if names["WordDocument"] and not names["Workbook"]:
        raise RefusalError(Notice.WRONG_FORMAT, "word")
    if names["Book"] and not names["Workbook"]:
        raise RefusalError(Notice.WRONG_FORMAT, "old_excel")
    if not names["Workbook"]:
        raise RefusalError(Notice.WRONG_FORMAT, "ole")
    return Package("xls", has_macros="_VBA_PROJECT".encode("utf-16-le") in data)


_TEXT_KINDS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"%PDF"), "pdf"),
    (re.compile(rb"\{\\rtf"), "rtf"),
    (re.compile(rb"(?i)\s*(?:<!doctype html|<html|<table|<meta|<div)"), "html"),
    (re.compile(rb"(?i)mime-version:"), "web_archive"),
    (re.compile(rb"(?s)\s*<\?xml.{0,400}(?:Excel\.Sheet|spreadsheet)"), "xml_spreadsheet"),
    (re.compile(rb"\s*<\?xml"), "xml"),
    (re.compile(rb"ID;P"), "sylk"),
    (re.compile(rb"\[InternetShortcut\]"), "shortcut"),
    (re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|BM"), "picture"),
    (re.compile(rb"Rar!|7z\xbc\xaf|\x1f\x8b"), "archive"),
    (re.compile(rb"MZ"), "program"),
    (re.compile(rb"[\x09\x00]\x08?[\x08\x02\x04]\x00"), "old_excel"),
)


def _refuse_other_kind(data: bytes) -> RefusalError:
    head = data[:2048].removeprefix(b"\xef\xbb\xbf")
    if not data.strip(b"\0"):
        return RefusalError(Notice.UNREADABLE, "zeros")
    for pattern, kind in _TEXT_KINDS:
        if pattern.match(head):
            return RefusalError(Notice.WRONG_FORMAT, kind)
    if b"\0" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        separators = any(mark in head for mark in (b",", b"\t", b";", b"\t\0", b",\0"))
        return RefusalError(Notice.WRONG_FORMAT, "csv" if separators else "text")
    return RefusalError(Notice.WRONG_FORMAT, "unknown")


def _scan_zip(data: bytes, limits: ReadingLimits) -> Package:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = _check_entries(archive, limits)
            return _scan_parts(archive, entries, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise RefusalError(Notice.UNREADABLE, "damaged", problem=type(error).__name__) from None
    except etree.XMLSyntaxError:
        raise RefusalError(Notice.UNREADABLE, "damaged", problem="XML") from None


def _check_entries(archive: zipfile.ZipFile, limits: ReadingLimits) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > limits.entries:
        raise RefusalError(Notice.UNSAFE, "entries", limit=str(limits.entries))
    entries: dict[str, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    for info in infos:
        name = info.filename.replace("\\", "/")
        if name.startswith("/") or re.match(r"[A-Za-z]:", name) or normpath(name).startswith(".."):
            raise RefusalError(Notice.UNSAFE, "part_name")
        if name.casefold() in seen:
            raise RefusalError(Notice.UNSAFE, "repeated_part")
        if info.flag_bits & 0x1:
            raise RefusalError(Notice.ENCRYPTED, "encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise RefusalError(Notice.UNSAFE, "compression")
        seen.add(name.casefold())
        if not _is_link(info):
            entries[name] = info
    _refuse_overlap(infos)
    return entries


def _is_link(info: zipfile.ZipInfo) -> bool:
    return (info.external_attr >> 16) & 0o170000 == 0o120000


def _refuse_overlap(infos: list[zipfile.ZipInfo]) -> None:
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise RefusalError(Notice.UNSAFE, "overlap")
        end = info.header_offset + 30 + info.compress_size


def _scan_parts(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], limits: ReadingLimits) -> Package:
    if "xl/workbook.bin" in entries:
        return Package("xlsb", has_macros="xl/vbaProject.bin" in entries)
    if "mimetype" in entries and "content.xml" in entries:
        return _scan_open_document(archive, entries, limits)
    parts = _read_xml_parts(archive, entries, limits)
    workbook = _find_workbook(parts)
    if workbook is None:
        kind = (
            "word"
            if any(name.startswith("word/") for name in entries)
            else "slides"
            if any(name.startswith("ppt/") for name in entries)
            else "zip"
        )
        raise RefusalError(Notice.WRONG_FORMAT, kind)
    if any(name.startswith("xl/macrosheets/") for name in entries):
        raise RefusalError(Notice.UNSAFE, "macro_sheet")
    return _describe_workbook(workbook, parts, entries, limits)


def _read_xml_parts(
    archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], limits: ReadingLimits
) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    total = 0
    for name, info in entries.items():
        if not name.endswith((".xml", ".rels", ".vml")):
            continue
        parts[name] = read_part(archive, info, limits)
        total += len(parts[name])
        if total > limits.unpacked_bytes:
            raise RefusalError(Notice.UNSAFE, "unpacked_bytes", limit=f"{limits.unpacked_bytes:,}")
    return parts


def read_part(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: ReadingLimits) -> bytes:
    """Inflate one part under the limits; its checksum is verified. Raises RefusalError."""
    with archive.open(info) as stream:
        content = stream.read(limits.part_bytes + 1)
    if len(content) > limits.part_bytes:
        raise RefusalError(Notice.UNSAFE, "part_bytes", limit=f"{limits.part_bytes:,}")
    if len(content) > limits.ratio_from_bytes and len(content) > limits.ratio * max(info.compress_size, 1):
        raise RefusalError(Notice.UNSAFE, "ratio", limit=str(limits.ratio))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16").encode()
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise RefusalError(Notice.UNSAFE, "doctype")
    return content


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


def parse_part(content: bytes) -> etree._Element:
    """Parse an XML part without entities, network or endless depth."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    return etree.fromstring(content, parser)


def _describe_workbook(
    path: str, parts: dict[str, bytes], entries: dict[str, zipfile.ZipInfo], limits: ReadingLimits
) -> Package:
    root = parse_part(parts[path])
    targets = {id: (kind, target) for id, kind, target in _read_relationships(parts, path)}
    listed = [element for element in root.iter() if _local_name(element) == "sheet"]
    if not listed or len(listed) > limits.sheets:
        raise RefusalError(Notice.UNREADABLE if not listed else Notice.UNSAFE, "sheets", limit=str(limits.sheets))
    sheets = tuple(_describe_sheet(element, path, targets, parts, limits) for element in listed)
    names = [sheet.name for sheet in sheets]
    if len({name.casefold() for name in names}) < len(names):
        raise RefusalError(Notice.UNSAFE, "repeated_sheet")
    worksheet_paths = [sheet.path for sheet in sheets if sheet.path]
    if len(set(worksheet_paths)) < len(worksheet_paths):
        raise RefusalError(Notice.UNSAFE, "repeated_part")
    if not any(sheet.is_worksheet for sheet in sheets):
        raise RefusalError(Notice.UNREADABLE, "no_sheet")
    properties = next((element for element in root.iter() if _local_name(element) == "workbookPr"), None)
    return Package(
        kind="xlsm" if any(name.endswith("vbaProject.bin") for name in entries) else "xlsx",
        has_macros=any(name.endswith("vbaProject.bin") for name in entries),
        has_links=any("externalLinks/" in name or name.endswith("connections.xml") for name in entries),
        date1904=properties is not None and properties.get("date1904", "0") in ("1", "true"),
        sheets=sheets,
        by_name={sheet.name: sheet for sheet in sheets},
    )


def _describe_sheet(
    element: etree._Element,
    workbook: str,
    targets: Mapping[str, tuple[str, str]],
    parts: Mapping[str, bytes],
    limits: ReadingLimits,
) -> SheetPart:
    name = element.get("name", "")
    id = next((value for key, value in element.attrib.items() if str(key).endswith("}id")), "")
    kind, target = targets.get(str(id), ("", ""))
    visible = element.get("state", "visible") == "visible"
    if kind != "worksheet":
        if kind not in ("chartsheet", "dialogsheet"):
            raise RefusalError(Notice.UNREADABLE, "missing_part", part=name)
        return SheetPart(name, visible, False, "", SheetScan())
    folder = workbook.rpartition("/")[0]
    path = normpath(target.lstrip("/") if target.startswith("/") else f"{folder}/{target}")
    if path not in parts or path == workbook:
        raise RefusalError(Notice.UNREADABLE, "missing_part", part=name)
    scan = scan_sheet(parts[path])
    if scan.fault:
        raise RefusalError(Notice.UNSAFE, scan.fault, part=name)
    if scan.box > limits.box_cells:
        raise RefusalError(Notice.UNSAFE, "box_cells", limit=f"{limits.box_cells:,}", part=name)
    related = {kind for _, kind, _ in _read_relationships(parts, path)}
    has_notes = bool(related & {"comments", "drawing", "threadedComment"})
    return SheetPart(name, visible, True, path, scan.with_notes(has_notes))


def _scan_open_document(
    archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], limits: ReadingLimits
) -> Package:
    if b"spreadsheet" not in read_part(archive, entries["mimetype"], limits):
        raise RefusalError(Notice.WRONG_FORMAT, "open_document")
    manifest = entries.get("META-INF/manifest.xml")
    if manifest is not None and b"encryption-data" in read_part(archive, manifest, limits):
        raise RefusalError(Notice.ENCRYPTED, "encrypted")
    content = read_part(archive, entries["content.xml"], limits)
    repeats = [int(number) for number in re.findall(rb'number-(?:rows|columns)-repeated="(\d{1,12})"', content)]
    if max(repeats, default=0) > 1_048_576:
        raise RefusalError(Notice.UNSAFE, "box_cells", limit=f"{limits.box_cells:,}")
    return Package("ods")


def _local_name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
