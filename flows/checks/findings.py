"""Failures and signals → findings: one record each, with code, place, figures, message and what to do."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from flows.checks.addresses import Address, AddressBook
from flows.checks.alike import MOST_ALIKE, keep_first
from flows.checks.content import Batch
from flows.checks.ledger import CellFailure, Ledger, RuleFailure
from flows.checks.line_names import find_in_line, join_label, name_line
from flows.normalisers.numbers import EXACT_BELOW
from flows.signals import Notice, Signal
from schemas.catalogue import Catalogue, CheckEntry
from schemas.definitions.checks import LEVELS, Check
from schemas.errors import ExpressionError
from schemas.expressions import syntax as s
from schemas.expressions.columns import Truth
from schemas.expressions.evaluate import evaluate
from schemas.expressions.rounding import round_half_up
from schemas.expressions.scope import LineScope, UnitScope

MOST_OPERANDS = 30
SEVERITIES = ("error", "query", "info")
PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Operand:
    """A cell that a rule read: where it stands and what it held."""

    ref: str
    sheet: str
    cell: str
    label: str
    value: float | str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One failure of one check in one submission, or `count` of them on one sheet, of which it is the last."""

    submission: int
    code: str
    level: str
    severity: str
    message: str
    remedy: str
    sheet: str = ""
    cell: str = ""
    ref: str = ""
    label: str = ""
    found: str = ""
    expected: str = ""
    difference: str = ""
    operands: tuple[Operand, ...] = ()
    also: tuple[str, ...] = ()
    under: str = ""
    trial: bool = False
    count: int = 1


def index_signal_checks(catalogue: Catalogue) -> dict[str, CheckEntry]:
    """Notice → the check that claims it."""
    return {
        str(entry.check.parameters["notice"]): entry
        for entry in catalogue.checks.values()
        if entry.check.kind == "signal"
    }


def find_signal_code(catalogue: Catalogue, notice: Notice) -> str | None:
    """Code of the check that claims a notice, if there is one."""
    claim = index_signal_checks(catalogue).get(notice.value)
    return claim.code if claim else None


def find_from_signals(
    catalogue: Catalogue, submission: int, signals: Sequence[Signal], book: AddressBook | None = None
) -> Iterator[Finding]:
    """Findings of what reading and taking in noticed. A signal that no check in force claims is left out."""
    claims = index_signal_checks(catalogue)
    claimed = (signal for signal in signals if signal.notice.value in claims)
    for signal, count in keep_first(claimed, lambda signal: (signal.notice, signal.sheet)):
        check = claims[signal.notice.value].check
        yield _stand_for(catalogue, _build_from_signal(catalogue, submission, signal, check, book), count)


def find_from_ledger(catalogue: Catalogue, batch: Batch, ledger: Ledger, book: AddressBook) -> Iterator[Finding]:
    """Findings of the content checks of a batch."""
    for failure, count in keep_first(ledger.cell_failures, lambda failure: (failure.unit, failure.code, failure.sheet)):
        yield _stand_for(catalogue, _build_from_cell(catalogue, batch, failure, book), count)
    kept = keep_first(ledger.rule_failures, lambda failure: (failure.unit, failure.code, failure.sheet))
    built = [_stand_for(catalogue, _build_from_rule(catalogue, batch, failure, book), n) for failure, n in kept]
    yield from _merge_repeats(built, [failure for failure, _ in kept])
    for code, problem in ledger.broken.items():
        signal = Signal(Notice.CHECK_FAILED_TO_RUN, found=code, values={"value": f"{code}-{problem}"})
        for submission in batch.block.submissions:
            yield from find_from_signals(catalogue, submission, [signal])


def order_findings(findings: Sequence[Finding]) -> list[Finding]:
    """Errors first, then by level, sheet, place and code; the same in every run."""
    return sorted(
        findings,
        key=lambda f: (
            f.submission,
            SEVERITIES.index(f.severity),
            LEVELS.index(f.level),
            f.sheet,
            _order_cell(f.cell),
            f.code,
            f.message,
        ),
    )


