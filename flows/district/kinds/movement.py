"""No indicator leaps from one period to the next."""

from __future__ import annotations

import math
from collections.abc import Iterator

from flows.district.facts import DistrictFacts
from flows.district.outcome import Outcome, spell
from schemas.definitions.checks import Check


def judge(check: Check, facts: DistrictFacts) -> Iterator[Outcome]:
    """One answer an indicator with an earlier value: percentages by points, others by their share.

    Parameter: `points`, what points of a percentage are called.
    """
    points, share = float(check.limits["points"]), float(check.limits["share"])
    for (indicator_id, stage, by, _), shown in facts.figures.items():
        if by:
            continue
        indicator = facts.catalogue.indicators[indicator_id]
        change = shown.value - shown.earlier
        if math.isnan(change):
            holds = None
        elif indicator.unit == "%":
            holds = abs(change) <= points
        else:
            holds = abs(change) <= share * abs(shown.earlier)
        name = f"{indicator.name.zh}{facts.label_stage(stage)}"
        unit = check.parameters.get("points", "%") if indicator.unit == "%" else indicator.unit
        values = {"indicator": name, "d": spell(change, indicator.decimals), "unit": unit}
        yield Outcome(indicator.name.zh, holds, values)
