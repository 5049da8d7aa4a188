"""How far a record, or one cell of it, moves the figures that are printed: what to look at first.

A printed figure is a sum over schools, or one sum over another. So what a record does to it is the change of its own
school's numerator and denominator. Those are reckoned on a narrow desk that has the suspects' schools only, once as
things stand and once with the record as it would be; what all other schools add stays as it was stored. Figures that
are no such sums (dispersions, growth, means of means) are left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from flows.assess import RecordShelf, Registers, find_predecessors
from flows.indicators.breakdowns import list_aggregated
from flows.indicators.desk import WHOLE, Desk
from flows.indicators.groups import Grouping
from flows.normalisers.records import FormBlock, settle_block
from flows.register import RegisterView, pick_attributes
from flows.sources import AcceptedBlock, find_applicable_cells, replace_schools
from flows.warehouse.figures import Figure, load_figures
from flows.warehouse.records import load_block
from flows.warehouse.standings import list_in_force
from flows.warehouse.tables import Connection
from schemas.applicability import Attributes
from schemas.catalogue import Catalogue
from schemas.errors import ExpressionError
from schemas.expressions import syntax as s
from schemas.expressions.expand import match_selector, spell_reference
from schemas.expressions.parse import parse_expression
from schemas.expressions.scope import Lines
from schemas.layout import FormLayout

BY_SCHOOL = Grouping(by="school")
SUMS = frozenset({"sum", "count", "count_schools", "split"})
"""Calls whose value for the district is the sum of those for its schools."""

MOST_LAYERS = 40
"""Of a school that has more suspects the first so many are measured."""

Manner = Literal["counted", "expected", "without"]
"""The record would count; its cell would hold what was expected; its cell would hold nothing."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A record in doubt, or one cell of it. `expected` is what a check would have in place of what it `found`."""

    key: int
    return_id: str
    period: str
    school: str
    submission: int
    ref: str = ""
    line: int | None = None
    found: float = math.nan
    expected: float = math.nan


@dataclass(frozen=True, slots=True)
class Effect:
    """The printed figure that a record moves most. `share` is the move relative to it, infinite where it has no value.

    `others` counts the further printed figures that move.
    """

    manner: Manner
    indicator: str
    stage: str
    now: float
    then: float
    share: float
    others: int = 0


Place = tuple[str, str]
"""Return and period."""

NOTHING = (0.0, 0.0)

Parts = Mapping[str, tuple[float, float]]
"""Group → numerator and denominator, 0 where there is none."""


@dataclass(frozen=True, slots=True)
class _Formula:
    """A printed figure, with the cells that it is read from and the sheets they stand in."""

    indicator: str
    stage: str
    cells: frozenset[str]
    sheets: frozenset[str]

    def reads(self, cells: frozenset[str], sheets: frozenset[str]) -> bool:
        """True if it reads one of the cells; where none is named, if it reads anything of the sheets."""
        return not (self.cells.isdisjoint(cells) if cells else self.sheets.isdisjoint(sheets))


@dataclass(frozen=True, slots=True)
class _Stock:
    """Records of one return and period, as they would count, of all suspects; `rows` finds a submission's."""

    block: FormBlock
    rows: Mapping[int, int]


@dataclass(frozen=True)
class _Bench:
    """The suspects' schools as things stand, and the district's stored figures."""

    connection: Connection
    period: str
    registers: Registers
    desk: Desk
    stored: Mapping[tuple[str, str], Figure]
    formulas: Sequence[_Formula]
    _known: dict[tuple[_Formula, Grouping], Parts] = field(default_factory=dict)

    @property
    def catalogue(self) -> Catalogue:
        return self.desk.catalogue

    def find_parts(self, formula: _Formula, grouping: Grouping) -> Parts:
        """What the schools add as things stand."""
        key = (formula, grouping)
        if key not in self._known:
            self._known[key] = _compute_parts(self.desk, self.period, formula, grouping)
        return self._known[key]


