"""Which submission of a school counts: the newest that is accepted; what it replaced; what was refused or taken back.

Here explanations meet the queries they answer: a submission all of whose queries are explained holds nothing up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flows.checks.explanations import ANSWERED, Answer, Decisions, Note, answer_queries
from flows.checks.findings import Finding, find_from_signals
from flows.checks.verdict import STANDING_VERDICTS, Judgement, Verdict, judge_counts
from flows.normalisers.text import escape_text
from flows.signals import Notice, Signal
from flows.warehouse.answers import (
    StoredQuery,
    load_decisions,
    load_notes,
    load_queries,
    replace_answers,
)
from flows.warehouse.duplicates import Repeat, load_repeats
from flows.warehouse.interventions import list_withdrawn
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

SUPERSEDED, WITHDRAWN, DUPLICATE = "superseded", "withdrawn", "duplicate"
"""States beside the verdicts: a later version counts; taken back; says nothing that the version before it did not."""

MINUTES = len("2025-09-18T12:00")
"""So much of a time is shown."""

FindRulesKey = Callable[[str], str]
"""Period → what judgements of that period depend on beside the submission."""


@dataclass(frozen=True, slots=True)
class _Papers:
    """What is known of the submissions to be settled, gathered at once."""

    files: Mapping[int, SubmissionRow]
    own_verdicts: Mapping[int, str]
    going_on: Collection[int]
    counts: Mapping[int, Mapping[str, int]]
    queries: Mapping[int, Sequence[StoredQuery]]
    notes: Mapping[int, Sequence[Note]]
    decisions: Mapping[tuple[str, str], Decisions]
    withdrawn: Collection[int]
    repeats: Mapping[int, Sequence[Repeat]]


@dataclass(slots=True)
class _Book:
    """What settling writes beside standings: findings on the slot, and how each query stands."""

    findings: list[Finding] = field(default_factory=list)
    answers: list[tuple[int, StoredQuery, Answer]] = field(default_factory=list)


def settle_standings(
    connection: Connection, catalogue: Catalogue, judged: Collection[int], find_rules_key: FindRulesKey | None
) -> list[int]:
    """Settle the slots of the submissions that were judged, and those that have no slot as they were not identified.

    Run inside a transaction. Without `find_rules_key` nothing was judged anew: only decisions are new. Returns the
    submissions whose standing was written.
    """
    slots = [slot for slot in list_slots(connection) if not set(judged).isdisjoint(slot.submissions)]
    strays = list_strays(connection, judged)
    submissions = [s for slot in slots for s in slot.submissions] + strays
    papers = _gather(connection, catalogue, submissions)
    book = _Book()
    rows = [row for slot in slots for row in _settle_slot(catalogue, slot, papers, book)]
    rows += [_settle_stray(catalogue, submission, papers, book) for submission in strays]
    known = load_verdicts(connection, "checked_with")
    for row in rows:
        number = row["submission"]
        row["checked_with"] = find_rules_key(papers.files[number].period) if find_rules_key else known.get(number)
    replace_findings(connection, book.findings, submissions, STANDING)
    replace_answers(connection, submissions, book.answers)
    store_standings(connection, rows)
    return submissions


def check_correction(catalogue: Catalogue, file: SubmissionRow, accepted: Sequence[int]) -> list[Finding]:
    """A new version of an accepted return, with other figures, says why it was sent."""
    if not accepted or file.cover.get("correction_reason"):
        return []
    cell = next(c for c in catalogue.cover.cells if c.ref.endswith(".correction_reason"))
    signal = Signal(Notice.CORRECTION_WITHOUT_REASON, catalogue.cover.tab, cell.address, cell.ref)
    return list(find_from_signals(catalogue, file.submission, [signal]))


def tell_idle_notes(catalogue: Catalogue, submission: int, notes: Iterable[Note]) -> list[Finding]:
    """Explanations that answer no query are kept, and the school is told so."""
    signals = []
    for note in notes:
        sheet, _, line = note.place.rpartition(" ")
        said = escape_text(note.explanation) or note.check
        told = {"line": line, "code": note.check, "what": said}
        signals.append(Signal(Notice.IDLE_EXPLANATION, sheet, found=said, values=told))
    return list(find_from_signals(catalogue, submission, signals))


def tell_repeats(catalogue: Catalogue, submission: int, repeats: Iterable[Repeat]) -> list[Finding]:
    """Files that said the same byte for byte: they are no submissions, and the school is told so."""
    signals = []
    for name, seen_at in repeats:
        shown = escape_text(name)
        told = {"file": shown, "time": seen_at[:MINUTES].replace("T", " ")}
        signals.append(Signal(Notice.DUPLICATE, found=shown, values=told))
    return list(find_from_signals(catalogue, submission, signals))


def _gather(connection: Connection, catalogue: Catalogue, submissions: Sequence[int]) -> _Papers:
    files = {row.submission: row for row in load_rows(connection, submissions)}
    return _Papers(
        files=files,
        own_verdicts=load_verdicts(connection, "own_verdict"),
        going_on=set(list_going_on(connection, submissions)),
        counts=count_findings(connection, submissions, without=STANDING),
        queries=load_queries(connection, catalogue, submissions, without=STANDING),
        notes=load_notes(connection, submissions),
        decisions=load_decisions(connection),
        withdrawn=set(list_withdrawn(connection)),
        repeats=load_repeats(connection, submissions),
    )


def _settle_slot(catalogue: Catalogue, slot: Slot, papers: _Papers, book: _Book) -> list[dict[str, Any]]:
    standing: list[int] = []
    rows: list[dict[str, Any]] = []
    latest: int | None = None
    for submission in slot.submissions:
        file = papers.files[submission]
        same = latest is not None and file.content != "" and file.content == papers.files[latest].content
        others = [s for s in standing if papers.files[s].figures != file.figures or not file.figures]
        more = check_correction(catalogue, file, others)
        explained, idle = _answer(catalogue, slot, submission, papers, book)
        more += idle + tell_repeats(catalogue, submission, papers.repeats.get(submission, ()))
        book.findings += more
        judgement = _judge(papers.counts.get(submission, {}), more, explained)
        row = _build_row(submission, papers, judgement, len(rows) + 1)
        if submission in papers.withdrawn:
            row["state"] = WITHDRAWN
        elif same:
            row["state"] = DUPLICATE
        else:
            latest = submission
            if judgement.verdict in STANDING_VERDICTS:
                standing.append(submission)
        rows.append(row)
    in_force = standing[-1] if standing else None
    return [_conclude(row, standing, in_force) for row in rows]


def _answer(
    catalogue: Catalogue, slot: Slot, submission: int, papers: _Papers, book: _Book
) -> tuple[int, list[Finding]]:
    """How many queries of a submission wait for nothing more, and what is said of explanations that answer none."""
    stored = papers.queries.get(submission, ())
    decisions = papers.decisions.get((slot.return_id, slot.school), {})
    found = answer_queries(
        [entry.query for entry in stored], papers.notes.get(submission, ()), decisions, catalogue.explanations
    )
    pairs = list(zip(stored, found.answers, strict=True))
    book.answers += [(submission, entry, answer) for entry, answer in pairs]
    explained = sum(entry.count for entry, answer in pairs if answer.state in ANSWERED)
    return explained, tell_idle_notes(catalogue, submission, found.idle)


def _judge(counts: Mapping[str, int], more: Iterable[Finding], explained: int) -> Judgement:
    """The verdict on findings of all passes; a query that is explained counts no more."""
    total = Counter(counts)
    for finding in more:
        total[finding.severity] += finding.count
    total["query"] -= explained
    return judge_counts(total)


def _settle_stray(catalogue: Catalogue, submission: int, papers: _Papers, book: _Book) -> dict[str, Any]:
    """A submission without a slot: an unreadable file, or one that does not say what it is."""
    more = tell_repeats(catalogue, submission, papers.repeats.get(submission, ()))
    book.findings += more
    judgement = _judge(papers.counts.get(submission, {}), more, 0)
    unreadable = papers.own_verdicts.get(submission) == Verdict.UNREADABLE.value
    settled = replace(judgement, verdict=Verdict.UNREADABLE if unreadable else Verdict.REJECTED)
    return _build_row(submission, papers, settled, 1)


def _build_row(submission: int, papers: _Papers, judgement: Judgement, revision: int) -> dict[str, Any]:
    return {
        "submission": submission, "own_verdict": papers.own_verdicts.get(submission),
        "is_stopped": submission not in papers.going_on, "verdict": judgement.verdict.value,
        "state": judgement.verdict.value, "in_force": False, "revision": revision, "errors": judgement.errors,
        "queries": judgement.queries, "infos": judgement.infos,
    }  # fmt: skip


def _conclude(row: dict[str, Any], standing: Sequence[int], in_force: int | None) -> dict[str, Any]:
    """The standing of a submission now that it is known which one of its slot counts."""
    submission = row["submission"]
    replaced = submission in standing and submission != in_force
    return row | {"in_force": submission == in_force, "state": SUPERSEDED if replaced else row["state"]}
