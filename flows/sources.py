"""Data behind expressions: units (submissions or schools) with their own records and those linked to them.

A unit is linked to records of other returns and other periods by its school; a unit of the district is linked to
those of all schools, and a figure of many is their sum.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from flows.normalisers.records import FormBlock, join_blocks, lift_block, settle_block
from flows.register import RegisterView, pick_attributes
from schemas.applicability import Attributes, find_applicable, holds_for_all, list_conditions
from schemas.catalogue import Catalogue
from schemas.expressions.columns import Mask, Numbers, Values
from schemas.expressions.evaluate import divide
from schemas.expressions.scope import Lines
from schemas.layout import Cell
from schemas.periods import YearStart, find_bounds, find_parts, step_back

Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class AcceptedBlock:
    """Records of one return and period with the school of each row and the period it was filed for."""

    block: FormBlock
    schools: tuple[str, ...]
    period: str


LoadAccepted = Callable[[str, str], AcceptedBlock | None]
"""Return id and period → records in force, settled; None if there are none."""


@dataclass(frozen=True, slots=True)
class Linked:
    """Rows of records and the units they serve: row `rows[i]`, of school `schools[rows[i]]`, serves unit `units[i]`."""

    block: FormBlock
    units: Positions
    rows: Positions
    period: str
    schools: tuple[str, ...]


@dataclass(frozen=True)
class UnitSource:
    """Units of one period, their attributes, and whatever is linked to them."""

    catalogue: Catalogue
    period: str
    schools: tuple[str, ...]
    attributes: Attributes
    load: LoadAccepted
    own: AcceptedBlock | None = None
    own_return: str = ""
    register: RegisterView | None = None
    find_register: Callable[[str], RegisterView] | None = None
    months_of: YearStart = "calendar"
    extra_lines: Mapping[str, Callable[[str], Lines]] = field(default_factory=dict)
    _links: dict[tuple[str, int], list[Linked]] = field(default_factory=dict, repr=False)
    _columns: dict[tuple[str, int], Values | None] = field(default_factory=dict, repr=False)
    _lines: dict[tuple[str, int], Lines | None] = field(default_factory=dict, repr=False)
    _peers: list[UnitSource] = field(default_factory=list, repr=False)

    @property
    def length(self) -> int:
        return len(self.schools)

    def find_attribute(self, name: str, _back: int) -> Values | None:
        return self.attributes.columns.get(name)

    def find_cell(self, ref: str, back: int) -> Values | None:
        key = (ref, back)
        if key not in self._columns:
            self._columns[key] = self._compute_cell(ref, back)
        return self._columns[key]

    def find_lines(self, sheet: str, back: int) -> Lines | None:
        """Lines of a list sheet, each with the unit it serves."""
        key = (sheet, back)
        if key not in self._lines:
            self._lines[key] = self._collect_lines(sheet, back)
        return self._lines[key]

    def find_filed(self, sheet: str, back: int) -> Mask:
        """Units whose lines of a list are known: they filed it, if only without a line, or are not asked to."""
        owner = self.find_owner(sheet)
        if sheet in self.extra_lines or owner is None:
            return np.ones(self.length, dtype=bool)
        links = self.list_links(owner, back)
        if self.catalogue.returns[owner].scope != "school" and not self._is_district:
            return np.full(self.length, bool(links))
        filed = np.zeros(self.length, dtype=bool)
        for linked in links:
            filed[linked.units] = True
        return filed if back or not self._knows_due or self._is_district else filed | ~self._find_due(owner)

    def list_links(self, return_id: str, back: int) -> list[Linked]:
        """Records of a return for the period (or an earlier one), part by part, linked to the units."""
        key = (return_id, back)
        if key not in self._links:
            self._links[key] = list(self._link(return_id, back))
        return self._links[key]

    def find_peers(self) -> UnitSource:
        """All schools open in the period with what they filed, the own candidates taken as filed."""
        if not self._peers:
            assert self.register is not None
            schools = tuple(self.register.list_open())
            attributes = pick_attributes(self.register, schools, self.period)
            everyone = UnitSource(
                self.catalogue, self.period, schools, attributes, self.load, register=self.register,
                find_register=self.find_register, months_of=self.months_of, extra_lines=self.extra_lines,
            )  # fmt: skip
            self._peers.append(everyone)
        return self._peers[0]

    def find_owner(self, sheet: str) -> str | None:
        return self.catalogue.sheet_owners.get(sheet)

    def _link(self, return_id: str, back: int) -> Sequence[Linked]:
        if return_id == self.own_return and back == 0 and self.own is not None:
            everyone = np.arange(self.length, dtype=np.int64)
            return [Linked(self.own.block, everyone, everyone, self.period, self.own.schools)]
        scope = self.catalogue.returns[return_id].scope
        return [self._serve(block, scope) for block in self.list_blocks(return_id, back)]

    def list_blocks(self, return_id: str, back: int) -> list[AcceptedBlock]:
        """Records of a return for the parts of the period it is filed for; of cumulative parts the last filed."""
        definition = self.catalogue.returns[return_id]
        period = step_back(self.period, back) if back else self.period
        parts = find_parts(period, definition.period, months_of=self.months_of)
        blocks = [block for part in parts if (block := self.load(return_id, part)) is not None]
        return blocks[-1:] if definition.accumulates == "cumulative" else blocks

    def find_district_cell(self, ref: str, owner: str) -> float:
        """The bureau's own figure: that of its return, or the sum over its sections; missing if not filed."""
        cell = self._find_cell(ref, owner)
        columns = []
        for accepted in self.list_blocks(owner, 0):
            position = accepted.block.index.get(ref)
            values = accepted.block.numbers[:, position] if position is not None else np.array([np.nan])
            columns.append(np.array([values.sum()]))
        over_time = _find_over_time(cell, self.catalogue.returns[owner].accumulates) if cell else "sum"
        return float(_reduce_over_time(columns, over_time, 1)[0])

    def list_district_lines(self, sheet: str) -> Lines:
        """All lines of a list that the bureau or its sections file, whatever school they are about."""
        owner = self.catalogue.sheet_owners[sheet]
        parts = [_name_submissions(accepted.block, sheet) for accepted in self.list_blocks(owner, 0)]
        layout = self.catalogue.latest_layout(owner).find_sheet(sheet)
        lines = _join_lines(parts) if parts else _build_no_lines(layout.cells if layout else ())
        return replace(lines, unit=np.zeros(lines.length, dtype=np.int64))

    def _serve(self, accepted: AcceptedBlock, scope: str) -> Linked:
        """Which units the rows of a block serve."""
        rows = np.arange(len(accepted.schools), dtype=np.int64)
        if scope != "school" or self._is_district:
            units = np.repeat(np.arange(self.length, dtype=np.int64), len(rows))
            return Linked(accepted.block, units, np.tile(rows, self.length), accepted.period, accepted.schools)
        index = self._index_filers(accepted)
        pairs = [(unit, row) for row, school in enumerate(accepted.schools) for unit in index.get(school, ())]
        units_rows = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        return Linked(accepted.block, units_rows[:, 0], units_rows[:, 1], accepted.period, accepted.schools)

    @property
    def _is_district(self) -> bool:
        return bool(self.own_return) and self.catalogue.returns[self.own_return].scope != "school"

    def _index_filers(self, accepted: AcceptedBlock) -> dict[str, list[int]]:
        """School that filed → the units whose figures they are.

        A unit with several origins is served only where each that owed the return filed it: a part is no whole.
        """
        index = self._index_schools(accepted.period)
        if not any(len(origins) > 1 for origins in self._trace(accepted.period).values()):
            return index
        partial = {unit for school in self._find_lacking(accepted) for unit in index.get(school, ())}
        return {school: [unit for unit in units if unit not in partial] for school, units in index.items()}

    def _index_schools(self, period: str) -> dict[str, list[int]]:
        """School of a period → the units that it is, or has become by the first day of the units' own period."""
        traced = self._trace(period)
        index: dict[str, list[int]] = {}
        for unit, school in enumerate(self.schools):
            for origin in traced.get(school, (school,)):
                index.setdefault(origin, []).append(unit)
        return index

    def _trace(self, period: str) -> Mapping[str, tuple[str, ...]]:
        return self.register.trace(find_bounds(period)[0]) if self.register is not None else {}

    def _find_lacking(self, accepted: AcceptedBlock) -> set[str]:
        """Schools that owed the return and did not file it."""
        if self.find_register is None:
            return set()
        owed = self.find_register(accepted.period).expected_codes(accepted.block.layout.return_id)
        return set(owed).difference(accepted.schools)

    def _compute_cell(self, ref: str, back: int) -> Values | None:
        sheet = ref.partition("[")[0].partition(".")[0]
        owner = self.find_owner(sheet)
        if owner is None:
            return None
        links = self.list_links(owner, back)
        cell = self._find_cell(ref, owner)
        if cell is None:
            return None
        if not cell.is_numeric:
            return self._pick_text(links, ref)
        over_time = _find_over_time(cell, self.catalogue.returns[owner].accumulates)
        columns = [self._sum_rows(linked, ref) for linked in links]
        reduced = _reduce_over_time(columns, over_time, self.length)
        return self._zero_where_not_due(reduced, owner, cell.applies, back)

    def _find_cell(self, ref: str, owner: str) -> Cell | None:
        layout = self.catalogue.latest_layout(owner).find_sheet(ref.partition("[")[0].partition(".")[0])
        return next((cell for cell in layout.cells if cell.ref == ref), None) if layout else None

    def _sum_rows(self, linked: Linked, ref: str) -> Numbers:
        """One figure a unit: the sum of its rows, missing where one is missing or there is none."""
        position = linked.block.index.get(ref)
        if position is None:
            return np.full(self.length, np.nan)
        values = linked.block.numbers[linked.rows, position]
        summed = np.bincount(linked.units, weights=values, minlength=self.length)
        counts = np.bincount(linked.units, minlength=self.length)
        return np.where(counts > 0, summed, np.nan)

    def _pick_text(self, links: Sequence[Linked], ref: str) -> Values:
        texts = np.full(self.length, None, dtype=object)
        for linked in links:
            column = linked.block.texts.get(ref)
            if column is not None:
                texts[linked.units] = column[linked.rows]
        return texts

    def _zero_where_not_due(self, column: Numbers, owner: str, applies: tuple[str, ...], back: int) -> Numbers:
        """0 where a school does not file that sheet at all: it has none of what is counted there."""
        if back or not self._knows_due or self._is_district or self.catalogue.returns[owner].scope != "school":
            return column
        due = self._find_due(owner) if owner != self.own_return else np.ones(self.length, dtype=bool)
        if applies:
            masks = find_applicable(self.catalogue, applies, self.attributes)
            due = due & holds_for_all(masks, applies, self.length)
        return np.where(np.isnan(column) & ~due, 0.0, column)

    @property
    def _knows_due(self) -> bool:
        """False without a register: what was not filed is missing then, whoever should have filed it."""
        return self.register is not None and self.register.length > 0

    def _find_due(self, return_id: str) -> Mask:
        assert self.register is not None
        owed = set(self.register.expected_codes(return_id))
        return np.array([school in owed for school in self.schools], dtype=bool)

    def _collect_lines(self, sheet: str, back: int) -> Lines | None:
        if sheet in self.extra_lines:
            earlier = step_back(self.period, back)
            return self._attach_by_school(self.extra_lines[sheet](earlier), "school", earlier)
        owner = self.find_owner(sheet)
        if owner is None:
            return None
        layout = self.catalogue.latest_layout(owner).find_sheet(sheet)
        links = self.list_links(owner, back)
        if layout is None or not (layout.is_list or len(links) > 1):
            return None
        parts = [
            self._lines_of_list(linked, sheet, layout.school_key)
            if layout.is_list
            else _lines_of_records(linked, sheet)
            for linked in links
        ]
        return _join_lines(parts) if parts else _build_no_lines(layout.cells)

    def is_list(self, sheet: str) -> bool:
        if sheet in self.extra_lines:
            return True
        owner = self.find_owner(sheet)
        layout = self.catalogue.latest_layout(owner).find_sheet(sheet) if owner else None
        return layout is not None and layout.is_list

    def _lines_of_list(self, linked: Linked, sheet: str, school_key: str | None) -> Lines:
        lines = _name_submissions(linked.block, sheet)
        if school_key is not None and not self._is_district:
            return self._attach_by_school(lines, school_key, linked.period)
        units_of_row: dict[int, list[int]] = {}
        for unit, row in zip(linked.units.tolist(), linked.rows.tolist(), strict=True):
            units_of_row.setdefault(row, []).append(unit)
        pairs = [(unit, line) for line, row in enumerate(lines.unit.tolist()) for unit in units_of_row.get(row, ())]
        picked = _pick_lines(lines, pairs)
        return picked if school_key is None else self._describe_schools(picked, school_key)

    def _describe_schools(self, lines: Lines, school_key: str) -> Lines:
        """The bureau's lines about schools with what the register says of each."""
        if self.register is None:
            return lines
        attributes = pick_attributes(self.register, list(lines.columns[school_key]), self.period)
        return replace(lines, columns={**attributes.columns, **lines.columns})

    def _attach_by_school(self, lines: Lines, school_key: str, period: str) -> Lines:
        """Lines about schools with the unit that each serves."""
        index = self._index_schools(period)
        schools = lines.columns[school_key]
        pairs = [(unit, line) for line, school in enumerate(schools) for unit in index.get(school, ())]
        return _pick_lines(lines, pairs)


