"""The definition of a check 校验: a rule as a record, in a return's file or under schemas/checks/."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.definitions.common import FormulaText, Identifier, Label, Model

Severity = Literal["error", "query", "info"]
Level = Literal["file", "cell", "record", "table", "cross_table", "cross_period", "cross_school", "district"]
LEVELS: tuple[Level, ...] = (
    "file", "cell", "record", "table", "cross_table", "cross_period", "cross_school", "district",
)  # fmt: skip


def _accept_ids_only(choices: Any) -> Any:
    return {choice: choice for choice in choices} if isinstance(choices, list) else choices


Choices = Annotated[
    dict[str, str], BeforeValidator(_accept_ids_only, json_schema_input_type=dict[str, str] | list[str])
]
"""Value of a parameter → its label in messages; a plain list is its own labels."""


class Check(Model):
    """A check. `formula` (or `formulas`) belongs to the kind `formula`; other kinds take `parameters`."""

    code: str = Field(pattern=r"^[A-Z]{2,3}[0-9]{2,3}$", description="never reused")
    level: Level
    severity: Severity
    kind: str = "formula"
    returns: tuple[str, ...] = Field((), description="returns it concerns; empty: the file's own, or all")
    formula: FormulaText | None = None
    formulas: tuple[FormulaText, ...] = ()
    printed: str | None = Field(None, description="the rule in the notation of statutory forms, with `sheet`")
    sheet: Identifier | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    each: dict[Identifier, Choices] = Field(
        default_factory=dict, alias="for", description="parameters written {name} in formulas and messages"
    )
    rows: tuple[str, ...] = Field((), description="rows that [*] stands for; empty: all")
    columns: tuple[str, ...] = Field((), description="columns that .* stands for; empty: all")
    when: FormulaText | None = Field(None, description="where the check applies")
    blank: Literal["any", "all", "zero"] = Field(
        "any", description="not assessed if any operand is missing, if all are, or a blank counts as zero"
    )
    tolerance: float = Field(0.0, ge=0)
    tolerance_per_part: float = Field(0.0, ge=0)
    limits: dict[Identifier, float | str] = Field(default_factory=dict, description="tunable numbers, by name")
    values: dict[Identifier, FormulaText] = Field(default_factory=dict, description="figures for the message")
    mark: str | None = Field(None, description="reference of the cell to change; else the first of the formula")
    message: Label
    remedy: Label
    basis: str = ""
    since: str | None = None
    until: str | None = None
    trial: bool = Field(default=False, description="reported, never blocks")

    @model_validator(mode="after")
    def _ask_for_one_rule(self) -> Check:
        given = [bool(self.formula), bool(self.formulas), bool(self.printed)]
        if self.kind == "formula" and sum(given) != 1:
            raise PydanticCustomError("one_rule", "give exactly one of formula, formulas, printed")
        if self.kind != "formula" and any(given):
            raise PydanticCustomError(
                "rule_for_kind", "a check of kind {kind} takes parameters, not a formula", {"kind": self.kind}
            )
        if self.printed and not self.sheet:
            raise PydanticCustomError("printed_needs_sheet", "printed needs sheet")
        return self

    @property
    def rules(self) -> tuple[str, ...]:
        """The formulas as written."""
        return (self.formula,) if self.formula else self.formulas
