"""The definition of a published workbook: content by sheets, look by theme."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from schemas.definitions.common import FormulaText, Identifier, Label, Model


class SheetDefinition(Model):
    """One sheet: a kind of sheet the publisher knows, and what it shows."""

    kind: Identifier
    name: Label
    title: Label | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    landscape: bool = False
    paper: str = "A4"


class WorkbookDefinition(Model):
    """A published workbook."""

    id: Identifier
    title: Label
    file_name: str
    edition: str = "statutory"
    public: bool = False
    on_request: bool = Field(default=False, description="published only where the workspace names it")
    periods: tuple[str, ...] = Field((), description="years it is published for; none: every year")
    sheets: tuple[SheetDefinition, ...] = Field(min_length=1)


class Rounding(Model):
    """How a text rounds a figure that it does not print to its last digit: 95.5 as 95, 5980 as nearly 6000."""

    step: float = Field(gt=0)
    toward: Literal["up", "down"]


class ReportFigure(Model):
    """A figure as a report prints it: where it comes from and how the text words it."""

    id: str
    text: str
    indicator: Identifier
    stages: tuple[str, ...] = Field((), description="of an indicator by stage; of several the sum")
    by: str = Field("", description="breakdown")
    group: str = Field("", description="group of the breakdown, as coded or as printed")
    item: str = Field("", description="name of the line of a plan ledger; then its value to date is shown")
    period: str = Field("", description="another year than that of the workbook")
    change: bool = Field(default=False, description="what came on top of the earlier year")
    scale: float = Field(1.0, description="the unit printed, in that of the indicator")
    unit: str = ""
    decimals: int = Field(0, ge=0, le=6)
    rounding: Rounding | None = None
    only_sign: bool = Field(default=False, description="the text says only that it is above or below 0")
    wording: str = "{}"
    note: str = ""


class PlanLedger(Model):
    """Where the plan items stand: the list, and the fields of a line by what they say."""

    list: Identifier
    item: Identifier
    name: Identifier
    section: Identifier
    indicator: Identifier
    unit: Identifier
    baseline: Identifier
    target: Identifier
    target_max: Identifier
    op: Identifier
    actual: Identifier
    until: Identifier
    status: Identifier
    problem: Identifier
    measure: Identifier
    dropped: tuple[str, ...] = Field((), description="codes of the status of an item that is no longer judged")


class ReportSection(Model):
    """Figures of one report."""

    label: Label
    figures: tuple[ReportFigure, ...]


class Report(Model):
    """The figures of one or more reports; the ledger serves those that are items of a plan."""

    sections: tuple[ReportSection, ...] = Field(min_length=1)
    ledger: PlanLedger | None = None


class HeadlineGroup(Model):
    """Indicators under a heading."""

    label: str
    indicators: tuple[Identifier, ...] = Field(min_length=1)


class HeadlineSheet(Model):
    """Indicators with all that stands behind them."""

    groups: tuple[HeadlineGroup, ...] = Field(min_length=1)


class GroupSheet(Model):
    """Indicators down, groups across."""

    by: Identifier = Field(description="`stage`, the breakdown by area, or another breakdown of the indicators")
    indicators: tuple[Identifier, ...] = Field(min_length=1)
    chart: Identifier | None = Field(None, description="the indicator that is drawn")


class SchoolColumn(Model):
    """A figure of each school."""

    label: str
    value: FormulaText
    unit: str
    decimals: int = Field(0, ge=0, le=6)
    total: bool = Field(default=False, description="summed up below")


class SchoolSheet(Model):
    """One line a school."""

    columns: tuple[SchoolColumn, ...] = Field(min_length=1)
    schools: FormulaText | None = Field(None, description="condition; none: all schools")
    attributes: tuple[Identifier, ...] = Field((), description="fields of the register, or of a list about schools")


class EvaluationSheet(Model):
    """What came of an evaluation."""

    evaluation: Identifier


class UnitSheet(EvaluationSheet):
    """What came of it school by school."""

    attributes: tuple[Identifier, ...] = Field((), description="fields of the register, or of a list about schools")


class RequirementSheet(EvaluationSheet):
    """What came of the requirements beside the criteria."""

    parts: tuple[str, ...] = Field((), description="parts that are shown; none: all")


SHEET_KINDS: Mapping[str, type[Model]] = {
    "cover": Model,
    "contents": Model,
    "headline": HeadlineSheet,
    "by_group": GroupSheet,
    "targets": Model,
    "schools": SchoolSheet,
    "evaluation_criteria": EvaluationSheet,
    "evaluation_units": UnitSheet,
    "evaluation_dispersion": EvaluationSheet,
    "evaluation_requirements": RequirementSheet,
    "evaluation_gaps": EvaluationSheet,
    "evaluation_lifts": EvaluationSheet,
    "plan_progress": PlanLedger,
    "report_figures": Report,
    "coverage": Model,
    "missing": Model,
    "revisions": Model,
    "validation": Model,
    "district": Model,
    "rules": Model,
    "definitions": Model,
}
"""Kinds of sheet and the parameters each takes (`Model`: none); the publisher has a builder for each."""


class Theme(Model):
    """Fonts, colours and number forms of everything that is written."""

    font: str
    size: float
    styles: dict[Identifier, dict[str, Any]]