def measure_effects(
    desk: Desk, connection: Connection, period: str, suspects: Sequence[Suspect], printed: Sequence[str]
) -> dict[int, Effect]:
    """Key of a suspect → its effect on the figures of a year, `printed` being ids of indicators.

    A suspect that moves none of them is left out, and so is one of which that cannot be told.
    """
    if not suspects:
        return {}
    bench = _open_bench(desk, connection, period, frozenset(suspect.school for suspect in suspects), printed)
    stocks = _load_stocks(bench, suspects)
    effects: dict[int, Effect] = {}
    for layer in _lay(bench.catalogue, suspects):
        effects |= _measure_layer(bench, stocks, layer)
    return effects


def list_printed(catalogue: Catalogue, evaluations: Iterable[str]) -> list[str]:
    """Public indicators that the usual workbooks print, and those of the evaluations named."""
    usual = [workbook for workbook in catalogue.workbooks.values() if not workbook.on_request]
    words = [word for workbook in usual for sheet in workbook.sheets for word in _list_words(sheet.parameters)]
    criteria = [criterion for name in evaluations for criterion in catalogue.evaluations[name].criteria]
    words += [indicator for criterion in criteria for indicator in criterion.indicators.values()]
    known = catalogue.indicators
    return [word for word in dict.fromkeys(words) if word in known and known[word].publish == "public"]


