"""Findings as a list to work on, and decisions on the explanations of schools."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flows.assess import Registers
from flows.checks.explanations import ANSWERED, AnswerState, find_key, spell_finding_id, split_finding_id
from flows.errors import UsageError
from flows.operations import OperatorDesk
from flows.warehouse.standings import load_findings, load_standings
from flows.warehouse.submissions import SubmissionRow, load_rows
from flows.warehouse.tables import Connection
from schemas.catalogue import Catalogue
from schemas.periods import FIRST_PERIOD

PAST = ("superseded", "duplicate", "withdrawn")
"""States of submissions whose findings nobody works on any more."""


RECORDED = (
    "sheet", "cell", "label", "message", "remedy", "found", "expected", "explanation", "reason_code", "noted_by",
    "problem", "reply", "decided_by", "decided_at", "trial", "count",
)  # fmt: skip
"""What a line takes over from the stored finding as it stands there."""


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding with whose it is, where it stands, and what was said and decided."""

    id: str
    state: str
    severity: str
    check: str
    return_id: str
    period: str
    school: str
    name: str
    submission: int
    submission_state: str
    sheet: str
    cell: str
    label: str
    message: str
    remedy: str
    found: str
    expected: str
    explanation: str
    reason_code: str
    noted_by: str
    problem: str
    reply: str
    decided_by: str
    decided_at: str
    trial: bool
    count: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings are asked for; empty: all."""

    period: str = ""
    return_id: str = ""
    schools: tuple[str, ...] = ()
    severity: str = ""
    state: str = ""
    check: str = ""
    with_past: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    """What an operator decides of one finding: accept or refuse what the school says, and why."""

    finding: str
    is_accepted: bool
    reason: str = ""


def list_findings(connection: Connection, catalogue: Catalogue, wanted: Wanted) -> list[FindingLine]:
    """Findings by return, period and school; those of submissions that no longer count only if asked for."""
    registers = Registers(catalogue, connection)
    rows = {row.submission: row for row in load_rows(connection, _list_submissions(connection, wanted))}
    states = {s.submission: s.state for s in load_standings(connection, rows)}
    chosen = [n for n in rows if wanted.with_past or states.get(n) not in PAST]
    found = load_findings(connection, chosen)
    lines = [
        _build_line(catalogue, registers, rows[number], states.get(number, ""), record)
        for number in chosen
        for record in found.get(number, ())
    ]
    kept = [line for line in lines if _is_wanted(line, wanted)]
    return sorted(kept, key=lambda line: (line.return_id, line.period, line.school, line.submission))


def decide_findings(desk: OperatorDesk, rulings: Sequence[Ruling]) -> list[FindingLine]:
    """Write the rulings down and settle what they concern; all or none. Returns the findings as they stand then.

    Raises UsageError for a finding that is not there or asks for no explanation, and for a ruling without its reason.
    """
    lines = list_findings(desk.warehouse.connection, desk.catalogue, Wanted(severity="query"))
    chosen = [(ruling, _pick(lines, ruling)) for ruling in rulings]
    files = {
        row.submission: row for row in load_rows(desk.warehouse.connection, {line.submission for _, line in chosen})
    }
    desk.record("decided", [_build_act(desk, ruling, line, files[line.submission]) for ruling, line in chosen])
    desk.settle(sorted(files))
    decided = {line.id for _, line in chosen}
    return [
        line for line in list_findings(desk.warehouse.connection, desk.catalogue, Wanted(severity="query"))
        if line.id in decided
    ]  # fmt: skip


def _list_submissions(connection: Connection, wanted: Wanted) -> list[int]:
    rows = connection.execute(
        "SELECT submission FROM submissions WHERE (? = '' OR period = ?) AND (? = '' OR return_id = ?) "
        "AND (len(?) = 0 OR list_contains(?, school)) ORDER BY 1",
        [wanted.period, wanted.period, wanted.return_id, wanted.return_id, [*wanted.schools], [*wanted.schools]],
    ).fetchall()
    return [row[0] for row in rows]


def _build_line(
    catalogue: Catalogue, registers: Registers, row: SubmissionRow, submission_state: str, record: dict[str, Any]
) -> FindingLine:
    key = record["key"] or find_key(catalogue, record)
    register = registers.find(row.period or FIRST_PERIOD)
    name = register.find_name(row.school) or row.cover.get("school_name", "")
    return FindingLine(
        spell_finding_id(row.submission, key), record["state"] or AnswerState.OPEN.value, record["severity"],
        record["code"], row.return_id, row.period, row.school, name, row.submission, submission_state,
        **{name: record[name] for name in RECORDED},
    )  # fmt: skip


def _is_wanted(line: FindingLine, wanted: Wanted) -> bool:
    pairs = ((wanted.severity, line.severity), (wanted.state, line.state), (wanted.check, line.check))
    return all(not asked or asked.casefold() == found.casefold() for asked, found in pairs)


def _pick(lines: Iterable[FindingLine], ruling: Ruling) -> FindingLine:
    """The finding of a ruling. An id may be cut short as long as it names one."""
    parts = split_finding_id(ruling.finding)
    found = list(_match(lines, parts)) if parts else []
    if not found:
        raise UsageError("no_such_finding", id=ruling.finding)
    if len({line.id for line in found}) > 1:
        raise UsageError("many_such_findings", id=ruling.finding, count=len(found))
    line = found[0]
    is_said = line.explanation and AnswerState(line.state) in (*ANSWERED, AnswerState.REFUSED)
    if not ruling.reason.strip() and not (ruling.is_accepted and is_said):
        raise UsageError("ruling_without_reason", id=ruling.finding)
    return line


def _match(lines: Iterable[FindingLine], parts: tuple[int, str]) -> Iterator[FindingLine]:
    submission, key = parts
    return (line for line in lines if line.submission == submission and line.id.partition("-")[2].startswith(key))


def _build_act(desk: OperatorDesk, ruling: Ruling, line: FindingLine, row: SubmissionRow) -> dict[str, Any]:
    return {
        "decided_by": desk.operator, "is_accepted": ruling.is_accepted, "reason": ruling.reason.strip(),
        "sha256": row.sha256, "return_id": line.return_id, "period": line.period, "school": line.school,
        "code": line.check, "key": line.id.partition("-")[2], "explanation": line.explanation,
    }  # fmt: skip
