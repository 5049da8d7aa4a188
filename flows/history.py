"""The history of submissions, collections and publications: what happened, when, by whom and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.assess import Registers
from flows.changes import Changes, list_changes
from flows.checks.explanations import spell_finding_id
from flows.checks.locks import Lock
from flows.warehouse.history import list_decided, list_state_changes, list_taken_back
from flows.warehouse.interventions import list_locks
from flows.warehouse.publications import Vintage, list_vintages
from flows.warehouse.revisions import Revision, list_revisions
from flows.warehouse.submissions import SubmissionRow, load_rows
from flows.warehouse.tables import Connection
from schemas.catalogue import Catalogue
from schemas.periods import FIRST_PERIOD


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happened to a submission: it was received, came to stand so, was decided on or taken back."""

    at: str
    what: str
    by: str = ""
    reason: str = ""
    finding: str = ""
    errors: int = 0
    queries: int = 0
    rules: str = ""


@dataclass(frozen=True, slots=True)
class SubmissionHistory:
    """A submission with all that happened to it, oldest first, and what changed from the version before."""

    row: SubmissionRow
    name: str
    acts: tuple[Act, ...]
    changes: Changes | None


@dataclass(frozen=True, slots=True)
class History:
    """What was asked for: submissions, acts on collections, vintages and what was revised in them."""

    submissions: tuple[SubmissionHistory, ...]
    locks: tuple[Lock, ...]
    vintages: tuple[Vintage, ...]
    revisions: tuple[Revision, ...]


def read_history(
    connection: Connection, catalogue: Catalogue, *, period: str = "", return_id: str = "", school: str = ""
) -> History:
    """Everything about a period, a return or a school; all there is where none of them is named."""
    numbers = [
        row[0]
        for row in connection.execute(
            "SELECT submission FROM submissions WHERE (? = '' OR period = ?) AND (? = '' OR return_id = ?) "
            "AND (? = '' OR school = ?) ORDER BY return_id, period, school, submission",
            [period, period, return_id, return_id, school, school],
        ).fetchall()
    ]
    whose = {row.submission: row for row in load_rows(connection, numbers)}
    return History(
        tuple(_tell_submissions(connection, catalogue, [whose[number] for number in numbers])),
        tuple(lock for lock in list_locks(connection) if not period or lock.period == period),
        tuple(list_vintages(connection, period)),
        tuple(list_revisions(connection, period)),
    )


def _tell_submissions(
    connection: Connection, catalogue: Catalogue, rows: Sequence[SubmissionRow]
) -> Iterator[SubmissionHistory]:
    numbers = [row.submission for row in rows]
    acts: dict[int, list[Act]] = {row.submission: [Act(row.received_at, "received")] for row in rows}
    for change in list_state_changes(connection, numbers):
        acts[change.submission].append(
            Act(change.at, change.state, errors=change.errors, queries=change.queries, rules=change.rules)
        )
    for d in list_decided(connection, numbers):
        what = "explanation_accepted" if d.is_accepted else "explanation_refused"
        acts[d.submission].append(Act(d.at, what, d.done_by, d.reason, spell_finding_id(d.submission, d.key)))
    for number, at, by, is_back, reason in list_taken_back(connection, numbers):
        acts[number].append(Act(at, "put_back" if is_back else "taken_back", by, reason))
    changes = list_changes(connection, catalogue, numbers)
    registers = Registers(catalogue, connection)
    for row in rows:
        known = registers.find(row.period or FIRST_PERIOD).find_name(row.school)
        ordered = tuple(sorted(acts[row.submission], key=lambda act: act.at))
        yield SubmissionHistory(row, known or row.cover.get("school_name", ""), ordered, changes.get(row.submission))
