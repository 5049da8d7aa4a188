"""A formula over indicators and accepted records of the whole district, or school by school."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np

from flows.district.facts import DistrictFacts
from flows.district.outcome import Outcome, spell
from flows.indicators.group_scope import GroupScope
from flows.indicators.groups import WHOLE, Grouping
from schemas.compile import fill_parameters, translate_keys
from schemas.definitions.checks import Check
from schemas.expressions import syntax as s
from schemas.expressions.evaluate import evaluate_numbers, evaluate_truth
from schemas.expressions.parse import parse_expression


def judge(check: Check, facts: DistrictFacts) -> Iterator[Outcome]:
    """One answer a choice of the check's parameters and a group. Parameters: formula, by (school, area, …), stages."""
    grouping = Grouping(by=str(check.parameters.get("by", WHOLE)))
    for stage in check.parameters.get("stages", [""]):
        scope = facts.desk.open_groups(facts.period, grouping, stage=str(stage), limits=check.limits)
        for chosen in product(*check.each.values()):
            choice = dict(zip(check.each, chosen, strict=True)) | ({"stage": str(stage)} if stage else {})
            yield from _judge_choice(check, choice, scope, facts)


def _judge_choice(
    check: Check, choice: Mapping[str, str], scope: GroupScope, facts: DistrictFacts
) -> Iterator[Outcome]:
    def read(text: str) -> s.Expression:
        return translate_keys(parse_expression(fill_parameters(text, choice)), facts.catalogue)

    truth = evaluate_truth(read(str(check.parameters["formula"])), scope)
    asked = np.ones(scope.length, dtype=bool)
    if check.when:
        asked = evaluate_truth(read(check.when), scope).yes
    figures = {name: evaluate_numbers(read(text), scope) for name, text in check.values.items()}
    labels = {name: check.each[name][value] for name, value in choice.items() if name in check.each}
    labels |= {"stage": facts.label_stage(choice["stage"])} if "stage" in choice else {}
    for group, label in enumerate(scope.groups.labels):
        if not asked[group]:
            continue
        holds = True if truth.yes[group] else False if truth.no[group] else None
        subject = _name_group(label, scope, facts) or facts.district
        values: dict[str, object] = {name: spell(float(column[group])) for name, column in figures.items()}
        yield Outcome(subject, holds, {**labels, **values, "school": subject})


def _name_group(label: str, scope: GroupScope, facts: DistrictFacts) -> str:
    if scope.groups.grouping.by != "school":
        return label
    register = facts.desk.find_register(facts.period)
    row = register.find(label)
    return f"{label} {register.names[row]}" if row is not None else label