def format_number(value: float) -> str:
    """A figure as people read it: no decimals where there are none, at most four otherwise."""
    if float(value).is_integer() and abs(value) < EXACT_BELOW:
        return str(int(value))
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _stand_for(catalogue: Catalogue, finding: Finding, count: int) -> Finding:
    """The finding, or where it stands for more than itself, one that says so."""
    if count == 1:
        return finding
    message = catalogue.message(
        "findings.more", "zh", listed=MOST_ALIKE, count=count, cell=finding.cell, message=finding.message
    )
    return replace(finding, message=message, count=count)


def _order_cell(cell: str) -> tuple[int, str]:
    digits = re.sub(r"\D", "", cell)
    return int(digits) if digits else 0, re.sub(r"\d", "", cell).rjust(3)


def _build_from_signal(
    catalogue: Catalogue, submission: int, signal: Signal, check: Check, book: AddressBook | None
) -> Finding:
    cell = book.find_cell(signal.ref) if book and signal.ref else None
    label = join_label(cell.label, signal.values.get("line", "")) if cell else signal.values.get("label", "")
    found = _name_kind(catalogue, signal)
    values = {
        "cell": signal.cell, "label": label, "got": found, "want": signal.expected, "v": found, "sheets": found,
        "real": found, **signal.values, "what": found,
    }  # fmt: skip
    return Finding(
        submission, check.code, check.level, check.severity,
        message=fill_message(check.message.zh, values),
        remedy=fill_message(check.remedy.zh, values),
        sheet=signal.sheet, cell=signal.cell, ref=signal.ref, label=label, found=found, expected=signal.expected,
        trial=check.trial,
    )  # fmt: skip


def _name_kind(catalogue: Catalogue, signal: Signal) -> str:
    """What a refusal names by a key, in words."""
    key = f"kinds.{signal.found}"
    return catalogue.message(key, **signal.values) if key in catalogue.messages else signal.found


def fill_message(template: str, values: Mapping[str, Any]) -> str:
    """The template with its placeholders filled; one without a value shows as a dash."""
    return PLACEHOLDER.sub(lambda match: str(values.get(match[1], "—")), template)


def _build_from_cell(catalogue: Catalogue, batch: Batch, failure: CellFailure, book: AddressBook) -> Finding:
    check = catalogue.checks[failure.code].check
    cell = failure.cell
    submission = batch.block.submissions[failure.unit]
    address = book.find(submission, cell.ref, failure.line) or Address("", "", cell.label)
    label = join_label(address.label, name_line(catalogue, batch, cell.sheet, failure))
    found = _show_cell(batch, failure)
    values = {
        "cell": address.cell, "label": label, "got": found, "n": cell.decimals, "unit": cell.unit,
        "lo": _show_bound(cell.minimum), "hi": _show_bound(cell.maximum),
    }  # fmt: skip
    return Finding(
        submission, check.code, check.level, check.severity,
        message=fill_message(check.message.zh, values), remedy=fill_message(check.remedy.zh, values),
        sheet=address.sheet, cell=address.cell, ref=cell.ref, label=label, found=found, trial=check.trial,
    )  # fmt: skip


def _show_cell(batch: Batch, failure: CellFailure) -> str:
    if failure.line is None:
        column = batch.block.find_column(failure.cell.ref)
        value = column[failure.unit] if column is not None else None
    else:
        value = find_in_line(batch, failure.cell.sheet, failure.cell.ref.partition(".")[2], failure)
    return _show(value / failure.cell.factor if isinstance(value, float) else value)


def _show_bound(bound: float | None) -> str:
    return "" if bound is None else format_number(bound)


