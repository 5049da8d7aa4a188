"""Stage 2: judge what was read, school by school, and settle which submission counts.

Two passes: what each submission says by itself, then against other returns, periods and schools. A lookup only
ever sees submissions that the first pass did not reject, so the order of arrival does not matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flows.assess import RecordShelf, Registers, build_offices
from flows.conductor import PLAIN, Conductor
from flows.judging import Bench, Docket, Papers, build_dockets, find_own_verdicts, hear_alone, hear_linked
from flows.standing import settle_standings
from flows.warehouse.records import load_block, store_block
from flows.warehouse.standings import (
    LINKED,
    OWN,
    list_candidates,
    list_going_on,
    list_slots,
    load_tainted,
    replace_findings,
    replace_outcomes,
    store_own_verdicts,
)
from flows.warehouse.submissions import load_moved, load_rows, load_signals
from flows.warehouse.tables import Connection
from flows.warehouse.warehouse import Warehouse
from flows.workspace import Workspace
from schemas.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Validation:
    """What the stage did."""

    judged: tuple[int, ...]
    settled: tuple[int, ...]
    waiting: tuple[int, ...] = ()


@dataclass(frozen=True)
class Court:
    """The bench, and the warehouse it takes papers from and writes findings to."""

    warehouse: Warehouse
    bench: Bench
    conductor: Conductor

    @property
    def connection(self) -> Connection:
        return self.warehouse.connection

    @property
    def catalogue(self) -> Catalogue:
        return self.bench.catalogue


def validate(
    workspace: Workspace, warehouse: Warehouse, catalogue: Catalogue, conductor: Conductor = PLAIN
) -> Validation:
    """Judge every submission whose content, rules or surroundings are new. The register comes first."""
    judged: list[int] = []
    settled: list[int] = []
    waiting: list[int] = []
    passes = [catalogue.register.id, None] if catalogue.register else [None]
    for only in passes:
        part = _judge_stale(_open_court(workspace, warehouse, catalogue, conductor), only=only)
        judged += part.judged
        settled += part.settled
        waiting += part.waiting
    return Validation(tuple(judged), tuple(settled), tuple(waiting))


def judge_own(docket: Docket, court: Court) -> int:
    """First pass over a docket: everything that can be told from the submissions themselves."""
    hearing = hear_alone(docket, _load_papers(docket, court), court.bench)
    submissions = docket.submissions
    with court.warehouse.transaction() as connection:
        replace_findings(connection, hearing.findings, submissions, OWN)
        replace_outcomes(connection, submissions, hearing.ledgers, OWN)
        store_own_verdicts(connection, find_own_verdicts(docket, hearing), hearing.stopped)
        if hearing.settled is not None:
            store_block(connection, hearing.settled, only_with_totals=True)
    court.conductor.watcher.advance()
    return len(submissions)


def judge_linked(docket: Docket, court: Court) -> int:
    """Second pass over a docket: against other returns, earlier periods and other schools."""
    tainted = load_tainted(court.connection, docket.submissions)
    hearing = hear_linked(docket, _load_papers(docket, court), court.bench, tainted)
    with court.warehouse.transaction() as connection:
        replace_findings(connection, hearing.findings, docket.submissions, LINKED)
        replace_outcomes(connection, docket.submissions, hearing.ledgers, LINKED)
    court.conductor.watcher.advance()
    return len(docket.rows)


def _open_court(workspace: Workspace, warehouse: Warehouse, catalogue: Catalogue, conductor: Conductor) -> Court:
    registers = Registers(catalogue, warehouse.connection)
    shelf = RecordShelf(catalogue, warehouse.connection, registers, list_candidates)
    bench = Bench(catalogue, workspace.settings, registers, shelf, workspace.find_today())
    return Court(warehouse, bench, conductor)


def _load_papers(docket: Docket, court: Court) -> Papers:
    block = None
    if docket.version:
        layout = court.catalogue.build_layout(docket.return_id, docket.version)
        block = load_block(court.connection, layout, docket.submissions)
    return Papers(
        load_signals(court.connection, docket.submissions), load_moved(court.connection, docket.submissions), block
    )


def _judge_stale(court: Court, *, only: str | None) -> Validation:
    key = _find_rules_key(court)
    stale, waiting = _list_stale(court, key, only)
    dockets = _list_dockets(court, stale)
    court.conductor.watcher.begin("judge_alone", len(dockets))
    court.conductor.run_batches("judge alone", lambda docket: judge_own(docket, court), dockets, retries=1)
    schools = _find_affected(court, stale)
    linked = list_going_on(court.connection, set(stale) | _list_newest(court, schools, only))
    dockets = _list_dockets(court, linked)
    court.conductor.watcher.begin("judge_linked", len(dockets))
    court.conductor.run_batches("judge linked", lambda docket: judge_linked(docket, court), dockets, retries=1)
    with court.warehouse.transaction() as connection:
        settled = settle_standings(connection, court.catalogue, schools=schools, rules_key=key, only=only)
    return Validation(tuple(stale), tuple(settled), tuple(waiting))


def _find_rules_key(court: Court) -> str:
    """What a judgement depends on beside the submission: definitions, limits, collections, registers."""
    register = court.catalogue.register
    registers = court.connection.execute(
        "SELECT s.submission FROM submissions s JOIN standings t USING (submission) WHERE t.in_force AND s.return_id = ?",
        [register.id if register else ""],
    ).fetchall()
    named = {"collections", "bureau_code", "district_code", "sections", "limits"}
    settings = court.bench.settings.model_dump_json(include=named)
    return hashlib.sha256(f"{court.catalogue.fingerprint}{settings}{sorted(registers)}".encode()).hexdigest()[:16]


def _list_stale(court: Court, key: str, only: str | None) -> tuple[list[int], list[int]]:
    """Submissions to be judged, and those that wait: returns of schools as long as there is no register."""
    condition, values = ("AND s.return_id = ?", [key, only]) if only else ("", [key])
    rows = court.connection.execute(
        "SELECT s.submission, s.return_id FROM submissions s LEFT JOIN standings t USING (submission) "
        f"WHERE s.read_with IS NOT NULL AND (t.checked_with IS NULL OR t.checked_with <> ?) {condition} ORDER BY 1",
        values,
    ).fetchall()
    held = _list_held_returns(court) if only is None else frozenset()
    return [row[0] for row in rows if row[1] not in held], [row[0] for row in rows if row[1] in held]


def _list_held_returns(court: Court) -> frozenset[str]:
    """Returns that nobody can be told to owe while no register has been accepted."""
    if court.catalogue.register is None or not court.bench.registers.are_empty():
        return frozenset()
    return frozenset(id for id, definition in court.catalogue.returns.items() if definition.scope == "school")


def _find_affected(court: Court, stale: Sequence[int]) -> list[str]:
    """Schools of the submissions, and the bureau whose figures rest on theirs."""
    rows = court.connection.execute(
        "SELECT DISTINCT school FROM submissions WHERE submission IN (SELECT unnest(?)) AND school <> ''", [list(stale)]
    ).fetchall()
    offices = build_offices(court.bench.settings)
    schools = {row[0] for row in rows}
    return sorted(schools | ({offices.bureau} | offices.sections if schools else set()))


def _list_newest(court: Court, schools: Sequence[str], only: str | None) -> set[int]:
    slots = list_slots(court.connection, schools=schools)
    return {slot.submissions[-1] for slot in slots if only is None or slot.return_id == only}


def _list_dockets(court: Court, submissions: Iterable[int]) -> list[Docket]:
    return build_dockets(court.catalogue, load_rows(court.connection, submissions), court.bench.settings.batch_size)
