"""Compound files (the container of .xls and of encrypted workbooks) written by hand, sound or broken."""

from __future__ import annotations

import struct
from collections.abc import Mapping

SECTOR = 512
END, FREE, FAT_SECTOR = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
SMALLEST_STREAM = 4096
"""Shorter streams would lie in a second, smaller chain; they are filled up to this instead."""


def write_compound(streams: Mapping[str, bytes], *, loop: bool = False) -> bytes:
    """A compound file with these streams. `loop` makes the chain of the first run in a circle."""
    sectors: list[bytes] = []
    chain: list[int] = []
    entries = [_entry("Root Entry", 5, END, 0, child=1 if streams else FREE)]
    for number, (name, content) in enumerate(streams.items()):
        padded = content.ljust(SMALLEST_STREAM, b"\0")
        padded += b"\0" * (-len(padded) % SECTOR)
        first, count = len(sectors), len(padded) // SECTOR
        sectors += [padded[start : start + SECTOR] for start in range(0, len(padded), SECTOR)]
        chain += [*range(first + 1, first + count), END]
        sibling = number + 2 if number + 1 < len(streams) else FREE
        entries.append(_entry(name, 2, first, len(padded), right=sibling))
    if loop:
        chain[chain.index(END)] = 0
    directory = b"".join(entries).ljust(-(-len(entries) * 128 // SECTOR) * SECTOR, b"\0")
    first_directory = len(sectors)
    for start in range(0, len(directory), SECTOR):
        sectors.append(directory[start : start + SECTOR])
        chain.append(len(sectors))
    chain[-1] = END
    fats = _write_chain(chain, len(sectors))
    return _header(first_directory, len(sectors), len(fats)) + b"".join([*sectors, *fats])


def _write_chain(chain: list[int], count: int) -> list[bytes]:
    needed = 1
    while (count + needed) * 4 > needed * SECTOR:
        needed += 1
    numbers = chain + [FAT_SECTOR] * needed
    numbers += [FREE] * (needed * SECTOR // 4 - len(numbers))
    packed = struct.pack(f"<{len(numbers)}I", *numbers)
    return [packed[start : start + SECTOR] for start in range(0, len(packed), SECTOR)]


def _entry(name: str, kind: int, start: int, size: int, *, right: int = FREE, child: int = FREE) -> bytes:
    encoded = (name + "\0").encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16sIQQIQ", encoded, len(encoded), kind, 1, FREE, right, child, b"", 0, 0, 0, start, size
    )


def _header(first_directory: int, first_fat: int, fat_count: int) -> bytes:
    head = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b"",
        0, fat_count, first_directory, 0, SMALLEST_STREAM, END, 0, END, 0,
    )  # fmt: skip
    places = [*range(first_fat, first_fat + fat_count)]
    return head + struct.pack("<109I", *places, *([FREE] * (109 - len(places))))
