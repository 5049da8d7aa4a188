"""Queries and what schools say to them: which line answers which query, whether it says anything, and what was decided.

An explanation is written on the explanations sheet 核实说明 or on the list of a returned copy. Once accepted it stays
valid for the same school as long as rule and figures are the same, whatever the version of the return.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from flows.checks.findings import Finding
from flows.normalisers.text import fold_label, fold_width
from schemas.catalogue import Catalogue, ExplanationRules

KEY_LENGTH = 12
NOTE_FIELDS = ("check_id", "location", "explanation", "reason_code", "noted_by")
CELL = re.compile(r"(?<![a-z0-9])[a-z]{1,3}[0-9]{1,7}(?![a-z0-9])")


class AnswerState(StrEnum):
    """How a query stands."""

    OPEN = "open"
    EXPLAINED = "explained"
    ACCEPTED = "accepted"
    REFUSED = "refused"


ANSWERED = frozenset({AnswerState.EXPLAINED, AnswerState.ACCEPTED})
"""A query that stands like this holds nothing up."""


@dataclass(frozen=True, slots=True)
class Note:
    """A line by which a school explains: the check, where, and what it says. `place` is where the line stands."""

    check: str
    location: str
    explanation: str
    reason_code: str = ""
    noted_by: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A finding that asks for an explanation. `key` is the same as long as rule and figures are."""

    code: str
    sheet: str
    cell: str
    label: str
    key: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of an explanation, by whom, when and why."""

    is_accepted: bool
    reason: str
    by: str
    at: str
    explanation: str


Decisions = Mapping[tuple[str, str], Decision]
"""Code and key of a query → what was decided last."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a query stands: what the school says to it, why that will not do (a key under `answers`), the decision."""

    state: AnswerState
    key: str
    explanation: str = ""
    reason_code: str = ""
    noted_by: str = ""
    place: str = ""
    problem: str = ""
    reply: str = ""
    decided_by: str = ""
    decided_at: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers to queries in their order, and the notes that answer none."""

    answers: tuple[Answer, ...]
    idle: tuple[Note, ...]


def build_note(line: Mapping[str, str]) -> Note:
    """A line as read: fields of the explanations sheet, the sheet it stands on, and its row."""
    code, location, explanation, reason, by = (line.get(name) or "" for name in NOTE_FIELDS)
    return Note(code, location, explanation, reason, by, f"{line['sheet']} {line['row']}")


def is_note(line: Mapping[str, str]) -> bool:
    """True if a line says anything: lines that only carry what was printed before are none."""
    return bool(line.get("check_id") or line.get("explanation"))


def find_key(catalogue: Catalogue, finding: Mapping[str, Any]) -> str:
    """What a finding is about, in one word: its rule with limits, its field, and the figures it read.

    `finding` has code, ref, label, found, expected and operands (mappings with ref and value).
    """
    check = catalogue.checks[finding["code"]].check if finding["code"] in catalogue.checks else None
    rule = check.model_dump_json(exclude={"message", "remedy", "basis", "since", "until"}) if check else ""
    figures = [(operand["ref"], _drop_nan(operand["value"])) for operand in finding["operands"]]
    facts = [rule, *(finding[name] for name in ("code", "ref", "label", "found", "expected")), figures]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()[:KEY_LENGTH]


def answer_queries(
    queries: Sequence[Query],
    notes: Sequence[Note],
    decisions: Decisions,
    rules: ExplanationRules,
) -> Answers:
    """How each query stands. Of several notes to a query the last that says something counts."""
    said: dict[int, Note] = {}
    idle: list[Note] = []
    for note in notes:
        answered = find_answered(queries, note)
        if not answered:
            idle.append(note)
        for position in answered:
            known = said.get(position)
            if known is None or not find_problem(note, rules) or find_problem(known, rules):
                said[position] = note
    answers = [
        _answer(query, said.get(position), decisions.get((query.code, query.key)), rules)
        for position, query in enumerate(queries)
    ]
    return Answers(tuple(answers), tuple(idle))


def find_answered(queries: Sequence[Query], note: Note) -> list[int]:
    """Positions of the queries that a note is about: those of its check at its place, or all if it names no place."""
    code = fold_label(note.check)
    named = [i for i, query in enumerate(queries) if not code or fold_label(query.code) == code]
    if not fold_label(note.location):
        return named if code else []
    there = [i for i in named if _is_at(queries[i], note.location)]
    return there or (named if code and len(named) == 1 else [])


def find_problem(note: Note, rules: ExplanationRules) -> str:
    """Why a note explains nothing (a key under `answers`); empty if it does."""
    text = _keep_letters(note.explanation)
    if len(text) < rules.shortest:
        return "too_short"
    for phrase in sorted(rules.empty_phrases, key=len, reverse=True):
        text = text.replace(phrase, "")
    return "" if len(text) * 2 >= rules.shortest else "says_nothing"


def list_queries(catalogue: Catalogue, findings: Iterable[Finding]) -> list[tuple[int, Query]]:
    """Positions of the findings that ask for an explanation, and what they ask; those on trial do not."""
    return [
        (position, Query(f.code, f.sheet, f.cell, f.label, find_key(catalogue, asdict(f))))
        for position, f in enumerate(findings)
        if f.severity == "query" and not f.trial
    ]


def is_same_text(one: str, other: str) -> bool:
    """True if two explanations say the same but for width, spaces and punctuation."""
    return _keep_letters(one) == _keep_letters(other)


def spell_finding_id(submission: int, key: str) -> str:
    """What a finding is called by operators: its submission and its key."""
    return f"{submission}-{key}"


def split_finding_id(text: str) -> tuple[int, str] | None:
    """Submission and key (or how it begins) of a finding's id; None if it is none."""
    match = re.fullmatch(rf"(\d+)-([0-9a-f]{{4,{KEY_LENGTH}}})", text.strip().casefold())
    return (int(match[1]), match[2]) if match else None


