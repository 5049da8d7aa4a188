"""Requirements of an evaluation beside its criteria: by a formula over the district or its schools, or by evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from flows.indicators.desk import Desk
from flows.indicators.group_scope import GroupScope
from flows.indicators.groups import Grouping
from flows.indicators.school_tests import SchoolTest, ask_schools, find_concerned, relax_tests
from flows.indicators.switches import find_favoured
from schemas.compile import translate_keys
from schemas.definitions.evaluations import Evaluation, Measure, Requirement, Switch
from schemas.definitions.indicators import Indicator
from schemas.expressions.columns import Mask, Truth
from schemas.expressions.evaluate import evaluate_numbers, evaluate_truth
from schemas.expressions.parse import parse_expression
from schemas.expressions.scope import UnitScope
from schemas.expressions.syntax import Expression


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A school that does not keep to a measure: its figure, and what it is held against."""

    school: str
    name: str
    measure: Measure
    value: float
    bound: float


@dataclass(frozen=True, slots=True)
class RequirementResult:
    """Whether a requirement is met (None: cannot be told), the figure behind it, and the schools that fall short.

    `nearly`: not met, but by no more schools than are tolerated for it to be met in the main.
    """

    requirement: Requirement
    met: bool | None
    value: float
    short: tuple[str, ...] = ()
    evidence: str = ""
    nearly: bool = False
    unknown: tuple[str, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()
    figures: tuple[float, ...] = ()


@dataclass(frozen=True)
class Bench:
    """What requirements of a period are judged with."""

    desk: Desk
    evaluation: Evaluation
    period: str
    switches: Sequence[Switch]

    @property
    def units(self) -> UnitScope:
        return UnitScope(self.desk.open_period(self.period).source, limits=self.evaluation.limits)

    @property
    def schools(self) -> tuple[str, ...]:
        return self.desk.open_period(self.period).source.schools


def judge_requirements(
    desk: Desk, evaluation: Evaluation, period: str, switches: Sequence[Switch]
) -> list[RequirementResult]:
    """All requirements in the order of the profile (definitions.md §2.4 to §2.6, §6)."""
    bench = Bench(desk, evaluation, period, switches)
    return [_judge(bench, requirement) for requirement in evaluation.requirements]


def _judge(bench: Bench, requirement: Requirement) -> RequirementResult:
    result = _JUDGES[requirement.judged](bench, requirement)
    if requirement.evidence_too:
        answer, note = _find_evidence(bench, requirement)
        result = replace(result, met=_join(result.met, answer), evidence=note)
    if requirement.figures:
        scope = _open_scope(bench, requirement)
        figures = [float(evaluate_numbers(_parse(bench, f.value), scope)[0]) for f in requirement.figures]
        result = replace(result, figures=tuple(figures))
    return result


def _judge_district(bench: Bench, requirement: Requirement) -> RequirementResult:
    """By a formula over the whole; too few returns behind it, and nobody can tell."""
    scope = _open_scope(bench, requirement)
    met = _answer(evaluate_truth(_parse(bench, requirement.met or ""), scope))
    if not _is_covered(bench, requirement):
        met = None
    if requirement.known and not _answer(evaluate_truth(_parse(bench, requirement.known), scope)):
        met = None
    return RequirementResult(requirement, met, _find_value(bench, requirement, scope))


def _judge_schools(bench: Bench, requirement: Requirement) -> RequirementResult:
    """Met when no more schools fall short than allowed; undecided where one could still be too many."""
    concerned = find_concerned(requirement, bench.units, bench.desk.catalogue)
    tests = ask_schools(requirement, bench.units, bench.desk.catalogue)
    for switch in bench.switches:
        if requirement.id not in switch.requirements or switch.condition is None:
            continue
        favoured = find_favoured(bench.desk, bench.evaluation, switch, bench.period)
        if switch.excludes:
            concerned = Truth(concerned.yes & ~favoured, concerned.no | favoured)
        else:
            tests = relax_tests(tests, _ask_relaxed(bench, requirement, switch), favoured)
    return _conclude_schools(bench, requirement, concerned, tests)


def _ask_relaxed(bench: Bench, requirement: Requirement, switch: Switch) -> list[SchoolTest]:
    units = UnitScope(bench.units.source, limits={**bench.evaluation.limits, **switch.limits})
    return ask_schools(requirement, units, bench.desk.catalogue)


def _conclude_schools(
    bench: Bench, requirement: Requirement, concerned: Truth, tests: Sequence[SchoolTest]
) -> RequirementResult:
    falls = np.logical_or.reduce([test.truth.no for test in tests])
    keeps = np.logical_and.reduce([test.truth.yes for test in tests])
    no, open_ = falls & concerned.yes, ~keeps & ~concerned.no & ~(falls & concerned.yes)
    most = requirement.count or 0
    met = False if no.sum() > most else None if (no | open_).sum() > most else True
    tolerated = (requirement.tolerated or 0) * concerned.yes.sum()
    value = float(no.sum())
    if requirement.value:
        value = _find_value(bench, requirement, _open_scope(bench, requirement))
    return RequirementResult(
        requirement, met, value, _list_schools(bench, no), nearly=met is False and (no | open_).sum() <= tolerated,
        unknown=_list_schools(bench, open_), shortfalls=_list_shortfalls(bench, tests, concerned.yes),
    )  # fmt: skip


def _list_schools(bench: Bench, chosen: Mask) -> tuple[str, ...]:
    return tuple(school for school, is_chosen in zip(bench.schools, chosen, strict=True) if is_chosen)


def _list_shortfalls(bench: Bench, tests: Sequence[SchoolTest], concerned: Mask) -> tuple[Shortfall, ...]:
    view = bench.desk.open_period(bench.period)
    found = []
    for row in np.nonzero(concerned)[0]:
        school = view.source.schools[row]
        name = view.register.names[view.register.index[school]]
        found += [
            Shortfall(school, name, test.measure, float(test.value[row]), float(test.bound[row]))
            for test in tests
            if test.measure is not None and test.truth.no[row]
        ]
    return tuple(found)


def _judge_evidence(bench: Bench, requirement: Requirement) -> RequirementResult:
    answer, note = _find_evidence(bench, requirement)
    return RequirementResult(requirement, answer, np.nan, evidence=note)


def _find_evidence(bench: Bench, requirement: Requirement) -> tuple[bool | None, str]:
    """What the bureau filed as its own judgement, with the document behind it."""
    where = bench.evaluation.evidence
    if where is None:
        return None, ""
    lines = bench.desk.open_period(bench.period).source.list_district_lines(where.sheet)
    for item, met, note in zip(*(lines.columns[name] for name in (where.item, where.met, where.note)), strict=True):
        if item == requirement.id:
            return {"Y": True, "N": False}.get(met), note or ""
    return None, ""


_JUDGES: dict[str, Callable[[Bench, Requirement], RequirementResult]] = {
    "district": _judge_district, "schools": _judge_schools, "evidence": _judge_evidence,
}  # fmt: skip


def _join(first: bool | None, second: bool | None) -> bool | None:  # noqa: FBT001  values with three states
    """Both: no as soon as one is, yes only where both are."""
    if first is False or second is False:
        return False
    return True if first and second else None


def _is_covered(bench: Bench, requirement: Requirement) -> bool:
    """True if enough of what the formula rests on was reported."""
    coverage = bench.desk.measure_coverage(_build_probe(bench, requirement), bench.period)
    percent = float(coverage.percent[0])
    return not coverage.blind[0] and (np.isnan(percent) or percent >= requirement.minimum_coverage)


def _open_scope(bench: Bench, requirement: Requirement) -> GroupScope:
    """The whole district, with the profile's limits, schools counted that reported what the formulas ask for."""
    return bench.desk.open_scope(_build_probe(bench, requirement), bench.period, Grouping())


def _build_probe(bench: Bench, requirement: Requirement) -> Indicator:
    texts = [text for text in (requirement.met, requirement.value) if text and requirement.judged == "district"]
    texts += [figure.value for figure in requirement.figures]
    return Indicator.model_validate(
        {
            "id": f"{bench.evaluation.id}_{requirement.id}", "name": requirement.name.zh, "kind": "boolean",
            "decimals": 0, "numerator": texts[0] if texts else requirement.value or "0",
            "limits": bench.evaluation.limits,
        }
    )  # fmt: skip


def _find_value(bench: Bench, requirement: Requirement, scope: GroupScope) -> float:
    if not requirement.value:
        return float("nan")
    return float(evaluate_numbers(_parse(bench, requirement.value), scope)[0])


def _parse(bench: Bench, text: str) -> Expression:
    return translate_keys(parse_expression(text), bench.desk.catalogue)


def _answer(truth: Truth) -> bool | None:
    return True if bool(truth.yes[0]) else False if bool(truth.no[0]) else None
