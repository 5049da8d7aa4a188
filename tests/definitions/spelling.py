"""Expressions as text again, every part in parentheses of its own: the other direction of the parser."""

from __future__ import annotations

from collections.abc import Callable

from schemas.expressions import syntax as s


def spell(expression: s.Expression) -> str:
    """The text that the parser reads as this expression."""
    return SPELLERS[type(expression)](expression)


def spell_selector(selector: s.Selector) -> str:
    if isinstance(selector, s.One):
        return selector.id
    if isinstance(selector, s.Every):
        return "*"
    if isinstance(selector, s.Span):
        return f"{selector.first}..{selector.last}"
    if isinstance(selector, s.Prefix):
        return f"{selector.prefix}*"
    return ", ".join(spell_selector(member) for member in selector.members)


def _spell_reference(reference: s.Reference) -> str:
    column = spell_selector(reference.column)
    if isinstance(reference.column, s.Several):
        column = f"({column})"
    if reference.row is None:
        return f"{reference.sheet}.{column}"
    return f"{reference.sheet}[{spell_selector(reference.row)}].{column}"


def _spell_number(number: s.Number) -> str:
    return str(int(number.value)) if number.value.is_integer() else format(number.value, "f")


def _spell_text(text: s.Text) -> str:
    return f'"{text.value}"' if "'" in text.value else f"'{text.value}'"


def _spell_comparison(comparison: s.Comparison) -> str:
    first, *others = (f"({spell(operand)})" for operand in comparison.operands)
    links = (f" {sign} {operand}" for sign, operand in zip(comparison.operators, others, strict=True))
    return first + "".join(links)


def _spell_membership(membership: s.Membership) -> str:
    members = ", ".join(spell(member) for member in membership.members)
    return f"({spell(membership.operand)}) {'not ' if membership.negated else ''}in ({members})"


def _join(operands: tuple[s.Expression, ...], word: str) -> str:
    return f" {word} ".join(f"({spell(operand)})" for operand in operands)


SPELLERS: dict[type, Callable[..., str]] = {
    s.Number: _spell_number,
    s.Text: _spell_text,
    s.Name: lambda name: name.id,
    s.Reference: _spell_reference,
    s.Negative: lambda negative: f"-({spell(negative.operand)})",
    s.Arithmetic: lambda part: f"({spell(part.left)}) {part.operator} ({spell(part.right)})",
    s.Comparison: _spell_comparison,
    s.Membership: _spell_membership,
    s.Containment: lambda part: f"{spell(part.member)} in {spell(part.container)}",
    s.Both: lambda both: _join(both.operands, "and"),
    s.Either: lambda either: _join(either.operands, "or"),
    s.Not: lambda negation: f"not ({spell(negation.operand)})",
    s.Implies: lambda implies: f"({spell(implies.premise)}) implies ({spell(implies.conclusion)})",
    s.Where: lambda where: f"({spell(where.operand)}) where ({spell(where.condition)})",
    s.Call: lambda call: f"{call.function}({', '.join(spell(argument) for argument in call.arguments)})",
}
