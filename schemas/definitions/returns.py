"""The definition of a return 报表: one YAML file a return, under schemas/returns/."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.definitions.checks import Check
from schemas.definitions.common import FormulaText, Identifier, Label, Model

FieldType = Literal["count", "number", "money", "percent", "year", "code", "codes", "text", "date", "yesno"]
PeriodType = Literal["school_year", "calendar_year", "half_year", "term", "month", "event"]


class Traits(Model):
    """What holds for a value, said for a sheet and overridden by a line or field. None: not said here."""

    type: FieldType | None = None
    unit: str | None = Field(None, description="printed in the heading; cells hold numbers in this unit")
    decimals: int | None = Field(None, ge=0, le=6)
    sign: Literal["nonnegative", "any", "positive"] | None = None
    blank: Literal["required", "optional"] | None = None
    codelist: str | None = None
    minimum: float | None = Field(None, description="below it a value is implausible (a query)")
    maximum: float | None = Field(None, description="above it a value is implausible (a query)")
    length: int | None = Field(None, gt=0, description="most characters of a text")
    pattern: str | None = Field(None, description="regular expression that a text must match whole")
    over_time: Literal["sum", "last", "maximum", "minimum", "mean"] | None = Field(
        None, description="how the months or terms of a year make the figure of the year"
    )


class Line(Traits):
    """A row or column of a matrix, or a field of an items or list sheet."""

    label: Label
    aliases: tuple[str, ...] = ()
    indent: int = Field(0, ge=0, le=4)
    applies: FormulaText | None = Field(None, description="which schools fill it; others find * there")
    hint: Label | None = Field(None, description="meaning or example, shown beside the cell")
    contact: bool = Field(default=False, description="a declared contact field: may hold a name or telephone number")


def _accept_label_only(lines: Any) -> Any:
    if not isinstance(lines, dict):
        return lines
    return {line_id: {"label": line} if isinstance(line, str) else line for line_id, line in lines.items()}


Lines = Annotated[
    dict[Identifier, Line], BeforeValidator(_accept_label_only, json_schema_input_type=dict[Identifier, Line | str])
]
"""Rows, columns or fields by id, in the order of the form; a plain text is the label."""


class SheetCommon(Traits):
    id: Identifier
    name: str = Field(max_length=31, description="the sheet's tab in the workbook")
    title: Label | None = None
    aliases: tuple[str, ...] = ()
    applies: FormulaText | None = Field(None, description="which schools fill the sheet")
    note: Label | None = None
    totals: tuple[FormulaText, ...] = Field((), description="totals: a cell = an expression over its parts")


class ItemsSheet(SheetCommon):
    """One value per field: label, number, value, unit, one under another."""

    kind: Literal["items"]
    fields: Lines


class MatrixSheet(SheetCommon):
    """Stub rows × numbered columns."""

    kind: Literal["matrix"]
    rows: Lines
    columns: Lines
    blocked: tuple[str, ...] = Field((), description="cells pre-printed *, such as [row].column")


class LineStages(Model):
    """Where a line says which stages it serves: in a field of its own, or of another sheet's line with the same key."""

    field: Identifier
    sheet: Identifier | None = None
    by: Identifier | None = None


class ListSheet(SheetCommon):
    """One record per line."""

    kind: Literal["list"]
    fields: Lines
    key: tuple[Identifier, ...] = ()
    school_key: Identifier | None = Field(None, description="the field that says which school a line is about")
    capacity: int = Field(200, gt=0, description="lines the template offers; more are read too")
    may_be_empty: bool = Field(default=False, description="it may have no lines, if the school says so on its first")
    may_be_absent: bool = Field(default=False, description="a workbook without the sheet is whole")
    stages: LineStages | None = Field(
        None, description="which stages a line serves, for splitting; blank: all of the school"
    )


Sheet = Annotated[ItemsSheet | MatrixSheet | ListSheet, Field(discriminator="kind")]


class Carried(Model):
    """Where a line or cell of an earlier form stands on the latest, and what makes its values those of the latest."""

    to: str = Field(description="reference on the latest form, of the same shape")
    factor: float | None = Field(None, gt=0, description="the value times this is the value of the latest form")
    codes: dict[str, str] = Field(default_factory=dict, description="code of this form → code of the latest")


def _accept_reference_only(content: Any) -> Any:
    return {"to": content} if isinstance(content, str) else content


Destination = Annotated[
    Carried | None, BeforeValidator(_accept_reference_only, json_schema_input_type=Carried | str | None)
]
"""What became of a line: a plain text is its reference on the latest form; ~: it was given up."""


