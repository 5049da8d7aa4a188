"""`huizong evaluate`: an evaluation of the district, school by school, with reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from flows.commands.evaluation_shape import Findings, build_evaluation_json
from flows.commands.invocation import Invocation, find_invocation
from flows.commands.words import MOST_LISTED, show_columns, spell_number
from flows.desk import open_desk
from flows.errors import UsageError
from flows.indicators.evaluations import EvaluationResult, evaluate_profile
from flows.indicators.gaps import Gap, list_gaps
from flows.indicators.lifts import Lift, find_lifts
from flows.indicators.requirements import RequirementResult
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
    findings = Findings(result, list_gaps(result, catalogue), find_lifts(result))
    if invocation.as_json:
        invocation.print_json(build_evaluation_json(findings))
    else:
        _show(invocation, findings)
    return 0 if result.passed else 1


def _find_profile(catalogue: Catalogue, name: str) -> Evaluation:
    for evaluation in catalogue.evaluations.values():
        if name in (evaluation.id, evaluation.alias):
            return evaluation
    raise UsageError("no_such_profile", name=name, known=", ".join(catalogue.evaluations))


def _show(invocation: Invocation, findings: Findings) -> None:
    result = findings.result
    verdict = invocation.say(f"verdicts.{_name_answer(result.passed)}")
    invocation.screen.show(
        invocation.say("evaluate_verb.title", name=result.evaluation.name.zh, period=result.period, verdict=verdict)
    )
    labels = [switch.label.zh for switch in result.evaluation.switches if switch.id in result.switches]
    if labels:
        invocation.screen.show(invocation.say("evaluation.switches", names="；".join(labels)))
    _show_dispersions(invocation, result)
    _show_units(invocation, result)
    _show_requirements(invocation, result)
    _show_gaps(invocation, result, findings.gaps)
    for lift in findings.lifts:
        _show_lift(invocation, result, lift)


def _show_dispersions(invocation: Invocation, result: EvaluationResult) -> None:
    names = _name_criteria(result)
    rows = [
        (
            names.get(d.criterion, invocation.say("evaluate_verb.mean")), _label_stage(result, d.stage),
            spell_number(d.mean, 2),
            spell_number(d.dispersion, 4), spell_number(d.limit, 2), str(d.units),
            invocation.say(f"verdicts.{_name_answer(d.met)}") if d.limit is not None else "",
        )
        for d in result.dispersions
    ]  # fmt: skip
    heads = ("criterion", "stage", "mean", "dispersion", "limit", "units", "verdict")
    if rows:
        show_columns(invocation, heads, rows, right=(2, 3, 4, 5))


def _show_units(invocation: Invocation, result: EvaluationResult) -> None:
    """Units that do not pass; none where the profile has no rule for them."""
    if result.evaluation.unit_rule is None:
        return
    names = _name_criteria(result)
    failing = [unit for unit in result.units if unit.passed is not True]
    rows = [
        (
            unit.school, unit.name, _label_stage(result, unit.stage), f"{unit.reached}/{len(unit.values)}",
            invocation.say(f"verdicts.{_name_answer(unit.passed)}"),
            "；".join(names[v.criterion] for v in unit.values if v.reached is not True),
        )
        for unit in failing
    ]  # fmt: skip
    invocation.screen.show(invocation.say("evaluate_verb.schools", total=len(result.units), failing=len(failing)))
    if rows:
        show_columns(invocation, ("school", "name", "stage", "reached", "verdict", "short_of"), rows)


def _show_requirements(invocation: Invocation, result: EvaluationResult) -> None:
    rows = [
        (
            r.requirement.id, r.requirement.name.zh, r.requirement.threshold, spell_number(r.value, _count_decimals(r)),
            invocation.say("evaluation.nearly") if r.nearly else invocation.say(f"verdicts.{_name_answer(r.met)}"),
            str(len(r.short) or ""),
        )
        for r in result.requirements
    ]  # fmt: skip
    heads = ("requirement", "name", "threshold", "value", "verdict", "schools_short")
    if rows:
        show_columns(invocation, heads, rows, right=(3, 5))


def _count_decimals(judged: RequirementResult) -> int:
    return 0 if judged.requirement.judged == "schools" else judged.requirement.decimals


def _show_gaps(invocation: Invocation, result: EvaluationResult, gaps: Sequence[Gap]) -> None:
    rows = [
        (
            gap.school, gap.school_name, _label_stage(result, gap.stage), gap.name, spell_number(gap.value, 2),
            spell_number(gap.threshold, 2), spell_number(gap.shortfall, 3),
            f"{spell_number(gap.needed, gap.decimals)} {gap.amount_unit}",
        )
        for gap in gaps[:MOST_LISTED]
    ]  # fmt: skip
    if not rows:
        return
    invocation.screen.show(invocation.say("evaluation.gap_title", count=len(gaps)))
    heads = ("school", "name", "stage", "criterion", "value", "threshold", "shortfall", "needed")
    show_columns(invocation, heads, rows, right=(4, 5, 6, 7))
    if len(gaps) > MOST_LISTED:
        invocation.screen.show(invocation.say("evaluation.first_only", shown=MOST_LISTED))


def _show_lift(invocation: Invocation, result: EvaluationResult, lift: Lift) -> None:
    decimals = 0 if lift.whole else 2
    title = invocation.say(
        "evaluation.lift_title", name=_name_criteria(result)[lift.criterion], stage=_label_stage(result, lift.stage),
        before=spell_number(lift.before, 3), after=spell_number(lift.after, 3), limit=spell_number(lift.limit, 2),
        schools=len(lift.schools), level=spell_number(lift.level, 2), amount=spell_number(lift.amount, decimals),
        unit=lift.unit,
    )  # fmt: skip
    invocation.screen.show(title + (invocation.say("evaluation.lift_alternative") if lift.is_alternative else ""))
    rows = [
        (
            school.school, school.name, spell_number(school.value, 2), spell_number(school.target, 2),
            f"{spell_number(school.amount, decimals)} {lift.unit}",
        )
        for school in lift.schools
    ]  # fmt: skip
    show_columns(invocation, ("school", "name", "value", "lift_to", "to_add"), rows, right=(2, 3, 4))


def _name_criteria(result: EvaluationResult) -> dict[str, str]:
    return {criterion.id: criterion.name.zh for criterion in result.evaluation.criteria}


def _name_answer(answer: bool | None) -> str:  # noqa: FBT001  a value with three states
    return {True: "met", False: "unmet", None: "unknown"}[answer]


def _label_stage(result: EvaluationResult, stage: str) -> str:
    """A stage as the evaluation calls it."""
    return next((unit.label.zh for unit in result.evaluation.units if unit.stage == stage), stage)
