"""Expressions of indicators: one value a group, references being sums over the accepted returns of the group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Protocol

import numpy as np

from flows.indicators.dispersion import compute_dispersion
from flows.indicators.groups import Grouping, Groups
from flows.indicators.split import split_by_stage
from flows.sources import UnitSource
from schemas.catalogue import Catalogue
from schemas.errors import ExpressionError, problem
from schemas.expressions import syntax as s
from schemas.expressions.columns import Column, Mask, Numbers, Truth, holds_texts
from schemas.expressions.evaluate import AGGREGATES, apply_plain_function, evaluate_numbers, evaluate_truth
from schemas.expressions.expand import rebuild, spell_reference
from schemas.expressions.scope import Lines, LineScope, UnitScope, find_line_sheets, reduce_lines


class Surroundings(Protocol):
    """What a scope asks of the desk that computes indicators."""

    def step_back(self, scope: GroupScope, steps: int) -> GroupScope:
        """The same groups, one or more periods earlier."""
        ...

    def find_value(self, indicator: str, scope: GroupScope) -> Numbers:
        """Values of another indicator for the same groups and stage."""
        ...

    def judge_units(self, profile: str, stage: str, scope: GroupScope) -> Truth:
        """Whether each school passes the unit rule of an evaluation."""
        ...

    def count_failed(self, parts: Sequence[str], scope: GroupScope) -> Numbers:
        """How many requirements of an evaluation are not met."""
        ...

    def list_stages_behind(self, expression: s.Expression) -> tuple[str, ...]:
        """Stages of the staged indicators that an expression asks for by ind(…); none if it asks for none."""
        ...

    def find_units_in_scope(self, indicator: str, stage: str, scope: GroupScope) -> Mask:
        """Units that an evaluation lets into the dispersion of an indicator."""
        ...


@dataclass(frozen=True)
class GroupScope:
    """One value per group of schools."""

    catalogue: Catalogue
    source: UnitSource
    groups: Groups
    included: Mask
    desk: Surroundings
    indicator: str = ""
    stage: str = ""
    limits: Mapping[str, float | str] = field(default_factory=dict)
    line_filter: tuple[str, str] | None = None
    tolerance: float = 0.0

    @property
    def length(self) -> int:
        return self.groups.length

    @property
    def units(self) -> UnitScope:
        return UnitScope(self.source, limits=self.limits, tolerance=self.tolerance)

    def resolve_reference(self, reference: s.Reference) -> Column:
        owner = self.catalogue.sheet_owners.get(reference.sheet)
        if (
            owner is not None
            and self.catalogue.returns[owner].scope != "school"
            and not self.is_about_schools(reference.sheet)
        ):
            return self._read_district(reference, owner)
        column = self.units.resolve_reference(reference)
        if isinstance(column, Truth) or holds_texts(column):
            raise ExpressionError(problem("not_summed", ref=spell_reference(reference), position=reference.position))
        return self._sum_units(column)

    def resolve_set(self, reference: s.Reference) -> Sequence[Numbers]:
        return self.units.resolve_set(reference)

    def resolve_name(self, name: s.Name) -> Column:
        if name.id not in self.limits:
            raise ExpressionError(problem("no_indicator_limit", name=name.id, position=name.position))
        value = self.limits[name.id]
        return np.full(self.length, value, dtype=object if isinstance(value, str) else np.float64)

    def evaluate_where(self, where: s.Where) -> Numbers:
        values = evaluate_numbers(where.operand, self.units)
        chosen = self.answer(where.condition)
        return self._sum_units(
            np.where(chosen.yes, values, np.where(chosen.no, 0.0, np.nan)), only=chosen.yes | chosen.no
        )

    def evaluate_call(self, call: s.Call) -> Column:
        if call.function in self._FUNCTIONS:
            return self._FUNCTIONS[call.function](self, call)
        sheet = self.find_list(call)
        if sheet is not None:
            return self._aggregate_lines(call, sheet)
        return apply_plain_function(call, self)

    def sum_units(self, values: Numbers) -> Numbers:
        """The sum over the units of each group that is known; missing where no unit of the group is."""
        return self._sum_units(values)

    def count_units(self, chosen: Mask) -> Numbers:
        """How many units of each group are chosen."""
        counted = chosen & (self.groups.codes >= 0)
        return np.bincount(self.groups.codes[counted], minlength=self.length).astype(np.float64)

    def _sum_units(self, values: Numbers, *, only: Mask | None = None) -> Numbers:
        inside = (self.groups.codes >= 0) & self.included
        if only is not None:
            inside = inside & only
        known = inside & ~np.isnan(values)
        codes = self.groups.codes
        sums = np.bincount(codes[known], weights=values[known], minlength=self.length)
        counts = np.bincount(codes[known], minlength=self.length)
        is_empty = (self.groups.count_all() == 0) & ~self._is_untold()
        return np.where((counts > 0) | is_empty, sums, np.nan)

    def _is_untold(self) -> Mask:
        """Groups of a later period of which nothing can be told in this one: schools that have no counterpart."""
        untold: Mask = (self.groups.count_all() == 0) & bool(self.groups.of)
        return untold

    def is_about_schools(self, sheet: str) -> bool:
        """True if the lines of the sheet are each about one school."""
        layout = self.catalogue.latest_layout(self.catalogue.sheet_owners[sheet]).find_sheet(sheet)
        return layout is not None and layout.school_key is not None

    def _read_district(self, reference: s.Reference, owner: str) -> Numbers:
        """The bureau's own figure: it belongs to the whole district and to no part of it."""
        if not self.groups.grouping.is_whole:
            return np.full(self.length, np.nan)
        if self.source.is_list(reference.sheet):
            lines = self.source.list_district_lines(reference.sheet)
            return np.full(self.length, _sum_lines(lines, reference))
        return np.full(self.length, self.source.find_district_cell(spell_reference(reference), owner))

    def find_list(self, call: s.Call) -> str | None:
        """The list that an aggregate runs over; None for an aggregate of plain values."""
        if call.function not in AGGREGATES or not call.arguments:
            return None
        subject = call.arguments[0]
        if isinstance(subject, s.Name):
            return subject.id
        sheets = [reference.sheet for reference in s.find_references(subject)]
        return next((sheet for sheet in sheets if self._has_lines(sheet)), None)

    def _has_lines(self, sheet: str) -> bool:
        return self.source.is_list(sheet) or self.source.find_lines(sheet, 0) is not None

    def _aggregate_lines(self, call: s.Call, sheet: str) -> Numbers:
        """sum, count, avg, min or max over the lines of each group that meet the condition."""
        scope, codes = self.open_lines(sheet)
        if scope is None:
            return self._aggregate_single(call, sheet)
        chosen = codes >= 0
        if len(call.arguments) > 1:
            chosen &= evaluate_truth(call.arguments[1], scope).yes
        if self.line_filter is not None:
            chosen &= self._filter_lines(scope.lines)
        subject = call.arguments[0]
        values = np.ones(scope.length) if isinstance(subject, s.Name) else evaluate_numbers(subject, scope)
        values, codes = values[chosen], codes[chosen]
        if call.function in ("sum", "count"):
            known = ~np.isnan(values)
            reduced = reduce_lines(call.function, values[known], codes[known], self.length)
            is_known = self._is_reported(sheet) and self._is_grouped(sheet)
            return np.where(is_known & ~self._is_untold(), reduced, np.nan)
        return reduce_lines(call.function, values, codes, self.length)

    def _aggregate_single(self, call: s.Call, sheet: str) -> Numbers:
        """The same over a sheet of which there is one record only: the district's, or each school's."""
        owner = self.catalogue.sheet_owners.get(sheet)
        if owner is None:
            raise ExpressionError(problem("no_sheet_at", sheet=sheet, position=call.position))
        condition = call.arguments[1] if len(call.arguments) > 1 else None
        if condition is None:
            return self._count_records(owner)
        answer = evaluate_truth(qualify_names(condition, sheet), self.units)
        is_district = self.catalogue.returns[owner].scope != "school"
        if is_district and not self.groups.grouping.is_whole:
            return np.full(self.length, np.nan)
        if is_district:
            known = bool((answer.yes | answer.no).any())
            return np.full(self.length, float(bool(answer.yes.any())) if known else np.nan)
        return self.count_units(answer.yes & self.included)

    def _count_records(self, owner: str) -> Numbers:
        present = np.zeros(self.source.length, dtype=bool)
        for linked in self.source.list_links(owner, 0):
            present[linked.units] = True
        return self.count_units(present)

    def open_lines(self, sheet: str) -> tuple[LineScope | None, np.ndarray]:
        """The lines of a sheet and each line's group."""
        owner = self.catalogue.sheet_owners.get(sheet)
        about_district = (
            owner is not None
            and self.catalogue.returns[owner].scope != "school"
            and (self.groups.grouping.is_whole or not self.is_about_schools(sheet))
        )
        if about_district and self.source.is_list(sheet):
            lines = self.source.list_district_lines(sheet)
            scope = LineScope(self.units, sheet, lines)
            group = 0 if self.groups.grouping.is_whole else -1
            return scope, np.full(lines.length, group, dtype=np.int64)
        lines_or_none = self.source.find_lines(sheet, 0)
        if lines_or_none is None:
            return None, np.empty(0, dtype=np.int64)
        scope = LineScope(self.units, sheet, lines_or_none)
        codes = np.where(self.included[lines_or_none.unit], self.groups.codes[lines_or_none.unit], -1)
        return scope, codes

    def _filter_lines(self, lines: Lines) -> Mask:
        assert self.line_filter is not None
        name, wanted = self.line_filter
        column = lines.columns.get(name)
        if column is None:
            return np.ones(lines.length, dtype=bool)
        if isinstance(column, Truth) or column.dtype != object:
            return np.zeros(lines.length, dtype=bool)
        return np.array([(value or "") == wanted for value in column], dtype=bool)

    def _is_reported(self, sheet: str) -> bool:
        """True if anybody filed the return of the sheet: a list without lines then counts 0."""
        owner = self.catalogue.sheet_owners.get(sheet)
        return owner is None or bool(self.source.list_links(owner, 0))

    def _is_grouped(self, sheet: str) -> bool:
        """False for a list of the bureau that is not about schools: no part of it belongs to a group of schools."""
        owner = self.catalogue.sheet_owners.get(sheet)
        is_bureau = owner is not None and self.catalogue.returns[owner].scope != "school"
        return not is_bureau or self.groups.grouping.is_whole or self.is_about_schools(sheet)

    def answer(self, condition: s.Expression) -> Truth:
        """The answer to a condition for every unit; where it speaks of lines, one line that says yes is enough."""
        if isinstance(condition, s.Call) and condition.function == "passes":
            profile, stage = (read_name(argument) for argument in condition.arguments)
            return self.desk.judge_units(profile, stage, self)
        if any(isinstance(part, s.Call) and part.function == "ind" for part in s.find_parts(condition)):
            return evaluate_truth(condition, self._by_school())
        sheets = find_line_sheets(condition, self.source)
        if not sheets:
            return evaluate_truth(condition, self.units)
        scope = self.units.lines_of(sheets[0])
        answer = evaluate_truth(condition, scope)
        unit, length = scope.lines.unit, self.source.length
        yes = np.bincount(unit[answer.yes], minlength=length) > 0
        no = (np.bincount(unit[answer.no], minlength=length) > 0) & ~yes
        return Truth(yes, no)

    def _by_school(self) -> GroupScope:
        """The same with every school a group of its own: an indicator's value is then the school's."""
        everyone = np.arange(self.source.length, dtype=np.int64)
        return replace(self, groups=Groups(Grouping(by="school"), tuple(self.source.schools), everyone))

    def _look_back(self, call: s.Call) -> Numbers:
        steps = call.arguments[1] if len(call.arguments) > 1 else s.Number(1)
        assert isinstance(steps, s.Number)
        return evaluate_numbers(call.arguments[0], self.desk.step_back(self, int(steps.value)))

    def _grow(self, call: s.Call) -> Numbers:
        now, before = evaluate_numbers(call.arguments[0], self), self._look_back(call)
        return np.divide(now - before, before, out=np.full_like(now, np.nan), where=(before != 0) & ~np.isnan(before))

    def _find_indicator(self, call: s.Call) -> Numbers:
        return self.desk.find_value(read_name(call.arguments[0]), self)

    def _count_schools(self, call: s.Call) -> Numbers:
        return self.count_units(self.answer(call.arguments[0]).yes & self.included)

    def _split(self, call: s.Call) -> Numbers:
        return self._sum_units(
            split_by_stage(call.arguments[0], read_name(call.arguments[1]), self.units, self.catalogue)
        )

    def _disperse(self, call: s.Call) -> Numbers:
        quantity, size = (self.read_units(argument) for argument in call.arguments)
        inside = self.included & self.desk.find_units_in_scope(self.indicator, self.stage, self)
        return compute_dispersion(quantity, size, np.where(inside, self.groups.codes, -1), self.length)

    def read_units(self, expression: s.Expression) -> Numbers:
        """An expression's value for every unit, splits included."""
        if isinstance(expression, s.Call) and expression.function == "split":
            stage = read_name(expression.arguments[1])
            return split_by_stage(expression.arguments[0], stage, self.units, self.catalogue)
        return evaluate_numbers(expression, self.units)

    def _all_true(self, call: s.Call) -> Truth:
        """Every condition holds; one that rests on an indicator by stage must hold for each stage that has a value."""
        answers = [self._answer_by_stage(argument) for argument in call.arguments]
        yes = np.logical_and.reduce([answer.yes for answer in answers])
        return Truth(yes, np.logical_or.reduce([answer.no for answer in answers]))

    def _answer_by_stage(self, condition: s.Expression) -> Truth:
        stages = () if self.stage else self.desk.list_stages_behind(condition)
        if not stages:
            return evaluate_truth(condition, self)
        answers = [evaluate_truth(condition, replace(self, stage=stage)) for stage in stages]
        no = np.logical_or.reduce([answer.no for answer in answers])
        return Truth(np.logical_or.reduce([answer.yes for answer in answers]) & ~no, no)

    def _count_failed(self, call: s.Call) -> Numbers:
        return self.desk.count_failed([read_name(argument) for argument in call.arguments], self)

    _FUNCTIONS: ClassVar[Mapping[str, Callable[[GroupScope, s.Call], Column]]] = {
        "prev": _look_back,
        "growth": _grow,
        "ind": _find_indicator,
        "count_schools": _count_schools,
        "split": _split,
        "cv": _disperse,
        "all_true": _all_true,
        "count_failed": _count_failed,
    }


def read_name(argument: s.Expression) -> str:
    if isinstance(argument, s.Name):
        return argument.id
    if isinstance(argument, s.Text):
        return argument.value
    raise ExpressionError(problem("name_needed"))


def _sum_lines(lines: Lines, reference: s.Reference) -> float:
    assert isinstance(reference.column, s.One)
    column = lines.columns[reference.column.id]
    if holds_texts(column):
        raise ExpressionError(problem("not_summed", ref=spell_reference(reference), position=reference.position))
    return float(np.nansum(column)) if lines.length else np.nan


def qualify_names(condition: s.Expression, sheet: str) -> s.Expression:
    """Bare names in a condition over one record are its fields."""

    def change(part: s.Expression) -> s.Expression | None:
        return s.Reference(sheet, None, s.One(part.id), part.position) if isinstance(part, s.Name) else None

    return rebuild(condition, change)
