"""The instructions sheet of a template: one line a field, with every check that reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.publishers.sheets import Print, SheetContent
from flows.publishers.template_inputs import MOST_DECIMALS, describe_blank
from schemas.catalogue import Catalogue
from schemas.compile import CompiledCheck
from schemas.layout import Cell, FormLayout, SheetLayout

COLUMNS = ("sheet", "item", "kind", "allowed", "blank", "meaning", "rules")
WIDTHS = (18.0, 24.0, 16.0, 26.0, 14.0, 28.0, 60.0)
MOST_RULES = 12
"""Rules spelled out on a line; of the rest, severity and code are named."""


def build_help_sheet(
    catalogue: Catalogue, layout: FormLayout, sheets: Sequence[SheetLayout], checks: Sequence[CompiledCheck]
) -> SheetContent:
    """Meaning, format, allowed answers, blank policy and checks of every field, in the order of the form."""
    message = catalogue.message
    content = SheetContent(message("template.help_sheet"))
    content.merge(0, 0, len(COLUMNS) - 1, message("help.title", title=layout.title), "title")
    content.put(1, 0, message("help.lead"), "caption")
    content.put_row(2, [message(f"help.{key}") for key in COLUMNS], "head")
    content.widths |= dict(enumerate(WIDTHS))
    content.heights[0] = 28
    rules = _index_rules(catalogue, checks)
    row = 3
    for sheet in sheets:
        for label, cells in _list_fields(sheet):
            content.put_row(row, _describe_field(catalogue, sheet, label, cells, rules), "bordered_wrapped")
            row += 1
    content.freeze = (3, 2)
    content.print = Print(landscape=True, repeat_rows=(2, 2))
    return content


def _index_rules(catalogue: Catalogue, checks: Sequence[CompiledCheck]) -> dict[str, list[str]]:
    """Reference → what the checks that read it demand, in the order they run."""
    index: dict[str, list[str]] = {}
    for compiled in checks:
        severity = catalogue.message(f"severity.{compiled.check.severity}")
        text = f"[{severity}{compiled.code}] {compiled.check.remedy.zh}"
        for rule in compiled.rules:
            for reference in rule.references:
                texts = index.setdefault(reference, [])
                if text not in texts:
                    texts.append(text)
    return index


def _list_fields(sheet: SheetLayout) -> Iterator[tuple[str, list[Cell]]]:
    """Fields of items and list sheets one by one; rows and columns of a matrix, each with its cells."""
    if sheet.kind != "matrix":
        for cell in sheet.cells:
            yield cell.label, [cell]
        return
    for head in sheet.rows:
        yield f"{head.number} {head.label}", [c for c in sheet.cells if c.row == head.position]
    for head in sheet.columns:
        yield f"({head.number}) {head.label}", [c for c in sheet.cells if c.column == head.position]


def _describe_field(
    catalogue: Catalogue, sheet: SheetLayout, label: str, cells: list[Cell], rules: dict[str, list[str]]
) -> list[str]:
    inputs = [cell for cell in cells if not cell.blocked and not cell.total]
    cell = (inputs or cells)[0]
    demanded = list(dict.fromkeys(text for each in cells for text in rules.get(each.ref, [])))
    heads = {head.id: head.hint for head in (*sheet.rows, *sheet.columns)}
    hint = heads.get(cell.ref.rpartition(".")[2], "")
    meaning = "；".join(part for part in (hint, catalogue.message("help.applies") if cell.applies else "") if part)
    kind = catalogue.message(f"type.{cell.type}") + (f"({cell.unit})" if cell.unit else "")
    more = [" ".join(text.partition("]")[0].lstrip("[") for text in demanded[MOST_RULES:])]
    return [
        sheet.tab,
        label.strip(),
        kind,
        _describe_allowed(catalogue, cell),
        _describe_blank(catalogue, cell, is_input=bool(inputs)),
        meaning,
        "\n".join([*demanded[:MOST_RULES], *more]).strip(),
    ]


def _describe_allowed(catalogue: Catalogue, cell: Cell) -> str:
    message = catalogue.message
    if cell.codelist:
        return " ".join(code.shown for code in catalogue.codelists[cell.codelist].codes)[:250]
    if cell.type in ("yesno", "date"):
        return message("help.yes_no" if cell.type == "yesno" else "help.date")
    if not cell.is_numeric:
        return message("help.any_text", length=cell.length or 200)
    if cell.sign == "any":
        return message("help.any_number")
    if cell.decimals == 0:
        return message("help.whole")
    return message("help.decimal", decimals=MOST_DECIMALS if cell.decimals is None else cell.decimals)


def _describe_blank(catalogue: Catalogue, cell: Cell, *, is_input: bool) -> str:
    return describe_blank(catalogue, cell) if is_input else catalogue.message("help.computed")
