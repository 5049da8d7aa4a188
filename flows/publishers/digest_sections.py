"""The tables of a digest, from what was gathered."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from flows.publishers.digest_content import Cell, DigestContent, Section
from flows.publishers.digest_data import ChaseRow, DigestData, HeldRow, Move
from flows.publishers.digest_facts import build_facts, count_chased
from flows.publishers.digest_words import Words, compute_share, find_frames
from flows.publishers.tables import format_figure

PLACEHOLDER = re.compile(r"\{\w+\}")
TONES = {"unreadable": "error", "rejected": "error", "missing": "error", "query": "query"}
SCHOOLS_SHOWN, RULES_SHOWN = 20, 10
SCHOOL_DETAILS = frozenset(
    {"school", "received", "accepted", "with_queries", "rejected", "unsettled", "amended", "waived", "withdrawn"}
)


def build_digest(data: DigestData, words: Words) -> DigestContent:
    """The digest of a morning. Contacts stand in the chase list only."""
    say = words.say
    sections = [
        build_first(data, words), build_refused(data, words), build_queried(data, words), build_came(data, words),
        *build_inbox(data, words), build_areas(data, words), build_returns(data, words), build_schools(data, words),
        build_forms(data, words), build_programs(data, words), build_rules(data, words),
    ]  # fmt: skip
    return DigestContent(
        say("digest.title", district=data.district, period=data.period), say("digest.subtitle", day=data.day),
        say("digest.overview"), build_facts(data, words), sections, say("digest.footer"), find_frames(words.wording),
    )  # fmt: skip


def build_first(data: DigestData, words: Words) -> Section:
    """What to do first: what moves a printed figure most stands on top."""
    keys = ("kind", "effect", "school", "name", "area", "return", "period", "check", "place", "problem", "do")
    rows = [
        (
            words.say(f"digest.kind_{row.kind}"), spell_move(row.move, words), row.school, row.name, row.area,
            words.name_return(row.return_id), row.period, row.code, row.place, row.message, row.remedy,
        )
        for row in data.first
    ]  # fmt: skip
    tones = [TONES[row.kind] for row in data.first]
    return words.build_section("digest.first", keys, rows, tones=tones, details={"school", "area", "check"})


def spell_move(move: Move | None, words: Words) -> str:
    """The effect of a record in words, with the figure it moves."""
    if move is None:
        return words.say("digest.effect_none")
    is_most = move.manner == "without"
    if math.isinf(move.percent):
        key = "digest.effect_new_most" if is_most else "digest.effect_new"
    else:
        key = "digest.effect_most" if is_most else "digest.effect_about"
    percent = spell_percent(abs(move.percent) if is_most else move.percent, is_signed=not is_most)
    indicator = words.catalogue.indicators[move.indicator]
    now, then = (format_figure(value, indicator.decimals, indicator.unit) for value in (move.now, move.then))
    name = words.name_figure(move.indicator, move.stage)
    effect = words.say(key, indicator=name, percent=percent, now=now, then=then)
    return words.say("digest.effect_others", effect=effect, others=move.others) if move.others else effect


def spell_percent(percent: float, *, is_signed: bool) -> str:
    """A percentage with so many decimals that something is left of it."""
    decimals = 1 if abs(percent) >= 1 else 2 if abs(percent) >= 0.1 else 3  # noqa: PLR2004  by size
    sign = "+" if is_signed and percent > 0 else ""
    return f"{sign}{format_figure(percent, decimals)}"


def build_refused(data: DigestData, words: Words) -> Section:
    """Submissions that stand sent back."""
    keys = (
        "new", "state", "school", "name", "return", "period", "count", "days", "place", "problem", "standing", "file",
    )  # fmt: skip
    older = words.say("digest.still_in_force")
    rows = [
        (
            _mark_new(row, words), words.name_state(row.state), row.school, row.name, words.name_return(row.return_id),
            row.period, row.count, row.days, row.place, row.message, older if row.is_older_in_force else "",
            row.file_name,
        )
        for row in data.refused
    ]  # fmt: skip
    return words.build_section("digest.refused", keys, rows, details={"school", "standing"})


def build_queried(data: DigestData, words: Words) -> Section:
    """Submissions that count and wait for an answer."""
    keys = ("new", "school", "name", "return", "period", "count", "days", "place", "problem", "file")
    rows = [
        (
            _mark_new(row, words), row.school, row.name, words.name_return(row.return_id), row.period, row.count,
            row.days, row.place, row.message, row.file_name,
        )
        for row in data.queried
    ]  # fmt: skip
    return words.build_section("digest.queried", keys, rows, details={"school", "file"})


def _mark_new(row: HeldRow, words: Words) -> str:
    return words.say("digest.new") if row.is_new else ""


def build_came(data: DigestData, words: Words) -> Section:
    """What came since the last digest, by return."""
    counts = ("received", "accepted", "with_queries", "rejected", "unreadable", "other")
    rows = [
        (
            words.name_return(row.return_id), words.name_title(row.return_id), row.period,
            *(getattr(row, name) for name in counts),
        )
        for row in data.came
    ]  # fmt: skip
    return words.build_section("digest.came", ("return", "title", "period", *counts), rows)


def build_inbox(data: DigestData, words: Words) -> list[Section]:
    """Files that were left in the inbox, if there are any."""
    if data.run is None or not (data.run.waiting or data.run.ignored):
        return []
    left = [*data.run.waiting, *((name, "ignored") for name in data.run.ignored)]
    rows = [(name, words.say(f"digest.reason_{reason}")) for name, reason in left]
    return [words.build_section("digest.inbox", ("file", "reason"), rows)]


def build_areas(data: DigestData, words: Words) -> Section:
    """How much is to be chased in each area."""
    areas: dict[str, list[ChaseRow]] = {}
    for row in data.chase:
        areas.setdefault(row.filer.area, []).append(row)
    names = ("filers", "overdue", "rejected", "queried", "soon")
    rows: list[Sequence[Cell]] = []
    for area, chased in areas.items():
        counts = count_chased(chased)
        rows.append((area, *(counts[name] for name in names)))
    return words.build_section("digest.areas", ("area", *names), rows)


def build_returns(data: DigestData, words: Words) -> Section:
    """How each return of the collection stands that anybody owes."""
    keys = (
        "return", "title", "period", "due", "expected", "received", "rate", "on_time", "accepted", "with_queries",
        "rejected", "missing",
    )  # fmt: skip
    rows = [
        (
            words.name_return(row.return_id), words.name_title(row.return_id), row.period, row.due, row.expected,
            row.received, compute_share(row.received, row.expected), row.on_time, row.accepted, row.with_queries,
            row.rejected, row.expected - row.received,
        )
        for row in data.returns
        if row.expected
    ]  # fmt: skip
    return words.build_section("digest.returns", keys, rows)


def build_schools(data: DigestData, words: Words) -> Section:
    """Punctuality and quality, the least punctual first."""
    counts = (
        "expected", "received", "on_time", "late", "missing", "overdue", "days_late", "accepted", "with_queries",
        "rejected", "unsettled", "first_pass", "rounds", "amended", "waived", "withdrawn", "open_errors",
        "open_queries", "silent_days",
    )  # fmt: skip
    ordered = sorted(data.schools, key=lambda row: (-row.overdue, -row.late, -_as_zero(row.days_late), row.school))
    whose = [data.filers[row.school] for row in ordered]
    rows: list[Sequence[Cell]] = [
        (filer.code, filer.name, filer.area, *(getattr(row, name) for name in counts))
        for row, filer in zip(ordered, whose, strict=True)
    ]
    keys = ("school", "name", "area", *counts)
    return words.build_section("digest.schools", keys, rows, most=SCHOOLS_SHOWN, details=SCHOOL_DETAILS)


def build_forms(data: DigestData, words: Words) -> Section:
    """How well each return is filled, by version of its template."""
    keys = (
        "return", "title", "version", "schools", "versions", "accepted", "first_pass", "share", "rounds",
        "answer_days", "errors", "queries",
    )  # fmt: skip
    rows = [
        (
            words.name_return(row.return_id), words.name_title(row.return_id), row.version, row.schools, row.versions,
            row.accepted, row.first_pass, compute_share(row.first_pass, row.accepted), row.rounds, row.answer_days,
            row.errors, row.queries,
        )
        for row in data.forms
    ]  # fmt: skip
    return words.build_section("digest.forms", keys, rows)


def build_programs(data: DigestData, words: Words) -> Section:
    """How well returns are filled, by the program that wrote them."""
    keys = ("program", "files", "versions", "accepted", "first_pass", "share", "rounds", "errors", "queries")
    rows: list[Sequence[Cell]] = [
        (
            row.program or words.say("digest.no_program"), row.returns, row.versions, row.accepted, row.first_pass,
            compute_share(row.first_pass, row.accepted), row.rounds, row.errors, row.queries,
        )
        for row in data.programs
    ]  # fmt: skip
    return words.build_section("digest.programs", keys, rows)


def build_rules(data: DigestData, words: Words) -> Section:
    """What became of what each check found."""
    keys = ("check", "severity", "rule", "fired", "corrected", "answered", "open", "cost")
    rows: list[Sequence[Cell]] = []
    for row in data.rules:
        entry = words.catalogue.checks.get(row.code)
        severity = words.say(f"severities.{entry.check.severity}") if entry else ""
        rule = PLACEHOLDER.sub("…", entry.check.message.text(words.wording.language)) if entry else ""
        rows.append((row.code, severity, rule, row.fired, row.corrected, row.answered, row.open, row.rounds))
    return words.build_section("digest.rules", keys, rows, most=RULES_SHOWN)


def _as_zero(number: float) -> float:
    return 0.0 if math.isnan(number) else number
