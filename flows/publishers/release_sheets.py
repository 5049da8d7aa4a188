"""The sheets of a release: last year's returns on the new forms, what was found there, the templates handed out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.publishers.rollover_sheets import Remark, RolloverFacts, define_review_sheet
from flows.publishers.sheets import SheetContent, Value
from flows.publishers.tables import Head, open_sheet, put_note, put_rows
from schemas.catalogue import Catalogue

RESULTS = ("accepted", "accepted_with_queries", "to_be_filled", "rejected")
"""How a return filed last year fares on the new form; `to_be_filled`: nothing but what the form adds is lacking."""


@dataclass(frozen=True, slots=True)
class RehearsedCheck:
    """A check that failed in `count` of the returns, the first as example; `is_new`: only for want of new cells."""

    code: str
    severity: str
    is_new: bool
    count: int
    school: str
    sheet: str
    cell: str
    message: str


@dataclass(frozen=True)
class Rehearsal:
    """How the returns of an earlier period fared on the form of a later one. `results` counts returns by `RESULTS`."""

    no: str
    title: str
    period: str
    earlier: str
    version: str
    carried: int
    results: Mapping[str, int]
    checks: tuple[RehearsedCheck, ...]

    @property
    def tried(self) -> int:
        return sum(self.results.values())


@dataclass(frozen=True, slots=True)
class ListedTemplate:
    """A template handed out: whose, on which form, under what name, and the digests of form and file."""

    no: str
    period: str
    code: str
    school: str
    version: str
    form_digest: str
    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class ReleaseFacts:
    """Everything the sheets show; `reason` is why it was released in spite of the objections."""

    templates: Sequence[ListedTemplate]
    rehearsals: Sequence[Rehearsal]
    objections: Sequence[Remark]
    reason: str


def build_release_sheets(catalogue: Catalogue, facts: RolloverFacts, release: ReleaseFacts) -> list[SheetContent]:
    """Three sheets: the returns by how they fared, the checks that failed, the templates with their digests."""
    return [
        _build_rehearsals(catalogue, facts, release),
        _build_failures(catalogue, facts, release),
        _build_templates(catalogue, facts, release),
    ]


def _build_rehearsals(catalogue: Catalogue, facts: RolloverFacts, release: ReleaseFacts) -> SheetContent:
    say = catalogue.message
    heads = [
        Head(say("review.no"), 8, "text_center"), Head(say("review.return"), 34),
        Head(say("review.earlier"), 14, "text_center"), Head(say("review.period"), 14, "text_center"),
        Head(say("review.form"), 10, "text_center"), Head(say("review.tried"), 10, "count"),
        *(Head(say(f"review.result_{result}"), 13, "count") for result in RESULTS),
        Head(say("review.carried"), 12, "count"),
    ]  # fmt: skip
    content = open_sheet(define_review_sheet(catalogue, "rehearsal", facts, paper="A4"), heads)
    put_note(content, heads, _spell_gate(catalogue, release))
    rows: list[list[Value]] = [
        [
            rehearsal.no, rehearsal.title, rehearsal.earlier, rehearsal.period, rehearsal.version, rehearsal.tried,
            *(rehearsal.results.get(result, 0) for result in RESULTS), rehearsal.carried,
        ]
        for rehearsal in release.rehearsals
    ]  # fmt: skip
    put_rows(content, heads, rows)
    return content


def _spell_gate(catalogue: Catalogue, release: ReleaseFacts) -> str:
    """What was tried, what stands against the release, and why it was released all the same."""
    say = catalogue.message
    if not release.objections:
        return say("review.rehearsal_note") + say("review.no_objection")
    told = say("drift.then").join(say(f"objections.{remark.key}", **remark.values) for remark in release.objections)
    return say("review.rehearsal_note") + say("review.despite", objections=told, reason=release.reason)


def _build_failures(catalogue: Catalogue, facts: RolloverFacts, release: ReleaseFacts) -> SheetContent:
    say = catalogue.message
    heads = [
        Head(say("review.no"), 8, "text_center"), Head(say("review.check"), 9, "text_center"),
        Head(say("review.severity"), 8, "text_center"), Head(say("review.cause"), 14, "text_center"),
        Head(say("review.count"), 8, "count"), Head(say("review.message"), 60),
        Head(say("review.example"), 13, "text_center"), Head(say("review.sheet"), 16), Head(say("review.cell"), 8),
    ]  # fmt: skip
    content = open_sheet(
        define_review_sheet(catalogue, "failures", facts, paper="A4"), heads, say("review.failures_note")
    )
    rows: list[list[Value]] = [
        [
            rehearsal.no, check.code, say(f"severities.{check.severity}"),
            say("review.cause_new" if check.is_new else "review.cause_carried"), check.count, check.message,
            check.school, check.sheet, check.cell,
        ]
        for rehearsal in release.rehearsals
        for check in rehearsal.checks
    ]  # fmt: skip
    put_rows(content, heads, rows or [["", "", "", "", 0, say("review.nothing_failed"), "", "", ""]])
    return content


def _build_templates(catalogue: Catalogue, facts: RolloverFacts, release: ReleaseFacts) -> SheetContent:
    say = catalogue.message
    heads = [
        Head(say("review.no"), 8, "text_center"), Head(say("review.period"), 13, "text_center"),
        Head(say("review.code"), 13, "text_center"), Head(say("review.name"), 26),
        Head(say("review.form"), 10, "text_center"), Head(say("review.form_digest"), 15, "text_center"),
        Head(say("review.file"), 62), Head(say("review.bytes"), 10, "count"), Head(say("review.sha256"), 68),
    ]  # fmt: skip
    content = open_sheet(
        define_review_sheet(catalogue, "templates", facts, paper="A3"), heads, say("review.templates_note")
    )
    rows: list[list[Value]] = [
        [
            listed.no, listed.period, listed.code, listed.school, listed.version, listed.form_digest, listed.name,
            listed.size, listed.sha256,
        ]
        for listed in release.templates
    ]  # fmt: skip
    put_rows(content, heads, rows)
    return content
