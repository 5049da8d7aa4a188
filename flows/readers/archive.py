"""The zip that a workbook is packed in: what may be in it, and its parts inflated under limits.

Nothing is unpacked to disk, followed or run. Sizes are counted while inflating, never believed.
"""

from __future__ import annotations

import re
import stat
import zipfile
from posixpath import normpath

from lxml import etree

from flows.readers.limits import ReadingLimits
from flows.readers.refusal import RefusalError
from flows.signals import Notice

Entries = dict[str, zipfile.ZipInfo]
DECLARED_ENCODING = re.compile(rb"\s*<\?xml[^>]{0,100}encoding\s*=\s*[\"']([^\"']{1,40})")
READ_ENCODINGS = (b"utf-8", b"us-ascii", b"ascii", b"utf-16")
"""What the reading library takes for UTF-8, and what is turned into it."""
LOCAL_HEADER = 30
"""Bytes that stand before every entry, its name not counted."""


def check_entries(archive: zipfile.ZipFile, limits: ReadingLimits) -> Entries:
    """The entries by name, links left out. Raises RefusalError for what no office program writes."""
    infos = archive.infolist()
    if len(infos) > limits.entries:
        raise RefusalError(Notice.UNSAFE, "entries", limit=str(limits.entries))
    entries: Entries = {}
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
    return stat.S_ISLNK(info.external_attr >> 16)


def _refuse_overlap(infos: list[zipfile.ZipInfo]) -> None:
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise RefusalError(Notice.UNSAFE, "overlap")
        end = info.header_offset + LOCAL_HEADER + info.compress_size


def read_parts(
    archive: zipfile.ZipFile, entries: Entries, endings: tuple[str, ...], limits: ReadingLimits
) -> dict[str, bytes]:
    """The content of every part whose name ends so, together within the limits."""
    parts: dict[str, bytes] = {}
    total = 0
    for name, info in entries.items():
        if not name.endswith(endings):
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
    declared = DECLARED_ENCODING.match(content)
    if declared and declared[1].lower() not in READ_ENCODINGS:
        raise RefusalError(Notice.UNREADABLE, "damaged", problem="encoding")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise RefusalError(Notice.UNSAFE, "doctype")
    return content


def parse_part(content: bytes) -> etree._Element:
    """Parse an XML part without entities, network or endless depth."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    return etree.fromstring(content, parser)
