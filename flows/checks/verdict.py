"""Findings → verdict: any error rejects, open queries hold, whole submissions only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from flows.checks.findings import Finding


class Verdict(StrEnum):
    """What a submission's own content deserves."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_QUERIES = "accepted_with_queries"
    REJECTED = "rejected"
    UNREADABLE = "unreadable"


STANDING_VERDICTS = frozenset({Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_QUERIES})
"""A submission with one of these is in force until a later one is."""


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    errors: int
    queries: int
    infos: int


def judge_findings(findings: Iterable[Finding]) -> Judgement:
    """The verdict on findings; a check on trial only informs."""
    counts: Counter[str] = Counter()
    for finding in findings:
        counts["info" if finding.trial else finding.severity] += finding.count
    return judge_counts(counts)


def judge_counts(counts: Mapping[str, int]) -> Judgement:
    """The verdict on how many findings of each severity there are."""
    errors, queries, infos = (counts.get(severity, 0) for severity in ("error", "query", "info"))
    if errors:
        verdict = Verdict.REJECTED
    elif queries:
        verdict = Verdict.ACCEPTED_WITH_QUERIES
    else:
        verdict = Verdict.ACCEPTED
    return Judgement(verdict, errors, queries, infos)
