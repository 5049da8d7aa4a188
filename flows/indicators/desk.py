"""The desk where indicators are reckoned: periods, groups, coverage, and the indicators that rest on others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from flows.indicators.breakdowns import (
    LineFilter,
    join_groups,
    join_parts,
    list_aggregated,
    list_line_values,
    spell_filter,
)
from flows.indicators.coverage import Coverage, Formula, Needs, compute_coverage, find_needs
from flows.indicators.group_scope import GroupScope, read_name
from flows.indicators.groups import (
    SUCCESSION,
    UNGROUPED,
    Grouping,
    Groups,
    build_groups,
    carry_back,
    sort_groups,
    split_succession,
)
from flows.register import RegisterView, pick_attributes
from flows.sources import LoadAccepted, UnitSource
from schemas.catalogue import Catalogue
from schemas.compile import translate_keys
from schemas.definitions.evaluations import Evaluation
from schemas.definitions.indicators import Indicator
from schemas.errors import ExpressionError, problem
from schemas.expressions import syntax as s
from schemas.expressions.columns import Mask, Numbers, Truth
from schemas.expressions.evaluate import evaluate_numbers, evaluate_truth
from schemas.expressions.parse import parse_expression
from schemas.expressions.scope import Lines, UnitScope
from schemas.periods import YearStart, step_back

COLLECTION = "collection"
"""Name by which expressions ask for what the product itself counts of a collection."""


@dataclass(frozen=True)
class PeriodView:
    """One period: its schools and the records of them."""

    period: str
    register: RegisterView
    source: UnitSource


@dataclass(frozen=True, slots=True)
class Figures:
    """An indicator's values, one a group. `coverage` counts the schools behind each."""

    indicator: Indicator
    stage: str
    period: str
    groups: Groups
    numerator: Numbers
    denominator: Numbers
    value: Numbers
    coverage: Coverage


WHOLE = Grouping()
"""The district as one group."""

JudgeUnits = Callable[["Desk", Evaluation, str, GroupScope], Truth]
CountFailed = Callable[["Desk", Evaluation, Sequence[str], GroupScope], Numbers]


