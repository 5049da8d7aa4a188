"""Definition of a return + form → layout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from schemas.carry import carry_over
from schemas.definitions.returns import Form, ItemsSheet, Line, ListSheet, MatrixSheet, Return, Sheet, Traits
from schemas.errors import DefinitionError, located, problem
from schemas.expressions import syntax as s
from schemas.expressions.expand import expand_total, match_selector, rebuild, spell_reference
from schemas.expressions.parse import parse_expression
from schemas.layout import FIRST_ROW, STUB_COLUMNS, Cell, FormLayout, Head, SheetLayout

DEFAULTS: dict[str, Any] = {
    "type": "count", "unit": "", "decimals": None, "sign": "nonnegative", "blank": "required", "codelist": None,
    "minimum": None, "maximum": None, "length": None, "pattern": None, "over_time": None,
}  # fmt: skip

DECIMALS = {"count": 0, "year": 0, "number": None, "money": 2, "percent": 2}


def build_form_layout(definition: Return, form: Form) -> FormLayout:
    """Lay out a return on one of its forms. Raises DefinitionError where a form names what is not there."""
    sheets = tuple(_list_sheets(definition, form))
    if form.sheets:
        latest = {sheet.id: build_sheet_layout(sheet) for sheet in definition.sheets}
        sheets = carry_over(sheets, form, latest)
    return FormLayout(
        definition.id, definition.no, definition.title.zh, form.version, form.since, sheets, {s.id: s for s in sheets}
    )


def _list_sheets(definition: Return, form: Form) -> Iterator[SheetLayout]:
    """The form's own sheets in place of the latest's of the same id, then those that only it has."""
    own = {sheet.id: sheet for sheet in form.sheets}
    for sheet in definition.sheets:
        if sheet.id in own:
            yield build_sheet_layout(own.pop(sheet.id))
        elif sheet.id not in form.omits:
            yield build_sheet_layout(sheet, form=form)
    yield from (build_sheet_layout(sheet) for sheet in own.values())


def build_sheet_layout(sheet: Sheet, *, form: Form | None = None) -> SheetLayout:
    """Lay out one sheet, without the lines that the form omits."""
    omitted = _find_omitted(sheet, form)
    if isinstance(sheet, MatrixSheet):
        rows, columns, cells = _lay_out_matrix(sheet, omitted, form)
    elif isinstance(sheet, ItemsSheet):
        rows, columns, cells = _lay_out_items(sheet, omitted, form)
    else:
        rows, columns, cells = _lay_out_list(sheet, omitted, form)
    totals = _expand_totals(sheet, cells)
    total_refs = {ref for ref, _ in totals}
    cells = [replace(cell, total=True) if cell.ref in total_refs else cell for cell in cells]
    listed = sheet if isinstance(sheet, ListSheet) else None
    return SheetLayout(
        id=sheet.id,
        tab=form.names.get(sheet.id, sheet.name) if form else sheet.name,
        title=sheet.title.zh if sheet.title else sheet.name,
        kind=sheet.kind,
        unit=sheet.unit or "",
        rows=rows,
        columns=columns,
        cells=tuple(cells),
        aliases=(sheet.name, *sheet.aliases),
        applies=sheet.applies,
        note=sheet.note.zh if sheet.note else "",
        totals=tuple(totals),
        key=listed.key if listed else (),
        school_key=listed.school_key if listed else None,
        capacity=listed.capacity if listed else 0,
        may_be_empty=listed.may_be_empty if listed else True,
        may_be_absent=listed.may_be_absent if listed else False,
        plain=tuple(
            cell.is_numeric and cell.type != "percent" and not cell.blocked and not cell.total for cell in cells
        ),
    )


def drop_absent(expression: s.Expression, present: Mapping[str, Cell]) -> s.Expression:
    """The parts of a total without cells that are pre-printed * or missing on the form."""

    def change(part: s.Expression) -> s.Expression | None:
        if not isinstance(part, s.Call):
            return None
        kept = [
            a for a in part.arguments if not isinstance(a, s.Reference) or _is_open(present.get(spell_reference(a)))
        ]
        return s.Call(part.function, tuple(kept), part.position)

    return rebuild(expression, change)


def _is_open(cell: Cell | None) -> bool:
    return cell is not None and not cell.blocked


def _find_omitted(sheet: Sheet, form: Form | None) -> set[str]:
    """Ids of lines, and `row.column` of single cells, that the form omits."""
    omitted: set[str] = set()
    for text in form.omits if form else ():
        if text == sheet.id or not text.startswith((f"{sheet.id}.", f"{sheet.id}[")):
            continue
        with located(key=f"forms.{form.version}.omits" if form else ""):
            reference = parse_expression(text)
            if not isinstance(reference, s.Reference):
                raise DefinitionError(problem("no_reference", text=text))
            omitted |= _name_omitted(sheet, reference)
    return omitted


def _name_omitted(sheet: Sheet, reference: s.Reference) -> set[str]:
    if not isinstance(sheet, MatrixSheet) or reference.row is None:
        return {f".{line_id}" for line_id in match_selector(reference.column, line_ids(sheet))}
    rows = match_selector(reference.row, tuple(sheet.rows))
    columns = match_selector(reference.column, tuple(sheet.columns))
    if isinstance(reference.row, s.Every):
        return {f".{column}" for column in columns}
    if isinstance(reference.column, s.Every):
        return {f"[{row}]" for row in rows}
    return {f"[{row}].{column}" for row in rows for column in columns}


def line_ids(sheet: Sheet) -> tuple[str, ...]:
    """Ids of the columns of a matrix, or the fields of other sheets."""
    return tuple(sheet.columns if isinstance(sheet, MatrixSheet) else sheet.fields)


def _lay_out_matrix(
    sheet: MatrixSheet, omitted: set[str], form: Form | None
) -> tuple[tuple[Head, ...], tuple[Head, ...], list[Cell]]:
    rows = _number_lines(sheet, sheet.rows, "[{}]", omitted, form, first=FIRST_ROW, width=2)
    columns = _number_lines(sheet, sheet.columns, ".{}", omitted, form, first=STUB_COLUMNS + 1, width=1)
    blocked = _find_blocked(sheet) | {cell_id for cell_id in omitted if "]." in cell_id}
    cells = [
        _build_cell(
            sheet,
            f"{sheet.id}[{row.id}].{column.id}",
            f"{row.label.strip()}·{column.label.strip()}",
            (row.position, column.position),
            (sheet.rows[row.id], sheet.columns[column.id]),
            blocked=f"[{row.id}].{column.id}" in blocked,
        )
        for row in rows
        for column in columns
    ]
    return rows, columns, cells


def _lay_out_items(
    sheet: ItemsSheet, omitted: set[str], form: Form | None
) -> tuple[tuple[Head, ...], tuple[Head, ...], list[Cell]]:
    rows = _number_lines(sheet, sheet.fields, ".{}", omitted, form, first=FIRST_ROW, width=2)
    value = Head("value", "填报内容", "1", STUB_COLUMNS + 1)
    cells = [
        _build_cell(sheet, f"{sheet.id}.{row.id}", row.label, (row.position, value.position), (sheet.fields[row.id],))
        for row in rows
    ]
    return rows, (value,), cells


def _lay_out_list(
    sheet: ListSheet, omitted: set[str], form: Form | None
) -> tuple[tuple[Head, ...], tuple[Head, ...], list[Cell]]:
    columns = _number_lines(sheet, sheet.fields, ".{}", omitted, form, first=1, width=1)
    cells = [
        _build_cell(
            sheet, f"{sheet.id}.{column.id}", column.label, (FIRST_ROW, column.position), (sheet.fields[column.id],)
        )
        for column in columns
    ]
    return (), columns, cells


def _number_lines(
    sheet: Sheet, lines: Mapping[str, Line], key: str, omitted: set[str], form: Form | None, *, first: int, width: int
) -> tuple[Head, ...]:
    kept = [(line_id, line) for line_id, line in lines.items() if key.format(line_id) not in omitted]
    heads = []
    for index, (line_id, line) in enumerate(kept):
        printed = form.labels.get(f"{sheet.id}{key.format(line_id)}", line.label.zh) if form else line.label.zh
        aliases = tuple(alias for alias in (line.label.zh, *line.aliases) if alias != printed)
        hint = line.hint.zh if line.hint else ""
        heads.append(Head(line_id, printed, str(index + 1).zfill(width), first + index, aliases, line.indent, hint))
    return tuple(heads)


def _find_blocked(sheet: MatrixSheet) -> set[str]:
    blocked: set[str] = set()
    for text in sheet.blocked:
        with located(key=f"sheets.{sheet.id}.blocked"):
            blocked |= _name_blocked(sheet, text)
    return blocked


def _name_blocked(sheet: MatrixSheet, text: str) -> set[str]:
    reference = parse_expression(f"{sheet.id}{text}")
    if not isinstance(reference, s.Reference) or reference.row is None:
        raise DefinitionError(problem("blocked_form", text=text))
    columns = match_selector(reference.column, tuple(sheet.columns))
    return {f"[{row}].{column}" for row in match_selector(reference.row, tuple(sheet.rows)) for column in columns}


def _build_cell(
    sheet: Sheet, ref: str, label: str, position: tuple[int, int], lines: tuple[Line, ...], *, blocked: bool = False
) -> Cell:
    traits = _merge_traits(sheet, *lines)
    conditions = [text for text in (sheet.applies, *(line.applies for line in lines)) if text]
    return Cell(
        ref=ref,
        sheet=sheet.id,
        label=label,
        row=position[0],
        column=position[1],
        type=traits["type"],
        unit=traits["unit"] or "",
        decimals=traits["decimals"] if traits["decimals"] is not None else DECIMALS.get(traits["type"]),
        sign=traits["sign"],
        required=traits["blank"] == "required" and not blocked,
        codelist=traits["codelist"],
        minimum=traits["minimum"],
        maximum=traits["maximum"],
        length=traits["length"],
        pattern=traits["pattern"],
        over_time=traits["over_time"],
        contact=any(line.contact for line in lines),
        applies=tuple(conditions),
        blocked=blocked,
    )


def _merge_traits(*layers: Traits) -> dict[str, Any]:
    """Traits of the innermost layer that says them: column over row over sheet over default."""
    merged = dict(DEFAULTS)
    for layer in layers:
        merged |= {name: value for name in DEFAULTS if (value := getattr(layer, name)) is not None}
    return merged


def _expand_totals(sheet: Sheet, cells: Iterable[Cell]) -> list[tuple[str, s.Expression]]:
    """Totals by cell, each after the totals among its parts. Of two declarations of a cell the first counts."""
    present = {cell.ref: cell for cell in cells}
    rows = tuple(sheet.rows) if isinstance(sheet, MatrixSheet) else ()
    totals: dict[str, s.Expression] = {}
    for text in sheet.totals:
        with located(key=f"sheets.{sheet.id}.totals"):
            expanded = list(expand_total(parse_expression(text), sheet=sheet.id, rows=rows, columns=line_ids(sheet)))
        for target, expression in expanded:
            if target in present and not present[target].blocked:
                totals.setdefault(target, drop_absent(expression, present))
    return list(_order_totals(totals).items())


def _order_totals(totals: Mapping[str, s.Expression]) -> dict[str, s.Expression]:
    """The grand total of a sheet is summed from totals that are declared after it, and must come after them."""
    ordered: dict[str, s.Expression] = {}
    begun: set[str] = set()

    def place(target: str) -> None:
        if target in begun:
            return
        begun.add(target)
        for part in s.find_references(totals[target]):
            if spell_reference(part) in totals:
                place(spell_reference(part))
        ordered[target] = totals[target]

    for target in totals:
        place(target)
    return ordered