class Form(Model):
    """A layout of the return, in force from a period on."""

    version: str = Field(pattern=r"^\d+(\.\d+)*$")
    since: str = Field(description="first period filed on this form")
    omits: tuple[str, ...] = Field((), description="references of the latest form that this one lacks")
    labels: dict[str, str] = Field(
        default_factory=dict, description="reference → label, where this form prints another"
    )
    names: dict[str, str] = Field(default_factory=dict, description="sheet id → tab name, where this form has another")
    sheets: tuple[Sheet, ...] = Field((), description="whole sheets of this form that are otherwise than the latest's")
    map: dict[str, Destination] = Field(
        default_factory=dict,
        description="sheet, line or cell of those sheets → what became of it, where it was moved, renamed or given up",
    )
    afterwards: Literal["refused", "accepted", "upgraded"] | None = Field(
        None,
        description="what becomes of files on this form when a later one is in force; unsaid: refused, "
        "or accepted if accepted_for or accepted_until is given",
    )
    accepted_for: tuple[str, ...] = Field((), description="later periods for which this form is still taken")
    accepted_until: date | None = Field(None, description="last day on which it is still taken for later periods")
    digest: str | None = Field(
        None, pattern=r"^[0-9a-f]{12}$", description="what huizong drift prints for the form as it was handed out"
    )

    @property
    def state(self) -> Literal["refused", "accepted", "upgraded"]:
        """What becomes of files on this form when a later one is in force."""
        if self.afterwards is not None:
            return self.afterwards
        return "accepted" if self.accepted_for or self.accepted_until else "refused"


class Due(Model):
    """When a return is due, counted from the start or end of its period."""

    after: Literal["start", "end"] = "start"
    months: int = 0
    day: int | None = Field(None, ge=1, le=31)
    days: int = 0


class MembershipRoles(Model):
    """Which fields of a list of the register say what group a school belongs to, grouping by grouping.

    The groupings there are stand in the code list of the field `grouping`; its keys are names of breakdowns.
    """

    sheet: Identifier
    school: Identifier
    grouping: Identifier
    group: Identifier
    valid_from: Identifier
    valid_to: Identifier


class LineageRoles(Model):
    """Which fields of a list of the register say what schools a school has come from, and since when."""

    sheet: Identifier
    school: Identifier
    predecessor: Identifier
    since: Identifier


class RegisterRoles(Model):
    """Which fields of the register's lists carry what the engine needs to know of a school."""

    sheet: Identifier
    school: Identifier
    name: Identifier
    names: tuple[Identifier, ...] = ()
    area: Identifier
    area_breakdown: Identifier = Field("area", description="what breakdowns by that area are called in indicators")
    type: Identifier | None = Field(None, description="what kind of school it is")
    valid_from: Identifier
    valid_to: Identifier
    status: Identifier
    closed_status: tuple[str, ...]
    successor: Identifier
    expects: Identifier
    contact: tuple[Identifier, ...] = ()
    district: Identifier | None = Field(None, description="the code of the district a school lies in")
    membership: MembershipRoles | None = Field(None, description="for the list of groups that schools belong to")
    lineage: LineageRoles | None = Field(None, description="for the list of schools that others have come from")
    derived: dict[Identifier, dict[str, FormulaText]] = Field(
        default_factory=dict, description="field → code → condition under which a blank field means that code"
    )


class Return(Model):
    """A return: who files it, when, on which form, with which sheets and checks."""

    id: Identifier
    no: str = Field(pattern=r"^[A-Z]+[0-9]+$")
    title: Label
    scope: Literal["school", "district", "section"] = "school"
    filed_by: Label
    expected: FormulaText | None = Field(None, description="schools that file it, where the register does not say")
    period: PeriodType
    accumulates: Literal["each", "cumulative"] = Field(
        "each", description="months or terms: each its own figures, or cumulative since the start of the year"
    )
    reference: Label | None = None
    due: Due
    basis: str = ""
    may_be_nil: bool = Field(
        default=False, description="a school without any data may declare that on the cover; its figures are then 0"
    )
    roles: RegisterRoles | None = Field(None, description="for the return that lists the schools")
    forms: tuple[Form, ...] = Field(min_length=1)
    sheets: tuple[Sheet, ...] = Field(min_length=1)
    checks: tuple[Check, ...] = ()

    @model_validator(mode="after")
    def _refuse_repeats(self) -> Return:
        for what, ids in (
            ("sheet", [sheet.id for sheet in self.sheets]),
            ("sheet name", [sheet.name for sheet in self.sheets]),
            ("form version", [form.version for form in self.forms]),
        ):
            for known in ids:
                if ids.count(known) > 1:
                    raise PydanticCustomError("there_twice", "{name} is there twice", {"name": known, "what": what})
        return self

    def find_sheet(self, sheet_id: str) -> Sheet | None:
        """The sheet of that id, if the return has it."""
        return next((sheet for sheet in self.sheets if sheet.id == sheet_id), None)