@dataclass
class Desk:
    """Computes indicators of any period. `collection` gives lines of the product's own counts for a period."""

    catalogue: Catalogue
    find_register: Callable[[str], RegisterView]
    load: LoadAccepted
    collection: Callable[[str], Lines] | None = None
    months_of: YearStart = "calendar"
    judge: JudgeUnits | None = None
    count: CountFailed | None = None
    _views: dict[str, PeriodView] = field(default_factory=dict, repr=False)
    _groups: dict[tuple[str, Grouping], Groups] = field(default_factory=dict, repr=False)
    _known: dict[tuple[object, ...], Figures] = field(default_factory=dict, repr=False)
    _filled: dict[str, bool] = field(default_factory=dict, repr=False)
    _open: list[tuple[str, str, str]] = field(default_factory=list, repr=False)
    _coverages: dict[tuple[object, ...], Coverage] = field(default_factory=dict, repr=False)
    _needs: dict[tuple[str, str, str], Needs] = field(init=False, repr=False)
    _parsed: dict[str, s.Expression] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """What follows from definitions alone is worked out once for all desks of a catalogue."""
        self._needs = self.catalogue.work_out_once(("needs",), dict)
        self._parsed = self.catalogue.work_out_once(("formulas",), dict)

    def compute(
        self,
        indicator_id: str,
        period: str,
        grouping: Grouping = WHOLE,
        stage: str = "",
    ) -> Figures:
        """An indicator for one period and grouping. Raises ExpressionError where its formula cannot be evaluated."""
        indicator = self.catalogue.indicators[indicator_id]
        if grouping.by in indicator.variants:
            return self._compute_variants(indicator, period, grouping, stage)
        if grouping.by in self.catalogue.overlapping:
            return self._compute_overlapping(indicator, period, grouping, stage)
        labels = self._list_line_groups(indicator, period, grouping, stage)
        if labels:
            return self._compute_by_lines(indicator, period, grouping, stage, labels)
        return self._compute(indicator, self._find_groups(period, grouping), period, stage)

    def compute_before(self, figures: Figures) -> Numbers:
        """Values of the period before, one a group of the figures; missing where nothing was filed then.

        Groups are those of the register of that period. A school's are its own then, or those of the schools that it
        has taken over, where all of them are known.
        """
        grouping, before = figures.groups.grouping, step_back(figures.period)
        if not self.has_records(before):
            return np.full(figures.groups.length, np.nan)
        if grouping.by != "school":
            earlier = self.compute(figures.indicator.id, before, grouping, figures.stage)
            known = dict(zip(earlier.groups.labels, earlier.value, strict=True))
            return np.array([known.get(label, np.nan) for label in figures.groups.labels])
        groups = self._carry_back(figures.groups, figures.period, before)
        earlier = self._compute(figures.indicator, groups, before, figures.stage)
        is_known = (groups.count_all() > 0) & (earlier.coverage.reported == earlier.coverage.expected)
        return np.where(is_known, earlier.value, np.nan)

    def list_groupings(self, period: str) -> list[str]:
        """The groupings of the catalogue in which any school of the period has a group."""
        memberships = self.open_period(period).register.memberships
        return [name for name in self.catalogue.groupings if memberships.get(name)]

    def list_stages(self, indicator: Indicator) -> tuple[str, ...]:
        """Stages the indicator has one value each for; ('',) if it has one value."""
        text = indicator.numerator + (indicator.denominator or "")
        if "{stage}" in text:
            return indicator.stages
        if indicator.stages and "ind(" in text and "count_schools" not in text:
            behind = self.list_stages_behind(parse_expression(indicator.numerator))
            return indicator.stages if behind else ("",)
        return ("",)

    def list_stages_behind(self, expression: s.Expression) -> tuple[str, ...]:
        """Stages of the staged indicators that an expression asks for by ind(…)."""
        for part in s.find_parts(expression):
            if isinstance(part, s.Call) and part.function == "ind" and isinstance(part.arguments[0], s.Name):
                other = self.catalogue.indicators.get(part.arguments[0].id)
                if other is not None and self.list_stages(other) != ("",):
                    return self.list_stages(other)
        return ()

    def open_period(self, period: str) -> PeriodView:
        """The schools of a period and what they filed."""
        if period not in self._views:
            register = self.find_register(period)
            schools = tuple(register.list_open())
            self._views[period] = PeriodView(period, register, self._build_source(period, register, schools))
        return self._views[period]

    def open_scope(
        self,
        indicator: Indicator,
        period: str,
        grouping: Grouping = WHOLE,
        stage: str = "",
    ) -> GroupScope:
        """The scope an indicator's formula is evaluated in, schools that did not report everything left out."""
        return self._build_scope(indicator, self._find_groups(period, grouping), period, stage)[0]

    def measure_coverage(self, indicator: Indicator, period: str, grouping: Grouping = WHOLE) -> Coverage:
        """How much stands behind what the indicator's formula gives."""
        return self._build_scope(indicator, self._find_groups(period, grouping), period, "")[1]

    def open_groups(
        self, period: str, grouping: Grouping, *, stage: str = "", limits: Mapping[str, float | str] | None = None
    ) -> GroupScope:
        """A scope for a formula that belongs to no indicator: all accepted records of the groups count."""
        view, groups = self.open_period(period), self._find_groups(period, grouping)
        everyone = np.ones(view.source.length, dtype=bool)
        return GroupScope(self.catalogue, view.source, groups, everyone, self, stage=stage, limits=limits or {})

    # what scopes ask of the desk

    def step_back(self, scope: GroupScope, steps: int) -> GroupScope:
        period = step_back(scope.source.period, steps)
        view = self.open_period(period)
        groups = self._carry_back(scope.groups, scope.source.period, period)
        included = np.ones(view.source.length, dtype=bool)
        return replace(scope, source=view.source, groups=groups, included=included)

    def find_value(self, indicator: str, scope: GroupScope) -> Numbers:
        if indicator not in self.catalogue.indicators:
            raise ExpressionError(problem("no_indicator", name=indicator))
        other = self.catalogue.indicators[indicator]
        stage = scope.stage if scope.stage in self.list_stages(other) else self.list_stages(other)[0]
        return self._compute(other, scope.groups, scope.source.period, stage).value

    def judge_units(self, profile: str, stage: str, scope: GroupScope) -> Truth:
        evaluation = self.find_profile(profile)
        if self.judge is None:
            raise ExpressionError(problem("needs_evaluations", function="passes"))
        return self.judge(self, evaluation, stage, scope)

    def count_failed(self, parts: Sequence[str], scope: GroupScope) -> Numbers:
        if self.count is None:
            raise ExpressionError(problem("needs_evaluations", function="count_failed"))
        evaluation = next(e for e in self.catalogue.evaluations.values() if e.alias and e.alias in parts)
        return self.count(self, evaluation, parts, scope)

    def find_units_in_scope(self, indicator: str, stage: str, scope: GroupScope) -> Mask:
        """Units of the first evaluation that uses the indicator of dispersion; all if none does."""
        for evaluation in self.catalogue.evaluations.values():
            for criterion in evaluation.criteria:
                for unit in evaluation.units:
                    if criterion.dispersion.get(unit.stage) == indicator and stage in ("", unit.stage):
                        return self.find_unit_schools(evaluation, unit.stage, scope.source)
        return np.ones(scope.source.length, dtype=bool)

    def find_unit_schools(self, evaluation: Evaluation, stage: str, source: UnitSource) -> Mask:
        """Schools whose part of a stage an evaluation judges."""
        return self.ask_unit_schools(evaluation, stage, source).yes

    def ask_unit_schools(self, evaluation: Evaluation, stage: str, source: UnitSource) -> Truth:
        """The same as an answer for every school: neither yes nor no where what decides on it is missing."""
        unit = next(unit for unit in evaluation.units if unit.stage == stage)
        expression = translate_keys(parse_expression(unit.schools), self.catalogue)
        return evaluate_truth(expression, UnitScope(source, limits=evaluation.limits))

    def find_profile(self, name: str) -> Evaluation:
        """An evaluation by id or alias. Raises ExpressionError if there is none."""
        for evaluation in self.catalogue.evaluations.values():
            if name in (evaluation.id, evaluation.alias):
                return evaluation
        raise ExpressionError(problem("no_evaluation", name=name, known=tuple(self.catalogue.evaluations)))

    def _compute_variants(self, indicator: Indicator, period: str, grouping: Grouping, stage: str) -> Figures:
        """Groups that the forms give cells of their own: each is computed over the whole."""
        variants = indicator.variants[grouping.by]
        whole = self._find_groups(period, Grouping(area=grouping.area))

        def compute_part(label: str) -> Figures:
            part = variants[label]
            formulas = {"numerator": part.numerator, "denominator": part.denominator}
            return self._evaluate(indicator.model_copy(update=formulas), whole, period, stage)

        return join_parts(self._compute(indicator, whole, period, stage), grouping, list(variants), compute_part)

    def _list_line_groups(self, indicator: Indicator, period: str, grouping: Grouping, stage: str) -> Sequence[str]:
        """The groups where it is lines of a list that are grouped; none where schools are."""
        by, source = grouping.by, self.open_period(period).source
        if not by or by in (self.catalogue.area_breakdown, "school") or source.find_attribute(by, 0) is not None:
            return ()
        texts = (text for text in (indicator.numerator, indicator.denominator) if text)
        sheets = [sheet for text in texts for sheet in list_aggregated(self.parse(text, stage))]
        found = (self._find_list_lines(sheet, source) for sheet in dict.fromkeys(sheets))
        lists = [lines for lines in found if lines is not None]
        return list_line_values(lists, by)

    def _find_list_lines(self, sheet: str, source: UnitSource) -> Lines | None:
        owner = self.catalogue.sheet_owners.get(sheet)
        if owner is None or not source.is_list(sheet):
            return None
        layout = self.catalogue.latest_layout(owner).find_sheet(sheet)
        if layout is not None and layout.school_key is not None:
            return None
        if self.catalogue.returns[owner].scope != "school":
            return source.list_district_lines(sheet)
        return source.find_lines(sheet, 0)

    def _carry_back(self, groups: Groups, period: str, before: str) -> Groups:
        """The groups of a period over the schools of one before it: schools by lineage, all else by that register."""
        view, by = self.open_period(before), groups.grouping.by
        if by == "school":
            traced = self.open_period(period).register.trace(view.register.day)
        elif by == SUCCESSION:
            traced = {label: split_succession(label) for label in groups.labels}
        else:
            return build_groups(self.catalogue, view.source, view.register, groups.grouping, labels=groups.labels)
        return carry_back(groups, period, view.source.schools, traced)

    def _compute_overlapping(self, indicator: Indicator, period: str, grouping: Grouping, stage: str) -> Figures:
        """Groups that share schools: each is computed by itself over its own."""
        schools = self._find_groups(period, Grouping(area=grouping.area))
        view = self.open_period(period)
        members = view.register.memberships.get(grouping.by, {})
        inside = [school for school, code in zip(view.source.schools, schools.codes, strict=True) if code >= 0]
        labels = sort_groups({group for school in inside for group in members.get(school) or (UNGROUPED,)})

        parts = [Grouping(area=grouping.area, within=(grouping.by, label)) for label in labels]
        figures = [self._compute(indicator, self._find_groups(period, part), period, stage) for part in parts]
        return join_groups(self._compute(indicator, schools, period, stage), grouping, labels, figures)

    def _compute_by_lines(
        self, indicator: Indicator, period: str, grouping: Grouping, stage: str, labels: Sequence[str]
    ) -> Figures:
        """Each group of lines computed over the whole."""
        whole = self._find_groups(period, Grouping(area=grouping.area))

        def compute_part(label: str) -> Figures:
            return self._evaluate(indicator, whole, period, stage, line_filter=spell_filter(grouping.by, label))

        return join_parts(self._compute(indicator, whole, period, stage), grouping, labels, compute_part)

    def _find_groups(self, period: str, grouping: Grouping) -> Groups:
        key = (period, grouping)
        if key not in self._groups:
            view = self.open_period(period)
            self._groups[key] = build_groups(self.catalogue, view.source, view.register, grouping)
        return self._groups[key]

    def _compute(self, indicator: Indicator, groups: Groups, period: str, stage: str) -> Figures:
        key = (indicator.id, stage, period, groups.grouping, groups.labels, groups.of)
        if key not in self._known:
            self._guard(indicator.id, stage, period)
            try:
                self._known[key] = self._evaluate(indicator, groups, period, stage)
            finally:
                self._open.pop()
        return self._known[key]

    def _guard(self, indicator: str, stage: str, period: str) -> None:
        if (indicator, stage, period) in self._open:
            raise ExpressionError(problem("rests_on_itself", name=indicator))
        self._open.append((indicator, stage, period))

    def _evaluate(
        self, indicator: Indicator, groups: Groups, period: str, stage: str, *, line_filter: LineFilter | None = None
    ) -> Figures:
        scope, coverage = self._build_scope(indicator, groups, period, stage)
        if not self._has_any(self._find_needs(indicator, stage), scope.source):
            unknown = np.full(groups.length, np.nan)
            return Figures(indicator, stage, period, groups, unknown, unknown, unknown, coverage)
        scope = replace(scope, line_filter=line_filter)
        numerator = evaluate_numbers(self.parse(indicator.numerator, stage), scope)
        if indicator.denominator:
            denominator = evaluate_numbers(self.parse(indicator.denominator, stage), scope)
            ratio = np.divide(
                numerator,
                denominator,
                out=np.full_like(numerator, np.nan),
                where=(denominator != 0) & ~np.isnan(denominator),
            )
        else:
            denominator, ratio = np.full_like(numerator, np.nan), numerator
        value = np.where(coverage.blind, np.nan, indicator.factor * ratio)
        return Figures(indicator, stage, period, groups, numerator, denominator, value, coverage)

    def _build_scope(
        self, indicator: Indicator, groups: Groups, period: str, stage: str
    ) -> tuple[GroupScope, Coverage]:
        view = self.open_period(period)
        coverage = self._find_coverage(self._find_needs(indicator, stage), groups, view)
        scope = GroupScope(
            self.catalogue, view.source, groups, coverage.included, self, indicator=indicator.id, stage=stage,
            limits=indicator.limits,
        )  # fmt: skip
        return scope, coverage

    def has_records(self, period: str) -> bool:
        """True if anything is accepted for the period."""
        if period not in self._filled:
            source = self.open_period(period).source
            self._filled[period] = any(source.list_blocks(return_id, 0) for return_id in self.catalogue.returns)
        return self._filled[period]

    def _has_any(self, needs: Needs, source: UnitSource) -> bool:
        """True if one of the returns that a formula rests on is there, or if it rests on none."""
        wanted = [*(need.return_id for need in needs.of_schools), *needs.bureau]
        return not wanted or any(source.list_blocks(return_id, 0) for return_id in wanted)

    def _find_needs(self, indicator: Indicator, stage: str) -> Needs:
        key = (indicator.id, stage, indicator.numerator)
        if key not in self._needs:
            self._needs[key] = find_needs(self.catalogue, self._list_formulas(indicator, stage))
        return self._needs[key]

    def _find_coverage(self, needs: Needs, groups: Groups, view: PeriodView) -> Coverage:
        """Indicators that rest on the same sheets have the same coverage."""
        key = (needs, view.period, groups.grouping, groups.labels, groups.of)
        if key not in self._coverages:
            self._coverages[key] = compute_coverage(self.catalogue, view.source, view.register, groups, needs)
        return self._coverages[key]

    def _list_formulas(self, indicator: Indicator, stage: str) -> list[Formula]:
        """The formulas of an indicator and of those it rests on, each with the stage it is for."""
        texts = (indicator.numerator, indicator.denominator)
        formulas = [(self.parse(text, stage), stage) for text in texts if text]
        for formula, _ in list(formulas):
            for other, chosen in self._list_behind(formula, stage):
                if other.id != indicator.id:
                    formulas += self._list_formulas(other, chosen)
        return formulas

    def _list_behind(self, formula: s.Expression, stage: str) -> Iterator[tuple[Indicator, str]]:
        """Indicators, with their stages, that a formula asks for by ind(…), or by passes(…) for an evaluation."""
        for part in s.find_parts(formula):
            if not isinstance(part, s.Call) or part.function not in ("ind", "passes"):
                continue
            names = [read_name(argument) for argument in part.arguments]
            if part.function == "ind" and names[0] in self.catalogue.indicators:
                yield from self._list_with_stages(names[0], stage)
            if part.function == "passes":
                for criterion in self.find_profile(names[0]).criteria:
                    if names[1] in criterion.indicators:
                        yield from self._list_with_stages(criterion.indicators[names[1]], names[1])

    def _list_with_stages(self, indicator_id: str, stage: str) -> Iterator[tuple[Indicator, str]]:
        indicator = self.catalogue.indicators[indicator_id]
        stages = self.list_stages(indicator)
        for chosen in (stage,) if stage in stages else stages:
            yield indicator, chosen

    def parse(self, text: str, stage: str) -> s.Expression:
        """A formula for a stage, keys of code lists replaced by codes."""
        spelled = text.replace("{stage}", stage)
        if spelled not in self._parsed:
            self._parsed[spelled] = translate_keys(parse_expression(spelled), self.catalogue)
        return self._parsed[spelled]

    def _build_source(self, period: str, register: RegisterView, schools: tuple[str, ...]) -> UnitSource:
        attributes = pick_attributes(register, schools, period)
        extra = {COLLECTION: self.collection} if self.collection is not None else {}
        return UnitSource(
            self.catalogue, period, schools, attributes, self.load, register=register, find_register=self.find_register,
            months_of=self.months_of, extra_lines=extra,
        )  # fmt: skip
