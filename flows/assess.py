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
from flows.normalisers.records import FormBlock, settle_block
from flows.register import RegisterView, build_empty_view, build_register_view, pick_attributes
from flows.settings import Settings
from flows.sources import AcceptedBlock, UnitSource, find_applicable_cells
from flows.warehouse.records import load_block
from flows.warehouse.standings import list_in_force
from flows.warehouse.tables import Connection
from schemas.catalogue import Catalogue
from schemas.periods import compare_periods, find_bounds

ListSubmissions = Callable[[Connection, str, str], list[tuple[int, str, str]]]


@dataclass
class Registers:
    """The register as of any period, built when first asked for."""

    catalogue: Catalogue
    connection: Connection
    _views: dict[str, RegisterView] = field(default_factory=dict)

    def find(self, period: str) -> RegisterView:
        """The register accepted for the period, else the latest before it, else the first after it."""
        if period not in self._views:
            self._views[period] = self._build(period)
        return self._views[period]

    def _build(self, period: str) -> RegisterView:
        definition = self.catalogue.register
        if definition is None or definition.roles is None:
            return build_empty_view(self.catalogue)
        filed = self._find_filed(definition.id, period)
        if filed is None:
            return build_empty_view(self.catalogue)
        submission, version = filed
        layout = self.catalogue.build_layout(definition.id, version)
        lines = load_block(self.connection, layout, [submission]).lists[definition.roles.sheet]
        return build_register_view(self.catalogue, lines, period)

    def _find_filed(self, return_id: str, period: str) -> tuple[int, str] | None:
        """Submission and form of the register in force for a period."""
        rows = self.connection.execute(
            "SELECT s.submission, s.version, s.period FROM submissions s JOIN standings t USING (submission) "
            "WHERE t.in_force AND s.return_id = ? ORDER BY s.submission",
            [return_id],
        ).fetchall()
        if not rows:
            return None
        rows.sort(key=lambda row: find_bounds(row[2]))
        before = [row for row in rows if find_bounds(row[2])[0] <= find_bounds(period)[0]]
        chosen = before[-1] if before else rows[0]
        return chosen[0], chosen[1]


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

    def for_schools(self, schools: frozenset[str] | None) -> RecordShelf:
        """The same shelf for some schools only, so that a batch loads no more than it needs."""
        return replace(self, schools=schools, _loaded={})

    def load(self, return_id: str, period: str) -> AcceptedBlock | None:
        """Records of a return for a period, with cells that do not apply counted 0 and totals computed."""
        key = (return_id, period)
        if key not in self._loaded:
            self._loaded[key] = self._load(return_id, period)
        return self._loaded[key]

    def _load(self, return_id: str, period: str) -> AcceptedBlock | None:
        if (return_id, period) in self.extra:
            return self.extra[(return_id, period)]
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
    attributes = pick_attributes(register, schools, period)
    applicable = find_applicable_cells(catalogue, block, attributes)
    settled = settle_block(block, applicable)
    own = AcceptedBlock(settled, tuple(schools), period)
    source = UnitSource(
        catalogue, period, tuple(schools), attributes, shelf.load, own=own, own_return=block.layout.return_id,
        register=register, months_of=settings.months_of_year, carries_on=find_predecessors(register),
    )  # fmt: skip
    return Batch(block, settled, applicable, dict(present), source)


def find_predecessors(register: RegisterView) -> dict[str, tuple[str, ...]]:
    """School → schools that it carries on for, those that carried on for others before them included."""
    merged: dict[str, list[str]] = {}
    for school, successor in register.successors.items():
        seen = {school}
        while successor in register.successors and successor not in seen and successor not in register.index:
            seen.add(successor)
            successor = register.successors[successor]
        merged.setdefault(successor, []).append(school)
    return {school: tuple(sorted(others)) for school, others in merged.items()}


def latest_period(periods: Iterable[str]) -> str | None:
    """The period that begins last."""
    latest: str | None = None
    for period in periods:
        if latest is None or compare_periods(period, latest) > 0:
            latest = period
    return latest


