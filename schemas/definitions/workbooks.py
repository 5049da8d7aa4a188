"""The definition of a published workbook: content by sheets, look by theme."""

from __future__ import annotations

from typing import Any

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
    sheets: tuple[SheetDefinition, ...] = Field(min_length=1)


class Theme(Model):
    """Fonts, colours and number forms of everything that is written."""

    font: str
    size: float
    styles: dict[Identifier, dict[str, Any]]
