"""Surgery on workbook packages: parts changed, added, dropped, and zips written in ways no office program would."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Iterable, Mapping

from flows.publishers.repack import repack

SHEET = "xl/worksheets/sheet3.xml"
"""Where the template's first data sheet lies: behind cover and instructions."""

STRINGS = "xl/sharedStrings.xml"
BOOK = "xl/workbook.xml"
BOOK_RELATIONS = "xl/_rels/workbook.xml.rels"
CONTENT_TYPES = "[Content_Types].xml"


def read_part(workbook: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return archive.read(name)


def list_parts(workbook: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def set_part(workbook: bytes, name: str, content: bytes | None) -> bytes:
    """The workbook with a part added or replaced; None drops it."""
    return repack(workbook, {name: content})


def replace_in_part(workbook: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """The workbook with the first `old` of a part replaced, which must be there."""
    content = read_part(workbook, name)
    assert old in content, (name, old)
    return set_part(workbook, name, content.replace(old, new, 1))


def add_relation(workbook: bytes, relations: str, kind: str, target: str, *, external: bool = False) -> bytes:
    """The workbook with one relationship more."""
    mode = ' TargetMode="External"' if external else ""
    space = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    line = f'<Relationship Id="rId900" Type="{space}/{kind}" Target="{target}"{mode}/></Relationships>'
    return replace_in_part(workbook, relations, b"</Relationships>", line.encode())


def write_zip(
    parts: Iterable[tuple[str, bytes]], *, method: int = zipfile.ZIP_DEFLATED, links: Mapping[str, int] | None = None
) -> bytes:
    """A zip of parts in this order, names taken as they are, even twice."""
    target = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w", method, compresslevel=1) as archive:
        warnings.simplefilter("ignore", UserWarning)  # a name that is there already
        for name, content in parts:
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            info.external_attr = (links or {}).get(name, 0o600) << 16
            archive.writestr(info, content)
    return target.getvalue()


def patch_directory(workbook: bytes, offset: int, form: str, value: int) -> bytes:
    """The first entry of the zip with a field at this offset of its line in the directory overwritten."""
    start = workbook.index(b"PK\x01\x02")
    return _patch(workbook, start + offset, form, value)


def patch_local(workbook: bytes, offset: int, form: str, value: int) -> bytes:
    """The same in the header that stands before the entry's bytes."""
    return _patch(workbook, offset, form, value)


def _patch(content: bytes, position: int, form: str, value: int) -> bytes:
    changed = bytearray(content)
    struct.pack_into(form, changed, position, value)
    return bytes(changed)
