"""The parts an expression is made of: frozen records, no behaviour but finding what they mention."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class Text:
    value: str


@dataclass(frozen=True, slots=True)
class One:
    """A row or column by its id."""

    id: str


@dataclass(frozen=True, slots=True)
class Every:
    """`*`: the check holds for each row (column), one after the other."""


@dataclass(frozen=True, slots=True)
class Span:
    """`first..last`: all rows (columns) from first to last in the order of the form."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """`g*`: all rows (columns) whose id is the prefix and a number."""

    prefix: str


@dataclass(frozen=True, slots=True)
class Several:
    """A written list of rows (columns)."""

    members: tuple[One | Span | Prefix, ...]


Selector = One | Every | Span | Prefix | Several


@dataclass(frozen=True, slots=True)
class Name:
    """A bare name: an attribute of the school, a field of the list at hand, or a limit."""

    id: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Reference:
    """`sheet.field` (row is None) or `sheet[row].column`."""

    sheet: str
    row: Selector | None
    column: Selector
    position: int = 0

    @property
    def is_single(self) -> bool:
        """True if it names one cell, not a set of cells."""
        return isinstance(self.column, One) and (self.row is None or isinstance(self.row, One))


@dataclass(frozen=True, slots=True)
class Negative:
    operand: Expression


@dataclass(frozen=True, slots=True)
class Arithmetic:
    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison `a <= b`, or a chain `a <= b <= c` of which every link must hold."""

    operands: tuple[Expression, ...]
    operators: tuple[str, ...]

    @property
    def is_chain(self) -> bool:
        return len(self.operators) > 1


@dataclass(frozen=True, slots=True)
class Membership:
    operand: Expression
    members: tuple[Number | Text, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Containment:
    """`'a' in field`: the field may hold several codes."""

    member: Number | Text
    container: Name | Reference


@dataclass(frozen=True, slots=True)
class Both:
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Either:
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    operand: Expression


@dataclass(frozen=True, slots=True)
class Implies:
    premise: Expression
    conclusion: Expression


@dataclass(frozen=True, slots=True)
class Where:
    """`X where(condition)`: only schools that meet the condition count."""

    operand: Expression
    condition: Expression


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple[Expression, ...]
    position: int = 0


Expression = (
    Number
    | Text
    | Name
    | Reference
    | Negative
    | Arithmetic
    | Comparison
    | Membership
    | Containment
    | Both
    | Either
    | Not
    | Implies
    | Where
    | Call
)


def find_parts(expression: Expression) -> Iterator[Expression]:
    """The expression and everything inside it, outermost first, left to right."""
    yield expression
    for child in find_children(expression):
        yield from find_parts(child)


def find_references(expression: Expression) -> list[Reference]:
    """Every reference, in the order written, without repeats."""
    found = [part for part in find_parts(expression) if isinstance(part, Reference)]
    return list({without_position(part): part for part in found}.values())


def without_position(reference: Reference) -> Reference:
    """The reference as a key: where it was written does not matter."""
    return Reference(reference.sheet, reference.row, reference.column)


def find_children(expression: Expression) -> Iterator[Expression]:
    """The expressions directly inside one, left to right."""
    for name in PARTS[type(expression)]:
        value = getattr(expression, name)
        for item in value if type(value) is tuple else (value,):
            if type(item) in PARTS:
                yield item


PARTS: dict[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind) if field.name != "position")
    for kind in (
        Number, Text, Name, Reference, Negative, Arithmetic, Comparison, Membership, Containment, Both, Either, Not,
        Implies, Where, Call,
    )
}  # fmt: skip