def _list_words(content: object) -> Iterator[str]:
    """Every text among the parameters of a sheet, wherever it stands."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        yield from (word for value in content.values() for word in _list_words(value))
    elif isinstance(content, Sequence):
        yield from (word for value in content for word in _list_words(value))


def _open_bench(
    desk: Desk, connection: Connection, period: str, schools: frozenset[str], printed: Sequence[str]
) -> _Bench:
    catalogue = replace(desk.catalogue, size=None)  # nobody asks here how large a share stands behind a figure
    registers = Registers(catalogue, connection)
    shelf = RecordShelf(catalogue, connection, registers, list_in_force, schools=schools)
    narrow = Desk(
        catalogue, lambda asked: _narrow(registers.find(asked), schools), shelf.load, months_of=desk.months_of,
        carries_on=find_predecessors,
    )  # fmt: skip
    stored = {(f.indicator, f.stage): f for f in load_figures(connection, period, breakdown="", area="")}
    formulas = [formula for name in printed for formula in _list_formulas(narrow, name)]
    return _Bench(connection, period, registers, narrow, stored, formulas)


def _narrow(register: RegisterView, schools: frozenset[str]) -> RegisterView:
    """The register of these schools only."""
    rows = [row for row, code in enumerate(register.codes) if code in schools]
    columns = {name: column[rows] for name, column in register.attributes.columns.items()}
    codes = tuple(register.codes[row] for row in rows)
    return replace(
        register, codes=codes, names=tuple(register.names[row] for row in rows),
        areas=tuple(register.areas[row] for row in rows), attributes=Attributes(len(rows), columns),
        is_open=register.is_open[rows], expects={name: mask[rows] for name, mask in register.expects.items()},
        index={code: row for row, code in enumerate(codes)},
    )  # fmt: skip


def _list_formulas(desk: Desk, name: str) -> Iterator[_Formula]:
    """The figures of an indicator, one a stage, where both their parts are sums."""
    indicator = desk.catalogue.indicators[name]
    for stage in desk.list_stages(indicator):
        parts = [desk.parse(text, stage) for text in (indicator.numerator, indicator.denominator) if text]
        if all(_is_sum(part) for part in parts):
            cells = frozenset(cell for part in parts for cell in _list_read(desk.catalogue, part))
            lists = (sheet for part in parts for sheet in list_aggregated(part))
            yield _Formula(name, stage, cells, frozenset({*lists, *(_name_sheet(cell) for cell in cells)}))


def _is_sum(expression: s.Expression) -> bool:
    """True where the value for the district is the sum of the values for its schools."""
    if isinstance(expression, s.Arithmetic):
        left, right = expression.left, expression.right
        if expression.operator in ("+", "-"):
            return _is_sum(left) and _is_sum(right)
        if expression.operator == "*" and _is_constant(left):
            return _is_sum(right)
        return expression.operator in ("*", "/") and _is_constant(right) and _is_sum(left)
    if isinstance(expression, s.Negative):
        return _is_sum(expression.operand)
    if isinstance(expression, s.Reference | s.Where | s.Call):
        return all(part.function in SUMS for part in s.find_parts(expression) if isinstance(part, s.Call))
    return False


def _is_constant(expression: s.Expression) -> bool:
    return all(isinstance(part, s.Number | s.Negative | s.Arithmetic) for part in s.find_parts(expression))


def _list_read(catalogue: Catalogue, expression: s.Expression) -> Iterator[str]:
    """Cells that a formula reads, fields named in conditions on lines, and sizes that things are split by."""
    for reference in s.find_references(expression):
        yield from _list_cells(catalogue, reference)
    for call in (part for part in s.find_parts(expression) if isinstance(part, s.Call)):
        if call.function == "split":
            for share in catalogue.split.values():
                yield from _list_read(catalogue, parse_expression(share.size))
        names = [part.id for each in call.arguments[1:] for part in s.find_parts(each) if isinstance(part, s.Name)]
        yield from (f"{sheet}.{name}" for sheet in list_aggregated(call) for name in names)


def _list_cells(catalogue: Catalogue, reference: s.Reference) -> list[str]:
    """The cells that a reference stands for."""
    owner = catalogue.sheet_owners.get(reference.sheet)
    sheet = catalogue.latest_layout(owner).find_sheet(reference.sheet) if owner else None
    if sheet is None:
        return []
    heads = sheet.rows if sheet.kind == "items" else sheet.columns
    columns = match_selector(reference.column, [head.id for head in heads])
    if reference.row is None:
        return [f"{sheet.id}.{column}" for column in columns]
    rows = match_selector(reference.row, [head.id for head in sheet.rows])
    return [f"{sheet.id}[{row}].{column}" for row in rows for column in columns]


def _load_stocks(bench: _Bench, suspects: Sequence[Suspect]) -> dict[Place, _Stock]:
    """The suspects' records, read once."""
    owners: dict[Place, dict[int, str]] = {}
    for suspect in suspects:
        owners.setdefault((suspect.return_id, suspect.period), {})[suspect.submission] = suspect.school
    return {place: _load_stock(bench, *place, own) for place, own in owners.items()}


def _load_stock(bench: _Bench, return_id: str, period: str, owners: Mapping[int, str]) -> _Stock:
    block = load_block(bench.connection, bench.catalogue.latest_layout(return_id), list(owners))
    attributes = pick_attributes(bench.registers.find(period), list(owners.values()), period)
    settled = settle_block(block, find_applicable_cells(bench.catalogue, block, attributes))
    return _Stock(settled, {submission: row for row, submission in enumerate(owners)})


def _lay(catalogue: Catalogue, suspects: Sequence[Suspect]) -> list[list[Suspect]]:
    """Suspects that can be asked about at once: one of each school; those of the district's own returns one by one."""
    layers: list[list[Suspect]] = []
    own: list[list[Suspect]] = []
    depths: dict[str, int] = {}
    for suspect in suspects:
        if catalogue.returns[suspect.return_id].scope != "school":
            own.append([suspect])
            continue
        depth = depths.get(suspect.school, 0)
        depths[suspect.school] = depth + 1
        layers += [[]] if depth == len(layers) else []
        layers[depth].append(suspect)
    return layers[:MOST_LAYERS] + own[:MOST_LAYERS]


