"""Whether definitions name only what is there: code lists, fields, periods, indicators, and the names in formulas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from schemas.check_kinds import CELL_KINDS, DISTRICT_KINDS, OTHER_KINDS
from schemas.check_messages import refuse_claimed_twice, refuse_unfilled
from schemas.definitions.checks import Check
from schemas.definitions.evaluations import Evaluation, Switch
from schemas.definitions.indicators import Indicator, Variant
from schemas.definitions.returns import (
    Form,
    LineageRoles,
    ListSheet,
    MembershipRoles,
    PeriodType,
    RegisterRoles,
    Return,
)
from schemas.errors import DefinitionError, ExpressionError, located, problem
from schemas.expressions import syntax as s
from schemas.expressions.expand import match_selector
from schemas.expressions.functions import FUNCTIONS
from schemas.expressions.parse import parse_expression
from schemas.forms import judge_forms
from schemas.layout import SheetLayout
from schemas.periods import PeriodError, find_period_type

if TYPE_CHECKING:
    from schemas.catalogue import Catalogue

COLLECTION = "collection"
"""A sheet that no return has: what the product itself counts of a collection."""

PERIOD_ATTRIBUTES = frozenset({"period_month"})
"""What conditions may ask beside the fields of the register."""


RESERVED_BREAKDOWNS = ("school", "stage", "succession")
"""Breakdowns that are no attribute of a school."""


def refuse_stray_names(catalogue: Catalogue) -> None:
    """Raise DefinitionError at the first definition that names something by an id that nothing has."""
    numbers: dict[str, str] = {}
    for definition in catalogue.returns.values():
        with located(file=catalogue.files[definition.id]):
            _judge_return(definition, catalogue)
            first = numbers.setdefault(definition.no, definition.id)
            if first != definition.id:
                raise DefinitionError(problem("number_taken", number=definition.no, owner=first), key="no")
    for name in sorted(catalogue.overlapping - set(catalogue.groupings)):
        known = tuple(catalogue.groupings)
        raise DefinitionError(problem("no_grouping", name=name, known=known), file="[tool.huizong]", key="overlapping")
    for entry in catalogue.checks.values():
        with located(file=entry.file, key=entry.code):
            _judge_check(entry.check)
    refuse_claimed_twice(catalogue.checks.values())
    for kind, name in catalogue.places:
        with located(file=catalogue.places[kind, name], key=name):
            _refuse_unknown_indicators(catalogue, _list_indicators_named(catalogue, kind, name))


def refuse_stray_references(catalogue: Catalogue) -> None:
    """Raise DefinitionError at the first formula that cannot be read, or speaks of a cell that no return has."""
    attributes = list_attributes(catalogue)
    for definition in catalogue.returns.values():
        with located(file=catalogue.files[definition.id]):
            for key, text in _list_conditions(definition):
                with located(key=key):
                    refuse_unknown_attributes(parse_expression(text), attributes)
    for (kind, name), file in catalogue.places.items():
        with located(file=file, key=name):
            for text in _list_formulas(catalogue, kind, name):
                refuse_unknown_parts(parse_expression(text), catalogue)


def refuse_unknown_parts(expression: s.Expression, catalogue: Catalogue) -> None:
    """Raise ExpressionError where the expression names a cell, a function or an indicator that is not there."""
    for part in s.find_parts(expression):
        if isinstance(part, s.Reference) and part.sheet != COLLECTION:
            _find_cells(part, catalogue)
        if isinstance(part, s.Call):
            refuse_unknown_function(part, FUNCTIONS)
            if part.function == "ind" and part.arguments and isinstance(part.arguments[0], s.Name):
                _refuse_unknown_indicators(catalogue, [part.arguments[0].id])


def refuse_unknown_attributes(expression: s.Expression, attributes: frozenset[str]) -> None:
    """Raise ExpressionError for a name that no attribute of a school has."""
    for part in s.find_parts(expression):
        if isinstance(part, s.Name) and part.id not in attributes:
            raise ExpressionError(problem("no_attribute", name=part.id, position=part.position))


def refuse_unknown_function(call: s.Call, known: frozenset[str]) -> None:
    """Raise ExpressionError for a function that is not among those known, or is given nothing."""
    if call.function not in known:
        raise ExpressionError(problem("no_function", function=call.function, position=call.position))
    if not call.arguments:
        raise ExpressionError(problem("no_arguments", function=call.function, position=call.position))


def pick_switches(evaluation: Evaluation, names: Sequence[str]) -> list[Switch]:
    """The switches named, in the order of the profile. Raises DefinitionError for a name that is none of them."""
    known = [switch.id for switch in evaluation.switches]
    for name in names:
        if name not in known:
            raise DefinitionError(problem("no_switch", name=name, known=tuple(known)), key=evaluation.id)
    return [switch for switch in evaluation.switches if switch.id in names]


def list_attributes(catalogue: Catalogue) -> frozenset[str]:
    """What conditions may ask of a school: the fields of the register's list, and the groups it belongs to."""
    return PERIOD_ATTRIBUTES | _list_register_fields(catalogue.register) | frozenset(catalogue.groupings)


