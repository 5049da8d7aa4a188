"""How far a record, or one cell of it, moves the figures that are printed: what to look at first.

A printed figure is a sum over schools, or one sum over another. So what a record does to it is the change of its own
school's numerator and denominator. Those are reckoned on a narrow desk that has the suspects' schools only, once as
things stand and once with the record as it would be; what all other schools add stays as it was stored. Figures that
are no such sums (dispersions, growth, means of means) are left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from flows.assess import RecordShelf, Registers
from flows.indicators.desk import WHOLE, Desk
from flows.indicators.doubt import Manner, Suspect, change_records, list_touched
from flows.indicators.groups import Grouping
from flows.indicators.sums import SumFormula, list_sum_formulas
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

BY_SCHOOL = Grouping(by="school")
MOST_LAYERS = 40
"""Of a school that has more suspects the first so many are measured."""


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
    formulas: Sequence[SumFormula]
    _known: dict[tuple[SumFormula, Grouping], Parts] = field(default_factory=dict)

    @property
    def catalogue(self) -> Catalogue:
        return self.desk.catalogue

    def find_parts(self, formula: SumFormula, grouping: Grouping) -> Parts:
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


def _open_bench(
    desk: Desk, connection: Connection, period: str, schools: frozenset[str], printed: Sequence[str]
) -> _Bench:
    catalogue = replace(desk.catalogue, size=None)  # nobody asks here how large a share stands behind a figure
    registers = Registers(catalogue, connection)
    shelf = RecordShelf(catalogue, connection, registers, list_in_force, schools=schools)
    narrow = Desk(
        catalogue, lambda asked: _narrow(registers.find(asked), schools), shelf.load, months_of=desk.months_of
    )
    stored = {(f.indicator, f.stage): f for f in load_figures(connection, period, breakdown="", area="")}
    formulas = [formula for name in printed for formula in list_sum_formulas(narrow, name)]
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
    asked = [(suspect, *list_touched(bench.catalogue, suspect)) for suspect in layer]
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
        changed, done = change_records(block, suspects)
        manners |= dict(zip((suspect.key for suspect in suspects), done, strict=True))
        records[place] = AcceptedBlock(changed, tuple(suspect.school for suspect in suspects), place[1])
    return records, manners


def _open_trial_desk(desk: Desk, records: Mapping[Place, AcceptedBlock]) -> Desk:
    """The desk with records in place of what the same schools filed."""

    def load_both(return_id: str, period: str) -> AcceptedBlock | None:
        known, given = desk.load(return_id, period), records.get((return_id, period))
        return replace_schools(known, given) if known is not None and given is not None else given or known

    return Desk(desk.catalogue, desk.find_register, load_both, months_of=desk.months_of)


def _choose(effects: Sequence[Effect]) -> Effect:
    """The greatest; of equal ones that which is printed first."""
    greatest = max(effects, key=lambda effect: abs(effect.share))
    return replace(greatest, others=len(effects) - 1)


def _compute_parts(desk: Desk, period: str, formula: SumFormula, grouping: Grouping) -> Parts:
    try:
        figures = desk.compute(formula.indicator, period, grouping, formula.stage)
    except ExpressionError:
        return {}
    parts = zip(np.nan_to_num(figures.numerator), np.nan_to_num(figures.denominator), strict=True)
    return {
        label: (float(above), float(below)) for label, (above, below) in zip(figures.groups.labels, parts, strict=True)
    }


def _move(bench: _Bench, formula: SumFormula, now: tuple[float, float], then: tuple[float, float]) -> Iterator[Effect]:
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