def _is_at(query: Query, location: str) -> bool:
    """True if a place as written names the query's cell (on its sheet, if it names a sheet) or its label."""
    written = fold_width(location).casefold()
    cells, place = CELL.findall(written), fold_label(location)
    tab, label = fold_label(query.sheet), fold_label(query.label)
    if query.cell and cells:
        rest = _keep_letters(CELL.sub("", written))
        return query.cell.casefold() in cells and (not rest or tab in place or bool(label and label in place))
    return bool(label and label in place) or (not query.cell and tab == place)


def _answer(query: Query, note: Note | None, decision: Decision | None, rules: ExplanationRules) -> Answer:
    problem = find_problem(note, rules) if note is not None else ""
    said = note if note is not None and note.explanation else None
    names = ("explanation", "reason_code", "noted_by", "place")
    facts: dict[str, str] = {} if said is None else {name: getattr(said, name) for name in names}
    if decision is not None and _holds(decision, said):
        state = AnswerState.ACCEPTED if decision.is_accepted else AnswerState.REFUSED
        facts = {"explanation": decision.explanation} | facts
        return Answer(state, query.key, **facts, reply=decision.reason, decided_by=decision.by, decided_at=decision.at)
    if said is None or problem:
        return Answer(AnswerState.OPEN, query.key, **facts, problem=problem)
    return Answer(AnswerState.EXPLAINED, query.key, **facts)


def _holds(decision: Decision, said: Note | None) -> bool:
    """An acceptance holds whatever is said later; a refusal until something else is said."""
    return decision.is_accepted or said is None or is_same_text(said.explanation, decision.explanation)


def _drop_nan(value: float | str | None) -> float | str | None:
    """A missing figure, however it is held."""
    return None if value != value else value  # noqa: PLR0124  only a missing number differs from itself


def _keep_letters(text: str) -> str:
    """The letters, signs and digits of a text; spaces and punctuation say nothing."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(character for character in folded if unicodedata.category(character)[0] in "LN")
