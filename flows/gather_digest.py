"""What a digest is made from, gathered from warehouse, desk and the digests before it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flows.checks.structure import find_school_codes
from flows.desk import open_desk
from flows.district.facts import OwedRow, ReturnRow
from flows.district.rounds import Round, find_standing, group_rounds, rate_forms, rate_programs
from flows.district.rule_usage import count_usage
from flows.errors import UsageError
from flows.gather import Gathering, Place, count_returns, list_places
from flows.gather_schools import find_filers, rate_places
from flows.lookup import find_period_asked
from flows.publishers.digest_data import Before, CameRow, ChaseRow, DigestData, Filer, FirstRow, HeldRow, RunNote
from flows.urgency import Overdue, rank_matters
from flows.warehouse.digests import DigestRecord, find_earlier_record, list_failures
from flows.warehouse.rounds import count_arrivals, count_duplicates, load_fired, load_rounds, load_strays
from flows.warehouse.standings import Standing, load_standings
from flows.warehouse.tables import Connection
from flows.warehouse.warehouse import Warehouse
from flows.workspace import Workspace
from schemas.catalogue import Catalogue
from schemas.definitions.returns import Return
from schemas.wording import Wording

STRAY_DAYS = 7
"""So long files are told of that cannot be read or do not say what they are: nobody can send a newer version."""

REFUSED = ("rejected", "unreadable")
QUERIED = "accepted_with_queries"
NOT_FILED = ("missing", "waiting")


@dataclass(frozen=True)
class _Collection:
    """A year's collection: what is asked of whom, and what was sent. `told` is the last submission told of before."""

    gathering: Gathering
    places: Sequence[Place]
    returns: Sequence[ReturnRow]
    owed: Sequence[OwedRow]
    rounds: Sequence[Round]
    refused: Sequence[Round]
    queried: Sequence[Round]
    older: frozenset[int]
    """Submissions sent back of which an earlier version stays in force."""
    filers: Mapping[str, Filer]
    told: int

    @property
    def today(self) -> date:
        return self.gathering.workspace.find_today()

    @property
    def connection(self) -> Connection:
        return self.gathering.connection


def gather_digest(
    workspace: Workspace, warehouse: Warehouse, catalogue: Catalogue, *, run: RunNote | None, period: str | None = None
) -> DigestData:
    """The facts of this morning, of a year or the latest there is. Raises UsageError for a text that is no period."""
    earlier = find_earlier_record(warehouse.root, workspace.find_today())
    told = earlier.submission if earlier else 0
    desk = open_desk(workspace, warehouse.connection, catalogue)
    year = find_year(workspace, warehouse.connection, period)
    collection = _gather_collection(Gathering(workspace, warehouse.connection, catalogue, desk, year), told)
    submissions = [each.submission for each in collection.rounds]
    duplicates = count_duplicates(warehouse.connection) - (earlier.duplicates if earlier else 0)
    chase = _list_chase(collection)
    return DigestData(
        workspace.settings.district_name, year, collection.today.isoformat(),
        workspace.find_now().isoformat(timespec="seconds"), _look_back(workspace, earlier), run, duplicates,
        collection.returns, _count_arrivals(collection), _hold(collection, collection.refused),
        _hold(collection, collection.queried), _rank(collection), chase,
        not_yet_due=sum(row.state in NOT_FILED and not _is_chased(collection, row) for row in collection.owed),
        schools=rate_places(collection.gathering, collection.places, collection.rounds),
        forms=rate_forms(collection.rounds), programs=rate_programs(collection.rounds),
        rules=count_usage(collection.rounds, load_fired(warehouse.connection, submissions)), filers=collection.filers,
    )  # fmt: skip


def find_year(workspace: Workspace, connection: Connection, period: str | None) -> str:
    """The year asked for or the latest; nothing where none was ever filed for and none is asked for."""
    try:
        return find_period_asked(workspace, connection, period)
    except UsageError:
        if period:
            raise
        return ""


def _look_back(workspace: Workspace, earlier: DigestRecord | None) -> Before:
    """The digest before, what failed since, and letters of it that were not sent."""
    now = workspace.find_now().isoformat(timespec="seconds")
    failures = list_failures(workspace.warehouse, earlier.at if earlier else "", now)
    told = tuple((failure.at, failure.problem) for failure in failures)
    if earlier is None:
        return Before("", 0, told, ())
    idle = (workspace.find_today() - date.fromisoformat(earlier.day)).days - 1
    return Before(earlier.day, idle, told, tuple(letter for letter in earlier.letters if letter.problem))


