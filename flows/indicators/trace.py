"""From a figure back to what it was reckoned from: every cell and line that its formulas read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from flows.indicators.desk import Desk
from flows.indicators.group_scope import GroupScope, qualify_names, read_name
from flows.indicators.groups import Grouping
from flows.sources import AcceptedBlock
from schemas.definitions.evaluations import Evaluation
from schemas.definitions.indicators import Indicator
from schemas.expressions import syntax as s
from schemas.expressions.columns import Mask
from schemas.expressions.evaluate import evaluate_truth
from schemas.expressions.expand import spell_reference
from schemas.expressions.scope import Lines


@dataclass(frozen=True, slots=True)
class Contribution:
    """A cell that a figure rests on. `line` is a list's row; `submission` is None for what the run counts."""

    part: str
    school: str
    return_id: str
    period: str
    submission: int | None
    ref: str
    line: int | None
    value: float | str | None


def trace_figure(desk: Desk, indicator: Indicator, period: str, grouping: Grouping, stage: str) -> list[Contribution]:
    """What the figure of the (first) group of a grouping rests on, part by part, school by school, without repeats.

    Sums come as their cells, counts of lines as the lines counted, ratios of schools as what decides on each school.
    """
    scope = desk.open_scope(indicator, period, grouping, stage)
    found: dict[Contribution, None] = {}
    for part, text in (("numerator", indicator.numerator), ("denominator", indicator.denominator)):
        if text:
            walk = _Walk(desk, part, scope, scope.included & (scope.groups.codes == 0))
            found |= dict.fromkeys(walk.visit(desk.parse(text, stage)))
    return sorted(found, key=_order)


def _order(contribution: Contribution) -> tuple[object, ...]:
    c = contribution
    return (c.part != "numerator", c.school, c.return_id, c.period, c.submission or 0, c.line or 0, c.ref)