def _list_register_fields(register: Return | None) -> frozenset[str]:
    sheet = register.find_sheet(register.roles.sheet) if register and register.roles else None
    return frozenset(sheet.fields if isinstance(sheet, ListSheet) else ())


def _judge_return(definition: Return, catalogue: Catalogue) -> None:
    for form in definition.forms:
        _judge_form(form, definition)
        _refuse_taken_sheets(form, definition, catalogue)
        _refuse_unknown_codelists(catalogue.build_layout(definition.id, form.version).sheets, catalogue)
    judge_forms(definition, partial(catalogue.build_layout, definition.id))
    for sheet in definition.sheets:
        if sheet.id in (COLLECTION, catalogue.cover.id, catalogue.notes.id):
            raise DefinitionError(problem("sheet_taken", sheet=sheet.id, owner="huizong"), key=f"sheets.{sheet.id}")
        if isinstance(sheet, ListSheet):
            _judge_list(sheet, definition)
    if definition.roles:
        _judge_roles(definition.roles, definition)
        _refuse_taken_groupings(catalogue)


def _judge_form(form: Form, definition: Return) -> None:
    for key, period in [("since", form.since), *(("accepted_for", period) for period in form.accepted_for)]:
        _refuse_wrong_period(period, definition, f"forms.{form.version}.{key}")
    sheets = {sheet.id for sheet in definition.sheets}
    named = [text.partition("[")[0].partition(".")[0] for text in (*form.omits, *form.labels)]
    for sheet in (*named, *form.names):
        if sheet not in sheets:
            raise DefinitionError(problem("no_sheet", sheet=sheet), key=f"forms.{form.version}")


def _refuse_taken_sheets(form: Form, definition: Return, catalogue: Catalogue) -> None:
    """Sheets that only an earlier form has are stored like all others: their ids belong to one return."""
    for sheet in form.sheets:
        owners = {r.id for r in catalogue.returns.values() if any(sheet.id == s.id for f in r.forms for s in f.sheets)}
        owners |= {catalogue.sheet_owners.get(sheet.id, definition.id)}
        if owners != {definition.id}:
            raise DefinitionError(
                problem("sheet_taken", sheet=sheet.id, owner=min(owners - {definition.id})),
                key=f"forms.{form.version}.sheets.{sheet.id}",
            )


def _refuse_wrong_period(period: str, definition: Return, key: str) -> None:
    with located(key=key):
        if _read_period_type(period) != definition.period:
            expected = problem(f"period_{definition.period}")
            raise DefinitionError(problem("wrong_period_type", period=period, expected=expected))


