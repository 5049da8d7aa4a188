"""What became of an earlier form: its cells under the references they have on the latest, with what converts values.

A form that cannot be told from the latest by what it omits and labels otherwise has sheets of its own, and a map. Read
by its own sheets and stored under the latest references, an old workbook lands in the records beside the new ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from schemas.definitions.returns import Carried, Form
from schemas.errors import DefinitionError, located, problem
from schemas.expressions import syntax as s
from schemas.expressions.expand import rebuild, spell_reference
from schemas.layout import Cell, Head, SheetLayout

PLACE = re.compile(r"(?P<sheet>\w+)(?:\[(?P<row>\w+)\])?(?:\.(?P<column>\w+))?")


@dataclass(frozen=True, slots=True)
class Place:
    """A sheet, a line of it or one cell: `sheet`, `sheet.column`, `sheet[row]`, `sheet[row].column`."""

    sheet: str
    row: str | None = None
    column: str | None = None

    @property
    def shape(self) -> tuple[bool, bool]:
        return self.row is not None, self.column is not None

    def __str__(self) -> str:
        row = f"[{self.row}]" if self.row else ""
        return f"{self.sheet}{row}.{self.column}" if self.column else f"{self.sheet}{row}"


@dataclass(frozen=True, slots=True)
class Fate:
    """Where a cell goes, and how its value gets there; `is_given_up`: nowhere."""

    place: Place
    factor: float = 1.0
    codes: tuple[tuple[str, str], ...] = ()
    is_given_up: bool = False
    is_said: bool = False


@dataclass(frozen=True)
class FormMap:
    """The map of a form, its keys and destinations read."""

    entries: Mapping[Place, Carried | None]
    destinations: Mapping[Place, Place] = field(default_factory=dict)

    def find_fate(self, cell: Place) -> Fate:
        """What becomes of a cell: an entry of its own counts before those of its sheet, column and row together."""
        for keys in ((cell,), (Place(cell.sheet), Place(cell.sheet, None, cell.column), Place(cell.sheet, cell.row))):
            said = [key for key in keys if key in self.entries]
            if said:
                return self._follow(cell, said)
        return Fate(cell)

    def rename_line(self, line: Place) -> Place:
        """A row or column, or the place it has now if that is in the same sheet."""
        sheet = self.destinations.get(Place(line.sheet), Place(line.sheet)).sheet
        moved = self.destinations.get(line)
        return moved if moved is not None and moved.sheet == sheet else replace(line, sheet=sheet)

    def _follow(self, cell: Place, said: Sequence[Place]) -> Fate:
        fate = Fate(cell, is_said=True)
        for key in said:
            entry = self.entries[key]
            if entry is None:
                return replace(fate, place=cell, is_given_up=True)
            to = self.destinations[key]
            place = Place(to.sheet, to.row or fate.place.row, to.column or fate.place.column)
            fate = replace(
                fate, place=place, factor=fate.factor * (entry.factor or 1.0),
                codes=(*fate.codes, *sorted(entry.codes.items())),
            )  # fmt: skip
        return fate


def read_map(form: Form) -> FormMap:
    """The form's map. Raises DefinitionError for what is no reference, or leads to one of another shape."""
    entries: dict[Place, Carried | None] = {}
    destinations: dict[Place, Place] = {}
    for text, entry in form.map.items():
        with located(key=f"forms.{form.version}.map.{text}"):
            key = _read_place(text)
            entries[key] = entry
            if entry is not None:
                destinations[key] = _read_place(entry.to)
                if destinations[key].shape != key.shape:
                    raise DefinitionError(problem("map_shape", text=entry.to))
    return FormMap(entries, destinations)


def carry_over(sheets: Sequence[SheetLayout], form: Form, latest: Mapping[str, SheetLayout]) -> tuple[SheetLayout, ...]:
    """The sheets of an earlier form under the references of the latest. Labels and places stay the form's own.

    Raises DefinitionError for a destination that the latest form does not have, or that two cells lead to.
    """
    form_map = read_map(form)
    own = {sheet.id for sheet in form.sheets}
    open_cells = {cell.ref: cell for sheet in latest.values() for cell in sheet.cells if not cell.blocked}
    _refuse_strays(form, form_map, [sheet for sheet in sheets if sheet.id in own], open_cells)
    carried = [_carry_sheet(sheet, form_map, open_cells, form) if sheet.id in own else sheet for sheet in sheets]
    _refuse_meeting(carried, form)
    return tuple(carried)


def _read_place(text: str) -> Place:
    match = PLACE.fullmatch(text)
    if match is None:
        raise DefinitionError(problem("map_reference", text=text))
    return Place(match["sheet"], match["row"], match["column"])


