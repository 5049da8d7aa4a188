"""Progress of plans: how far each item of a ledger is by the middle of the year and at its end."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from flows.indicators.desk import Desk
from flows.indicators.targets import Status, judge_value
from schemas.definitions.indicators import Operator, Target
from schemas.definitions.workbooks import PlanLedger
from schemas.expressions.columns import holds_texts
from schemas.expressions.scope import Lines
from schemas.periods import find_parts

OPERATORS: dict[str, Operator] = {operator: operator for operator in get_args(Operator)}


@dataclass(frozen=True, slots=True)
class PlanItem:
    """A line of the ledger as it stood when it was filed. Missing numbers are NaN, missing texts empty."""

    item: str
    name: str
    section: str
    indicator: str
    unit: str
    baseline: float
    target: float
    target_max: float
    op: str
    actual: float
    until: str
    status: str
    problem: str
    measure: str
    is_dropped: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """Completion in percent, which may be over 100, and whether the target is met."""

    actual: float
    completion: float
    status: Status


@dataclass(frozen=True, slots=True)
class PlanLine:
    """An item with its progress by the middle of the year and by its end."""

    item: PlanItem
    half_year: Progress
    year: Progress


NOTHING_FILED = Progress(math.nan, math.nan, Status.UNJUDGED)


def list_plan_lines(desk: Desk, ledger: PlanLedger, period: str) -> list[PlanLine]:
    """The items of a year by section, each as it was last filed, with what it had reached by the middle."""
    parts = list_ledger_parts(desk, ledger, period)
    middle = {(i.section, i.item): i for i in read_items(desk, ledger, parts[: len(parts) // 2])}
    items = sorted(read_items(desk, ledger, parts), key=lambda item: item.section)
    return [PlanLine(i, _measure(middle.get((i.section, i.item))), _measure(i)) for i in items]


def list_ledger_parts(desk: Desk, ledger: PlanLedger, period: str) -> list[str]:
    """The periods of the year for which the ledger is filed, earliest first."""
    definition = desk.catalogue.returns[desk.catalogue.sheet_owners[ledger.list]]
    return find_parts(period, definition.period, months_of=desk.months_of)


def read_items(desk: Desk, ledger: PlanLedger, parts: Sequence[str]) -> list[PlanItem]:
    """The items in force at the end of the parts: of every filer those it filed last."""
    owner = desk.catalogue.sheet_owners[ledger.list]
    latest: dict[str, list[PlanItem]] = {}
    for part in parts:
        accepted = desk.load(owner, part)
        if accepted is None:
            continue
        filed: dict[str, list[PlanItem]] = {filer: [] for filer in accepted.schools}
        lines = accepted.block.lists[ledger.list]
        for item, row in zip(_read_lines(ledger, lines), lines.unit.tolist(), strict=True):
            filed[accepted.schools[row]].append(item)
        latest |= filed
    return [item for filer in sorted(latest) for item in latest[filer]]


def measure_progress(item: PlanItem) -> Progress:
    """How far an item is. What was dropped, or has no value or target to be held against, cannot be judged."""
    if item.is_dropped or math.isnan(item.target) or math.isnan(item.actual) or item.op not in OPERATORS:
        return Progress(item.actual, math.nan, Status.UNJUDGED)
    high = None if math.isnan(item.target_max) else item.target_max
    target = Target(indicator="item", op=OPERATORS[item.op], value=item.target, value_max=high)
    return Progress(item.actual, _compute_completion(item), judge_value(target, item.actual, item.baseline).status)


def _compute_completion(item: PlanItem) -> float:
    """Percent of the target. What is to change, or to fall to a limit, is counted from the baseline."""
    if item.op in ("increase_by", "decrease_by"):
        change = item.actual - item.baseline
        return _share(change if item.op == "increase_by" else -change, item.target)
    if item.op in ("<=", "<"):
        return _compute_fall(item)
    if item.op == "range" and item.actual > item.target_max:
        return _share(item.target_max, item.actual)
    return 100.0 if item.op == "range" and item.actual >= item.target else _share(item.actual, item.target)


def _compute_fall(item: PlanItem) -> float:
    """How much of the way down from the baseline is gone; without one, how near a limit that is passed still is."""
    if item.baseline > item.target:
        return _share(item.baseline - item.actual, item.baseline - item.target)
    return 100.0 if item.actual <= item.target else _share(item.target, item.actual)


def _share(part: float, whole: float) -> float:
    return 100 * part / whole if whole else math.nan


def _measure(item: PlanItem | None) -> Progress:
    return NOTHING_FILED if item is None else measure_progress(item)


def _read_lines(ledger: PlanLedger, lines: Lines) -> Iterator[PlanItem]:
    for row in range(lines.length):
        status = _read_text(lines, ledger.status, row)
        yield PlanItem(
            item=_read_text(lines, ledger.item, row),
            name=_read_text(lines, ledger.name, row),
            section=_read_text(lines, ledger.section, row),
            indicator=_read_text(lines, ledger.indicator, row),
            unit=_read_text(lines, ledger.unit, row),
            baseline=_read_number(lines, ledger.baseline, row),
            target=_read_number(lines, ledger.target, row),
            target_max=_read_number(lines, ledger.target_max, row),
            op=_read_text(lines, ledger.op, row),
            actual=_read_number(lines, ledger.actual, row),
            until=_read_text(lines, ledger.until, row),
            status=status,
            problem=_read_text(lines, ledger.problem, row),
            measure=_read_text(lines, ledger.measure, row),
            is_dropped=status in ledger.dropped,
        )


def _read_text(lines: Lines, field: str, row: int) -> str:
    column = lines.columns[field]
    return str(column[row]) if holds_texts(column) and column[row] else ""


def _read_number(lines: Lines, field: str, row: int) -> float:
    column = lines.columns[field]
    return math.nan if holds_texts(column) else float(column[row])
