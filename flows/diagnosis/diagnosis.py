"""What self-diagnosis finds: one line a check, said by a key of the messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Health = Literal["ok", "warning", "fault"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """How one thing is. `said` is a key under `diagnosis` in the messages, under `remedies` where it is not well."""

    check: str
    health: Health
    said: str
    values: Mapping[str, object] = field(default_factory=dict)


def find_well(check: str, said: str, **values: object) -> Diagnosis:
    return Diagnosis(check, "ok", said, values)


def warn(check: str, said: str, **values: object) -> Diagnosis:
    return Diagnosis(check, "warning", said, values)


def find_fault(check: str, said: str, **values: object) -> Diagnosis:
    return Diagnosis(check, "fault", said, values)