def _measure_layer(bench: _Bench, stocks: Mapping[Place, _Stock], layer: Sequence[Suspect]) -> dict[int, Effect]:
    """Effects of suspects that can be asked about at once."""
    is_own = bench.catalogue.returns[layer[0].return_id].scope != "school"
    grouping = WHOLE if is_own else BY_SCHOOL
    records, manners = _take_records(stocks, layer)
    desk = _open_trial_desk(bench.desk, records)
    asked = [(suspect, *_list_touched(bench.catalogue, suspect)) for suspect in layer]
    moves: dict[int, list[Effect]] = {suspect.key: [] for suspect in layer}
    for formula in bench.formulas:
        touched = [suspect for suspect, cells, sheets in asked if formula.reads(cells, sheets)]
        if not touched:
            continue
        now, then = bench.find_parts(formula, grouping), _compute_parts(desk, bench.period, formula, grouping)
        for suspect in touched:
            group = "" if is_own else suspect.school
            moved = _move(bench, formula, now.get(group, NOTHING), then.get(group, NOTHING))
            moves[suspect.key] += [replace(effect, manner=manners[suspect.key]) for effect in moved]
    return {key: _choose(effects) for key, effects in moves.items() if effects}


def _list_touched(catalogue: Catalogue, suspect: Suspect) -> tuple[frozenset[str], frozenset[str]]:
    """Cells that are in doubt, none where all of the record is, and the sheets they stand in."""
    if not suspect.ref:
        return frozenset(), frozenset(sheet.id for sheet in catalogue.returns[suspect.return_id].sheets)
    over = _list_totals_over(catalogue.latest_layout(suspect.return_id), suspect.ref)
    return frozenset({suspect.ref, *over}), frozenset({_name_sheet(suspect.ref)})


def _take_records(
    stocks: Mapping[Place, _Stock], layer: Sequence[Suspect]
) -> tuple[dict[Place, AcceptedBlock], dict[int, Manner]]:
    """The records of a layer as they would be, and what was done to each."""
    places: dict[Place, list[Suspect]] = {}
    for suspect in layer:
        places.setdefault((suspect.return_id, suspect.period), []).append(suspect)
    records: dict[Place, AcceptedBlock] = {}
    manners: dict[int, Manner] = {}
    for place, suspects in places.items():
        stock = stocks[place]
        block = stock.block.pick([stock.rows[suspect.submission] for suspect in suspects])
        block = replace(block, numbers=block.numbers.copy(), lists=_copy_lists(block))
        for row, suspect in enumerate(suspects):
            manners[suspect.key] = _change_cell(block, row, suspect) if suspect.ref else "counted"
        settled = settle_block(block, np.ones_like(block.numbers, dtype=bool))
        records[place] = AcceptedBlock(settled, tuple(suspect.school for suspect in suspects), place[1])
    return records, manners


def _copy_lists(block: FormBlock) -> dict[str, Lines]:
    return {
        sheet: replace(lines, columns={name: column.copy() for name, column in lines.columns.items()})
        for sheet, lines in block.lists.items()
    }


def _open_trial_desk(desk: Desk, records: Mapping[Place, AcceptedBlock]) -> Desk:
    """The desk with records in place of what the same schools filed."""

    def load_both(return_id: str, period: str) -> AcceptedBlock | None:
        known, given = desk.load(return_id, period), records.get((return_id, period))
        return replace_schools(known, given) if known is not None and given is not None else given or known

    return Desk(desk.catalogue, desk.find_register, load_both, months_of=desk.months_of, carries_on=desk.carries_on)


def _choose(effects: Sequence[Effect]) -> Effect:
    """The greatest; of equal ones that which is printed first."""
    greatest = max(effects, key=lambda effect: abs(effect.share))
    return replace(greatest, others=len(effects) - 1)


