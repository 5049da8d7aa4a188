"""Collections locked and opened again, submissions taken back and put back: by whom, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flows.checks.findings import index_signal_checks
from flows.checks.locks import Locks
from flows.errors import UsageError
from flows.operations import OperatorDesk
from flows.signals import Notice
from flows.warehouse.interventions import list_kept_out, list_locks, list_withdrawn
from flows.warehouse.standings import load_standings
from flows.warehouse.submissions import load_rows
from schemas.definitions.returns import Return
from schemas.periods import PeriodError, find_parts


@dataclass(frozen=True, slots=True)
class Scope:
    """What is locked or opened: a period, some returns or all, some schools or all."""

    period: str
    returns: tuple[Return, ...] = ()
    schools: tuple[str, ...] = ()


def lock_collection(desk: OperatorDesk, scope: Scope, reason: str) -> None:
    """From now on nothing more is taken for the period. Raises UsageError where it is locked already."""
    locks = _read_locks(desk)
    if all(_is_locked(desk, locks, scope, definition) for definition in _list_returns(desk, scope)):
        raise UsageError("locked_already", period=scope.period)
    desk.record("locked", [_build_act(desk, scope, reason, until="")])


def reopen_collection(desk: OperatorDesk, scope: Scope, reason: str, until: date | None) -> list[int]:
    """Let schools in again until the end of a day. Returns the submissions that were kept out and are judged anew.

    Raises UsageError where nothing is locked, for a school that is not there, and for a reopening without a reason.
    """
    if not reason.strip():
        raise UsageError("reopen_without_reason")
    locks = _read_locks(desk)
    if not any(_is_locked(desk, locks, scope, definition) for definition in _list_returns(desk, scope)):
        raise UsageError("not_locked", period=scope.period)
    desk.record("reopened", [_build_act(desk, scope, reason, until=until.isoformat() if until else "")])
    code = index_signal_checks(desk.catalogue)[Notice.COLLECTION_LOCKED.value].code
    waiting = list_kept_out(desk.warehouse.connection, code)
    desk.forget(waiting)
    return waiting


def withdraw_submissions(desk: OperatorDesk, submissions: Sequence[int], reason: str, *, is_back: bool) -> list[int]:
    """Take submissions back, or put them back. Returns all whose standing changed with them.

    Raises UsageError for one that is not there, that stands so already, and without a reason.
    """
    if not reason.strip():
        raise UsageError("withdraw_without_reason")
    connection = desk.warehouse.connection
    rows = {row.submission: row for row in load_rows(connection, submissions)}
    withdrawn = set(list_withdrawn(connection))
    for number in submissions:
        if number not in rows:
            raise UsageError("no_such_submission", number=number)
        if (number in withdrawn) != is_back:
            raise UsageError("put_back_already" if is_back else "withdrawn_already", number=number)
    before = {s.submission: s.state for s in load_standings(connection, _list_all(desk))}
    act = {"done_by": desk.operator, "is_back": is_back, "reason": reason.strip()}
    desk.record("withdrawn", [act | {"sha256": rows[number].sha256} for number in submissions])
    desk.settle(submissions)
    desk.forget(submissions)
    after = {s.submission: s.state for s in load_standings(connection, _list_all(desk))}
    return [number for number, state in after.items() if before.get(number) != state]


def _list_all(desk: OperatorDesk) -> list[int]:
    return [row[0] for row in desk.warehouse.connection.execute("SELECT submission FROM submissions").fetchall()]


def _read_locks(desk: OperatorDesk) -> Locks:
    return Locks(list_locks(desk.warehouse.connection), desk.workspace.settings.months_of_year)


def _is_locked(desk: OperatorDesk, locks: Locks, scope: Scope, definition: Return) -> bool:
    day = desk.workspace.find_today().isoformat()
    return locks.is_locked(definition, _find_part(desk, definition, scope), day)


def _list_returns(desk: OperatorDesk, scope: Scope) -> list[Return]:
    """The returns meant that are filed for the period or a part of it. Raises UsageError where there is none."""
    named = scope.returns or tuple(desk.catalogue.returns.values())
    filed = [definition for definition in named if _find_part(desk, definition, scope)]
    if not filed:
        raise UsageError("nothing_for_period", period=scope.period)
    return filed


def _find_part(desk: OperatorDesk, definition: Return, scope: Scope) -> str:
    try:
        parts = find_parts(scope.period, definition.period, months_of=desk.workspace.settings.months_of_year)
    except PeriodError:
        return ""
    return parts[0] if parts else ""


def _build_act(desk: OperatorDesk, scope: Scope, reason: str, *, until: str) -> dict[str, object]:
    return {
        "done_by": desk.operator, "period": scope.period, "returns": [d.id for d in scope.returns],
        "schools": list(scope.schools), "until": until, "reason": reason.strip(),
    }  # fmt: skip
