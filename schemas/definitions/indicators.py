"""The definitions of indicators 指标 and targets 目标值, one YAML file a domain or source document."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from schemas.definitions.common import FormulaText, Identifier, Label, Model

Direction = Literal["higher", "lower", "none"]


def _refuse_backward_span(text: str) -> str:
    first, _, last = text.partition("-")
    if last and last <= first:
        raise PydanticCustomError("no_period", "{period} is no period", {"period": text})
    return text


YearText = Annotated[str, Field(pattern=r"^([0-9]{4}(-[0-9]{4})?)?$"), AfterValidator(_refuse_backward_span)]
"""A calendar year, a school year or a span of years; empty: none."""

Operator = Literal[">=", "<=", "=", ">", "<", "increase_by", "decrease_by", "range", "boolean"]


class Variant(Model):
    """The formula for one group of a breakdown that the forms print as columns or rows of their own."""

    label: Label
    numerator: FormulaText
    denominator: FormulaText | None = None


class Indicator(Model):
    """Value = factor × numerator / denominator; without denominator factor × numerator."""

    id: Identifier
    name: Label
    definition: Label | None = None
    stages: tuple[str, ...] = Field((), description="stages; with {stage} in a formula one value each")
    kind: Literal["rate", "count", "average", "amount", "ratio", "growth", "cv", "boolean", "threshold_rule"]
    via: Literal["computed", "evaluation", "conduct_check", "ledger"] = "computed"
    unit: str = ""
    decimals: int = Field(ge=0, le=6)
    factor: float = 1.0
    numerator: FormulaText
    denominator: FormulaText | None = None
    breakdowns: tuple[Identifier, ...] = ()
    variants: dict[Identifier, dict[str, Variant]] = Field(
        default_factory=dict, description="breakdown → group → formula, where the forms give a group its own cells"
    )
    direction: Direction = "none"
    minimum_coverage: float = Field(0.0, ge=0, le=100, description="percent")
    sources: tuple[str, ...] = ()
    basis: str = ""
    seeds: tuple[str, ...] = ()
    limits: dict[Identifier, float | str] = Field(default_factory=dict)
    publish: Literal["public", "internal"] = "public"
    note: str = ""


class Domain(Model):
    """A file of indicators."""

    domain: Identifier
    name: Label
    indicators: tuple[Indicator, ...] = ()


class Target(Model):
    """One target or reported value of a source document."""

    indicator: Identifier
    stage: str = ""
    scope: str = Field("", description="the part of the district or the breakdown it speaks of")
    period: YearText = Field(
        "",
        description="the year it is for: 2027, 2027-2028, or the span 2024-2027, of which the last; when it is due",
    )
    op: Operator
    value: float
    value_max: float | None = None
    unit: str = ""
    text: str = ""
    kind: Literal["target", "reported"] = "target"
    seed: str = ""


class TargetSet(Model):
    """The targets of one source document."""

    id: str
    name: Label
    official: bool = Field(default=False, description="held against by default, where the workspace names no sets")
    period: YearText = Field("", description="the year in which those targets are due that name none")
    targets: tuple[Target, ...]
