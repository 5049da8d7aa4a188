"""Tidy data: one row a figure, for whoever computes on; with a dictionary of the columns beside it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence

from flows.indicators.groups import list_group_labels
from flows.indicators.targets import Attainment, Status
from flows.indicators.trends import Trend
from flows.normalisers.numbers import EXACT_BELOW
from flows.publishers.summary_data import SummaryData

COLUMNS = {
    "period": "报告期 period",
    "district": "地区 district",
    "indicator": "指标编号 indicator id",
    "indicator_name": "指标名称 name",
    "stage": "学段 stage",
    "breakdown": "分组方式 breakdown; 空为全区",
    "group": "组代码 group code",
    "group_name": "组名称 group label",
    "numerator": "分子 numerator, unrounded",
    "denominator": "分母 denominator, unrounded",
    "value": "数值 value, unrounded",
    "unit": "单位 unit",
    "decimals": "印刷小数位 decimals as printed",
    "expected": "应报学校数 schools expected",
    "reported": "已通过学校数 schools accepted",
    "coverage": "上报率 % coverage",
    "size_coverage": "规模覆盖率 % coverage by size",
    "target_op": "目标运算 target operator",
    "target": "目标值 target",
    "status": "判定 met / unmet / unjudged / no_target",
    "earlier": "上年数值 value of the period before",
    "publish": "公开范围 public / internal",
    "target_year": "目标年份 year in which the target is due",
    "yearly_change": "年均变化 slope of the straight line through the years known",
    "needed_change": "每年还需 change a year that would just reach the target in its year",
    "projected": "目标年份预计值 value of the line in that year",
    "course": "进度 on_course / too_slow / wrong_way / unknown / due / undated",
}

NO_STANDING = Attainment(None, Status.NO_TARGET, math.nan)
INJECTION = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def build_tidy(data: SummaryData) -> bytes:
    """The figures of a period as CSV, in a fixed order, numbers in full precision."""
    labels: dict[tuple[str, str], Mapping[str, str]] = {}
    for indicator, _, by, _ in data.figures:
        if by and (indicator, by) not in labels:
            labels[(indicator, by)] = list_group_labels(data.catalogue, by, data.catalogue.indicators[indicator])
    rows = [_build_row(data, labels.get((key[0], key[2]), {}), *key) for key in sorted(data.figures)]
    return write_csv(list(COLUMNS), rows)


def build_tidy_dictionary() -> bytes:
    """What the columns of the tidy data mean."""
    return write_csv(["column", "meaning"], [[name, meaning] for name, meaning in COLUMNS.items()])


def write_csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with a mark that Excel understands; text that a spreadsheet would run as a formula is made text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(heads)
    for row in rows:
        writer.writerow([_spell(value) for value in row])
    return text.getvalue().encode("utf-8-sig")


def _build_row(
    data: SummaryData, labels: Mapping[str, str], indicator_id: str, stage: str, by: str, group: str
) -> list[object]:
    indicator = data.catalogue.indicators[indicator_id]
    shown = data.find(indicator_id, stage, by, group)
    standing = data.judge(indicator_id, stage, shown) if not by else NO_STANDING
    target = standing.target
    trend = data.find_trend((indicator_id, stage, by, group), shown, standing)
    return [
        data.period, data.district, indicator_id, indicator.name.zh, stage, by, group,
        labels.get(group, group) if by else "", shown.numerator, shown.denominator, shown.value,
        indicator.unit, indicator.decimals, shown.expected, shown.reported, shown.coverage, shown.size_coverage,
        target.op if target else "", target.value if target else math.nan,
        standing.status.value, shown.earlier, indicator.publish, *_list_trend(trend),
    ]  # fmt: skip


def _list_trend(trend: Trend | None) -> list[object]:
    if trend is None:
        return ["", math.nan, math.nan, math.nan, ""]
    return [trend.target_year or "", trend.yearly, trend.needed, trend.projected, trend.course.value]


def _spell(value: object) -> str:
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < EXACT_BELOW else repr(value)
    if isinstance(value, str) and value.lstrip().startswith(INJECTION) and value != "=":
        return f"'{value}"
    return str(value)
