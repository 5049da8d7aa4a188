"""`huizong explain`: from a figure to the cells of the original files."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from flows.commands.invocation import Invocation, find_invocation
from flows.commands.words import MOST_LISTED, drop_nan, name_return, show_columns, spell_number
from flows.desk import open_desk
from flows.explain import Explained, Explanation, Origin, explain_indicator
from flows.indicators.desk import Desk
from flows.lookup import Question, find_indicators, find_period_asked, refuse_unknown
from flows.warehouse.warehouse import open_warehouse
from flows.workspace import Workspace, open_workspace
from schemas.definitions.indicators import Indicator


def run(
    context: typer.Context,
    indicator: Annotated[str, typer.Argument()],
    period: Annotated[str | None, typer.Option("--period", "-p")] = None,
    area: Annotated[str, typer.Option("--area", "-a")] = "",
    stage: Annotated[str | None, typer.Option("--stage")] = None,
) -> int:
    invocation = find_invocation(context)
    workspace = open_workspace(invocation.workspace_path)
    catalogue = workspace.load_catalogue()
    definition = find_indicators(catalogue, [indicator])[0]
    with open_warehouse(workspace.warehouse, read_only=True) as warehouse:
        desk = open_desk(workspace, warehouse.connection, catalogue)
        question = Question(find_period_asked(workspace, warehouse.connection, period), area)
        refuse_unknown(question, desk)
        explanation = explain_indicator(
            desk, warehouse.connection, definition.id, question.period, area=area, stage=stage
        )
    if invocation.as_json:
        invocation.print_json(build_explanation_json(workspace, desk, definition, explanation))
    else:
        _show(invocation, workspace, desk, definition, explanation)
    return 0


def build_explanation_json(
    workspace: Workspace, desk: Desk, indicator: Indicator, explanation: Explanation
) -> dict[str, Any]:
    """The public shape of an explanation. Paths of received files are below warehouse/received."""
    return {
        "indicator": indicator.id,
        "name_zh": indicator.name.zh,
        "period": explanation.period,
        "area": explanation.area or workspace.settings.district_name,
        "formula": {"factor": indicator.factor, "numerator": indicator.numerator, "denominator": indicator.denominator},
        "unit": indicator.unit,
        "basis": indicator.basis,
        "figures": [_build_figure(figure) for figure in explanation.figures],
        "contributions": [_build_origin(desk, origin) for origin in explanation.origins],
    }


def _build_figure(figure: Explained) -> dict[str, Any]:
    return {
        "stage": figure.stage, "numerator": drop_nan(figure.numerator), "denominator": drop_nan(figure.denominator),
        "value": drop_nan(figure.value), "expected": figure.expected, "reported": figure.reported,
        "missing": list(figure.missing),
    }  # fmt: skip


def _build_origin(desk: Desk, origin: Origin) -> dict[str, Any]:
    c = origin.contribution
    return {
        "part": c.part, "stage": origin.stage, "school": c.school, "name": _name_school(desk, origin),
        "return": name_return(desk.catalogue, c.return_id), "period": c.period, "submission": c.submission,
        "file": origin.file_name, "received": origin.received, "sheet": origin.sheet, "cell": origin.cell,
        "reference": c.ref, "label": origin.label, "value": c.value,
    }  # fmt: skip


def _name_school(desk: Desk, origin: Origin) -> str:
    return desk.find_register(origin.contribution.period).find_name(origin.contribution.school)


def _show(
    invocation: Invocation, workspace: Workspace, desk: Desk, indicator: Indicator, explanation: Explanation
) -> None:
    for figure in explanation.figures:
        _show_figure(invocation, workspace, desk, indicator, explanation, figure)
    rows = [
        (
            invocation.say(f"heads.{origin.contribution.part}"), desk.catalogue.label_stage(origin.stage),
            origin.contribution.school, _name_school(desk, origin),
            origin.file_name, origin.sheet, origin.cell, str(_spell(origin.contribution.value)),
        )
        for origin in explanation.origins[: 5 * MOST_LISTED]
    ]  # fmt: skip
    if rows:
        show_columns(
            invocation, ("part", "stage", "school", "name", "submission", "sheet", "cell", "value"), rows, right=(7,)
        )
    if len(explanation.origins) > len(rows):
        invocation.screen.show(invocation.say("explain_verb.more", count=len(explanation.origins)))


def _show_figure(
    invocation: Invocation,
    workspace: Workspace,
    desk: Desk,
    indicator: Indicator,
    explanation: Explanation,
    figure: Explained,
) -> None:
    say, show = invocation.say, invocation.screen.show
    show(
        say(
            "explain_verb.title", name=indicator.name.zh, id=indicator.id,
            period=f"{explanation.period} {desk.catalogue.label_stage(figure.stage)}".strip(),
            area=explanation.area or workspace.settings.district_name,
            value=spell_number(figure.value, indicator.decimals), unit=indicator.unit,
        )
    )  # fmt: skip
    numerator, denominator = spell_number(figure.numerator), spell_number(figure.denominator)
    show(say("explain_verb.numerator", formula=_fill(indicator.numerator, figure), value=numerator))
    if indicator.denominator:
        show(say("explain_verb.denominator", formula=_fill(indicator.denominator, figure), value=denominator))
    missing = "、".join(figure.missing[:MOST_LISTED]) or "—"
    show(say("explain_verb.coverage", reported=figure.reported, expected=figure.expected, missing=missing))


def _fill(formula: str, figure: Explained) -> str:
    return formula.replace("{stage}", figure.stage)


def _spell(value: float | str | None) -> str:
    return value if isinstance(value, str) else spell_number(value)