def _gather_collection(gathering: Gathering, told: int) -> _Collection:
    connection, today = gathering.connection, gathering.workspace.find_today()
    places = list(list_places(gathering)) if gathering.period else []
    returns, owed = count_returns(gathering) if gathering.period else ([], [])
    asked = [(place.definition.id, place.period) for place in places]
    arrived = [(row[0], row[1]) for row in count_arrivals(connection, told)]
    rounds = load_rounds(connection, asked)
    others = load_rounds(connection, set(arrived) - set(asked))
    slots = group_rounds([*rounds, *others])
    newest = [versions[-1] for versions in slots.values()]
    standing = [find_standing(versions) for versions in slots.values()]
    in_year = {each.submission for each in rounds}
    queried = [each for each in standing if each.state == QUERIED and each.submission in in_year]
    strays = load_strays(connection, today - timedelta(days=STRAY_DAYS))
    known = {each.submission for each in newest}
    refused = [each for each in newest if each.state in REFUSED]
    refused += [
        each for each in strays if each.submission not in known and not _is_made_good(gathering.catalogue, each, newest)
    ]
    in_force = {each.slot for each in standing if each.in_force}
    periods = {place.period for place in places} | {each.period for each in refused if each.period}
    return _Collection(
        gathering, places, returns, owed, rounds, refused, queried,
        frozenset(each.submission for each in refused if each.slot in in_force),
        find_filers(gathering, periods), told,
    )  # fmt: skip


def _is_made_good(catalogue: Catalogue, stray: Round, newest: Sequence[Round]) -> bool:
    """True if a later file is of the school and return that the name of a file names that says nothing itself."""
    schools = {stray.school} if stray.school else set(find_school_codes(stray.file_name))
    named = {
        definition.id
        for definition in catalogue.returns.values()
        if re.search(rf"(?<![A-Za-z0-9]){re.escape(definition.no)}(?![A-Za-z0-9])", stray.file_name)
    }
    return any(
        each.submission > stray.submission and each.school in schools and each.return_id in named for each in newest
    )


def _count_arrivals(collection: _Collection) -> list[CameRow]:
    """What came since the last digest, in the order of the returns."""
    arrivals = count_arrivals(collection.connection, collection.told)
    rows = [CameRow(return_id, period, *counts) for return_id, period, *counts in arrivals]
    returns = collection.gathering.catalogue.returns
    return sorted(rows, key=lambda row: _sort_return(returns.get(row.return_id), row.period))


def _sort_return(definition: Return | None, period: str) -> tuple[bool, bool, str, str]:
    """The order of publications; files that do not say what they are come last."""
    no = definition.no if definition else ""
    return definition is None, no[:1] != "J", no, period


def _hold(collection: _Collection, rounds: Sequence[Round]) -> list[HeldRow]:
    """Submissions that wait for somebody, the newest first, each with the gravest thing said about it."""
    said = {s.submission: s for s in load_standings(collection.connection, [each.submission for each in rounds])}
    ordered = sorted(rounds, key=lambda each: -each.submission)
    return [_build_held(collection, each, said[each.submission]) for each in ordered]


def _build_held(collection: _Collection, each: Round, standing: Standing) -> HeldRow:
    filer = _find_filer(collection, each)
    return HeldRow(
        each.school, filer.name or each.school, filer.area, each.return_id, each.period, each.file_name, each.state,
        each.queries if each.state == QUERIED else each.errors, f"{standing.sheet} {standing.cell}".strip(),
        standing.message, (collection.today - each.received_on).days, each.submission > collection.told,
        each.submission in collection.older,
    )  # fmt: skip


def _find_filer(collection: _Collection, each: Round) -> Filer:
    """Whose submission it is; for a file that does not say so, whoever its name names."""
    code = each.school or next(iter(find_school_codes(each.file_name)), "")
    return collection.filers.get(code, Filer(code, "", "", ""))


def _list_chase(collection: _Collection) -> list[ChaseRow]:
    """Returns to be chased, by area and filer; of a filer those that are latest first."""
    dues = {(place.definition.id, place.period): place.due for place in collection.places}
    sent = {each.slot: each for each in (*collection.queried, *collection.refused)}
    states = {slot: each.state for slot, each in sent.items() if slot[:2] in dues and slot[2] in collection.filers}
    states |= {
        (row.return_id, row.period, row.school): row.state for row in collection.owed if _is_chased(collection, row)
    }
    rows = []
    for (return_id, period, school), state in states.items():
        due, version = dues[return_id, period], sent.get((return_id, period, school))
        counts = (version.errors, version.queries) if version else (0, 0)
        days = None if state == QUERIED else (collection.today - due).days
        rows.append(ChaseRow(collection.filers[school], return_id, period, state, due.isoformat(), days, *counts))
    return sorted(rows, key=_order_chase)


def _order_chase(row: ChaseRow) -> tuple[object, ...]:
    late = math.inf if row.days_late is None else -row.days_late
    return (row.filer.area, row.filer.code, late, row.return_id, row.period)


def _is_chased(collection: _Collection, owed: OwedRow) -> bool:
    """Sent back, or due by now or soon."""
    return owed.state not in NOT_FILED or owed.days_late >= -collection.gathering.workspace.settings.remind_days


def _rank(collection: _Collection) -> list[FirstRow]:
    gathering = collection.gathering
    if not gathering.period:
        return []
    say = Wording(gathering.catalogue.messages, gathering.workspace.settings.language).say
    overdue = [
        Overdue(
            row.return_id, row.period, row.school,
            say("digest.missing_problem", due=row.due, days=row.days_late), say("digest.missing_do"),
        )
        for row in collection.owed
        if row.state in NOT_FILED and row.days_late > 0
    ]  # fmt: skip
    return rank_matters(gathering, collection.refused, overdue, collection.queried, collection.filers)
