"""`huizong evaluate`: an evaluation of the district, school by school, with reasons."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from flows.commands.invocation import Invocation, find_invocation
from flows.commands.words import drop_nan, show_columns, spell_number
from flows.desk import open_desk
from flows.errors import UsageError
from flows.indicators.evaluations import EvaluationResult, UnitResult, evaluate_profile
from flows.lookup import find_period_asked
from flows.warehouse.warehouse import open_warehouse
from flows.workspace import open_workspace
from schemas.catalogue import Catalogue
from schemas.definitions.evaluations import Evaluation


def run(
    context: typer.Context,
    profile: Annotated[str, typer.Argument()],
    period: Annotated[str | None, typer.Option("--period", "-p")] = None,
    switch: Annotated[list[str] | None, typer.Option("--switch")] = None,
) -> int:
    invocation = find_invocation(context)
    workspace = open_workspace(invocation.workspace_path)
    catalogue = workspace.load_catalogue()
    evaluation = _find_profile(catalogue, profile)
    switches = switch or workspace.settings.switches.get(evaluation.id, [])
    with open_warehouse(workspace.warehouse, read_only=True) as warehouse:
        desk = open_desk(workspace, warehouse.connection, catalogue)
        asked = find_period_asked(workspace, warehouse.connection, period)
        result = evaluate_profile(desk, evaluation, asked, switches)
    if invocation.as_json:
        invocation.print_json(build_evaluation_json(result))
    else:
        _show(invocation, result)
    return 0 if result.passed else 1


def build_evaluation_json(result: EvaluationResult) -> dict[str, Any]:
    """The public shape of an evaluation."""
    return {
        "profile": result.evaluation.id,
        "period": result.period,
        "passed": result.passed,
        "reasons": list(result.reasons),
        "criteria": [
            {"id": c.id, "name_zh": c.name.zh, "thresholds": dict(c.thresholds)} for c in result.evaluation.criteria
        ],
        "dispersions": [
            {
                "criterion": d.criterion, "stage": d.stage, "mean": drop_nan(d.mean),
                "dispersion": drop_nan(d.dispersion), "units": d.units, "limit": d.limit, "met": d.met,
            }
            for d in result.dispersions
        ],
        "schools": [_build_unit(unit) for unit in result.units],
        "requirements": [
            {
                "id": r.requirement.id, "name_zh": r.requirement.name.zh, "met": r.met, "value": drop_nan(r.value),
                "short": list(r.short), "evidence": r.evidence,
            }
            for r in result.requirements
        ],
        "left_out": list(result.left_out),
    }  # fmt: skip


def _find_profile(catalogue: Catalogue, name: str) -> Evaluation:
    for evaluation in catalogue.evaluations.values():
        if name in (evaluation.id, evaluation.alias):
            return evaluation
    raise UsageError("no_such_profile", name=name, known=", ".join(catalogue.evaluations))


def _build_unit(unit: UnitResult) -> dict[str, Any]:
    return {
        "school": unit.school, "name": unit.name, "stage": unit.stage, "size": drop_nan(unit.size),
        "passed": unit.passed, "reached": unit.reached,
        "values": [
            {
                "criterion": v.criterion, "value": drop_nan(v.value), "threshold": v.threshold, "reached": v.reached,
                "above_floor": v.above_floor,
            }
            for v in unit.values
        ],
    }  # fmt: skip


def _show(invocation: Invocation, result: EvaluationResult) -> None:
    screen = invocation.screen
    verdict = invocation.say(f"verdicts.{_name_answer(result.passed)}")
    screen.show(
        invocation.say("evaluate_verb.title", name=result.evaluation.name.zh, period=result.period, verdict=verdict)
    )
    names = {criterion.id: criterion.name.zh for criterion in result.evaluation.criteria}
    dispersions = [
        (
            names.get(d.criterion, invocation.say("evaluate_verb.mean")), d.stage, spell_number(d.mean, 2),
            spell_number(d.dispersion, 4), spell_number(d.limit, 2), str(d.units),
            invocation.say(f"verdicts.{_name_answer(d.met)}") if d.limit is not None else "",
        )
        for d in result.dispersions
    ]  # fmt: skip
    if dispersions:
        show_columns(
            invocation,
            ("criterion", "stage", "mean", "dispersion", "limit", "units", "verdict"),
            dispersions,
            right=(2, 3, 4, 5),
        )
    failing = [unit for unit in result.units if unit.passed is not True]
    rows = [
        (
            unit.school, unit.name, unit.stage, f"{unit.reached}/{len(unit.values)}",
            invocation.say(f"verdicts.{_name_answer(unit.passed)}"),
            "；".join(names[v.criterion] for v in unit.values if v.reached is not True),
        )
        for unit in failing
    ]  # fmt: skip
    screen.show(invocation.say("evaluate_verb.schools", total=len(result.units), failing=len(failing)))
    if rows:
        show_columns(invocation, ("school", "name", "stage", "reached", "verdict", "short_of"), rows)
    requirements = [
        (
            r.requirement.id, r.requirement.name.zh, spell_number(r.value),
            invocation.say(f"verdicts.{_name_answer(r.met)}"), str(len(r.short) or ""),
        )
        for r in result.requirements
    ]  # fmt: skip
    if requirements:
        show_columns(
            invocation, ("requirement", "name", "value", "verdict", "schools_short"), requirements, right=(2, 4)
        )


def _name_answer(answer: bool | None) -> str:  # noqa: FBT001  a value with three states
    return {True: "met", False: "unmet", None: "unknown"}[answer]
