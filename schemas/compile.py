"""Checks as written → rules over single cells of one form, every name in them resolved."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from schemas.catalogue import Catalogue, CheckEntry
from schemas.check_kinds import DISTRICT_KINDS
from schemas.definitions.checks import LEVELS, Check
from schemas.errors import DefinitionError, ExpressionError, located, problem
from schemas.expressions import syntax as s
from schemas.expressions.evaluate import AGGREGATES
from schemas.expressions.expand import CellState, Instance, expand_rule, rebuild, settle_like, spell_reference
from schemas.expressions.functions import CHECK_FUNCTIONS
from schemas.expressions.parse import parse_expression, parse_printed
from schemas.expressions.peers import PEER_FUNCTIONS
from schemas.expressions.printed import spell_out_printed
from schemas.layout import Cell, FormLayout, SheetLayout
from schemas.references import refuse_stray_references, refuse_unknown_function, refuse_unknown_parts
from schemas.sheet_parameters import refuse_stray_sheet_formulas


@dataclass(frozen=True, slots=True)
class Rule:
    """One formula of a check for one row and column."""

    expression: s.Expression
    when: s.Expression | None
    references: tuple[str, ...]
    mark: str | None
    list_sheet: str | None
    labels: Mapping[str, str]
    tolerance: float
    values: Mapping[str, s.Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CompiledCheck:
    """A check ready to run over submissions of one form."""

    entry: CheckEntry
    rules: tuple[Rule, ...]
    other_returns: frozenset[str] = frozenset()
    looks_back: bool = False
    looks_around: bool = False
    """It compares with other schools: what it finds may change with every return that comes in."""

    @property
    def check(self) -> Check:
        return self.entry.check

    @property
    def code(self) -> str:
        return self.entry.check.code


def compile_checks(catalogue: Catalogue, layout: FormLayout) -> tuple[CompiledCheck, ...]:
    """All formula checks that judge a return on a form, in the order they run.

    Raises DefinitionError with file and code where a check cannot be understood.
    """
    key = ("checks", layout.return_id, layout.version)
    return catalogue.work_out_once(key, lambda: tuple(_compile_all(catalogue, layout)))


def _compile_all(catalogue: Catalogue, layout: FormLayout) -> Iterator[CompiledCheck]:
    entries = [entry for entry in catalogue.checks.values() if judges_return(entry, layout.return_id)]
    entries.sort(key=lambda entry: (LEVELS.index(entry.check.level), entry.code))
    yield from (compile_check(entry, catalogue, layout) for entry in entries if entry.check.kind == "formula")


def judges_return(entry: CheckEntry, return_id: str) -> bool:
    """True if rules of the check may have submissions of that return as their units."""
    if entry.check.returns:
        return return_id in entry.check.returns
    return entry.return_id in (None, return_id)


def list_dependents(catalogue: Catalogue, return_ids: Collection[str], *, around: bool = False) -> frozenset[str]:
    """Returns whose checks look at any of these: in the same period, or themselves, looked at from later periods.

    With `around`, those that have a check which compares schools with one another by any of these.
    """
    found: set[str] = set() if around else set(return_ids) & set(catalogue.returns)
    for return_id in catalogue.returns:
        for check in compile_checks(catalogue, catalogue.latest_layout(return_id)):
            own = return_id in return_ids and check.looks_around
            if check.looks_around == around and (own or check.other_returns & set(return_ids)):
                found.add(return_id)
    return frozenset(found)


def compile_check(entry: CheckEntry, catalogue: Catalogue, layout: FormLayout) -> CompiledCheck:
    """One check for one form. Raises DefinitionError with file and code."""
    names = Names(catalogue, layout)
    try:
        rules = tuple(_compile_rules(entry.check, names))
    except ExpressionError as error:
        raise error.located(file=entry.file, key=entry.code) from None
    mentioned = [part for rule in rules for part in s.find_parts(rule.expression)]
    sheets = {part.sheet for part in mentioned if isinstance(part, s.Reference)}
    others = {catalogue.sheet_owners.get(sheet, layout.return_id) for sheet in sheets} - {layout.return_id}
    functions = {part.function for part in mentioned if isinstance(part, s.Call)}
    return CompiledCheck(
        entry, rules, frozenset(others), looks_back=not functions.isdisjoint(("prev", "growth", "before")),
        looks_around=not functions.isdisjoint(PEER_FUNCTIONS),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Names:
    """What expressions of one form may mention."""

    catalogue: Catalogue
    layout: FormLayout

    def find_sheet(self, sheet_id: str) -> SheetLayout:
        """A sheet of any return on its latest form, or the cover. Raises ExpressionError if there is none."""
        if sheet_id == self.catalogue.cover.id:
            return self.catalogue.cover
        owner = self.catalogue.sheet_owners.get(sheet_id)
        if owner is None:
            raise ExpressionError(problem("no_sheet", sheet=sheet_id))
        sheet = self.catalogue.latest_layout(owner).find_sheet(sheet_id)
        assert sheet is not None
        return sheet

    def find_lines(self, sheet: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        layout = self.find_sheet(sheet)
        rows = tuple(head.id for head in layout.rows) if layout.kind == "matrix" else ()
        columns = layout.rows if layout.kind == "items" else layout.columns
        return rows, tuple(head.id for head in columns)

    def find_state(self, ref: str) -> CellState:
        sheet_id = ref.partition("[")[0].partition(".")[0]
        own = self.layout.find_sheet(sheet_id)
        if own is None and self.catalogue.sheet_owners.get(sheet_id) == self.layout.return_id:
            return "omitted"
        cell = find_cell(own or self.find_sheet(sheet_id), ref)
        if cell is None:
            return "omitted"
        return "blocked" if cell.blocked else "open"

    def is_list(self, sheet_id: str) -> bool:
        return self.catalogue.sheet_owners.get(sheet_id) is not None and self.find_sheet(sheet_id).is_list

    def find_label(self, sheet_id: str, line_id: str | None) -> str:
        """The printed label of a row or column."""
        sheet = self.layout.find_sheet(sheet_id) or self.find_sheet(sheet_id)
        labels = {head.id: head.label for head in (*sheet.rows, *sheet.columns)}
        return labels.get(line_id or "", "").removeprefix("其中:").strip()

    def translate(self, expression: s.Expression, *, sheet: str | None = None) -> s.Expression:
        """The expression with keys such as 'public' replaced by the codes of the field they stand beside."""
        return translate_keys(expression, self.catalogue, sheet=sheet)


def find_cell(sheet: SheetLayout, ref: str) -> Cell | None:
    return next((cell for cell in sheet.cells if cell.ref == ref), None)


def translate_keys(expression: s.Expression, catalogue: Catalogue, *, sheet: str | None = None) -> s.Expression:
    """Replace keys of code lists by codes, in comparisons with a field or attribute that has such a list."""

    def change(part: s.Expression) -> s.Expression | None:
        if isinstance(part, s.Comparison) and not part.is_chain:
            keys = _find_keys(part.operands[0], catalogue, sheet)
            return s.Comparison(tuple(_translate(o, keys) for o in part.operands), part.operators) if keys else None
        if isinstance(part, s.Membership):
            keys = _find_keys(part.operand, catalogue, sheet)
            members = tuple(_translate(member, keys) for member in part.members)
            return s.Membership(part.operand, members, part.negated) if keys else None  # type: ignore[arg-type]
        return None

    return rebuild(expression, change)


def _find_keys(subject: s.Expression, catalogue: Catalogue, sheet: str | None) -> dict[str, str]:
    codelist = None
    if isinstance(subject, s.Reference) and subject.is_single:
        codelist = _find_codelist(catalogue, subject.sheet, spell_reference(subject))
    elif isinstance(subject, s.Name):
        register = catalogue.register.roles.sheet if catalogue.register and catalogue.register.roles else ""
        codelist = _find_codelist(catalogue, sheet or register, f"{sheet or register}.{subject.id}")
    return catalogue.codelists[codelist].by_key if codelist else {}


def _find_codelist(catalogue: Catalogue, sheet_id: str, ref: str) -> str | None:
    owner = catalogue.sheet_owners.get(sheet_id)
    sheet = catalogue.latest_layout(owner).find_sheet(sheet_id) if owner else None
    return next((cell.codelist for cell in sheet.cells if cell.ref == ref), None) if sheet else None


def _translate(part: s.Expression, keys: Mapping[str, str]) -> s.Expression:
    return s.Text(keys.get(part.value, part.value)) if isinstance(part, s.Text) else part


def _compile_rules(check: Check, names: Names) -> Iterator[Rule]:
    for choice in _list_choices(check):
        for expression in _read_formulas(check, choice, names):
            for call in (part for part in s.find_parts(expression) if isinstance(part, s.Call)):
                refuse_unknown_function(call, CHECK_FUNCTIONS)
            when = _read_condition(check.when, choice, names)
            for instance in expand_rule(expression, names, rows=check.rows, columns=check.columns):
                if _is_trivial(instance) or not _is_own(instance, names):
                    continue
                yield _build_rule(check, names, choice, instance, when)


def _list_choices(check: Check) -> list[dict[str, str]]:
    """Every combination of the check's parameters; parameters with equally many choices do not go in step."""
    return [dict(zip(check.each, values, strict=True)) for values in product(*check.each.values())]


