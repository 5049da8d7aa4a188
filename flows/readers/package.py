"""The safety scan: what kind of file this really is, and what a workbook holds, before any value is read."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

from lxml import etree

from flows.readers.archive import Entries, check_entries, read_part
from flows.readers.compound import read_stream
from flows.readers.limits import ReadingLimits
from flows.readers.ods_scan import scan_open_sheets
from flows.readers.open_xml import scan_open_xml
from flows.readers.program import name_open_document_program
from flows.readers.refusal import RefusalError
from flows.readers.scans import Package
from flows.readers.xls_scan import scan_old_workbook
from flows.signals import Notice

OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")


def scan_package(data: bytes, limits: ReadingLimits) -> Package:
    """Scan the bytes of a file. Raises RefusalError with the reason where it must not be read."""
    package = _scan_kind(data, limits)
    for sheet in package.sheets:
        if sheet.scan.fault:
            raise RefusalError(Notice.UNSAFE, sheet.scan.fault, part=sheet.name)
        if sheet.scan.box > limits.box_cells:
            raise RefusalError(Notice.UNSAFE, "box_cells", limit=f"{limits.box_cells:,}", part=sheet.name)
    return package


def _scan_kind(data: bytes, limits: ReadingLimits) -> Package:
    if not data:
        raise RefusalError(Notice.UNREADABLE, "empty")
    if len(data) > limits.file_bytes:
        raise RefusalError(Notice.UNSAFE, "file_bytes", limit=f"{limits.file_bytes:,}")
    if data.startswith(OLE_SIGNATURE):
        return _scan_ole(data, limits)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _scan_zip(data, limits)
    raise _refuse_other_kind(data)


def _scan_ole(data: bytes, limits: ReadingLimits) -> Package:
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
    try:
        return _scan_old_workbook(data, limits)
    except (ValueError, KeyError, IndexError, struct.error) as error:
        raise RefusalError(Notice.UNREADABLE, "damaged", problem=type(error).__name__) from None


def _scan_old_workbook(data: bytes, limits: ReadingLimits) -> Package:
    stream = read_stream(data, "Workbook")
    if stream is None:
        raise RefusalError(Notice.UNREADABLE, "missing_part")
    book = scan_old_workbook(stream)
    if book.is_encrypted:
        raise RefusalError(Notice.ENCRYPTED, "encrypted")
    if book.has_macro_sheet:
        raise RefusalError(Notice.UNSAFE, "macro_sheet")
    if len(book.sheets) > limits.sheets:
        raise RefusalError(Notice.UNSAFE, "sheets", limit=str(limits.sheets))
    has_macros = "_VBA_PROJECT".encode("utf-16-le") in data
    return Package("xls", has_macros=has_macros, has_links=book.has_links, sheets=tuple(book.sheets))


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
    (re.compile(rb"\x09[\x00\x02\x04\x08][\x04\x06\x08\x10]\x00"), "old_excel"),
)


def _refuse_other_kind(data: bytes) -> RefusalError:
    head = data[:2048].removeprefix(b"\xef\xbb\xbf")
    if not data.strip(b"\0"):
        return RefusalError(Notice.UNREADABLE, "zeros")
    if head.startswith(BYTE_ORDER_MARKS):
        head = head.decode("utf-16", "replace").encode()
    for pattern, kind in _TEXT_KINDS:
        if pattern.match(head):
            return RefusalError(Notice.WRONG_FORMAT, kind)
    if b"\0" not in head:
        separators = any(mark in head for mark in (b",", b"\t", b";"))
        return RefusalError(Notice.WRONG_FORMAT, "csv" if separators else "text")
    return RefusalError(Notice.WRONG_FORMAT, "unknown")


def _scan_zip(data: bytes, limits: ReadingLimits) -> Package:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = check_entries(archive, limits)
            if "mimetype" in entries and "content.xml" in entries:
                return _scan_open_document(archive, entries, limits)
            return scan_open_xml(archive, entries, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, struct.error) as error:
        raise RefusalError(Notice.UNREADABLE, "damaged", problem=type(error).__name__) from None
    except (etree.XMLSyntaxError, IndexError) as error:
        raise RefusalError(Notice.UNREADABLE, "damaged", problem=type(error).__name__) from None


def _scan_open_document(archive: zipfile.ZipFile, entries: Entries, limits: ReadingLimits) -> Package:
    if b"spreadsheet" not in read_part(archive, entries["mimetype"], limits):
        raise RefusalError(Notice.WRONG_FORMAT, "open_document")
    manifest = entries.get("META-INF/manifest.xml")
    if manifest is not None and b"encryption-data" in read_part(archive, manifest, limits):
        raise RefusalError(Notice.ENCRYPTED, "encrypted")
    content = read_part(archive, entries["content.xml"], limits)
    sheets = tuple(scan_open_sheets(content, most_cells=limits.box_cells))
    if not 0 < len(sheets) <= limits.sheets:
        raise RefusalError(Notice.UNSAFE if sheets else Notice.UNREADABLE, "sheets", limit=str(limits.sheets))
    has_macros = any(name.startswith(("Basic/", "Scripts/")) and name.endswith((".xml", ".py")) for name in entries)
    meta = read_part(archive, entries["meta.xml"], limits) if "meta.xml" in entries else b""
    return Package("ods", has_macros=has_macros, sheets=sheets, program=name_open_document_program(meta))
