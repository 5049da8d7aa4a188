"""Forms of a return beside one another: their order, what they were handed out as, what earlier ones must say.

A block copied from last year's file pastes in place: lines keep their order, and what was renamed, moved, given up or
put in between is said, in `omits`, `labels` or `map`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from schemas.carry import FormMap, Place, list_places, read_map
from schemas.definitions.returns import Form, Return
from schemas.errors import DefinitionError, located, problem
from schemas.lay_out import build_sheet_layout
from schemas.layout import FormLayout, Head, SheetLayout, fold_printed
from schemas.periods import compare_periods
from schemas.versions import order_version

DIGEST_LENGTH = 12


def digest_form(layout: FormLayout) -> str:
    """What tells the form as handed out from any other: tabs, labels, their places, and which cells are filled."""
    lines = []
    for sheet in layout.sheets:
        lines.append(repr((sheet.tab, sheet.kind, sheet.unit)))
        lines += [repr((head.position, head.number, head.label)) for head in (*sheet.rows, *sheet.columns)]
        lines += [repr((c.address, c.type, c.unit, c.codelist)) for c in sheet.cells if not c.blocked]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:DIGEST_LENGTH]


def judge_forms(definition: Return, build_layout: Callable[[str], FormLayout]) -> None:
    """Raise DefinitionError where forms are out of order, are not what was handed out, or change without a map."""
    for form, later in pairwise(definition.forms):
        if compare_periods(form.since, later.since) >= 0:
            raise DefinitionError(problem("forms_out_of_order"), key=f"forms.{later.version}.since")
        if order_version(form.version) >= order_version(later.version):
            raise DefinitionError(problem("versions_out_of_order"), key=f"forms.{later.version}.version")
    for form in definition.forms:
        with located(key=f"forms.{form.version}"):
            _refuse_other_digest(form, build_layout(form.version))
            _judge_sheets(form, definition)


def _refuse_other_digest(form: Form, layout: FormLayout) -> None:
    found = digest_form(layout)
    if form.digest is not None and form.digest != found:
        raise DefinitionError(
            problem("form_altered", digest=form.digest, found=found), key=f"forms.{form.version}.digest"
        )


def _judge_sheets(form: Form, definition: Return) -> None:
    latest = {sheet.id: build_sheet_layout(sheet) for sheet in definition.sheets}
    form_map = read_map(form)
    for sheet in form.sheets:
        now = latest.get(form_map.destinations.get(Place(sheet.id), Place(sheet.id)).sheet)
        if now is None and Place(sheet.id) not in form_map.entries:
            _refuse_unsaid_sheet(build_sheet_layout(sheet), form, form_map)
        if now is not None:
            _judge_sheet(build_sheet_layout(sheet), now, form, form_map)


def _refuse_unsaid_sheet(sheet: SheetLayout, form: Form, form_map: FormMap) -> None:
    """A sheet that is gone: its cells are said one by one, or the sheet is given up."""
    for cell in sheet.cells:
        if not any(place in form_map.entries for place in list_places(cell.ref)):
            raise DefinitionError(problem("line_gone", line=cell.ref), key=f"forms.{form.version}.map")


@dataclass(frozen=True, slots=True)
class _Axis:
    """The rows, or the columns, of a sheet on an earlier form and on the latest."""

    before: SheetLayout
    after: SheetLayout
    is_row: bool

    @property
    def heads(self) -> tuple[Sequence[Head], Sequence[Head]]:
        return (self.before.rows, self.after.rows) if self.is_row else (self.before.columns, self.after.columns)

    def name_line(self, sheet: SheetLayout, head: Head) -> Place:
        in_brackets = self.is_row and sheet.kind == "matrix"
        return Place(sheet.id, head.id, None) if in_brackets else Place(sheet.id, None, head.id)


def list_axes(before: SheetLayout, after: SheetLayout) -> Iterator[_Axis]:
    """What can be renamed or moved: rows and columns of a matrix, the lines of items, the fields of a list."""
    if before.kind != "list":
        yield _Axis(before, after, is_row=True)
    if before.kind != "items":
        yield _Axis(before, after, is_row=False)


def _judge_sheet(before: SheetLayout, after: SheetLayout, form: Form, form_map: FormMap) -> None:
    key = f"forms.{form.version}.map"
    if before.kind != after.kind:
        raise DefinitionError(problem("sheet_of_other_kind", sheet=before.id), key=key)
    for axis in list_axes(before, after):
        kept = _judge_lines(axis, form, form_map)
        positions = [now.position for _, now in kept]
        for (head, _), (first, second) in zip(kept[1:], pairwise(positions), strict=True):
            if second < first:
                raise DefinitionError(problem("line_moved", line=str(axis.name_line(before, head))), key=key)
        _refuse_inserted(axis, form, form_map)
    _refuse_other_units(before, after, form, form_map)


def _judge_lines(axis: _Axis, form: Form, form_map: FormMap) -> list[tuple[Head, Head]]:
    """Lines of which nothing is said, with the same lines of the latest form. They must be called the same."""
    before, after = axis.heads
    now = {head.id: head for head in after}
    kept = []
    for head in before:
        place = axis.name_line(axis.before, head)
        if _is_said(place, axis.before, form_map):
            continue
        key = f"forms.{form.version}.map"
        if head.id not in now:
            raise DefinitionError(problem("line_gone", line=str(place)), key=key)
        known = {fold_printed(label) for label in (now[head.id].label, *now[head.id].aliases)}
        if fold_printed(head.label) not in known:
            raise DefinitionError(
                problem("line_renamed", line=str(place), before=head.label, after=now[head.id].label), key=key
            )
        kept.append((head, now[head.id]))
    return kept


def _is_said(line: Place, sheet: SheetLayout, form_map: FormMap) -> bool:
    """True if the map names the line, gives up its sheet, or names each of its cells."""
    if line in form_map.entries:
        return True
    if Place(line.sheet) in form_map.entries and form_map.entries[Place(line.sheet)] is None:
        return True
    cells = [places for cell in sheet.cells if line in (places := list(list_places(cell.ref)))]
    return bool(cells) and all(places[0] in form_map.entries for places in cells)


def _refuse_inserted(axis: _Axis, form: Form, form_map: FormMap) -> None:
    """New lines stand behind those that were there, or the form says that it omits them."""
    before, after = axis.heads
    there = {form_map.rename_line(axis.name_line(axis.before, head)) for head in before}
    places = [axis.name_line(axis.after, head) for head in after]
    last = max((index for index, place in enumerate(places) if place in there), default=-1)
    omitted = {_fold_reference(text) for text in form.omits}
    for place in places[: last + 1]:
        if place not in there and str(place) not in omitted:
            raise DefinitionError(problem("line_inserted", line=str(place)), key=f"forms.{form.version}.omits")


def _fold_reference(text: str) -> str:
    """`sheet[*].column` is the column, `sheet[row].*` the row."""
    return text.replace("[*]", "").removesuffix(".*")


def _refuse_other_units(before: SheetLayout, after: SheetLayout, form: Form, form_map: FormMap) -> None:
    """Values in another unit, or of another code list, are not carried without saying how."""
    now: Mapping[str, object] = {cell.ref: (cell.unit, cell.codelist) for cell in after.cells}
    for cell in before.cells:
        fate = form_map.find_fate(next(iter(list_places(cell.ref))))
        ref = str(fate.place)
        if cell.blocked or fate.is_given_up or ref not in now or now[ref] == (cell.unit, cell.codelist):
            continue
        said = [form_map.entries[place] for place in list_places(cell.ref) if place in form_map.entries]
        if not any(entry is not None and (entry.factor is not None or entry.codes) for entry in said):
            raise DefinitionError(problem("other_unit", line=cell.ref), key=f"forms.{form.version}.map")
