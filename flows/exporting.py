"""The read-back: a submission as it was understood, written on the form, so that a school can compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from flows.assess import Registers
from flows.conductor import Watcher
from flows.errors import UsageError
from flows.files import write_whole
from flows.normalisers.records import FormBlock
from flows.publishers.campaign import TemplateMaker, name_template_file
from flows.publishers.fill import CellValue, fill_workbook
from flows.publishers.template import Addressee
from flows.publishers.typing_in import type_empty
from flows.signals import Signal
from flows.warehouse.records import load_typed_block
from flows.warehouse.submissions import SubmissionRow, load_rows, load_signals
from flows.warehouse.tables import Connection
from flows.workspace import Workspace
from schemas.catalogue import Catalogue
from schemas.layout import FIRST_ROW, FormLayout, SheetLayout, column_letter


def export_submissions(
    workspace: Workspace,
    connection: Connection,
    catalogue: Catalogue,
    numbers: Sequence[int],
    folder: Path,
    watcher: Watcher,
) -> list[Path]:
    """Write the submissions as understood, one workbook each. Returns the paths in their order.

    Raises UsageError for a submission that is not there, or of which nothing was understood.
    """
    rows = {row.submission: row for row in load_rows(connection, numbers)}
    maker, registers = TemplateMaker(catalogue), Registers(catalogue, connection)
    watcher.begin("fill", len(numbers))
    paths = []
    for number in numbers:
        row = _find_understood(catalogue, rows, number)
        layout = catalogue.build_layout(row.return_id, row.version)
        addressee = _address(workspace, registers, row)
        block = load_typed_block(connection, layout, [number])
        said = load_signals(connection, [number]).get(number, ())
        content = read_back(maker, layout, row, block, addressee, said)
        path = folder / name_template_file(layout, row.period, addressee, number)
        write_whole(path, content)
        paths.append(path)
        watcher.advance()
    return paths


def read_back(
    maker: TemplateMaker,
    layout: FormLayout,
    row: SubmissionRow,
    block: FormBlock,
    addressee: Addressee,
    said: Iterable[Signal],
) -> bytes:
    """The form filled with the values of a block of one submission: numbers as numbers, codes and texts as text.

    `said` is what was noticed when it was read: lists that it said to be empty say so again.
    """
    cover = {
        cell.address: _as_typed(row.cover[name], cell.type)
        for cell in maker.catalogue.cover.cells
        if row.cover.get(name := cell.ref.partition(".")[2])
    }
    typed: dict[str, Mapping[str, CellValue]] = {maker.catalogue.cover.tab: cover}
    for sheet in layout.sheets:
        typed[sheet.tab] = dict(_list_lines(sheet, block) if sheet.is_list else _list_cells(sheet, block))
    typed |= type_empty(maker.catalogue, block, said)
    return fill_workbook(maker.make(layout, row.period, addressee), typed)


def _find_understood(catalogue: Catalogue, rows: Mapping[int, SubmissionRow], number: int) -> SubmissionRow:
    row = rows.get(number)
    if row is None:
        raise UsageError("no_such_submission", number=number)
    definition = catalogue.returns.get(row.return_id)
    if definition is None or row.version not in {form.version for form in definition.forms} or not row.present:
        raise UsageError("nothing_understood", number=number, file=row.file_name)
    return row


def _address(workspace: Workspace, registers: Registers, row: SubmissionRow) -> Addressee:
    """The school with what the register says of it, which decides what stands open on the form."""
    settings, register = workspace.settings, registers.find(row.period)
    known = register.describe(row.school)
    name = row.cover.get("school_name", "")
    return Addressee(row.school, name, settings.district_code, settings.district_name, known)


def _list_cells(sheet: SheetLayout, block: FormBlock) -> Iterator[tuple[str, CellValue]]:
    for cell in sheet.cells:
        column = block.find_column(cell.ref)
        if column is not None and not cell.blocked and not cell.total and (value := _as_value(column[0])) is not None:
            yield cell.address, _as_typed(value, cell.type)


def _list_lines(sheet: SheetLayout, block: FormBlock) -> Iterator[tuple[str, CellValue]]:
    """Lines one below the other, in their order."""
    lines = block.lists[sheet.id]
    for cell in sheet.cells:
        column = lines.columns[cell.ref.partition(".")[2]]
        for position in range(len(lines.row)):
            value = _as_value(column[position])
            if value is not None:
                yield f"{column_letter(cell.column)}{FIRST_ROW + position}", _as_typed(value, cell.type)


def _as_value(value: object) -> str | float | None:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    return value if isinstance(value, str) else float(value)  # type: ignore[arg-type]


def _as_typed(value: str | float, kind: str) -> CellValue:
    """A date as a date, all else as it is."""
    if kind == "date" and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value
