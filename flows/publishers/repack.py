"""A workbook package with some parts replaced, added or left out; every other part is copied, still compressed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
DOS_DATE = (1 << 5) | 1
"""1 January 1980: the same content gives the same bytes."""


@dataclass(frozen=True, slots=True)
class _Member:
    name: bytes
    flags: int
    method: int
    checksum: int
    packed: bytes
    size: int


def repack(archive: bytes, changes: Mapping[str, bytes | None]) -> bytes:
    """The package with parts of these names replaced or added; None leaves a part out."""
    target = io.BytesIO()
    directory: list[tuple[_Member, int]] = []
    for member in _list_members(archive, changes):
        directory.append((member, target.tell()))
        _write_local(target, member)
    start = target.tell()
    for member, offset in directory:
        _write_central(target, member, offset)
    end = target.tell()
    target.write(END.pack(b"PK\x05\x06", 0, 0, len(directory), len(directory), end - start, start, 0))
    return target.getvalue()


def _list_members(archive: bytes, changes: Mapping[str, bytes | None]) -> Iterator[_Member]:
    left = dict(changes)
    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        for info in source.infolist():
            name = info.filename.replace("\\", "/")
            if name in left:
                content = left.pop(name)
                if content is not None:
                    yield _pack(name, content)
            elif not info.is_dir():
                yield _copy(archive, info)
    for name, content in left.items():
        if content is not None:
            yield _pack(name, content)


def _pack(name: str, content: bytes) -> _Member:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    return _Member(name.encode(), 0x800, zipfile.ZIP_DEFLATED, zlib.crc32(content), packed, len(content))


def _copy(archive: bytes, info: zipfile.ZipInfo) -> _Member:
    """A member's compressed bytes, found behind its local header."""
    start = info.header_offset
    name_length, extra_length = struct.unpack_from("<2H", archive, start + 26)
    first = start + LOCAL.size + name_length + extra_length
    packed = archive[first : first + info.compress_size]
    name = info.filename.replace("\\", "/").encode()
    return _Member(name, 0x800, info.compress_type, info.CRC, packed, info.file_size)


def _write_local(target: io.BytesIO, member: _Member) -> None:
    header = LOCAL.pack(
        b"PK\x03\x04", 20, member.flags, member.method, 0, DOS_DATE, member.checksum, len(member.packed), member.size,
        len(member.name), 0,
    )  # fmt: skip
    target.write(header + member.name + member.packed)


def _write_central(target: io.BytesIO, member: _Member, offset: int) -> None:
    header = CENTRAL.pack(
        b"PK\x01\x02", 20, 20, member.flags, member.method, 0, DOS_DATE, member.checksum, len(member.packed),
        member.size, len(member.name), 0, 0, 0, 0, 0, offset,
    )  # fmt: skip
    target.write(header + member.name)