def _refuse_strays(
    form: Form, form_map: FormMap, sheets: Sequence[SheetLayout], open_cells: Mapping[str, Cell]
) -> None:
    """Keys that are no part of the form's own sheets, and destinations that no cell of the latest answers to."""
    known = {place for sheet in sheets for cell in sheet.cells for place in list_places(cell.ref)}
    there = {place for ref in open_cells for place in list_places(ref)}
    for key in form_map.entries:
        with located(key=f"forms.{form.version}.map.{key}"):
            if key not in known:
                raise DefinitionError(problem("map_source", text=str(key)))
            to = form_map.destinations.get(key)
            if to is not None and to not in there:
                raise DefinitionError(problem("map_destination", text=str(to)))


def list_places(ref: str) -> Iterator[Place]:
    """The cell, its row and column, and its sheet."""
    cell = _read_place(ref)
    yield from (cell, Place(cell.sheet))
    if cell.row is not None:
        yield from (Place(cell.sheet, cell.row), Place(cell.sheet, None, cell.column))


def _carry_sheet(sheet: SheetLayout, form_map: FormMap, open_cells: Mapping[str, Cell], form: Form) -> SheetLayout:
    new_id = form_map.destinations.get(Place(sheet.id), Place(sheet.id)).sheet
    cells = tuple(replace(_carry_cell(cell, form_map, open_cells, form), sheet=new_id) for cell in sheet.cells)
    if sheet.is_list and any(cell.ref.partition(".")[0] != new_id for cell in cells):
        raise DefinitionError(problem("map_list"), key=f"forms.{form.version}.map")
    refs = {old.ref: new.ref for old, new in zip(sheet.cells, cells, strict=True)}
    totals = tuple((refs[ref], _rename_parts(expression, refs)) for ref, expression in sheet.totals)
    fields = {ref.partition(".")[2]: refs[ref].partition(".")[2] for ref in refs}
    return replace(
        sheet, id=new_id, cells=cells, totals=totals,
        rows=tuple(_rename_head(head, sheet, form_map, is_row=True) for head in sheet.rows),
        columns=tuple(_rename_head(head, sheet, form_map, is_row=False) for head in sheet.columns),
        key=tuple(fields.get(name, name) for name in sheet.key),
        school_key=fields.get(sheet.school_key, sheet.school_key) if sheet.school_key else None,
    )  # fmt: skip


def _carry_cell(cell: Cell, form_map: FormMap, open_cells: Mapping[str, Cell], form: Form) -> Cell:
    fate = form_map.find_fate(_read_place(cell.ref))
    ref = str(fate.place)
    if cell.blocked:
        return replace(cell, ref=ref)
    landing = None if fate.is_given_up else open_cells.get(ref)
    with located(key=f"forms.{form.version}.map.{cell.ref}"):
        if landing is None and fate.is_said and cell.ref in open_cells:
            raise DefinitionError(problem("map_reused", text=cell.ref))
        if landing is not None and landing.is_numeric != cell.is_numeric:
            raise DefinitionError(problem("map_other_kind", text=cell.ref, to=ref))
    return cell if landing is None else replace(cell, ref=ref, factor=fate.factor, codes=fate.codes)


def _rename_head(head: Head, sheet: SheetLayout, form_map: FormMap, *, is_row: bool) -> Head:
    """Rows of a matrix are `sheet[row]`; columns, and the lines of other sheets, `sheet.line`."""
    if sheet.kind == "items" and not is_row:
        return head
    in_brackets = is_row and sheet.kind == "matrix"
    line = form_map.rename_line(Place(sheet.id, head.id, None) if in_brackets else Place(sheet.id, None, head.id))
    return replace(head, id=(line.row if in_brackets else line.column) or head.id)


def _rename_parts(expression: s.Expression, refs: Mapping[str, str]) -> s.Expression:
    def change(part: s.Expression) -> s.Expression | None:
        if not isinstance(part, s.Reference) or spell_reference(part) not in refs:
            return None
        place = _read_place(refs[spell_reference(part)])
        row = s.One(place.row) if place.row else None
        return s.Reference(place.sheet, row, s.One(place.column or ""), part.position)

    return rebuild(expression, change)


def _refuse_meeting(sheets: Sequence[SheetLayout], form: Form) -> None:
    """Two cells of one form cannot be one cell of the records."""
    seen: set[str] = set()
    for cell in (cell for sheet in sheets for cell in sheet.cells):
        if cell.ref in seen:
            raise DefinitionError(problem("map_meeting", text=cell.ref), key=f"forms.{form.version}.map")
        seen.add(cell.ref)
