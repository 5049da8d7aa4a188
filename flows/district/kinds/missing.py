"""Every return that is owed has come in."""

from __future__ import annotations

from collections.abc import Iterator

from flows.district.facts import DistrictFacts
from flows.district.outcome import Outcome
from schemas.definitions.checks import Check

MOST_NAMED = 20


def judge(_check: Check, facts: DistrictFacts) -> Iterator[Outcome]:
    """One answer a return of the collection; the message names the schools that sent nothing."""
    for row in facts.returns:
        lacking = [
            owed.name or owed.school
            for owed in facts.owed
            if (owed.return_id, owed.period, owed.state) == (row.return_id, row.period, "missing")
        ]
        listed = "、".join(lacking[:MOST_NAMED])
        if len(lacking) > MOST_NAMED:
            listed = facts.catalogue.message("findings.and_more", listed=listed, count=len(lacking))
        subject = f"{facts.catalogue.returns[row.return_id].no} {row.period}"
        yield Outcome(subject, not lacking, {"list": listed, "n": len(lacking)})