def _show(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return "" if math.isnan(value) else format_number(value)
    return str(value)


def _build_from_rule(catalogue: Catalogue, batch: Batch, failure: RuleFailure, book: AddressBook) -> Finding:
    check, rule = catalogue.checks[failure.code].check, failure.rule
    submission = batch.block.submissions[failure.unit]
    mark = _choose_mark(batch, check, failure)
    address = book.find(submission, mark, failure.line) or Address(_find_tab(book, submission, mark), "", "")
    label = join_label(address.label, name_line(catalogue, batch, rule.list_sheet or "", failure))
    viewer = _Viewer(batch, check, failure)
    left, right, operator = viewer.compare(rule.expression)
    sides = {"a": _show(left), "b": _show(right), "d": _show(_subtract(left, right))}
    values: dict[str, Any] = {
        "cell": address.cell, "label": label, "sheet": address.sheet, **rule.labels,
        **sides, "p": _show(_share(left, right)),
        **{name: _show(viewer.show(value)) for name, value in rule.values.items()},
    }  # fmt: skip
    message = fill_message(check.message.zh, values)
    if left is not None and "{a}" not in check.message.zh:
        message += _describe_sides(catalogue, sides, operator, is_gap=_is_gap(rule.expression))
    return Finding(
        submission, check.code, check.level, check.severity,
        message=message, remedy=fill_message(check.remedy.zh, values),
        sheet=address.sheet, cell=address.cell, ref=mark, label=label,
        found=sides["a"], expected=f"{_SIGNS.get(operator, '')}{sides['b']}", difference=sides["d"],
        operands=tuple(viewer.list_operands(catalogue, book, submission)), trial=check.trial,
    )  # fmt: skip


def _choose_mark(batch: Batch, check: Check, failure: RuleFailure) -> str:
    """The cell to change: that of the rule, or where the school does not fill it the first of the rule that it does."""
    rule, index = failure.rule, batch.block.index
    mark = rule.mark or next(iter(rule.references), "")
    if check.mark is not None or mark not in index or batch.applicable[failure.unit, index[mark]]:
        return mark
    filled = (ref for ref in rule.references if ref in index and batch.applicable[failure.unit, index[ref]])
    return next(filled, mark)


_SIGNS = {"<=": "≤", ">=": "≥", "<": "<", ">": ">", "!=": "≠", "=": ""}


def _is_gap(expression: s.Expression) -> bool:
    """True where the left of a comparison is no figure of the form but how far two of them lie apart."""
    if not isinstance(expression, s.Comparison):
        return False
    left = expression.operands[0]
    return isinstance(left, s.Call) and left.function == "abs" and expression.operators == ("<=",)


def _describe_sides(catalogue: Catalogue, sides: Mapping[str, str], operator: str, *, is_gap: bool) -> str:
    """Both sides of a comparison, for a message that does not show them itself."""
    key = "gap" if is_gap else "equal" if operator == "=" else "bound"
    known = "" if is_gap or sides["d"] else "_text"
    return catalogue.message(f"findings.{key}{known}", sign=_SIGNS.get(operator, ""), **sides)


def _find_tab(book: AddressBook, submission: int, ref: str) -> str:
    return book.find_tab(submission, ref.partition("[")[0].partition(".")[0])


def _subtract(left: object, right: object) -> float | None:
    return left - right if isinstance(left, float) and isinstance(right, float) else None


def _share(left: object, right: object) -> float | None:
    """Change of the left on the right in percent, rounded to one decimal."""
    if not isinstance(left, float) or not isinstance(right, float) or not right:
        return None
    return round_half_up(100 * (left - right) / right, 1)


@dataclass(frozen=True, slots=True)
class _Viewer:
    """Looks up the figures behind one failure."""

    batch: Batch
    check: Check
    failure: RuleFailure

    @property
    def scope(self) -> UnitScope | LineScope:
        base = UnitScope(self.batch.source, limits=self.check.limits, blank_is_zero=self.check.blank != "any")
        sheet = self.failure.rule.list_sheet
        return base.lines_of(sheet) if sheet is not None else base

    def show(self, expression: s.Expression) -> float | str | None:
        """The value of an expression for the failing unit or line."""
        try:
            column = evaluate(expression, self.scope)
        except ExpressionError:
            return None
        position = self._position()
        if isinstance(column, Truth):
            return None
        value = column[position]
        return None if value is None else float(value) if column.dtype != object else str(value)

    def compare(self, expression: s.Expression) -> tuple[object, object, str]:
        """Both sides of the first link of a comparison that does not hold."""
        if not isinstance(expression, s.Comparison):
            return None, None, ""
        sides = [self.show(operand) for operand in expression.operands]
        links = list(zip(expression.operators, sides[:-1], sides[1:], strict=True))
        failing = [link for link in links if not _holds(*link, self.failure.rule.tolerance)]
        operator, left, right = (failing or links)[0]
        return left, right, operator

    def list_operands(self, catalogue: Catalogue, book: AddressBook, submission: int) -> Iterator[Operand]:
        """The cells the rule read, with their values."""
        for reference in s.find_references(self.failure.rule.expression)[:MOST_OPERANDS]:
            ref = _spell(reference)
            address = book.find(submission, ref, self.failure.line)
            if address is None:
                address = _find_elsewhere(catalogue, reference.sheet, ref)
            yield Operand(ref, address.sheet, address.cell, address.label, self.show(reference))

    def _position(self) -> int:
        if self.failure.line is None:
            return self.failure.unit
        lines = self.batch.source.find_lines(self.failure.rule.list_sheet or "", 0)
        assert lines is not None
        return int(np.nonzero((lines.unit == self.failure.unit) & (lines.row == self.failure.line))[0][0])


def _holds(operator: str, left: object, right: object, tolerance: float) -> bool:
    if not isinstance(left, float) or not isinstance(right, float):
        return (left == right) == (operator == "=")
    difference = left - right
    slack = tolerance + 1e-9 * max(1.0, abs(left), abs(right))
    return {
        "=": abs(difference) <= slack, "!=": abs(difference) > slack, "<=": difference <= slack,
        ">=": difference >= -slack, "<": difference < -slack, ">": difference > slack,
    }[operator]  # fmt: skip


def _spell(reference: s.Reference) -> str:
    assert isinstance(reference.column, s.One)
    if reference.row is None:
        return f"{reference.sheet}.{reference.column.id}"
    assert isinstance(reference.row, s.One)
    return f"{reference.sheet}[{reference.row.id}].{reference.column.id}"


def _find_elsewhere(catalogue: Catalogue, sheet_id: str, ref: str) -> Address:
    """A cell of another return: its number and tab, and the address on its form."""
    owner = catalogue.sheet_owners.get(sheet_id)
    if owner is None:
        return Address("", "", "")
    layout = catalogue.latest_layout(owner)
    address = AddressBook(layout).find(0, ref)
    return Address(f"{layout.no} {address.sheet}", address.cell, address.label) if address else Address("", "", "")


def _merge_repeats(findings: Sequence[Finding], failures: Sequence[RuleFailure]) -> Iterator[Finding]:
    """Lines that repeat one another make one finding that names all of them."""
    merged: dict[tuple[object, ...], Finding] = {}
    for finding, failure in zip(findings, failures, strict=True):
        if finding.count > 1 or not _counts_occurrences(failure.rule.expression):
            yield finding
            continue
        key = (finding.submission, finding.code, tuple(operand.value for operand in finding.operands))
        first = merged.get(key)
        merged[key] = finding if first is None else replace(first, also=(*first.also, finding.cell))
    yield from merged.values()


def _counts_occurrences(expression: s.Expression) -> bool:
    return any(isinstance(part, s.Call) and part.function == "occurrences" for part in s.find_parts(expression))
