"""What a period's publications are made from, gathered from warehouse and desk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from flows.assess import build_collections, build_offices
from flows.checks.findings import find_signal_code
from flows.checks.structure import find_school_codes
from flows.checks.verdict import STANDING_VERDICTS
from flows.district.facts import DistrictFacts, OwedRow, RepeatedFile, ReturnRow, Shown
from flows.district.judge import RuleRow, judge_district
from flows.indicators.desk import Desk
from flows.indicators.evaluations import EvaluationResult, evaluate_profile
from flows.indicators.targets import list_held_targets
from flows.indicators.trends import History
from flows.past_figures import load_history
from flows.publishers.summary_data import FindingRow, RevisionRow, SummaryData
from flows.signals import Notice
from flows.warehouse.collection import FiledReturn, list_filed
from flows.warehouse.figures import load_figures
from flows.warehouse.revisions import Revision
from flows.warehouse.tables import Connection, fetch_one
from flows.workspace import Workspace
from schemas.catalogue import Catalogue
from schemas.definitions.returns import Return
from schemas.periods import find_parts


@dataclass(frozen=True)
class Gathering:
    """A period under preparation."""

    workspace: Workspace
    connection: Connection
    catalogue: Catalogue
    desk: Desk
    period: str

    def list_parts(self, definition: Return) -> list[str]:
        """Periods of the return that belong to the year and are asked for, or filed where nothing is asked for."""
        collections = build_collections(self.workspace.settings, self.catalogue)
        parts = find_parts(self.period, definition.period, months_of=self.workspace.settings.months_of_year)
        if collections.periods:
            return [part for part in parts if collections.is_open(part, definition.id)]
        return [part for part in parts if list_filed(self.connection, definition.id, part)]


def gather_summary(
    gathering: Gathering, *, is_latest: bool, is_locked: bool = False, revisions: Sequence[Revision] = ()
) -> SummaryData:
    """Everything the period's workbooks show. Files that do not say what they are count to the latest period.

    `revisions` are all since the period was first locked, those of the vintage to come included.
    """
    facts = gather_facts(gathering)
    judgement = judge_district(facts)
    return SummaryData(
        **{each.name: getattr(facts, each.name) for each in fields(facts)},
        data_until=_find_data_until(gathering),
        findings=list(_list_findings(gathering, is_latest=is_latest)),
        rules=_count_rules(gathering) + list(judgement.rules),
        district_findings=judgement.findings,
        is_locked=is_locked,
        revisions=[
            RevisionRow(**{each.name: getattr(r, each.name) for each in fields(RevisionRow)}) for r in revisions
        ],
        history=_load_history(gathering),
    )


def gather_facts(gathering: Gathering) -> DistrictFacts:
    """What checks on the district are judged by."""
    settings = gathering.workspace.settings
    returns, owed = count_returns(gathering)
    return DistrictFacts(
        catalogue=gathering.catalogue,
        desk=gathering.desk,
        district=settings.district_name,
        period=gathering.period,
        figures=_load_shown(gathering),
        evaluations=_evaluate(gathering),
        returns=returns,
        owed=owed,
        repeated=_list_repeated(gathering),
        target_sets=settings.target_sets,
    )


def _load_history(gathering: Gathering) -> History:
    """What is known of earlier years of all that has a target."""
    held = list_held_targets(gathering.catalogue, gathering.workspace.settings.target_sets)
    indicators = {entry.target.indicator for entry in held}
    return load_history(gathering.connection, gathering.catalogue, gathering.period, indicators)


def _load_shown(gathering: Gathering) -> Mapping[tuple[str, str, str, str], Shown]:
    """Stored figures; those for internal use are never published, nor is what is found by them."""
    stored = load_figures(gathering.connection, gathering.period)
    return {
        (f.indicator, f.stage, f.breakdown, f.group_code): Shown(
            f.value, f.numerator, f.denominator, f.expected, f.reported, f.coverage, f.size_coverage, f.earlier
        )
        for f in stored
        if gathering.catalogue.indicators[f.indicator].publish == "public"
    }


def _evaluate(gathering: Gathering) -> dict[str, EvaluationResult]:
    settings = gathering.workspace.settings
    wanted = settings.evaluations or list(gathering.catalogue.evaluations)
    known = gathering.catalogue.evaluations
    return {
        profile: evaluate_profile(gathering.desk, known[profile], gathering.period, settings.switches.get(profile, ()))
        for profile in wanted
        if profile in known
    }


@dataclass(frozen=True, slots=True)
class Place:
    """A return that is asked for in a period: from whom, and until when."""

    definition: Return
    period: str
    due: date
    expected: Sequence[str]


def count_returns(gathering: Gathering) -> tuple[list[ReturnRow], list[OwedRow]]:
    """How each return of the year stands, and who still owes it."""
    returns: list[ReturnRow] = []
    owed: list[OwedRow] = []
    for place in list_places(gathering):
        filed = {entry.school: entry for entry in list_filed(gathering.connection, place.definition.id, place.period)}
        returns.append(_count_return(place, filed))
        owed += _list_owed(gathering, place, filed)
    return returns, owed


def list_places(gathering: Gathering) -> Iterator[Place]:
    """Every return of the year with each period it is asked for, in the order of publications."""
    collections = build_collections(gathering.workspace.settings, gathering.catalogue)
    for definition in sorted(gathering.catalogue.returns.values(), key=lambda d: (d.no[0] != "J", d.no)):
        for part in gathering.list_parts(definition):
            expected = list_expected(gathering.workspace, gathering.desk, definition, part)
            yield Place(definition, part, collections.find_due(definition, part), expected)


def list_expected(workspace: Workspace, desk: Desk, definition: Return, part: str) -> list[str]:
    """Schools, bureau or sections that owe a return for a period."""
    if definition.scope == "school":
        return desk.find_register(part).expected_codes(definition.id)
    offices = build_offices(workspace.settings)
    return sorted(offices.sections) if definition.scope == "section" and offices.sections else [offices.bureau]


def _count_return(place: Place, filed: Mapping[str, FiledReturn]) -> ReturnRow:
    entries = [filed[school] for school in place.expected if school in filed]
    on_time = sum(datetime.fromisoformat(entry.first_received).date() <= place.due for entry in entries)
    states = [entry.state for entry in entries]
    return ReturnRow(
        place.definition.id, place.period, len(place.expected), len(entries), on_time,
        sum(state in STANDING_VERDICTS for state in states), states.count("accepted_with_queries"),
        states.count("rejected"), place.due.isoformat(),
    )  # fmt: skip


def _list_owed(gathering: Gathering, place: Place, filed: Mapping[str, FiledReturn]) -> Iterator[OwedRow]:
    register = gathering.desk.find_register(place.period)
    today = gathering.workspace.find_today()
    for school in place.expected:
        entry = filed.get(school)
        if entry is not None and entry.state in STANDING_VERDICTS:
            continue
        row = register.index.get(school)
        yield OwedRow(
            place.definition.id, place.period, school,
            register.find_name(school), register.areas[row] if row is not None else "",
            entry.state if entry else "missing", place.due.isoformat(), (today - place.due).days,
            register.contacts.get(school, ""),
        )  # fmt: skip


def _list_findings(gathering: Gathering, *, is_latest: bool) -> Iterator[FindingRow]:
    """Findings of the year's submissions, errors first, then by return, school, and place.

    Files that came again are told by a check on the district, once for all of them.
    """
    places = [(d.id, part) for d in gathering.catalogue.returns.values() for part in gathering.list_parts(d)]
    rows = gathering.connection.execute(
        "SELECT f.severity, s.return_id, s.period, s.school, s.file_name, t.state, "
        "f.code, f.sheet, f.cell, f.message, f.remedy, coalesce(a.state, ''), coalesce(a.explanation, '') "
        "FROM findings f JOIN submissions s USING (submission) JOIN standings t USING (submission) "
        "LEFT JOIN answers a USING (submission, pass, number) WHERE f.code IS DISTINCT FROM ? "
        "ORDER BY CASE f.severity WHEN 'error' THEN 0 WHEN 'query' THEN 1 ELSE 2 END, "
        "s.return_id, s.school, s.submission, f.pass DESC, f.number",
        [find_signal_code(gathering.catalogue, Notice.DUPLICATE)],
    ).fetchall()
    wanted = set(places)
    for severity, return_id, period, school, file_name, state, *rest in rows:
        is_stray = not return_id or not period
        if (return_id, period) not in wanted and not (is_stray and is_latest):
            continue
        code = school or next(iter(find_school_codes(file_name)), "")
        register = gathering.desk.find_register(period or gathering.period)
        name = register.find_name(code)
        yield FindingRow(severity, return_id or "", period or "", code, name, file_name, state, *rest)


def _count_rules(gathering: Gathering) -> list[RuleRow]:
    places = [f"{d.id} {part}" for d in gathering.catalogue.returns.values() for part in gathering.list_parts(d)]
    rows = gathering.connection.execute(
        "SELECT o.code, sum(o.applicable), sum(o.passed), sum(o.failed), sum(o.not_assessed) FROM outcomes o "
        "JOIN submissions s USING (submission) WHERE s.return_id || ' ' || s.period IN (SELECT unnest(?)) "
        "GROUP BY o.code ORDER BY o.code",
        [places],
    ).fetchall()
    return [RuleRow(row[0], *(int(count) for count in row[1:])) for row in rows]


def _list_repeated(gathering: Gathering) -> list[RepeatedFile]:
    """Files that came again byte for byte, with the first that had these bytes."""
    rows = gathering.connection.execute(
        "SELECT DISTINCT d.file_name, s.file_name, s.school "
        "FROM duplicates d JOIN submissions s ON s.sha256 = d.sha256 "
        "WHERE s.period = ? OR s.period LIKE ? ORDER BY ALL",
        [gathering.period, f"{gathering.period}%"],
    ).fetchall()
    return [RepeatedFile(*row) for row in rows]


def _find_data_until(gathering: Gathering) -> str:
    places = [f"{d.id} {part}" for d in gathering.catalogue.returns.values() for part in gathering.list_parts(d)]
    row = fetch_one(
        gathering.connection,
        "SELECT max(received_at) FROM submissions WHERE return_id || ' ' || period IN (SELECT unnest(?))",
        [places],
    )
    return str(row[0])[:10] if row and row[0] else ""