def _read_formulas(check: Check, choice: Mapping[str, str], names: Names) -> Iterator[s.Expression]:
    if check.printed:
        assert check.sheet
        yield from spell_out_printed(parse_printed(check.printed), names.layout.find_sheet(check.sheet))
        return
    for text in check.rules:
        yield names.translate(parse_expression(fill_parameters(text, choice)))


def _read_condition(text: str | None, choice: Mapping[str, str], names: Names) -> s.Expression | None:
    return names.translate(parse_expression(fill_parameters(text, choice))) if text else None


def fill_parameters(text: str, choice: Mapping[str, str]) -> str:
    """The text with {name} replaced by the choice, and {name.1}, {name.2} by the parts of one written `a:b`."""
    for name, value in choice.items():
        text = text.replace("{" + name + "}", value)
        for number, part in enumerate(value.split(":"), start=1):
            text = text.replace(f"{{{name}.{number}}}", part)
    return text


def _build_rule(
    check: Check, names: Names, choice: Mapping[str, str], instance: Instance, when: s.Expression | None
) -> Rule:
    own = [r for r in instance.references if names.catalogue.sheet_owners.get(r.sheet) == names.layout.return_id]
    mark = _find_mark(check, choice, instance, own)
    first = next(iter(own or instance.references), None)
    labels = {name: check.each[name][value] for name, value in choice.items()}
    if first is not None:
        labels |= {
            "row": names.find_label(first.sheet, instance.row),
            "column": names.find_label(first.sheet, instance.column),
        }
    settled = _settle_condition(when, instance, names)
    values = {
        name: _settle_condition(_read_condition(text, choice, names), instance, names)
        for name, text in check.values.items()
    }
    parts = max(len(instance.references) - 1, 1)
    return Rule(
        expression=instance.expression,
        when=settled,
        references=tuple(spell_reference(reference) for reference in instance.references),
        mark=mark,
        list_sheet=_find_line_sheet((instance.expression, settled), names),
        labels=labels,
        tolerance=check.tolerance + check.tolerance_per_part * parts,
        values={name: value for name, value in values.items() if value is not None},
    )