@dataclass(frozen=True)
class _Walk:
    """One walk over a formula; `chosen` are the units that count at this point of it."""

    desk: Desk
    part: str
    scope: GroupScope
    chosen: Mask

    def visit(self, expression: s.Expression) -> Iterator[Contribution]:
        if isinstance(expression, s.Reference):
            yield from self._visit_reference(expression)
        elif isinstance(expression, s.Where):
            answer = self.scope.answer(expression.condition)
            yield from self._narrow(answer.yes).visit(expression.operand)
        elif isinstance(expression, s.Name):
            yield from self._visit_attribute(expression)
        elif isinstance(expression, s.Call):
            yield from _VISITORS.get(expression.function, _Walk._visit_call)(self, expression)
        else:
            for child in s.find_children(expression):
                yield from self.visit(child)

    def _narrow(self, chosen: Mask) -> _Walk:
        return replace(self, chosen=self.chosen & chosen)

    def _visit_call(self, call: s.Call) -> Iterator[Contribution]:
        sheet = self.scope.find_list(call)
        if sheet is not None:
            yield from self._visit_aggregate(call, sheet)
            return
        for argument in call.arguments:
            yield from self.visit(argument)

    def _visit_reference(self, reference: s.Reference) -> Iterator[Contribution]:
        catalogue, source = self.scope.catalogue, self.scope.source
        owner = catalogue.sheet_owners.get(reference.sheet)
        if owner is None:
            return
        is_district = catalogue.returns[owner].scope != "school"
        if source.is_list(reference.sheet):
            yield from self._list_lines(reference.sheet, None, reference)
        elif is_district and not self.scope.is_about_schools(reference.sheet):
            for accepted in source.list_blocks(owner, 0):
                yield from self._list_own_cells(accepted, reference, owner)
        else:
            yield from self._list_cells(reference, owner)

    def _list_cells(self, reference: s.Reference, owner: str) -> Iterator[Contribution]:
        """The cell of every school that counts, in each return filed for a part of the period."""
        ref = spell_reference(reference)
        for linked in self.scope.source.list_links(owner, 0):
            column = linked.block.find_column(ref)
            if column is None:
                continue
            for unit, row in zip(linked.units.tolist(), linked.rows.tolist(), strict=True):
                value = _unwrap(column[row])
                if self.chosen[unit] and value is not None:
                    submission = linked.block.submissions[row]
                    yield self._contribute(linked.schools[row], owner, linked.period, submission, ref, None, value)

    def _list_own_cells(self, accepted: AcceptedBlock, reference: s.Reference, owner: str) -> Iterator[Contribution]:
        """The cell of the district's own return, or of each section's."""
        ref = spell_reference(reference)
        column = accepted.block.find_column(ref)
        if column is None:
            return
        for row, filer in enumerate(accepted.schools):
            value = _unwrap(column[row])
            if value is not None:
                yield self._contribute(filer, owner, accepted.period, accepted.block.submissions[row], ref, None, value)

    def _visit_aggregate(self, call: s.Call, sheet: str) -> Iterator[Contribution]:
        condition = call.arguments[1] if len(call.arguments) > 1 else None
        subject = call.arguments[0]
        if self.scope.open_lines(sheet)[0] is None:
            narrowed = (
                self if condition is None else self._narrow(self.scope.answer(qualify_names(condition, sheet)).yes)
            )
            yield from narrowed.visit(condition if condition is not None else subject)
            return
        named = [r for e in (subject, condition) if e is not None for r in s.find_references(e) if r.sheet == sheet]
        yield from self._list_lines(sheet, condition, named[0] if named else None)

    def _list_lines(
        self, sheet: str, condition: s.Expression | None, reference: s.Reference | None
    ) -> Iterator[Contribution]:
        """The lines that meet the condition, shown at the field of the reference or at their first."""
        scope, codes = self.scope.open_lines(sheet)
        owner = self.scope.catalogue.sheet_owners.get(sheet)
        if scope is None or owner is None:
            return
        kept = (codes == 0) & self._keep_lines(scope.lines)
        if condition is not None:
            kept &= evaluate_truth(condition, scope).yes
        name = _find_field(reference, condition, scope.lines)
        for position in np.nonzero(kept)[0].tolist():
            yield self._contribute_line(sheet, owner, scope.lines, position, name)

    def _keep_lines(self, lines: Lines) -> Mask:
        """Lines of the units that count; all of them where the lines belong to the district."""
        units = self.scope.source.length
        if lines.length and (not units or not self.scope.groups.grouping.is_whole or len(set(lines.unit.tolist())) > 1):
            return self.chosen[lines.unit] if units else np.ones(lines.length, dtype=bool)
        return np.ones(lines.length, dtype=bool)

    def _contribute_line(self, sheet: str, owner: str, lines: Lines, position: int, name: str) -> Contribution:
        submission = int(lines.submission[position]) if lines.submission is not None else None
        layout = self.scope.catalogue.latest_layout(owner).find_sheet(sheet)
        is_about_school = layout is not None and layout.school_key is not None
        value = _unwrap(lines.columns[name][position]) if name in lines.columns else None
        school = ""
        if is_about_school and layout is not None and layout.school_key is not None:
            school = str(lines.columns[layout.school_key][position])
        elif self.scope.catalogue.returns[owner].scope == "school":
            school = self.scope.source.schools[int(lines.unit[position])]
        row = int(lines.row[position])
        return self._contribute(
            school, owner, self.scope.source.period, submission, f"{sheet}.{name}", row if row >= 0 else None, value
        )

    def _visit_attribute(self, name: s.Name) -> Iterator[Contribution]:
        """An attribute of the register: the schools' lines there."""
        register = self.scope.catalogue.register
        if register is None or register.roles is None or self.scope.source.find_attribute(name.id, 0) is None:
            return
        lines = self.scope.source.find_lines(register.roles.sheet, 0)
        if lines is None or name.id not in lines.columns:
            return
        for position in np.nonzero(self.chosen[lines.unit])[0].tolist():
            yield self._contribute_line(register.roles.sheet, register.id, lines, position, name.id)

    def _visit_earlier(self, call: s.Call) -> Iterator[Contribution]:
        steps = call.arguments[1] if len(call.arguments) > 1 else s.Number(1)
        assert isinstance(steps, s.Number)
        earlier = self.desk.step_back(self.scope, int(steps.value))
        if call.function == "growth":
            yield from self.visit(call.arguments[0])
        chosen = earlier.included & (earlier.groups.codes == 0)
        yield from replace(self, scope=earlier, chosen=chosen).visit(call.arguments[0])

    def _visit_indicator(self, call: s.Call) -> Iterator[Contribution]:
        yield from self._walk_indicator(read_name(call.arguments[0]), self.scope.stage)

    def _walk_indicator(self, indicator_id: str, stage: str) -> Iterator[Contribution]:
        indicator = self.desk.catalogue.indicators[indicator_id]
        stages = self.desk.list_stages(indicator)
        for own in (stage,) if stage in stages else stages:
            grouping = self.scope.groups.grouping
            scope = self.desk.open_scope(indicator, self.scope.source.period, grouping, own)
            walk = replace(self, scope=scope, chosen=self.chosen & scope.included)
            for text in (indicator.numerator, indicator.denominator):
                if text:
                    yield from walk.visit(self.desk.parse(text, own))

    def _visit_schools(self, call: s.Call) -> Iterator[Contribution]:
        condition = call.arguments[0]
        yield from self._narrow(self.scope.answer(condition).yes).visit(condition)

    def _visit_passes(self, call: s.Call) -> Iterator[Contribution]:
        profile, stage = (read_name(argument) for argument in call.arguments)
        yield from self._walk_criteria(self.desk.find_profile(profile), stage)

    def _visit_failed(self, call: s.Call) -> Iterator[Contribution]:
        parts = [read_name(argument) for argument in call.arguments]
        for evaluation in self.desk.catalogue.evaluations.values():
            if evaluation.alias in parts:
                for unit in evaluation.units:
                    yield from self._walk_criteria(evaluation, unit.stage)

    def _walk_criteria(self, evaluation: Evaluation, stage: str) -> Iterator[Contribution]:
        for criterion in evaluation.criteria:
            if stage in criterion.indicators:
                yield from self._walk_indicator(criterion.indicators[stage], stage)

    def _contribute(
        self,
        school: str,
        owner: str,
        period: str,
        submission: int | None,
        ref: str,
        line: int | None,
        value: float | str | None,
    ) -> Contribution:
        return Contribution(self.part, school, owner, period, submission, ref, line, value)


_VISITORS: dict[str, Callable[[_Walk, s.Call], Iterator[Contribution]]] = {
    "prev": _Walk._visit_earlier,  # noqa: SLF001  the class's own table
    "growth": _Walk._visit_earlier,  # noqa: SLF001
    "ind": _Walk._visit_indicator,  # noqa: SLF001
    "count_schools": _Walk._visit_schools,  # noqa: SLF001
    "passes": _Walk._visit_passes,  # noqa: SLF001
    "count_failed": _Walk._visit_failed,  # noqa: SLF001
}


def _find_field(reference: s.Reference | None, condition: s.Expression | None, lines: Lines) -> str:
    if reference is not None and isinstance(reference.column, s.One):
        return reference.column.id
    names = [part.id for part in s.find_parts(condition) if isinstance(part, s.Name)] if condition is not None else []
    return next((name for name in names if name in lines.columns), next(iter(lines.columns), ""))


def _unwrap(value: Any) -> float | str | None:
    if value is None or isinstance(value, str):
        return value
    number = float(value)
    return None if np.isnan(number) else number
