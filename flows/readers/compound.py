"""Streams of a compound file (OLE), the container of .xls, followed by its own chains and never past its end."""

from __future__ import annotations

import struct
from collections.abc import Sequence

HEADER = struct.Struct("<24sHHHHH6s9I")
HEADER_LENGTH = 512
ENTRY = struct.Struct("<64sH1s13x16x4x16xIQ")
ENTRY_LENGTH = 128
LAST_SECTOR = 0xFFFFFFFA
"""Numbers from here on are marks, not sectors."""


def read_stream(data: bytes, name: str) -> bytes | None:
    """The stream of this name, or None. Raises ValueError where the chains are broken."""
    try:
        return _Compound(data).read_stream(name)
    except struct.error:
        raise ValueError("the compound file ends early") from None


class _Compound:
    """The parts of a compound file that lead to a stream."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        fields = HEADER.unpack_from(data, 0)
        shift, small_shift = fields[4], fields[5]
        if not (shift in (9, 12) and small_shift == 6):  # noqa: PLR2004  the two sizes there are
            raise ValueError("no known sector size")
        self._size, self._small_size = 1 << shift, 1 << small_shift
        self._cutoff = fields[11]
        self._chain = self._read_numbers(self._list_chain_sectors(fields[14], fields[15]))
        self._small_chain = self._read_numbers(self._follow(fields[12], self._chain)) if fields[13] else ()
        self._entries = self._read_entries(fields[9])

    def read_stream(self, name: str) -> bytes | None:
        found = self._entries.get(name)
        if found is None:
            return None
        start, length = found
        if length >= self._cutoff:
            return self._join(start)[:length]
        root = self._join(self._entries["Root Entry"][0])
        pieces = (
            root[number * self._small_size :][: self._small_size] for number in self._follow(start, self._small_chain)
        )
        return b"".join(pieces)[:length]

    def _list_chain_sectors(self, start: int, count: int) -> list[int]:
        """Sectors that hold the chain: 109 in the header, the rest in sectors of their own."""
        sectors = list(struct.unpack_from("<109I", self._data, 76))
        width = self._size // 4 - 1
        for _ in range(min(count, len(self._data) // self._size + 1)):
            if start >= LAST_SECTOR:
                break
            *more, start = struct.unpack_from(f"<{width + 1}I", self._read_sector(start))
            sectors += more
        return [sector for sector in sectors if sector < LAST_SECTOR]

    def _read_numbers(self, sectors: Sequence[int]) -> Sequence[int]:
        joined = b"".join(self._read_sector(sector) for sector in sectors)
        return struct.unpack(f"<{len(joined) // 4}I", joined)

    def _read_entries(self, start: int) -> dict[str, tuple[int, int]]:
        """Name → first sector and length of every stream, the root's among them."""
        directory = self._join(start)
        entries: dict[str, tuple[int, int]] = {}
        for offset in range(0, len(directory) - ENTRY_LENGTH + 1, ENTRY_LENGTH):
            raw, width, kind, first, length = ENTRY.unpack_from(directory, offset)
            if kind in (b"\x02", b"\x05"):
                name = raw[: max(0, min(width, 64) - 2)].decode("utf-16-le", "replace")
                entries.setdefault(name, (first, length & 0xFFFFFFFF))
        return entries

    def _join(self, start: int) -> bytes:
        return b"".join(self._read_sector(sector) for sector in self._follow(start, self._chain))

    def _follow(self, start: int, chain: Sequence[int]) -> list[int]:
        sectors: list[int] = []
        while start < LAST_SECTOR:
            if start >= len(chain) or len(sectors) > len(chain):
                raise ValueError("a chain of the compound file does not end")
            sectors.append(start)
            start = chain[start]
        return sectors

    def _read_sector(self, number: int) -> bytes:
        start = HEADER_LENGTH + number * self._size if self._size == HEADER_LENGTH else (number + 1) * self._size
        sector = self._data[start : start + self._size]
        if not sector:
            raise ValueError("a sector lies past the end of the compound file")
        return sector.ljust(self._size, b"\0")
