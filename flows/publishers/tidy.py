"""Tidy data: one row a figure, for whoever computes on; with a dictionary of the columns beside it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence

from flows.indicators.groups import list_group_labels
from flows.indicators.targets import Status
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
}

INJECTION = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def build_tidy(data: SummaryData) -> bytes:
    """The figures of a period as CSV, in a fixed order, numbers in full precision."""
    labels = {by: list_group_labels(data.catalogue, by) for by in {key[2] for key in data.figures} if by}
    rows = [_build_row(data, labels, *key) for key in sorted(data.figures)]
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
    data: SummaryData, labels: Mapping[str, Mapping[str, str]], indicator_id: str, stage: str, by: str, group: str
) -> list[object]:
    indicator = data.catalogue.indicators[indicator_id]
    shown = data.find(indicator_id, stage, by, group)
    standing = data.judge(indicator_id, stage, shown) if not by else None
    target = standing.target if standing else None
    return [
        data.period, data.district, indicator_id, indicator.name.zh, stage, by, group,
        labels[by].get(group, group) if by else "", shown.numerator, shown.denominator, shown.value,
        indicator.unit, indicator.decimals, shown.expected, shown.reported, shown.coverage, shown.size_coverage,
        target.op if target else "", target.value if target else math.nan,
        standing.status.value if standing else Status.NO_TARGET.value, shown.earlier, indicator.publish,
    ]  # fmt: skip


def _spell(value: object) -> str:
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < EXACT_BELOW else repr(value)
    if isinstance(value, str) and value.lstrip().startswith(INJECTION) and value != "=":
        return f"'{value}"
    return str(value)