def _is_own(instance: Instance, names: Names) -> bool:
    """True if the first cell a rule names belongs to the return at hand: it is the one to be changed."""
    owners = [names.catalogue.sheet_owners.get(reference.sheet) for reference in instance.references]
    return not owners or owners[0] in (None, names.layout.return_id)


def _is_trivial(instance: Instance) -> bool:
    """True for a line compared with itself, such as [total].* <= [total].*."""
    expression = instance.expression
    if not isinstance(expression, s.Comparison):
        return False
    operands = [s.without_position(o) if isinstance(o, s.Reference) else o for o in expression.operands]
    return not expression.is_chain and operands[0] == operands[1]


def _find_mark(check: Check, choice: Mapping[str, str], instance: Instance, own: list[s.Reference]) -> str | None:
    if check.mark is None:
        return spell_reference(own[0]) if own else None
    reference = _settle_loop(parse_expression(fill_parameters(check.mark, choice)), instance)
    if not isinstance(reference, s.Reference) or not reference.is_single:
        raise ExpressionError(problem("mark_not_one_cell", mark=check.mark))
    return spell_reference(reference)


def _settle_condition(when: s.Expression | None, instance: Instance, names: Names) -> s.Expression | None:
    """A condition or value of a rule for its row and column, every set of cells in it spelt out."""
    if when is None:
        return None
    settled = settle_like(when, names, instance)
    if settled is not None:
        return settled
    return rebuild(when, lambda part: _settle_loop(part, instance) if isinstance(part, s.Reference) else None)