def settle_accepted(catalogue: Catalogue, accepted: AcceptedBlock, attributes: Attributes) -> AcceptedBlock:
    """The block with cells that do not apply to a school counted 0 and totals computed."""
    return replace(
        accepted, block=settle_block(accepted.block, find_applicable_cells(catalogue, accepted.block, attributes))
    )


def find_applicable_cells(catalogue: Catalogue, block: FormBlock, attributes: Attributes) -> Mask:
    """One row a submission, one column a numeric cell: whether the school fills it.

    Where the register does not know the school, every cell applies.
    """
    cells = [cell for sheet in block.layout.sheets if not sheet.is_list for cell in sheet.cells if cell.is_numeric]
    mask = np.ones((block.length, len(cells)), dtype=bool)
    if not attributes.columns:
        return mask
    conditions = [list_conditions(cell, block.layout, attributes) for cell in cells]
    masks = find_applicable(catalogue, (text for texts in conditions for text in texts), attributes)
    for texts in set(conditions):
        columns = [position for position, own in enumerate(conditions) if own == texts]
        mask[:, columns] = holds_for_all(masks, texts, block.length)[:, None]
    return mask


def find_filled_sheets(block: FormBlock) -> Mask:
    """One row a submission, one column a numeric cell: whether anything is filled on its sheet.

    Without a register nobody knows which sheets a school fills: those it began count.
    """
    mask = np.zeros(block.numbers.shape, dtype=bool)
    for sheet in block.layout.sheets:
        positions = [block.index[cell.ref] for cell in sheet.cells if cell.ref in block.index and not sheet.is_list]
        if positions:
            mask[:, positions] = ~np.isnan(block.numbers[:, positions]).all(axis=1, keepdims=True)
    return mask


