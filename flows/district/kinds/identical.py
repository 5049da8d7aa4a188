"""No two schools file the same figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from flows.district.facts import DistrictFacts
from flows.district.outcome import Outcome
from flows.sources import AcceptedBlock
from schemas.definitions.checks import Check

FEWEST_FIGURES = 10
"""Sheets with fewer different figures other than 0 may well be the same by chance."""


def judge(check: Check, facts: DistrictFacts) -> Iterator[Outcome]:
    """One answer a sheet that has enough figures, for all schools that filed it."""
    source = facts.desk.open_period(facts.period).source
    fewest = int(check.limits.get("figures", FEWEST_FIGURES))
    for definition in facts.catalogue.returns.values():
        if definition.scope == "school":
            for block in source.list_blocks(definition.id, 0):
                yield from _compare(block, definition.no, fewest)


def _compare(accepted: AcceptedBlock, number: str, fewest: int) -> Iterator[Outcome]:
    for sheet in accepted.block.layout.sheets:
        positions = [accepted.block.index[c.ref] for c in sheet.cells if c.ref in accepted.block.index]
        if sheet.is_list or len(positions) < fewest:
            continue
        figures = np.nan_to_num(accepted.block.numbers[:, positions], nan=0.0)
        alike: dict[bytes, list[str]] = defaultdict(list)
        for row in range(len(figures)):
            if len(set(figures[row].tolist()) - {0.0}) < fewest:
                continue
            alike[figures[row].tobytes()].append(accepted.schools[row])
        if alike:
            copies = [schools for schools in alike.values() if len(schools) > 1]
            named = "；".join("、".join(schools) for schools in copies)
            yield Outcome(f"{number} {sheet.tab}", not copies, {"schools": named, "sheet": sheet.tab})
