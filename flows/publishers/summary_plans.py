"""The sheet of a plan ledger: every item with its progress by the middle and the end of the year, by section."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from flows.indicators.progress import PlanItem, PlanLine, Progress, list_plan_lines
from flows.indicators.targets import Status
from flows.publishers.parameters import read_parameters
from flows.publishers.sheets import SheetContent
from flows.publishers.summary_data import SummaryData
from flows.publishers.summary_figures import STATUS_STYLES
from flows.publishers.tables import HEAD_ROW, Head, format_figure, open_sheet, put_value
from schemas.definitions.workbooks import PlanLedger, SheetDefinition

MOST_DECIMALS = 4
EXACT = 1e-9


def build_plan_progress(data: SummaryData, definition: SheetDefinition) -> SheetContent:
    """One line an item under its section: target, what is reached in half a year and in the year, verdicts."""
    ledger = read_parameters(definition, PlanLedger)
    message = data.catalogue.message
    heads = _list_heads(data)
    content = open_sheet(definition, heads, message("plans.note"))
    row = HEAD_ROW + 1
    for section, lines in groupby(list_plan_lines(data.desk, ledger, data.period), key=lambda line: line.item.section):
        listed = list(lines)
        content.merge(row, 0, len(heads) - 1, _sum_up(data, section, listed), "section")
        for line in listed:
            row += 1
            _put_line(data, content, row, line)
            _put_texts(data, content, row, line.item, ledger)
        row += 1
    return content


def _list_heads(data: SummaryData) -> list[Head]:
    message = data.catalogue.message
    return [
        Head(message("plans.item"), 16), Head(message("plans.name"), 32),
        Head(message("summary.unit"), 9, "text_center"), Head(message("plans.baseline"), 11),
        Head(message("summary.target"), 12, "text_center"),
        *(
            Head(message(f"plans.{key}_{half}"), width)
            for half in ("half_year", "year") for key, width in (("actual", 11), ("completion", 11), ("verdict", 9))
        ),
        Head(message("plans.until"), 12, "text_center"), Head(message("plans.state"), 9, "text_center"),
        Head(message("plans.indicator"), 26), Head(message("plans.indicator_value"), 14),
        Head(message("plans.problem"), 20), Head(message("plans.measure"), 20),
    ]  # fmt: skip


def _sum_up(data: SummaryData, section: str, lines: Sequence[PlanLine]) -> str:
    """The section's name with how many items it has, how many are reached, missed and not to be judged."""
    counted: dict[str, object] = {
        f"{half}_{status}": count
        for half in ("half_year", "year")
        for status, count in _count_statuses([getattr(line, half) for line in lines]).items()
    }
    name = section or data.catalogue.message("plans.no_section")
    return data.catalogue.message("plans.section", "zh", section=name, items=len(lines), **counted)


def _count_statuses(reached: Sequence[Progress]) -> dict[Status, int]:
    counts = Counter(progress.status for progress in reached)
    return {status: counts[status] for status in (Status.MET, Status.UNMET, Status.UNJUDGED)}


def _put_line(data: SummaryData, content: SheetContent, row: int, line: PlanLine) -> None:
    item = line.item
    content.put(row, 0, item.item, "text")
    content.put(row, 1, item.name, "text")
    content.put(row, 2, item.unit, "text_center")
    put_value(content, row, 3, item.baseline, find_style(item.baseline))
    content.put(row, 4, _spell_target(data, item), "text_center")
    for column, progress in ((5, line.half_year), (8, line.year)):
        _put_progress(data, content, row, column, progress)


def _put_progress(data: SummaryData, content: SheetContent, row: int, column: int, progress: Progress) -> None:
    put_value(content, row, column, progress.actual, find_style(progress.actual))
    put_value(content, row, column + 1, progress.completion, "number1")
    verdict = data.catalogue.message(f"status.{progress.status}")
    content.put(row, column + 2, verdict, STATUS_STYLES[progress.status])


def _put_texts(data: SummaryData, content: SheetContent, row: int, item: PlanItem, ledger: PlanLedger) -> None:
    content.put(row, 11, item.until, "text_center")
    content.put(row, 12, _find_labels(data, ledger).get(item.status, item.status), "text_center")
    indicator = data.catalogue.indicators.get(item.indicator)
    content.put(row, 13, indicator.name.zh if indicator else item.indicator, "text")
    content.put(row, 14, _spell_linked(data, item.indicator), "text_center")
    content.put(row, 15, item.problem, "text")
    content.put(row, 16, item.measure, "text")


def _find_labels(data: SummaryData, ledger: PlanLedger) -> dict[str, str]:
    """Code → label of the field that says how an item stands."""
    sheet = data.catalogue.latest_layout(data.catalogue.sheet_owners[ledger.list]).find_sheet(ledger.list)
    cells = sheet.cells if sheet else ()
    codelist = next((cell.codelist for cell in cells if cell.ref == f"{ledger.list}.{ledger.status}"), None)
    return dict(data.catalogue.codelists[codelist].labels) if codelist else {}


def _spell_target(data: SummaryData, item: PlanItem) -> str:
    if math.isnan(item.target):
        return "—"
    if item.op == "boolean":
        return data.catalogue.message("plans.done")
    signs = {">=": "≥", "<=": "≤", "increase_by": "+", "decrease_by": "−", "range": ""}
    high = "" if math.isnan(item.target_max) else f"~{_spell(item.target_max)}"
    return f"{signs.get(item.op, item.op)}{_spell(item.target)}{high}"


def _spell_linked(data: SummaryData, indicator_id: str) -> str:
    """The value of the indicator an item belongs to, as computed from the returns; of one by stage each."""
    indicator = data.catalogue.indicators.get(indicator_id)
    if indicator is None:
        return ""
    values = [data.find(indicator_id, stage).value for stage in data.desk.list_stages(indicator)]
    shown = [format_figure(value, indicator.decimals, indicator.unit) for value in values if not math.isnan(value)]
    return " / ".join(shown) or "—"


def _spell(value: float) -> str:
    return format_figure(value, count_decimals(value))


def find_style(value: float) -> str:
    """The number style that shows a typed value with the decimals it has."""
    return "count" if math.isnan(value) else f"number{count_decimals(value)}"


def count_decimals(value: float) -> int:
    """How many decimals a typed value has, as far as they are shown."""
    return next((n for n in range(MOST_DECIMALS) if abs(value - round(value, n)) < EXACT), MOST_DECIMALS)