def _read_period_type(period: str) -> PeriodType:
    try:
        return find_period_type(period)
    except PeriodError:
        raise DefinitionError(problem("no_period", period=period)) from None


def _refuse_unknown_codelists(sheets: Iterable[SheetLayout], catalogue: Catalogue) -> None:
    for cell in (cell for sheet in sheets for cell in sheet.cells):
        if cell.type == "code" and not cell.codelist:
            raise DefinitionError(problem("code_without_list"), key=cell.ref)
        if cell.codelist and cell.codelist not in catalogue.codelists:
            raise DefinitionError(problem("no_codelist", name=cell.codelist), key=cell.ref)


def _judge_list(sheet: ListSheet, definition: Return) -> None:
    _refuse_unknown_fields(sheet.key, sheet, "key")
    _refuse_unknown_fields([sheet.school_key] if sheet.school_key else [], sheet, "school_key")
    if sheet.stages is not None:
        other = definition.find_sheet(sheet.stages.sheet) if sheet.stages.sheet else sheet
        if not isinstance(other, ListSheet):
            raise DefinitionError(problem("no_sheet", sheet=sheet.stages.sheet), key=f"sheets.{sheet.id}.stages.sheet")
        _refuse_unknown_fields([sheet.stages.field], other, "stages.field")
        for place in (sheet, other) if sheet.stages.by else ():
            _refuse_unknown_fields([sheet.stages.by or ""], place, "stages.by")


def _refuse_unknown_fields(names: Iterable[str], sheet: ListSheet, key: str) -> None:
    for name in names:
        if name not in sheet.fields:
            raise DefinitionError(
                problem("no_line", line=name, known=tuple(sheet.fields)), key=f"sheets.{sheet.id}.{key}"
            )


def _judge_roles(roles: RegisterRoles, definition: Return) -> None:
    single = [
        roles.school, roles.name, roles.area, roles.valid_from, roles.valid_to, roles.status, roles.successor,
        roles.expects,
    ]  # fmt: skip
    optional = [name for name in (roles.type, roles.district) if name]
    _judge_role_fields(definition, roles.sheet, [*single, *optional, *roles.names, *roles.contact, *roles.derived])
    beside: list[MembershipRoles | LineageRoles | None] = [roles.membership, roles.lineage]
    for part in beside:
        if part is not None:
            fields = part.model_dump()
            _judge_role_fields(definition, fields.pop("sheet"), fields.values())


def _judge_role_fields(definition: Return, sheet_id: str, names: Iterable[str]) -> None:
    sheet = definition.find_sheet(sheet_id)
    if not isinstance(sheet, ListSheet):
        raise DefinitionError(problem("no_sheet", sheet=sheet_id), key="roles.sheet")
    for name in names:
        if name not in sheet.fields:
            raise DefinitionError(problem("no_line", line=name, known=tuple(sheet.fields)), key="roles")


def _refuse_taken_groupings(catalogue: Catalogue) -> None:
    """A grouping is called by a name that expressions can use and nothing else has."""
    taken = {*RESERVED_BREAKDOWNS, catalogue.area_breakdown, *_list_register_fields(catalogue.register)}
    for name in catalogue.groupings:
        if not name.isidentifier() or name in taken:
            raise DefinitionError(
                problem("grouping_name", name=name, known=tuple(sorted(taken))), key="roles.membership"
            )


def _judge_check(check: Check) -> None:
    kinds = (*CELL_KINDS, *sorted({*OTHER_KINDS, *DISTRICT_KINDS}))
    if check.kind not in kinds:
        raise DefinitionError(problem("no_check_kind", kind=check.kind, known=kinds))
    refuse_unfilled(check)
    if check.kind in DISTRICT_KINDS:
        _refuse_missing_parts(check)
    for period in (check.since, check.until):
        if period is not None:
            _read_period_type(period)


