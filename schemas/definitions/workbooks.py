"""The definition of a published workbook: content by sheets, look by theme."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from schemas.definitions.common import Identifier, Label, Model


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


class Theme(Model):
    """Fonts, colours and number forms of everything that is written."""

    font: str
    size: float
    styles: dict[Identifier, dict[str, Any]]
