"""Limits under which files of unknown origin are read, all in one place."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """A file beyond any of these is refused with the limit named."""

    file_bytes: int = 20 * MEGABYTE
    unpacked_bytes: int = 200 * MEGABYTE
    part_bytes: int = 100 * MEGABYTE
    ratio: int = 200
    ratio_from_bytes: int = 10 * MEGABYTE
    entries: int = 2000
    sheets: int = 200
    box_cells: int = 2_000_000
    cell_characters: int = 32_767
    seconds: float = 60.0
    memory_bytes: int = 1536 * MEGABYTE
