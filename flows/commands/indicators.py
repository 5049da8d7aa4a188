"""`huizong indicators`: values with everything that stands behind them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from flows.commands.invocation import Invocation, find_invocation
from flows.commands.words import drop_nan, show_columns, spell_number
from flows.desk import open_desk
from flows.indicators.desk import Desk
from flows.indicators.targets import Attainment, Status
from flows.indicators.trends import History, compute_trend
from flows.lookup import Question, find_figures, find_indicators, find_period_asked, judge, name_group
from flows.past_figures import load_history
from flows.warehouse.figures import Figure
from flows.warehouse.warehouse import open_warehouse
from flows.workspace import Workspace, open_workspace

MET = {Status.MET: True, Status.UNMET: False}


def run(
    context: typer.Context,
    period: Annotated[str | None, typer.Option("--period", "-p")] = None,
    indicator: Annotated[list[str] | None, typer.Argument()] = None,
    area: Annotated[str, typer.Option("--area", "-a")] = "",
    by: Annotated[str, typer.Option("--by", "-b")] = "",
) -> int:
    invocation = find_invocation(context)
    workspace = open_workspace(invocation.workspace_path)
    catalogue = workspace.load_catalogue()
    wanted = tuple(found.id for found in find_indicators(catalogue, indicator)) if indicator else ()
    with open_warehouse(workspace.warehouse, read_only=True) as warehouse:
        question = Question(find_period_asked(workspace, warehouse.connection, period), area, by, wanted)
        desk = open_desk(workspace, warehouse.connection, catalogue)
        figures = find_figures(question, desk, warehouse.connection)
        if invocation.as_json:
            history = load_history(warehouse.connection, catalogue, question.period, {f.indicator for f in figures})
            shapes = [build_figure_json(workspace, desk, f, question.area, history) for f in figures]
            invocation.print_json(shapes)
        else:
            _show(invocation, workspace, desk, figures)
    return 0


def build_figure_json(workspace: Workspace, desk: Desk, figure: Figure, area: str, history: History) -> dict[str, Any]:
    """The public shape of a figure. `area` is the one asked for; the whole district's has none."""
    indicator = desk.catalogue.indicators[figure.indicator]
    attainment = judge(desk.catalogue, workspace.settings.target_sets, figure)
    target = attainment.target
    by = "" if area and figure.breakdown == desk.catalogue.area_breakdown else figure.breakdown
    return {
        "indicator": figure.indicator, "name_zh": indicator.name.zh, "period": figure.period, "stage": figure.stage,
        "area": area or workspace.settings.district_name, "breakdown": by, "group": figure.group_code if by else "",
        "group_name": name_group(desk.catalogue, desk, figure) if by else "",
        "numerator": drop_nan(figure.numerator), "denominator": drop_nan(figure.denominator),
        "value": drop_nan(figure.value), "unit": indicator.unit, "decimals": indicator.decimals,
        "coverage": drop_nan(figure.coverage), "expected": figure.expected, "reported": figure.reported,
        "size_coverage": drop_nan(figure.size_coverage), "earlier": drop_nan(figure.earlier),
        "target": target.value if target else None, "target_op": target.op if target else None,
        "met": MET.get(attainment.status), "status": attainment.status.value,
        "distance": drop_nan(attainment.distance), "trend": _build_trend_json(figure, attainment, history),
    }  # fmt: skip


def _build_trend_json(figure: Figure, attainment: Attainment, history: History) -> dict[str, Any] | None:
    known = history.get((figure.indicator, figure.stage, figure.breakdown, figure.group_code), {})
    trend = compute_trend(attainment, int(figure.period[:4]), figure.value, known)
    if trend is None:
        return None
    return {
        "target_year": trend.target_year, "years": trend.years, "yearly": drop_nan(trend.yearly),
        "needed": drop_nan(trend.needed), "projected": drop_nan(trend.projected), "course": trend.course.value,
    }  # fmt: skip


def _show(invocation: Invocation, workspace: Workspace, desk: Desk, figures: list[Figure]) -> None:
    rows = [_build_row(invocation, workspace, desk, figure) for figure in figures]
    heads = (
        "indicator",
        "name",
        "stage",
        "group",
        "value",
        "unit",
        "numerator",
        "denominator",
        "coverage",
        "target",
        "verdict",
    )
    show_columns(invocation, heads, rows, right=(4, 6, 7, 8))


def _build_row(invocation: Invocation, workspace: Workspace, desk: Desk, figure: Figure) -> list[str]:
    indicator = desk.catalogue.indicators[figure.indicator]
    attainment = judge(desk.catalogue, workspace.settings.target_sets, figure)
    return [
        figure.indicator, indicator.name.zh, desk.catalogue.label_stage(figure.stage),
        name_group(desk.catalogue, desk, figure),
        spell_number(figure.value, indicator.decimals), indicator.unit, spell_number(figure.numerator),
        spell_number(figure.denominator), _spell_coverage(figure), _spell_target(attainment),
        invocation.say(f"attainment.{attainment.status.value}"),
    ]  # fmt: skip


def _spell_coverage(figure: Figure) -> str:
    return f"{figure.reported}/{figure.expected}" if figure.expected else ""


def _spell_target(attainment: Attainment) -> str:
    target = attainment.target
    return f"{target.op} {target.value:g}" if target else ""
