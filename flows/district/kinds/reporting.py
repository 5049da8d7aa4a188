"""How much of what is owed came in, and how much of it in time."""

from __future__ import annotations

from collections.abc import Iterator

from flows.district.facts import DistrictFacts
from flows.district.outcome import Outcome, spell
from schemas.definitions.checks import Check


def judge(_check: Check, facts: DistrictFacts) -> Iterator[Outcome]:
    """One answer a return of the collection; it holds where all came in, and in time."""
    for row in facts.returns:
        subject = f"{facts.catalogue.returns[row.return_id].no} {row.period}"
        if not row.expected:
            yield Outcome(subject, None)
            continue
        received, on_time = 100.0 * row.received / row.expected, 100.0 * row.on_time / row.expected
        complete = row.received == row.expected == row.on_time
        yield Outcome(subject, complete, {"r": spell(received, 1), "t": spell(on_time, 1)})