def _compute_parts(desk: Desk, period: str, formula: _Formula, grouping: Grouping) -> Parts:
    try:
        figures = desk.compute(formula.indicator, period, grouping, formula.stage)
    except ExpressionError:
        return {}
    parts = zip(np.nan_to_num(figures.numerator), np.nan_to_num(figures.denominator), strict=True)
    return {
        label: (float(above), float(below)) for label, (above, below) in zip(figures.groups.labels, parts, strict=True)
    }


def _move(bench: _Bench, formula: _Formula, now: tuple[float, float], then: tuple[float, float]) -> Iterator[Effect]:
    """The figure with a school's parts as they would be, where it is another than the stored one."""
    figure = bench.stored.get((formula.indicator, formula.stage))
    indicator = bench.catalogue.indicators[formula.indicator]
    above, below = then[0] - now[0], then[1] - now[1]
    if figure is None or not (above or below) or _is_withheld(figure, has_denominator=bool(indicator.denominator)):
        return
    value = indicator.factor * (_as_zero(figure.numerator) + above)
    if indicator.denominator:
        whole = _as_zero(figure.denominator) + below
        value = value / whole if whole else math.nan
    if math.isnan(value) or value == figure.value:
        return
    is_new = math.isnan(figure.value) or figure.value == 0
    share = math.inf if is_new else (value - figure.value) / abs(figure.value)
    yield Effect("counted", formula.indicator, formula.stage, figure.value, value, share)


def _is_withheld(figure: Figure, *, has_denominator: bool) -> bool:
    """True where a value could be reckoned and is not given: another return that it rests on is lacking altogether."""
    is_reckoned = not math.isnan(figure.numerator) and (not has_denominator or bool(_as_zero(figure.denominator)))
    return math.isnan(figure.value) and is_reckoned


def _as_zero(number: float) -> float:
    return 0.0 if math.isnan(number) else number


def _list_totals_over(layout: FormLayout, ref: str) -> list[str]:
    """Declared totals that a cell goes into, through other totals too."""
    over = {ref}
    sheet = layout.find_sheet(_name_sheet(ref))
    for total, parts in sheet.totals if sheet is not None else ():
        if any(spell_reference(part) in over for part in s.find_references(parts)):
            over.add(total)
    return sorted(over - {ref})


def _change_cell(block: FormBlock, row: int, suspect: Suspect) -> Manner:
    """Put what was expected into the cell of a block of our own where it holds what was found, else nothing."""
    return _change_fixed(block, row, suspect) if suspect.ref in block.index else _change_lines(block, row, suspect)


def _change_fixed(block: FormBlock, row: int, suspect: Suspect) -> Manner:
    position = block.index[suspect.ref]
    is_known = _is_known(block.numbers[row, position], suspect)
    block.numbers[row, position] = suspect.expected if is_known else 0.0
    block.numbers[row, [block.index[total] for total in _list_totals_over(block.layout, suspect.ref)]] = np.nan
    return "expected" if is_known else "without"


def _change_lines(block: FormBlock, row: int, suspect: Suspect) -> Manner:
    """The same in a list: on the line of the finding; where all lines were meant, on the first, or on all of them."""
    sheet, _, name = suspect.ref.partition(".")
    lines = block.lists[sheet]
    column = lines.columns[name]
    own = np.flatnonzero(lines.unit == row)
    places = (own[lines.row[own] == suspect.line], own)
    meant = [place for place in places if len(place) and _is_known(float(np.nansum(column[place])), suspect)]
    if meant:
        column[meant[0][0]] += suspect.expected - suspect.found
    else:
        column[own] = 0.0
    return "expected" if meant else "without"


def _is_known(value: float, suspect: Suspect) -> bool:
    """True if the cell holds what the check found, and the check says what it should hold."""
    is_found = math.isclose(value, suspect.found, rel_tol=1e-6, abs_tol=1e-6)
    return is_found and not math.isnan(suspect.expected)


def _name_sheet(ref: str) -> str:
    return ref.partition("[")[0].partition(".")[0]
