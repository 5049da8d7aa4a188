"""`huizong dictionary`: every definition, for people and for programs."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from flows.commands.invocation import Invocation, find_invocation
from flows.commands.words import show_columns
from flows.errors import UsageError
from flows.workspace import open_workspace
from schemas.catalogue import Catalogue
from schemas.definitions.checks import Check
from schemas.definitions.indicators import Indicator
from schemas.definitions.returns import Return
from schemas.layout import FIRST_ROW, Cell, FormLayout, Head, SheetLayout, column_letter


def run(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument()] = None,
) -> int:
    invocation = find_invocation(context)
    workspace = open_workspace(invocation.workspace_path)
    catalogue = workspace.load_catalogue()
    if invocation.as_json:
        invocation.print_json(build_dictionary(catalogue, names or []))
    elif names:
        for name in names:
            _show_one(invocation, catalogue, name)
    else:
        _show_overview(invocation, catalogue)
    return 0


def build_dictionary(catalogue: Catalogue, names: list[str]) -> dict[str, Any]:
    """The public shape of the dictionary; with names given only what they name."""
    chosen = {name.casefold() for name in names}

    def is_wanted(*ids: str) -> bool:
        return not chosen or any(name.casefold() in chosen for name in ids)

    return {
        "returns": {
            key: describe_return(catalogue, definition)
            for key, definition in catalogue.returns.items()
            if is_wanted(key, definition.no)
        },
        "codelists": {
            key: {"name_zh": codelist.zh, "source": codelist.source, "codes": codelist.labels}
            for key, codelist in catalogue.codelists.items()
            if is_wanted(key)
        },
        "checks": {
            code: _describe_check(entry.check, entry.return_id)
            for code, entry in sorted(catalogue.checks.items())
            if is_wanted(code)
        },
        "indicators": {key: _describe_indicator(i) for key, i in catalogue.indicators.items() if is_wanted(key)},
    }


def describe_return(catalogue: Catalogue, definition: Return) -> dict[str, Any]:
    """A return on its latest form, with the address of every cell."""
    layout = catalogue.latest_layout(definition.id)
    return {
        "no": definition.no,
        "title_zh": definition.title.zh,
        "scope": definition.scope,
        "filed_by": definition.filed_by.zh,
        "period": definition.period,
        "basis": definition.basis,
        "form": layout.version,
        "forms": {form.version: form.since for form in definition.forms},
        "sheets": {sheet.id: _describe_sheet(sheet) for sheet in layout.sheets},
    }


def _describe_sheet(sheet: SheetLayout) -> dict[str, Any]:
    fields = sheet.cells if sheet.kind != "matrix" else ()
    return {
        "name": sheet.tab,
        "kind": sheet.kind,
        "title_zh": sheet.title,
        "unit": sheet.unit,
        "applies": sheet.applies,
        "rows": {head.id: _describe_head(head) for head in sheet.rows} if sheet.kind == "matrix" else {},
        "columns": {head.id: _describe_head(head) for head in sheet.columns} if sheet.kind == "matrix" else {},
        "fields": {cell.ref.partition(".")[2]: _describe_field(cell) for cell in fields},
        "cells": {cell.ref: cell.address for cell in sheet.cells if not cell.blocked},
        "totals": [ref for ref, _ in sheet.totals],
        "first_row": FIRST_ROW,
        "capacity": sheet.capacity if sheet.is_list else None,
    }


def _describe_head(head: Head) -> dict[str, Any]:
    return {"label": head.label, "number": head.number}


def _describe_field(cell: Cell) -> dict[str, Any]:
    return {
        "label": cell.label, "column": column_letter(cell.column), "type": cell.type, "unit": cell.unit,
        "decimals": cell.decimals, "required": cell.required, "codelist": cell.codelist, "minimum": cell.minimum,
        "maximum": cell.maximum, "length": cell.length, "applies": list(cell.applies),
    }  # fmt: skip


def _describe_check(check: Check, return_id: str | None) -> dict[str, Any]:
    return {
        "level": check.level, "severity": check.severity, "kind": check.kind, "return": return_id,
        "rules": list(check.rules) or ([check.printed] if check.printed else []), "when": check.when,
        "limits": dict(check.limits), "message_zh": check.message.zh, "remedy_zh": check.remedy.zh,
        "basis": check.basis,
    }  # fmt: skip


def _describe_indicator(indicator: Indicator) -> dict[str, Any]:
    return {
        "name_zh": indicator.name.zh, "definition_zh": indicator.definition.zh if indicator.definition else "",
        "kind": indicator.kind, "unit": indicator.unit, "decimals": indicator.decimals, "factor": indicator.factor,
        "numerator": indicator.numerator, "denominator": indicator.denominator, "stages": list(indicator.stages),
        "breakdowns": list(indicator.breakdowns), "direction": indicator.direction,
        "minimum_coverage": indicator.minimum_coverage, "basis": indicator.basis, "sources": list(indicator.sources),
        "publish": indicator.publish,
    }  # fmt: skip


def _show_overview(invocation: Invocation, catalogue: Catalogue) -> None:
    rows = []
    for definition in sorted(catalogue.returns.values(), key=lambda d: d.no):
        layout = catalogue.latest_layout(definition.id)
        checks = sum(definition.id in (e.return_id, *e.check.returns) for e in catalogue.checks.values())
        rows.append(
            (
                definition.no, definition.id, definition.title.zh, definition.filed_by.zh,
                invocation.say(f"periods.{definition.period}"), str(len(layout.sheets)), str(_count_cells(layout)),
                str(checks),
            )
        )  # fmt: skip
    show_columns(
        invocation, ("return", "id", "title", "filed_by", "period", "sheets", "cells", "checks"), rows, right=(5, 6, 7)
    )
    counts = {
        "checks": len(catalogue.checks), "indicators": len(catalogue.indicators), "codelists": len(catalogue.codelists),
        "targets": sum(len(t.targets) for t in catalogue.target_sets.values()),
        "evaluations": len(catalogue.evaluations),
    }  # fmt: skip
    invocation.screen.show(invocation.say("dictionary_verb.counts", **counts))


def _count_cells(layout: FormLayout) -> int:
    return sum(not cell.blocked for sheet in layout.sheets for cell in sheet.cells)


def _show_one(invocation: Invocation, catalogue: Catalogue, name: str) -> None:
    """One return, check, indicator or code list in full."""
    definition = catalogue.find_return(name)
    if definition is not None:
        _show_return(invocation, catalogue, definition)
        return
    found = build_dictionary(catalogue, [name])
    facts = next((part for kind in found.values() for part in kind.values()), None)
    if facts is None:
        raise UsageError("no_such_definition", name=name)
    rows = [(key, _spell(value)) for key, value in facts.items() if value not in (None, "", [], {})]
    show_columns(invocation, ("property", "value"), rows)


def _show_return(invocation: Invocation, catalogue: Catalogue, definition: Return) -> None:
    invocation.screen.show(f"{definition.no} {definition.title.zh}({definition.filed_by.zh})")
    for sheet in catalogue.latest_layout(definition.id).sheets:
        invocation.screen.show(f"\n{sheet.id}  {sheet.tab}")
        rows = [
            (cell.ref, cell.address, cell.label, cell.type, cell.unit, cell.codelist or "")
            for cell in sheet.cells
            if not cell.blocked
        ]
        show_columns(invocation, ("reference", "cell", "label", "type", "unit", "codelist"), rows)


def _spell(value: object) -> str:
    if isinstance(value, dict):
        return "；".join(f"{key} {text}" for key, text in value.items())
    if isinstance(value, list):
        return "；".join(str(item) for item in value)
    return str(value)
