"""What a reader noticed in a file: a name from `schemas/notices.py`, the place, and the figures for the message.

Which check a signal belongs to, how severe it is and what the school is told stands in the definitions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.notices import Notice

__all__ = ["Notice", "Signal"]


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing noticed, at a sheet and cell as the school sees them (empty: the whole file or sheet)."""

    notice: Notice
    sheet: str = ""
    cell: str = ""
    ref: str = ""
    found: str = ""
    expected: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
