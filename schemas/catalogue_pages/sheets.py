"""One sheet of a return: its lines in the order of the form, and what may stand in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from schemas.catalogue import Catalogue
from schemas.catalogue_pages.markdown import code, escape, facts, heading, link, spell_number, table
from schemas.definitions.returns import Line, MatrixSheet, Sheet, Traits
from schemas.lay_out import DEFAULTS
from schemas.layout import Cell, Head, SheetLayout

FIELD_HEADS = ("position", "id", "label", "type", "unit", "filling", "codelist", "allowed", "applies", "note")
LINE_HEADS = ("position", "id", "label", "traits", "applies", "note")
INDENT = "　"


def describe_sheet(catalogue: Catalogue, sheet: Sheet, layout: SheetLayout) -> str:
    """A sheet as a section of its return's page."""
    say = catalogue.message
    is_matrix = isinstance(sheet, MatrixSheet)
    said = {
        "sheet_kind": say(f"sheet_kind.{sheet.kind}"),
        "title": escape(layout.title) if layout.title != layout.tab else "",
        "applies": code(sheet.applies or ""),
        "note": escape(layout.note),
        "key": "、".join(code(name) for name in layout.key),
        "capacity": str(layout.capacity) if layout.is_list else "",
        "may_be_empty": _spell_empty(catalogue, layout),
        "default_traits": _spell_defaults(catalogue, sheet) if is_matrix else escape(layout.unit),
        "totals": "；".join(code(total) for total in sheet.totals),
        "blocked": "、".join(code(place) for place in sheet.blocked) if isinstance(sheet, MatrixSheet) else "",
    }
    text = heading(2, f"{escape(layout.tab)} {code(layout.id)}")
    text += facts({say(f"pages.{name}"): value for name, value in said.items()})
    if isinstance(sheet, MatrixSheet):
        return (
            text
            + _list_lines(catalogue, "rows", layout.rows, sheet.rows)
            + _list_lines(catalogue, "columns", layout.columns, sheet.columns)
        )
    return text + _list_fields(catalogue, sheet.fields, layout)


def _spell_empty(catalogue: Catalogue, layout: SheetLayout) -> str:
    """How a list that may have no lines says so."""
    return catalogue.message("pages.declared", word=catalogue.nothing[0]) if catalogue.says_empty(layout) else ""


def _spell_defaults(catalogue: Catalogue, sheet: Sheet) -> str:
    """What holds for cells of which no line says otherwise."""
    merged = {name: getattr(sheet, name) if getattr(sheet, name) is not None else DEFAULTS[name] for name in DEFAULTS}
    return _spell_traits(catalogue, merged)


def _list_lines(catalogue: Catalogue, what: str, heads: Iterable[Head], lines: Mapping[str, Line]) -> str:
    say = catalogue.message
    rows = (
        (
            head.number, code(head.id), INDENT * head.indent + escape(head.label),
            _spell_traits(catalogue, _find_said(lines[head.id])), code(lines[head.id].applies or ""), escape(head.hint),
        )
        for head in heads
    )  # fmt: skip
    return f"**{say(f'pages.{what}')}**\n\n" + table([say(f"pages.{head}") for head in LINE_HEADS], rows)


def _list_fields(catalogue: Catalogue, fields: Mapping[str, Line], layout: SheetLayout) -> str:
    heads = layout.columns if layout.is_list else layout.rows
    rows = (
        _build_field(catalogue, head, cell, fields[head.id]) for head, cell in zip(heads, layout.cells, strict=True)
    )
    return table([catalogue.message(f"pages.{head}") for head in FIELD_HEADS], rows)


def _build_field(catalogue: Catalogue, head: Head, cell: Cell, line: Line) -> tuple[str, ...]:
    say = catalogue.message
    kind = say(f"type.{cell.type}")
    allowed = {
        "sign": cell.sign if cell.is_numeric and cell.sign != "nonnegative" else None,
        "minimum": cell.minimum, "maximum": cell.maximum, "length": cell.length, "pattern": cell.pattern,
        "over_time": cell.over_time,
    }  # fmt: skip
    note = [say("pages.contact")] if cell.contact else []
    return (
        head.number, code(head.id), INDENT * head.indent + escape(head.label),
        f"{kind}，{say('pages.decimals_of', count=cell.decimals)}" if cell.decimals else kind,
        escape(cell.unit), say("pages.required" if cell.required else "pages.optional"),
        _link_codelist(cell.codelist), _spell_traits(catalogue, allowed), code(line.applies or ""),
        "；".join([escape(head.hint), *note] if head.hint else note),
    )  # fmt: skip


def _find_said(line: Line) -> dict[str, Any]:
    return {name: getattr(line, name) for name in Traits.model_fields}


def _spell_traits(catalogue: Catalogue, traits: Mapping[str, Any]) -> str:
    """Traits in words, those that are not said left out."""
    say = catalogue.message
    spellers: dict[str, Callable[[Any], str]] = {
        "type": lambda value: say(f"type.{value}"),
        "unit": lambda value: say("pages.unit_of", unit=escape(value)) if value else "",
        "decimals": lambda value: say("pages.decimals_of", count=value),
        "sign": lambda value: say(f"pages.{'any_sign' if value == 'any' else value}"),
        "blank": lambda value: say(f"pages.{value}"),
        "codelist": _link_codelist,
        "minimum": lambda value: say("pages.minimum", value=spell_number(value)),
        "maximum": lambda value: say("pages.maximum", value=spell_number(value)),
        "length": lambda value: say("pages.length", value=value),
        "pattern": lambda value: f"{say('pages.pattern')} {code(value)}",
        "over_time": lambda value: say("pages.over_time", way=say(f"over_time.{value}")),
    }
    spelled = [spell(traits[name]) for name, spell in spellers.items() if traits.get(name) is not None]
    return "；".join(part for part in spelled if part)


def _link_codelist(name: str | None) -> str:
    return link(name, f"../codelists.md#{name}") if name else ""
