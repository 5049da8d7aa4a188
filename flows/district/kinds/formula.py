"""A formula over indicators and accepted records of the whole district, or school by school."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import numpy as np

from flows.district.facts import DistrictFacts
from flows.district.outcome import Outcome, spell
from flows.indicators.group_scope import GroupScope
from flows.indicators.groups import SUCCESSION, WHOLE, Grouping, split_succession
from schemas.compile import fill_parameters, translate_keys
from schemas.definitions.checks import Check
from schemas.expressions import syntax as s
from schemas.expressions.evaluate import evaluate_numbers, evaluate_truth
from schemas.expressions.parse import parse_expression


def judge(check: Check, facts: DistrictFacts) -> Iterator[Outcome]:
    """One answer a choice of the check's parameters, a stage and a group. Parameters: formula, by (school, …), stages.

    Where no stages are named, a formula that asks for an indicator by stage is judged for each of its stages.
    """
    grouping = Grouping(by=str(check.parameters.get("by", WHOLE)))
    for chosen in product(*check.each.values()):
        choice = dict(zip(check.each, chosen, strict=True))
        for stage in _list_stages(check, choice, facts):
            scope = facts.desk.open_groups(facts.period, grouping, stage=stage, limits=check.limits)
            yield from _judge_choice(check, {"stage": stage, **choice}, scope, facts)


def _list_stages(check: Check, choice: Mapping[str, str], facts: DistrictFacts) -> Sequence[str]:
    """Stages that the check is judged for; one without a name where it is judged once."""
    named = [str(stage) for stage in check.parameters.get("stages", ())]
    if named or "stage" in choice:
        return named or (choice["stage"],)
    return facts.desk.list_stages_behind(_read(str(check.parameters["formula"]), choice, facts)) or ("",)


def _read(text: str, choice: Mapping[str, str], facts: DistrictFacts) -> s.Expression:
    return translate_keys(parse_expression(fill_parameters(text, choice)), facts.catalogue)


def _judge_choice(
    check: Check, choice: Mapping[str, str], scope: GroupScope, facts: DistrictFacts
) -> Iterator[Outcome]:
    def read(text: str) -> s.Expression:
        return _read(text, choice, facts)

    truth = evaluate_truth(read(str(check.parameters["formula"])), scope)
    asked = np.ones(scope.length, dtype=bool)
    if check.when:
        asked = evaluate_truth(read(check.when), scope).yes
    figures = {name: evaluate_numbers(read(text), scope) for name, text in check.values.items()}
    labels = {name: check.each[name][value] for name, value in choice.items() if name in check.each}
    labels.setdefault("stage", facts.label_stage(choice["stage"]))
    for group, label in enumerate(scope.groups.labels):
        if not asked[group]:
            continue
        holds = True if truth.yes[group] else False if truth.no[group] else None
        subject = _name_group(label, scope, facts) or facts.district
        values: dict[str, object] = {name: spell(float(column[group])) for name, column in figures.items()}
        if scope.groups.grouping.by == SUCCESSION:
            values["heirs"] = _name_schools(_list_members(scope, group), facts)
        yield Outcome(subject, holds, {**labels, **values, "school": subject})


def _name_group(label: str, scope: GroupScope, facts: DistrictFacts) -> str:
    """A school by code and name; what several schools stand for by the schools there were."""
    by = scope.groups.grouping.by
    return _name_schools(split_succession(label), facts) if by in ("school", SUCCESSION) else label


def _list_members(scope: GroupScope, group: int) -> list[str]:
    pairs = zip(scope.source.schools, scope.groups.codes.tolist(), strict=True)
    return [school for school, code in pairs if code == group]


def _name_schools(codes: Sequence[str], facts: DistrictFacts) -> str:
    register = facts.desk.find_register(facts.period)
    return "、".join(f"{code} {register.find_name(code)}".rstrip() for code in codes)
