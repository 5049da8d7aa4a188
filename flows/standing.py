"""Which submission of a school counts: the newest that is accepted; what it replaced; what was refused."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.checks.findings import Finding, find_from_signals
from flows.checks.verdict import STANDING_VERDICTS, Judgement, Verdict, judge_counts
from flows.signals import Notice, Signal
from flows.warehouse.standings import (
    STANDING,
    Slot,
    count_findings,
    list_going_on,
    list_slots,
    list_strays,
    load_verdicts,
    replace_findings,
    store_standings,
)
from flows.warehouse.submissions import SubmissionRow, load_rows
from flows.warehouse.tables import Connection
from schemas.catalogue import Catalogue

FindRulesKey = Callable[[str], str]
"""Period → what judgements of that period depend on beside the submission."""


@dataclass(frozen=True, slots=True)
class _Papers:
    """What is known of the submissions to be settled, gathered at once."""

    files: Mapping[int, SubmissionRow]
    own_verdicts: Mapping[int, str]
    going_on: Collection[int]
    counts: Mapping[int, Mapping[str, int]]


def settle_standings(
    connection: Connection, catalogue: Catalogue, judged: Collection[int], find_rules_key: FindRulesKey
) -> list[int]:
    """Settle the slots of the submissions that were judged, and those that have no slot as they were not identified.

    Run inside a transaction. Returns the submissions whose standing was written.
    """
    slots = [slot for slot in list_slots(connection) if not set(judged).isdisjoint(slot.submissions)]
    strays = list_strays(connection, judged)
    submissions = [s for slot in slots for s in slot.submissions] + strays
    papers = _gather(connection, submissions)
    corrections: list[Finding] = []
    rows = [row for slot in slots for row in _settle_slot(catalogue, slot, papers, corrections, find_rules_key)]
    rows += [_settle_stray(submission, papers, find_rules_key) for submission in strays]
    replace_findings(connection, corrections, submissions, STANDING)
    store_standings(connection, rows)
    return submissions


def _gather(connection: Connection, submissions: Sequence[int]) -> _Papers:
    return _Papers(
        {row.submission: row for row in load_rows(connection, submissions)},
        load_verdicts(connection, "own_verdict"),
        set(list_going_on(connection, submissions)),
        count_findings(connection, submissions, without=STANDING),
    )


def _settle_slot(
    catalogue: Catalogue, slot: Slot, papers: _Papers, corrections: list[Finding], find_rules_key: FindRulesKey
) -> list[dict[str, Any]]:
    judged: dict[int, Judgement] = {}
    for submission in slot.submissions:
        earlier = [s for s in judged if judged[s].verdict in STANDING_VERDICTS]
        more = check_correction(catalogue, papers.files[submission], earlier)
        corrections += more
        counts = dict(papers.counts.get(submission, {}))
        for finding in more:
            counts[finding.severity] = counts.get(finding.severity, 0) + 1
        judged[submission] = judge_counts(counts)
    in_force = max((s for s in judged if judged[s].verdict in STANDING_VERDICTS), default=None)
    return [
        _build_row(submission, papers, judged[submission], revision, in_force, find_rules_key)
        for revision, submission in enumerate(slot.submissions, start=1)
    ]


def _settle_stray(submission: int, papers: _Papers, find_rules_key: FindRulesKey) -> dict[str, Any]:
    """A submission without a slot: an unreadable file, or one that does not say what it is."""
    judgement = judge_counts(papers.counts.get(submission, {}))
    unreadable = papers.own_verdicts.get(submission) == Verdict.UNREADABLE.value
    verdict = Verdict.UNREADABLE if unreadable else Verdict.REJECTED
    settled = Judgement(verdict, judgement.errors, judgement.queries, judgement.infos)
    return _build_row(submission, papers, settled, 1, None, find_rules_key)


def check_correction(catalogue: Catalogue, file: SubmissionRow, accepted: Sequence[int]) -> list[Finding]:
    """A new version of an accepted return says why it was sent."""
    if not accepted or file.cover.get("correction_reason"):
        return []
    cell = next(c for c in catalogue.cover.cells if c.ref.endswith(".correction_reason"))
    signal = Signal(Notice.CORRECTION_WITHOUT_REASON, catalogue.cover.tab, cell.address, cell.ref)
    return list(find_from_signals(catalogue, file.submission, [signal]))


def _build_row(
    submission: int,
    papers: _Papers,
    judgement: Judgement,
    revision: int,
    in_force: int | None,
    find_rules_key: FindRulesKey,
) -> dict[str, Any]:
    replaced = judgement.verdict in STANDING_VERDICTS and in_force is not None and submission != in_force
    return {
        "submission": submission, "own_verdict": papers.own_verdicts.get(submission),
        "is_stopped": submission not in papers.going_on, "verdict": judgement.verdict.value,
        "state": "superseded" if replaced else judgement.verdict.value, "in_force": submission == in_force,
        "revision": revision, "errors": judgement.errors, "queries": judgement.queries, "infos": judgement.infos,
        "checked_with": find_rules_key(papers.files[submission].period),
    }  # fmt: skip
