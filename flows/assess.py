"""What to hold submissions against, gathered from the warehouse: register, collection, linked records.

Used by the validating stage and by the check of single files alike, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from flows.checks.content import Batch
from flows.checks.structure import CollectionView, Offices
from flows.lineage import Lists
from flows.normalisers.records import FormBlock, settle_block
from flows.register import RegisterView, build_empty_view, build_register_view, pick_attributes
from flows.settings import Settings
from flows.sources import AcceptedBlock, UnitSource, find_applicable_cells, find_filled_sheets, replace_schools
from flows.warehouse.records import load_block
from flows.warehouse.standings import list_filed_periods, list_in_force
from flows.warehouse.tables import Connection
from schemas.catalogue import Catalogue
from schemas.periods import find_bounds

ListSubmissions = Callable[[Connection, str, str], list[tuple[int, str, str]]]


@dataclass
class Registers:
    """The register as of any period, built when first asked for."""

    catalogue: Catalogue
    connection: Connection
    given: Mapping[str, Lists] = field(default_factory=dict)
    """Period → lists of a register that is not in the warehouse but counts before what is."""
    _views: dict[str, RegisterView] = field(default_factory=dict)
    _lists: dict[int, Lists] = field(default_factory=dict)

    def find(self, period: str) -> RegisterView:
        """The register accepted for the period, else the latest before it, else the first after it."""
        if period not in self._views:
            self._views[period] = self._build(period)
        return self._views[period]

    def list_submissions(self, period: str) -> list[int]:
        """The submissions that serve a period, the one whose lines do so last: those before it tell of its schools."""
        filed = self._list_filed()
        return [filed[chosen][0] for chosen in choose_periods(filed, period)]

    def are_empty(self) -> bool:
        """True if no register has been accepted for any period."""
        return self.catalogue.register is None or not ({*self._list_filed(), *self.given})

    def _build(self, period: str) -> RegisterView:
        definition = self.catalogue.register
        chosen = choose_periods({*self._list_filed(), *self.given}, period)
        if definition is None or definition.roles is None or not chosen:
            return build_empty_view(self.catalogue)
        *earlier, lists = (self._find_lists(filed) for filed in chosen)
        return build_register_view(self.catalogue, lists, period, earlier)

    def _find_lists(self, filed_for: str) -> Lists:
        """The lists of the register in force that was filed for a period."""
        if filed_for in self.given:
            return self.given[filed_for]
        assert self.catalogue.register is not None
        submission, version = self._list_filed()[filed_for]
        if submission not in self._lists:
            layout = self.catalogue.build_layout(self.catalogue.register.id, version)
            self._lists[submission] = load_block(self.connection, layout, [submission]).lists
        return self._lists[submission]

    def _list_filed(self) -> dict[str, tuple[int, str]]:
        """Period → submission and form of the register in force for it."""
        register = self.catalogue.register
        rows = self.connection.execute(
            "SELECT s.period, s.submission, s.version FROM submissions s JOIN standings t USING (submission) "
            "WHERE t.in_force AND s.return_id = ? ORDER BY s.submission",
            [register.id if register else ""],
        ).fetchall()
        return {period: (submission, version) for period, submission, version in rows}


def build_collections(settings: Settings, catalogue: Catalogue) -> CollectionView:
    """The open collections of the settings. A school year named opens its terms, months and its calendar year not."""
    periods: dict[str, frozenset[str]] = {}
    due: dict[tuple[str, str], date] = {}
    for collection in settings.collections:
        definitions = [catalogue.find_return(name) for name in collection.returns]
        periods[collection.period] = frozenset(d.id for d in definitions if d)
        for name, day in collection.due.items():
            definition = catalogue.find_return(name)
            if definition:
                due[(definition.id, collection.period)] = day
    return CollectionView(periods, due)


def build_offices(settings: Settings) -> Offices:
    return Offices(settings.own_code, frozenset(section.code for section in settings.sections))


@dataclass
class RecordShelf:
    """Records of other returns and periods, loaded when a check first asks for them and kept for the batch."""

    catalogue: Catalogue
    connection: Connection
    registers: Registers
    list_submissions: ListSubmissions = list_in_force
    schools: frozenset[str] | None = None
    extra: Mapping[tuple[str, str], AcceptedBlock] = field(default_factory=dict)
    _loaded: dict[tuple[str, str], AcceptedBlock | None] = field(default_factory=dict)
    _filed: set[tuple[str, str]] = field(default_factory=set)
    """Returns and periods that anything was received for, known once asked for. All shelves of a run share it."""

    def for_schools(self, schools: frozenset[str] | None) -> RecordShelf:
        """The same shelf for some schools only, so that a batch loads no more than it needs."""
        return replace(self, schools=schools, _loaded={})

    def include(self, blocks: Iterable[AcceptedBlock]) -> RecordShelf:
        """The shelf with records that are not in the warehouse, in place of what the same schools have there."""
        extra: dict[tuple[str, str], AcceptedBlock] = {}
        for given in blocks:
            key = (given.block.layout.return_id, given.period)
            known = extra.get(key) or self._load(*key)
            extra[key] = given if known is None else replace_schools(known, given)
        return replace(self, extra=extra, _loaded={})

    def load(self, return_id: str, period: str) -> AcceptedBlock | None:
        """Records of a return for a period, with cells that do not apply counted 0 and totals computed."""
        key = (return_id, period)
        if key not in self._loaded:
            self._loaded[key] = self._load(return_id, period)
        return self._loaded[key]

    def _load(self, return_id: str, period: str) -> AcceptedBlock | None:
        if (return_id, period) in self.extra:
            return self.extra[(return_id, period)]
        if return_id not in self.catalogue.returns or not self.has_filed(return_id, period):
            return None
        rows = self.list_submissions(self.connection, return_id, period)
        if self.schools is not None and self.catalogue.returns[return_id].scope == "school":
            rows = [row for row in rows if row[1] in self.schools]
        if not rows:
            return None
        layout = self.catalogue.latest_layout(return_id)
        block = load_block(self.connection, layout, [row[0] for row in rows])
        schools = tuple(row[1] for row in rows)
        attributes = pick_attributes(self.registers.find(period), schools, period)
        settled = settle_block(block, find_applicable_cells(self.catalogue, block, attributes))
        return AcceptedBlock(settled, schools, period)

    def has_filed(self, return_id: str, period: str) -> bool:
        """True if anybody has filed a return for a period."""
        return (return_id, period) in self._list_filed()

    def _list_filed(self) -> set[tuple[str, str]]:
        if not self._filed:
            self._filed.update(list_filed_periods(self.connection))
        return self._filed


def build_batch(
    catalogue: Catalogue,
    block: FormBlock,
    present: Mapping[str, np.ndarray],
    schools: Sequence[str],
    period: str,
    shelf: RecordShelf,
    settings: Settings,
) -> Batch:
    """Submissions of one form and period, ready to be judged."""
    register = shelf.registers.find(period)
    attributes = replace(pick_attributes(register, schools, period), are_known=bool(register.length))
    applicable = find_applicable_cells(catalogue, block, attributes)
    if not attributes.are_known:
        applicable &= find_filled_sheets(block)
    settled = settle_block(block, applicable)
    own = AcceptedBlock(settled, tuple(schools), period)
    source = UnitSource(
        catalogue, period, tuple(schools), attributes, shelf.load, own=own, own_return=block.layout.return_id,
        register=register, find_register=shelf.registers.find, months_of=settings.months_of_year,
    )  # fmt: skip
    return Batch(block, settled, applicable, dict(present), source)


def choose_periods(periods: Iterable[str], wanted: str) -> list[str]:
    """The periods that have begun by the first day of the one wanted, in order, else the first there is."""
    ordered = sorted(periods, key=find_bounds)
    begun = [period for period in ordered if find_bounds(period)[0] <= find_bounds(wanted)[0]]
    return begun or ordered[:1]