def _refuse_missing_parts(check: Check) -> None:
    """Raise DefinitionError where a kind of check on the district is not given what it judges by."""
    kind = DISTRICT_KINDS[check.kind]
    for place, wanted, given in (
        ("parameters", kind.parameters, check.parameters), ("limits", kind.limits, check.limits),
    ):  # fmt: skip
        for name in sorted(wanted - set(given)):
            raise DefinitionError(problem("missing_key"), key=f"{check.code}.{place}.{name}")


def _list_indicators_named(catalogue: Catalogue, kind: str, name: str) -> Iterator[str]:
    if kind == "target_set":
        yield from (target.indicator for target in catalogue.target_sets[name].targets)
    if kind == "evaluation":
        evaluation = catalogue.evaluations[name]
        for criterion in evaluation.criteria:
            yield from (*criterion.indicators.values(), *criterion.dispersion.values())
        for switch in evaluation.switches:
            yield from (*switch.indicators, *switch.indicators.values())


def _refuse_unknown_indicators(catalogue: Catalogue, names: Iterable[str]) -> None:
    for name in names:
        if name not in catalogue.indicators:
            raise ExpressionError(problem("no_indicator", name=name))


def _list_conditions(definition: Return) -> Iterator[tuple[str, str]]:
    """Key and text of every condition over the attributes of a school."""
    if definition.expected:
        yield "expected", definition.expected
    for sheet in definition.sheets:
        if sheet.applies:
            yield f"sheets.{sheet.id}.applies", sheet.applies
        lines = {**getattr(sheet, "fields", {}), **getattr(sheet, "rows", {}), **getattr(sheet, "columns", {})}
        for line_id, line in lines.items():
            if line.applies:
                yield f"sheets.{sheet.id}.{line_id}.applies", line.applies
    for name, cases in definition.roles.derived.items() if definition.roles else ():
        yield from ((f"roles.derived.{name}", text) for text in cases.values())


def _list_formulas(catalogue: Catalogue, kind: str, name: str) -> Iterator[str]:
    if kind == "indicator":
        indicator = catalogue.indicators[name]
        for stage in indicator.stages or ("",):
            yield from (text.replace("{stage}", stage) for text in _list_indicator_formulas(indicator))
    if kind == "evaluation":
        yield from _list_evaluation_formulas(catalogue.evaluations[name])


def _list_indicator_formulas(indicator: Indicator) -> Iterator[str]:
    formulas: list[Indicator | Variant] = [indicator]
    formulas += [variant for groups in indicator.variants.values() for variant in groups.values()]
    for place in formulas:
        yield from (text for text in (place.numerator, place.denominator) if text)


def _list_evaluation_formulas(evaluation: Evaluation) -> Iterator[str]:
    for unit in evaluation.units:
        yield from (unit.schools, unit.size)
    for requirement in evaluation.requirements:
        own = (requirement.known, requirement.met, requirement.schools, requirement.value)
        yield from (text for text in own if text)
        yield from (figure.value for figure in requirement.figures)
        for measure in requirement.measures:
            yield from (text for text in (measure.value, measure.at_least, measure.at_most) if text)
    yield from (switch.condition for switch in evaluation.switches if switch.condition)


def _find_cells(reference: s.Reference, catalogue: Catalogue) -> None:
    """Raise ExpressionError where no return has the sheet, or the sheet not the row or column."""
    owner = catalogue.sheet_owners.get(reference.sheet)
    sheet = catalogue.latest_layout(owner).find_sheet(reference.sheet) if owner else None
    if sheet is None:
        raise ExpressionError(problem("no_sheet", sheet=reference.sheet))
    columns = sheet.rows if sheet.kind == "items" else sheet.columns
    match_selector(reference.column, [head.id for head in columns])
    if reference.row is not None:
        match_selector(reference.row, [head.id for head in sheet.rows] if sheet.kind == "matrix" else [])
    elif sheet.kind == "matrix":
        raise ExpressionError(problem("matrix_without_row", sheet=reference.sheet))
