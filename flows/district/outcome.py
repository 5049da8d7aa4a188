"""One answer of a check on the district: what it is about, whether it holds, and the figures for its message."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from flows.district.facts import DistrictFacts
from schemas.definitions.checks import Check
from schemas.expressions.rounding import round_half_up


@dataclass(frozen=True, slots=True)
class Outcome:
    """`holds` is None where it cannot be told. `subject` names the school, return or indicator it is about."""

    subject: str
    holds: bool | None
    values: Mapping[str, object] = field(default_factory=dict)


DistrictKind = Callable[[Check, DistrictFacts], Iterator[Outcome]]


def spell(value: float, decimals: int = 2) -> str:
    """A figure in a message, without needless zeros."""
    if math.isnan(value):
        return "—"
    text = f"{round_half_up(value, decimals):.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
