"""Sheets about the collection itself: coverage, what is owed, findings, how often each check ran, definitions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from flows.publishers.sheets import Chart, Link, Print, Range, Series, SheetContent, Value
from flows.publishers.summary_data import SummaryData
from flows.publishers.tables import HEAD_ROW, Head, open_sheet, put_rows
from schemas.definitions.workbooks import SheetDefinition

MOST_FINDINGS = 5000
RATE_COLUMNS = ("expected", "received", "on_time", "accepted", "with_queries", "rejected", "missing")


def build_cover(data: SummaryData, definition: SheetDefinition) -> SheetContent:
    """District, title, period, what it rests on, and room for signatures."""
    message = data.catalogue.message
    content = SheetContent(definition.name.zh)
    expected, received, accepted, rejected = (
        sum(getattr(row, name) for row in data.returns) for name in ("expected", "received", "accepted", "rejected")
    )
    content.merge(5, 1, 8, data.district, "title")
    title = definition.title or data.catalogue.workbooks["summary"].title
    content.merge(7, 1, 8, f"{data.period} {title.zh}", "title")
    state = message(f"summary.{_name_state(data)}")
    counts = message("summary.counts", expected=expected, received=received, accepted=accepted, rejected=rejected)
    lines = [
        state,
        message("summary.data_until", date=data.data_until),
        counts,
        message("summary.prepared_by", district=data.district),
    ]
    for offset, line in enumerate(lines):
        content.merge(11 + 2 * offset, 1, 8, line, "subtitle")
    content.merge(24, 1, 8, message("summary.signature"), "signature")
    content.heights |= {5: 40, 7: 40}
    content.widths |= dict.fromkeys(range(10), 10.0)
    content.print = Print(footer="")
    return content


def _name_state(data: SummaryData) -> str:
    return "locked" if data.is_locked else "provisional" if data.is_provisional else "final"


def build_contents(data: SummaryData, definition: SheetDefinition, sheets: Sequence[tuple[str, str]]) -> SheetContent:
    """A line a sheet with a link to it."""
    message = data.catalogue.message
    heads = [
        Head(message("summary.no"), 8, "count"),
        Head(message("summary.sheet"), 26),
        Head(message("summary.about"), 50),
    ]
    content = open_sheet(definition, heads)
    for number, (name, title) in enumerate(sheets, start=1):
        row = HEAD_ROW + number
        content.put(row, 0, number, "count")
        content.put(row, 1, Link(f"internal:'{name}'!A1", name), "link_bordered")
        content.put(row, 2, title, "text")
    return content


def build_coverage(data: SummaryData, definition: SheetDefinition) -> SheetContent:
    """Expected, received, on time, accepted and sent back of each return, with a chart of the rates."""
    message = data.catalogue.message
    heads = [
        Head(message("summary.return"), 8, "text_center"), Head(message("summary.title"), 30),
        Head("报告期", 12, "text_center"),
        *(Head(message(f"summary.{key}"), 10, "count") for key in RATE_COLUMNS),
        Head(message("summary.rate"), 11, "number1"), Head(message("summary.due"), 13, "text_center"),
    ]  # fmt: skip
    content = open_sheet(definition, heads)
    rows: list[list[Value]] = []
    for row in data.returns:
        returned = data.catalogue.returns[row.return_id]
        rate = 100 * row.received / row.expected if row.expected else math.nan
        rows.append(
            [
                returned.no, returned.title.zh, row.period, row.expected, row.received, row.on_time, row.accepted,
                row.with_queries, row.rejected, row.expected - row.received, rate, row.due,
            ]
        )  # fmt: skip
    last = put_rows(content, heads, rows)
    if rows:
        first = HEAD_ROW + 1
        series = Series(message("summary.rate"), Range(first, 0, last - 1, 0), Range(first, 10, last - 1, 10))
        content.charts.append(Chart("column", message("summary.by_return"), (series,), last + 1, 0, axis="%"))
        content.print = replace(content.print, breaks=(last + 1,))
    return content


def build_missing(data: SummaryData, definition: SheetDefinition) -> SheetContent:
    """Who owes what: not filed, or sent back and not filed again. Contacts stand in the chase list only."""
    message = data.catalogue.message
    heads = [
        Head(message("summary.return"), 8, "text_center"), Head(message("summary.title"), 28),
        Head("报告期", 12, "text_center"), Head(message("summary.code"), 14),
        Head(message("summary.name"), 28), Head(message("summary.area"), 14),
        Head(message("summary.state"), 10, "text_center"), Head(message("summary.due"), 13, "text_center"),
    ]  # fmt: skip
    content = open_sheet(definition, heads)
    rows: list[list[Value]] = [
        [
            data.catalogue.returns[owed.return_id].no, data.catalogue.returns[owed.return_id].title.zh, owed.period,
            owed.school, owed.name, owed.area, message(f"state.{owed.state}"), owed.due,
        ]
        for owed in data.owed
    ]  # fmt: skip
    put_rows(content, heads, rows)
    return content


def build_validation(data: SummaryData, definition: SheetDefinition) -> SheetContent:
    """Every finding of the period with school, sheet and cell; errors first."""
    message = data.catalogue.message
    heads = [
        Head(message("summary.severity"), 8, "text_center"), Head(message("summary.check"), 9, "text_center"),
        Head(message("summary.return"), 8, "text_center"), Head(message("summary.code"), 14),
        Head(message("summary.name"), 24), Head(message("summary.state"), 10, "text_center"),
        Head(message("summary.sheet"), 20), Head(message("summary.cell"), 9, "text_center"),
        Head(message("summary.problem"), 52), Head(message("summary.do"), 40), Head(message("summary.file"), 34),
        Head(message("summary.answer"), 9, "text_center"), Head(message("summary.explanation"), 36),
    ]  # fmt: skip
    shown = data.findings[:MOST_FINDINGS]
    key = "findings_count" if len(shown) == len(data.findings) else "findings_shown"
    caption = message(f"summary.{key}", total=len(data.findings), count=len(shown))
    content = open_sheet(definition, heads, caption)
    rows: list[list[Value]] = [
        [
            message(f"severity.{f.severity}"), f.code, _number(data, f.return_id), f.school, f.name,
            message(f"state.{f.state}"), f.sheet, f.cell, f.message, f.remedy, f.file_name,
            message(f"answer.{f.answer}") if f.answer else "", f.explanation,
        ]
        for f in shown
    ]  # fmt: skip
    put_rows(content, heads, rows)
    for offset, finding in enumerate(shown):
        content.put(HEAD_ROW + 1 + offset, 0, message(f"severity.{finding.severity}"), finding.severity)
    return content


def build_district(data: SummaryData, definition: SheetDefinition) -> SheetContent:
    """What checks on the whole district found: coverage, sums, targets and evaluations."""
    message = data.catalogue.message
    heads = [
        Head(message("summary.severity"), 8, "text_center"), Head(message("summary.check"), 9, "text_center"),
        Head(message("summary.subject"), 36), Head(message("summary.problem"), 64), Head(message("summary.do"), 48),
    ]  # fmt: skip
    content = open_sheet(definition, heads, message("summary.findings_count", total=len(data.district_findings)))
    rows: list[list[Value]] = [
        [message(f"severity.{f.severity}"), f.code, f.subject, f.message, f.remedy] for f in data.district_findings
    ]
    put_rows(content, heads, rows)
    for offset, finding in enumerate(data.district_findings):
        content.put(HEAD_ROW + 1 + offset, 0, message(f"severity.{finding.severity}"), finding.severity)
    return content


def build_rules(data: SummaryData, definition: SheetDefinition) -> SheetContent:
    """How often each check applied, passed, failed and could not be assessed: the proof that it ran."""
    message = data.catalogue.message
    heads = [
        Head(message("summary.check"), 9, "text_center"), Head(message("summary.severity"), 8, "text_center"),
        Head(message("summary.problem"), 56),
        *(Head(message(f"summary.{key}"), 11, "count") for key in ("applicable", "passed", "failed", "not_assessed")),
    ]  # fmt: skip
    content = open_sheet(definition, heads)
    rows: list[list[Value]] = []
    for rule in data.rules:
        entry = data.catalogue.checks.get(rule.code)
        severity = message(f"severity.{entry.check.severity}") if entry else ""
        text = entry.check.message.zh if entry else ""
        rows.append([rule.code, severity, text, rule.applicable, rule.passed, rule.failed, rule.not_assessed])
    put_rows(content, heads, rows)
    return content


def build_definitions(data: SummaryData, definition: SheetDefinition) -> SheetContent:
    """What every indicator of the workbook means: formula, basis and sources."""
    message = data.catalogue.message
    heads = [
        Head(message("summary.indicator"), 34), Head(message("summary.unit"), 10, "text_center"),
        Head(message("summary.numerator"), 60), Head(message("summary.denominator"), 50),
        Head(message("summary.direction"), 10, "text_center"), Head(message("summary.basis"), 30),
        Head(message("summary.sources"), 14), Head(message("summary.note"), 36),
    ]  # fmt: skip
    content = open_sheet(definition, heads)
    used = dict.fromkeys(key[0] for key in data.figures)
    rows: list[list[Value]] = []
    for indicator_id in used:
        indicator = data.catalogue.indicators[indicator_id]
        rows.append(
            [
                indicator.name.zh, indicator.unit, indicator.numerator, indicator.denominator or "",
                message(f"direction.{indicator.direction}"), indicator.basis, "、".join(indicator.sources),
                indicator.note,
            ]
        )  # fmt: skip
    put_rows(content, heads, rows)
    return content


def _number(data: SummaryData, return_id: str) -> str:
    definition = data.catalogue.returns.get(return_id)
    return definition.no if definition else ""