def replace_schools(known: AcceptedBlock, given: AcceptedBlock) -> AcceptedBlock:
    """The records of both, those given in place of the same schools' known ones."""
    kept = [row for row, school in enumerate(known.schools) if school not in given.schools]
    block = join_blocks(known.block.pick(kept), lift_block(given.block, known.block.layout))
    return AcceptedBlock(block, (*(known.schools[row] for row in kept), *given.schools), known.period)


def _find_over_time(cell: Cell, accumulates: str) -> str:
    return cell.over_time or ("last" if accumulates == "cumulative" else "sum")


def _reduce_over_time(columns: Sequence[Numbers], over_time: str, length: int) -> Numbers:
    if not columns:
        return np.full(length, np.nan)
    if len(columns) == 1:
        return columns[0]
    stacked = np.vstack(columns)
    if over_time == "last":
        return _last_known(stacked)
    known = ~np.isnan(stacked)
    if over_time == "sum":
        return np.where(known.any(axis=0), np.nansum(stacked, axis=0), np.nan)
    if over_time == "mean":
        counts = known.sum(axis=0)
        return divide(np.nansum(stacked, axis=0), counts.astype(np.float64))
    reduce = np.fmax if over_time == "maximum" else np.fmin
    reduced: Numbers = reduce.reduce(stacked, axis=0)
    return reduced


