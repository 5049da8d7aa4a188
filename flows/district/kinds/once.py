"""No school is counted twice for the same return and period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from flows.district.facts import DistrictFacts
from flows.district.outcome import Outcome
from schemas.definitions.checks import Check


def judge(_check: Check, facts: DistrictFacts) -> Iterator[Outcome]:
    """One answer a return and period that something is accepted of."""
    source = facts.desk.open_period(facts.period).source
    for definition in facts.catalogue.returns.values():
        for block in source.list_blocks(definition.id, 0):
            twice = [school for school, count in Counter(block.schools).items() if count > 1]
            yield Outcome(f"{definition.no} {block.period}", not twice, {"schools": "、".join(twice)})
