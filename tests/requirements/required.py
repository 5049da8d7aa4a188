"""The requirements on workbooks, in our words: required.csv."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "required.csv"


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement. Level I is an invariant, M must be met, S should be; `open` says why an M is not yet."""

    id: str
    level: str
    statement: str
    open: str

    @property
    def is_asked_for(self) -> bool:
        return self.level in ("I", "M")


def load_requirements() -> list[Requirement]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return [Requirement(*(line[name] or "" for name in Requirement.__slots__)) for line in csv.DictReader(file)]
