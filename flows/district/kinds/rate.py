"""A share of a whole is not above 100 percent; a gross rate not far above."""

from __future__ import annotations

import math
from collections.abc import Iterator

from flows.district.facts import DistrictFacts
from flows.district.outcome import Outcome, spell
from schemas.definitions.checks import Check
from schemas.expressions.evaluate import EXACT


def judge(check: Check, facts: DistrictFacts) -> Iterator[Outcome]:
    """One answer a rate in percent. Parameters: `gross`, words in names of gross rates; `unbounded`, of others."""
    gross, unbounded = (list(map(str, check.parameters.get(key, ()))) for key in ("gross", "unbounded"))
    for (indicator_id, stage, by, _), shown in facts.figures.items():
        indicator = facts.catalogue.indicators[indicator_id]
        name = indicator.name.zh
        if by or indicator.unit != "%" or indicator.kind != "rate" or any(word in name for word in unbounded):
            continue
        limit = float(check.limits["most_gross" if any(word in name for word in gross) else "most"])
        holds = None if math.isnan(shown.value) else shown.value <= limit * (1 + EXACT)
        yield Outcome(name, holds, {"indicator": f"{name}{facts.label_stage(stage)}", "x": spell(shown.value)})