def _settle_loop(part: s.Expression, instance: Instance) -> s.Expression:
    """The loop variables of a reference replaced by the row and column at hand."""
    if not isinstance(part, s.Reference):
        return part
    row = s.One(instance.row) if isinstance(part.row, s.Every) and instance.row else part.row
    column = s.One(instance.column) if isinstance(part.column, s.Every) and instance.column else part.column
    return s.Reference(part.sheet, row, column, part.position)


def _find_line_sheet(expressions: tuple[s.Expression | None, ...], names: Names) -> str | None:
    """The list sheet a rule judges line by line. Raises ExpressionError if there are two."""
    sheets: list[str] = []
    for expression in expressions:
        if expression is not None:
            sheets += _walk_lines(expression, names)
    sheets = list(dict.fromkeys(sheets))
    if len(sheets) > 1:
        raise ExpressionError(problem("two_lists", sheets=tuple(sheets)))
    return sheets[0] if sheets else None


def _walk_lines(expression: s.Expression, names: Names) -> Iterator[str]:
    if isinstance(expression, s.Call) and expression.function in AGGREGATES:
        return
    if isinstance(expression, s.Reference) and names.is_list(expression.sheet):
        yield expression.sheet
    for child in s.find_children(expression):
        yield from _walk_lines(child, names)


def refuse_unknown_names(catalogue: Catalogue) -> None:
    """Compile every check on every form. Raises DefinitionError at the first that cannot be understood."""
    for definition in catalogue.returns.values():
        for form in definition.forms:
            compile_checks(catalogue, catalogue.build_layout(definition.id, form.version))
    refuse_stray_references(catalogue)
    refuse_stray_sheet_formulas(catalogue)
    _refuse_stray_district_checks(catalogue)
    strays = [entry for entry in catalogue.checks.values() if set(entry.check.returns) - set(catalogue.returns)]
    if strays:
        raise DefinitionError(
            problem("no_return", name=tuple(strays[0].check.returns)), file=strays[0].file, key=strays[0].code
        )


def _refuse_stray_district_checks(catalogue: Catalogue) -> None:
    """Raise DefinitionError at the first check on the district that names what is not there."""
    for entry in catalogue.checks.values():
        with located(file=entry.file, key=entry.code):
            evaluation = entry.check.parameters.get("evaluation")
            if entry.check.kind in DISTRICT_KINDS and evaluation and evaluation not in catalogue.evaluations:
                raise DefinitionError(problem("no_evaluation", name=evaluation, known=tuple(catalogue.evaluations)))
            if entry.check.kind == "district_formula":
                for text in _list_district_formulas(entry.check):
                    refuse_unknown_parts(parse_expression(text), catalogue)


def _list_district_formulas(check: Check) -> Iterator[str]:
    """The formulas of a check on the district for each of its choices, and the first stage it names."""
    stages = check.parameters.get("stages")
    stage = {"stage": str(stages[0])} if stages else {}
    for choice in _list_choices(check):
        for text in (str(check.parameters["formula"]), check.when or "", *check.values.values()):
            filled = fill_parameters(text, {**stage, **choice})
            if filled and "{stage}" not in filled:
                yield filled
