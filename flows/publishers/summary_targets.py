"""The sheet of targets: each with the figure held against it, the verdict, the distance and where the trend leads."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from flows.district.facts import NOTHING, Shown
from flows.indicators.groups import label_group
from flows.indicators.targets import (
    Attainment,
    HeldTarget,
    Status,
    concerns,
    find_part,
    is_of_every_group,
    judge_figure,
    list_held_targets,
)
from flows.indicators.trends import Course, Trend
from flows.publishers.sheets import SheetContent
from flows.publishers.summary_data import SummaryData
from flows.publishers.summary_figures import STATUS_STYLES, spell_target
from flows.publishers.tables import (
    HEAD_ROW,
    Head,
    number_style,
    open_sheet,
    put_note,
    put_value,
)
from schemas.definitions.indicators import Indicator, Target
from schemas.definitions.workbooks import SheetDefinition

COURSE_STYLES = {
    Course.ON_COURSE: "met", Course.TOO_SLOW: "query", Course.WRONG_WAY: "unmet", Course.UNKNOWN: "unjudged",
    Course.DUE: "unjudged", Course.UNDATED: "missing",
}  # fmt: skip
SECTION_HEIGHT = 20.0


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A target, the figure of the stage or group it speaks of, and what follows."""

    held: HeldTarget
    indicator: Indicator
    part: str
    shown: Shown
    standing: Attainment
    trend: Trend | None

    @property
    def target(self) -> Target:
        return self.held.target


def build_targets(data: SummaryData, definition: SheetDefinition) -> SheetContent:
    """One line a target and stage, under the name of its set."""
    heads = _list_heads(data)
    content = open_sheet(definition, heads)
    put_note(content, heads, data.catalogue.message("targets.note"))
    row = HEAD_ROW + 1
    for _, grouped in groupby(list_lines(data), key=lambda line: line.held.held_in.id):
        lines = list(grouped)
        content.merge(row, 0, len(heads) - 1, _sum_up(data, lines), "section")
        content.heights[row] = SECTION_HEIGHT
        for number, line in enumerate(lines, start=row + 1):
            _put_line(data, content, number, line)
        row += 1 + len(lines)
    return content


def list_lines(data: SummaryData) -> Iterator[TargetLine]:
    """Targets in the order of their sets. What is for internal use, or for each school, is not among them."""
    for held in list_held_targets(data.catalogue, data.target_sets):
        indicator = data.catalogue.indicators[held.target.indicator]
        if indicator.publish == "public" and not is_of_every_group(indicator, held.target):
            for stage in data.desk.list_stages(indicator):
                if concerns(held.target, stage):
                    yield _build_line(data, held, indicator, stage)


def _build_line(data: SummaryData, held: HeldTarget, indicator: Indicator, stage: str) -> TargetLine:
    part = find_part(indicator, held.target)
    shown = data.find(indicator.id, stage, *part) if part else NOTHING
    standing = judge_figure(indicator, held.target, shown.value, shown.coverage, shown.earlier)
    trend = data.find_trend((indicator.id, stage, *part), shown, standing) if part else None
    scope = label_group(data.catalogue, *part, indicator) if part and part[0] else held.target.scope
    return TargetLine(held, indicator, _name_part(data, stage, scope), shown, standing, trend)


def _name_part(data: SummaryData, stage: str, scope: str) -> str:
    return " ".join(text for text in (data.label_stage(stage) if stage else "", scope) if text)


def _list_heads(data: SummaryData) -> list[Head]:
    message = data.catalogue.message
    return [
        Head(message("summary.indicator"), 36), Head(message("targets.part"), 13, "text_center"),
        Head(message("targets.year"), 10, "text_center"), Head(message("summary.target"), 10, "text_center"),
        Head(message("targets.value"), 11), Head(message("summary.unit"), 8, "text_center"),
        Head(message("summary.coverage"), 9, "number1"), Head(message("summary.status"), 9),
        Head(message("targets.distance"), 10), Head(message("targets.years"), 9, "count"),
        Head(message("targets.yearly"), 10), Head(message("targets.needed"), 10),
        Head(message("targets.projected"), 12), Head(message("targets.course"), 11),
        Head(message("targets.text"), 46),
    ]  # fmt: skip


def _sum_up(data: SummaryData, lines: Sequence[TargetLine]) -> str:
    """The set's name with how many targets are reached, missed and not to be judged."""
    counts = Counter(line.standing.status for line in lines)
    counted: dict[str, object] = {status: counts[status] for status in (Status.MET, Status.UNMET, Status.UNJUDGED)}
    name = lines[0].held.held_in.name.zh
    return data.catalogue.message("targets.set", "zh", name=name, items=len(lines), **counted)


def _put_line(data: SummaryData, content: SheetContent, row: int, line: TargetLine) -> None:
    say, indicator, standing = data.catalogue.message, line.indicator, line.standing
    style = number_style(indicator.decimals)
    content.put(row, 0, indicator.name.zh, "text")
    content.put(row, 1, line.part, "text_center")
    content.put(row, 2, line.target.period or "—", "text_center")
    content.put(row, 3, spell_target(line.target, indicator), "text_center")
    put_value(content, row, 4, line.shown.value, style)
    content.put(row, 5, indicator.unit, "text_center")
    put_value(content, row, 6, line.shown.coverage, "number1")
    content.put(row, 7, say(f"status.{standing.status}"), STATUS_STYLES[standing.status])
    put_value(content, row, 8, standing.distance, style)
    _put_trend(data, content, row, line)
    content.put(row, 14, line.target.text, "text")


def _put_trend(data: SummaryData, content: SheetContent, row: int, line: TargetLine) -> None:
    trend = line.trend
    course = trend.course if trend else Course.UNKNOWN
    finer = number_style(line.indicator.decimals + 1)
    yearly, needed, projected = (trend.yearly, trend.needed, trend.projected) if trend else (math.nan,) * 3
    put_value(content, row, 9, trend.years if trend else 0, "count")
    put_value(content, row, 10, yearly, finer)
    put_value(content, row, 11, needed, finer)
    put_value(content, row, 12, projected, number_style(line.indicator.decimals))
    content.put(row, 13, data.catalogue.message(f"course.{course}"), COURSE_STYLES[course])
