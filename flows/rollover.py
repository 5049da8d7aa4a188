"""Next year's collection in one go: settings, prefilled templates, the register to be walked through, what changed.

A collection follows each one that the year before had: the year itself, its terms, its months. Everything is worked out
here and written by the release of its templates, the settings last: whatever stops it, it can be done again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flows.assess import build_collections
from flows.campaigns import CampaignDesk, Order, list_orders, read_period
from flows.collections_file import NewCollection
from flows.desk import open_desk
from flows.errors import UsageError
from flows.gather import Gathering
from flows.publishers.rollover_sheets import AskedRow, ReviewRow, RolloverFacts
from flows.register_review import Review, label_attributes, list_review
from flows.settings import Collection
from flows.warehouse.collection import list_years
from flows.warehouse.standings import list_filed_periods, list_in_force
from flows.warehouse.submissions import list_unread
from flows.warehouse.tables import Connection, fetch_one
from flows.workspace import Workspace
from schemas.catalogue import Catalogue
from schemas.definitions.returns import RegisterRoles, Return
from schemas.drift.compare import Drift, compare_forms
from schemas.drift.spell import summarise
from schemas.periods import (
    add_months,
    compute_due_date,
    count_months,
    find_parts,
    find_period_type,
    normalise_period,
    step_back,
    step_by_months,
    step_forward,
)


@dataclass(frozen=True, slots=True)
class Opening:
    """A collection to be opened, the one it follows, and whether the settings have it already."""

    collection: NewCollection
    earlier: str
    is_open: bool


@dataclass(frozen=True)
class Rollover:
    """All that is to be done."""

    period: str
    earlier: str
    openings: tuple[Opening, ...]
    facts: RolloverFacts
    orders: tuple[Order, ...]
    is_first: bool
    """No collection was named before, so that returns of any period were taken."""

    @property
    def review(self) -> Sequence[ReviewRow]:
        return self.facts.review

    @property
    def new_collections(self) -> list[NewCollection]:
        """The collections that the settings do not have yet."""
        return [opening.collection for opening in self.openings if not opening.is_open]


@dataclass(frozen=True)
class RolloverDesk:
    """What a rollover is worked out from."""

    workspace: Workspace
    catalogue: Catalogue
    connection: Connection
    campaign: CampaignDesk

    @classmethod
    def open(cls, workspace: Workspace, catalogue: Catalogue, connection: Connection) -> RolloverDesk:
        return cls(workspace, catalogue, connection, CampaignDesk.open(workspace, catalogue, connection))


def plan_rollover(desk: RolloverDesk, text: str | None) -> Rollover:
    """Everything that opens the period, by default the one after the latest that was filed for.

    Raises UsageError where there is nothing to roll over from: no register, nothing in force for the earlier period, or
    returns that are still to be read under the definitions as they are now.
    """
    period = _find_period(desk, text)
    earlier = step_back(period)
    _refuse_unfiled(desk, period, earlier)
    openings = tuple(_list_openings(desk, period, earlier))
    asked = [(opening, definition) for opening in openings for definition in _list_asked(desk, opening)]
    drifts = dict(_list_drifts(desk.catalogue, asked))
    facts = RolloverFacts(
        desk.workspace.settings.district_name, period, earlier,
        [_build_asked_row(desk, opening, definition, drifts) for opening, definition in asked],
        _review_register(desk, period, earlier),
        label_attributes(desk.catalogue, find_roles(desk.catalogue)),
        {no: drift for no, drift in drifts.items() if drift.changes},
    )  # fmt: skip
    orders = [
        order
        for opening, definition in asked
        for order in list_orders(desk.campaign, [definition], opening.collection.period, schools=(), everyone=True)
    ]
    return Rollover(period, earlier, openings, facts, tuple(orders), not desk.workspace.settings.collections)


def list_to_close(desk: RolloverDesk, text: str) -> list[str]:
    """The collections of a period and those opened with it, which can be taken out of the settings again.

    Raises UsageError where something was received for one of them, or the settings have none.
    """
    period = read_period(text)
    wanted = [c.period for c in desk.workspace.settings.collections if _belongs(desk.workspace, c.period, period)]
    for part in wanted:
        row = fetch_one(desk.connection, "SELECT count(*) FROM submissions WHERE period = ?", [part])
        if row and row[0]:
            raise UsageError("undo_filed", period=part, count=row[0])
    if not wanted:
        raise UsageError("undo_nothing", period=period)
    return wanted


def find_roles(catalogue: Catalogue) -> RegisterRoles:
    """Which fields of the register say what."""
    register = catalogue.register
    assert register is not None
    assert register.roles is not None
    return register.roles


def _find_period(desk: RolloverDesk, text: str | None) -> str:
    if text is not None:
        period = read_period(text)
    else:
        years = list_years(desk.connection)
        if not years:
            raise UsageError("nothing_filed")
        period = step_forward(years[-1])
    if find_period_type(period) == "event":
        raise UsageError("rollover_event", period=period)
    return period


def _refuse_unfiled(desk: RolloverDesk, period: str, earlier: str) -> None:
    if desk.campaign.registers.are_empty():
        raise UsageError("rollover_no_register")
    unread = list_unread(desk.connection, desk.catalogue.reading_fingerprints)
    if unread:
        raise UsageError("rollover_unread", count=len(unread))
    filed = [
        (return_id, part)
        for return_id, part in list_filed_periods(desk.connection)
        if part and _belongs(desk.workspace, part, earlier) and list_in_force(desk.connection, return_id, part)
    ]
    if not filed:
        raise UsageError("rollover_nothing_filed", period=period, earlier=earlier)


def _belongs(workspace: Workspace, part: str, period: str) -> bool:
    """True for the period itself and its terms, months and halves; of a year also the year of the other kind."""
    plain = normalise_period(part)
    if plain is None:
        return False
    return plain in find_parts(period, find_period_type(plain), months_of=workspace.settings.months_of_year)


def _list_openings(desk: RolloverDesk, period: str, earlier: str) -> Iterator[Opening]:
    """One collection for each that the earlier year had; one for the year alone where it had none."""
    collections = [c for c in desk.workspace.settings.collections if _belongs(desk.workspace, c.period, earlier)]
    if all(collection.period != earlier for collection in collections):
        collections.insert(0, Collection(period=earlier))
    known = {collection.period for collection in desk.workspace.settings.collections}
    months = count_months(earlier, period)
    for collection in collections:
        following = period if collection.period == earlier else step_by_months(collection.period, months)
        yield Opening(_follow(desk, collection, following), collection.period, following in known)


def _follow(desk: RolloverDesk, collection: Collection, period: str) -> NewCollection:
    """The entry after another: the same returns, due as defined, or as far from that as they were set to be."""
    returns = _list_returns(desk.catalogue, collection)
    months = count_months(collection.period, period)
    due: dict[str, date] = {}
    for definition in returns:
        usual = compute_due_date(collection.period, definition.due)
        given = next((day for name, day in collection.due.items() if _is_named(definition, name)), usual)
        due[definition.no] = compute_due_date(period, definition.due) if given == usual else add_months(given, months)
    remark = desk.catalogue.message("review.remark", earlier=collection.period)
    names = {definition.no: definition.title.zh for definition in returns}
    return NewCollection(period, tuple(collection.returns), due, remark, names)


def _list_returns(catalogue: Catalogue, collection: Collection) -> list[Return]:
    """Returns that a collection asks for, in the order of their numbers. The register comes first."""
    named = [definition for name in collection.returns if (definition := catalogue.find_return(name)) is not None]
    period_type = find_period_type(collection.period)
    chosen = named or [d for d in catalogue.returns.values() if d.period == period_type]
    return sorted(chosen, key=lambda d: (d.roles is None, d.no[0] != "J", d.no))


def _is_named(definition: Return, name: str) -> bool:
    return name.casefold() in (definition.no.casefold(), definition.id.casefold())


def _list_asked(desk: RolloverDesk, opening: Opening) -> list[Return]:
    asked = Collection(period=opening.collection.period, returns=list(opening.collection.returns))
    return _list_returns(desk.catalogue, asked)


def _list_drifts(catalogue: Catalogue, asked: Sequence[tuple[Opening, Return]]) -> Iterator[tuple[str, Drift]]:
    """Forms that are others than those of the earlier period, by number of the return."""
    for opening, definition in asked:
        before = catalogue.find_layout(definition.id, opening.earlier)
        after = catalogue.find_layout(definition.id, opening.collection.period)
        if before.version != after.version:
            yield definition.no, compare_forms(before, after)


def _build_asked_row(desk: RolloverDesk, opening: Opening, definition: Return, drifts: Mapping[str, Drift]) -> AskedRow:
    period, catalogue = opening.collection.period, desk.catalogue
    collections = build_collections(desk.workspace.settings, catalogue)
    drift = drifts.get(definition.no)
    schools = desk.campaign.registers.find(period).expected_codes(definition.id)
    offices = max(len(desk.workspace.settings.sections), 1) if definition.scope == "section" else 1
    return AskedRow(
        definition.no, definition.title.zh, definition.filed_by.zh, period,
        len(schools) if definition.scope == "school" else offices,
        catalogue.find_form(definition.id, period).version, catalogue.find_form(definition.id, opening.earlier).version,
        summarise(drift, catalogue.message) if drift else "",
        opening.collection.due[definition.no].isoformat(),
        collections.find_due(definition, opening.earlier).isoformat(),
    )  # fmt: skip


def _review_register(desk: RolloverDesk, period: str, earlier: str) -> list[ReviewRow]:
    indicators = open_desk(desk.workspace, desk.connection, desk.catalogue)
    gathering = Gathering(desk.workspace, desk.connection, desk.catalogue, indicators, earlier)
    parts = {definition.id: gathering.list_parts(definition) for definition in desk.catalogue.returns.values()}
    return list_review(Review(indicators, desk.connection, find_roles(desk.catalogue), period, earlier, parts))