def _last_known(stacked: Numbers) -> Numbers:
    last = np.full(stacked.shape[1], np.nan)
    for column in stacked:
        last = np.where(np.isnan(column), last, column)
    return last


def _lines_of_records(linked: Linked, sheet: str) -> Lines:
    """Records of a sheet filed several times a year, one line a record."""
    cells = [c for s in linked.block.layout.sheets if s.id == sheet for c in s.cells]
    columns: dict[str, Values] = {}
    for cell in cells:
        column = linked.block.find_column(cell.ref)
        if column is not None:
            columns[cell.ref.partition(".")[2]] = column[linked.rows]
    submissions = np.array(linked.block.submissions, dtype=np.int64)[linked.rows]
    return Lines(linked.units, np.full(len(linked.units), -1, dtype=np.int64), columns, submissions)


def _name_submissions(block: FormBlock, sheet: str) -> Lines:
    """The lines of a list sheet with the submission of each."""
    lines = block.lists[sheet]
    return replace(lines, submission=np.array(block.submissions, dtype=np.int64)[lines.unit])


def _pick_lines(lines: Lines, pairs: Sequence[tuple[int, int]]) -> Lines:
    chosen = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    columns = {name: column[chosen[:, 1]] for name, column in lines.columns.items()}
    submission = lines.submission[chosen[:, 1]] if lines.submission is not None else None
    return Lines(chosen[:, 0], lines.row[chosen[:, 1]], columns, submission)


def _join_lines(parts: Sequence[Lines]) -> Lines:
    if len(parts) == 1:
        return parts[0]
    columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns}
    unit, row = np.concatenate([part.unit for part in parts]), np.concatenate([part.row for part in parts])
    named = [part.submission for part in parts if part.submission is not None]
    return Lines(unit, row, columns, np.concatenate(named) if len(named) == len(parts) else None)


def _build_no_lines(cells: Sequence[Cell]) -> Lines:
    nothing = np.empty(0, dtype=np.int64)
    types = {cell.ref.partition(".")[2]: np.float64 if cell.is_numeric else object for cell in cells}
    return Lines(nothing, nothing, {name: np.empty(0, dtype=dtype) for name, dtype in types.items()}, nothing)
