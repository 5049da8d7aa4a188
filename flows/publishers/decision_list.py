"""The decision file: findings that wait for a decision, one a line, with room for it. It is filled and read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flows.publishers.sheets import Range, Validation, Value, WorkbookContent
from flows.publishers.tables import HEAD_ROW, Head, open_sheet, put_rows
from schemas.catalogue import Catalogue
from schemas.definitions.common import LabelModel
from schemas.definitions.workbooks import SheetDefinition

COLUMNS: Mapping[str, tuple[float, str]] = {
    "id": (19, "text"), "return": (8, "text_center"), "period": (11, "text_center"), "school": (13, "text"),
    "name": (22, "text"), "state": (9, "text_center"), "check": (8, "text_center"), "sheet": (18, "text"),
    "cell": (8, "text_center"), "label": (20, "text"), "message": (44, "text"), "found": (10, "text"),
    "expected": (10, "text"), "reason_code": (10, "text_center"), "explanation": (36, "text"),
    "decision": (9, "input_text"), "reason": (30, "input_text"),
}  # fmt: skip
"""Columns by their key under `decision_list` in the messages: width and style."""

DECISIONS = ("accept", "refuse")


def build_decision_list(catalogue: Catalogue, lines: Sequence[Mapping[str, str]]) -> WorkbookContent:
    """A line a finding: values by column, without decision and reason, which are to be filled."""
    message = catalogue.message
    title = LabelModel(zh=message("decision_list.title"))
    heads = [Head(message(f"decision_list.{name}"), width, style) for name, (width, style) in COLUMNS.items()]
    definition = SheetDefinition(kind="decision_list", name=title, landscape=True, paper="A3")
    content = open_sheet(definition, heads, message("decision_list.advice", count=len(lines)))
    rows: list[list[Value]] = [[line.get(name, "") for name in COLUMNS] for line in lines]
    last = put_rows(content, heads, rows)
    if rows:
        place = [*COLUMNS].index("decision")
        words = [message(f"decision_list.{decision}") for decision in DECISIONS]
        options = {"validate": "list", "source": words}
        content.validations.append(Validation(Range(HEAD_ROW + 1, place, last - 1, place), options))
    return WorkbookContent(title.zh, sheets=(content,))
