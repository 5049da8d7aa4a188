"""Each indicator rests on enough of the schools that owe its returns."""

from __future__ import annotations

import math
from collections.abc import Iterator

from flows.district.facts import DistrictFacts
from flows.district.outcome import Outcome, spell
from schemas.definitions.checks import Check

COMPLETE = 100.0


def judge(_check: Check, facts: DistrictFacts) -> Iterator[Outcome]:
    """One answer an indicator and stage: it holds where the coverage is complete."""
    for (indicator_id, stage, by, _), shown in facts.figures.items():
        if by:
            continue
        indicator = facts.catalogue.indicators[indicator_id]
        subject = f"{indicator.name.zh}{facts.label_stage(stage)}"
        holds = None if math.isnan(shown.coverage) else shown.coverage >= COMPLETE
        values = {"x": spell(shown.coverage, 1), "reported": shown.reported, "expected": shown.expected}
        yield Outcome(subject, holds, values)
