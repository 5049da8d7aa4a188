"""A school that is closed files nothing; a school that is open has somebody in it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from flows.district.facts import DistrictFacts
from flows.district.outcome import Outcome
from schemas.definitions.checks import Check
from schemas.expressions.evaluate import evaluate_numbers
from schemas.expressions.parse import parse_expression
from schemas.expressions.scope import UnitScope


def judge(check: Check, facts: DistrictFacts) -> Iterator[Outcome]:
    """One answer a school of the register. Parameters: the words for a closed school that files, and an empty one."""
    view = facts.desk.open_period(facts.period)
    filed = _list_filed(facts)
    register = view.register
    for code, name, is_open in zip(register.codes, register.names, register.is_open, strict=True):
        if not is_open:
            yield Outcome(f"{code} {name}", code not in filed, {"reason": check.parameters["closed"]})
    if facts.catalogue.size is None:
        return
    sizes = evaluate_numbers(parse_expression(facts.catalogue.size), UnitScope(view.source))
    for code, size in zip(view.source.schools, sizes, strict=True):
        known = code in filed and not np.isnan(size)
        values = {"reason": check.parameters["empty"]}
        yield Outcome(f"{code} {register.names[register.index[code]]}", bool(size > 0) if known else None, values)


def _list_filed(facts: DistrictFacts) -> frozenset[str]:
    """Schools of which a return is accepted for the period."""
    source = facts.desk.open_period(facts.period).source
    returns = (definition.id for definition in facts.catalogue.returns.values() if definition.scope == "school")
    return frozenset(school for id_ in returns for block in source.list_blocks(id_, 0) for school in block.schools)
