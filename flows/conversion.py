"""A filled workbook on an earlier form, written as a filled template of the form in force."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from flows.campaigns import CampaignDesk, list_orders
from flows.checks.addresses import AddressBook
from flows.checks.findings import find_from_signals
from flows.checks.structure import find_period
from flows.conductor import Watcher
from flows.errors import UsageError
from flows.files import write_whole
from flows.ingest import find_reading_limits
from flows.normalisers.records import FormBlock, lift_block, stack_readings
from flows.publishers.campaign import TemplateMaker, name_template_file
from flows.publishers.fill import CellValue, fill_workbook
from flows.publishers.template import Addressee, find_open_cells
from flows.publishers.typing_in import type_cover, type_empty, type_records
from flows.readers.child import FileToRead, read_files
from flows.readers.reading import Identity, Reading
from flows.readers.reading_map import build_reading_map
from schemas.definitions.returns import Return
from schemas.expressions.columns import holds_texts
from schemas.layout import FIRST_ROW, Cell, FormLayout, column_letter


@dataclass(frozen=True, slots=True)
class LeftCell:
    """A filled cell whose value is not in the converted workbook, where the school has it; `reason` says why."""

    sheet: str
    cell: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Conversion:
    """What became of one file. Without `path` nothing was written, for the `reason` given."""

    source: Path
    return_no: str = ""
    school: str = ""
    period: str = ""
    found: str = ""
    expected: str = ""
    path: Path | None = None
    carried: int = 0
    left: tuple[LeftCell, ...] = ()
    blank: tuple[str, ...] = ()
    reason: str = ""


def convert_files(
    desk: CampaignDesk, paths: Sequence[Path], folder: Path, watcher: Watcher, version: str | None = None
) -> list[Conversion]:
    """Convert files to the form in force for their period, or to the version named. The files stay as they are.

    Raises UsageError for a file that is not there.
    """
    for path in paths:
        if not path.is_file():
            raise UsageError("no_such_file", path=path)
    settings = desk.workspace.settings
    jobs = [FileToRead(path, path.suffix) for path in paths]
    watcher.begin("read", len(jobs))
    readings: dict[Path, Reading] = {}
    limits = find_reading_limits(settings)
    for job, reading in read_files(jobs, build_reading_map(desk.catalogue), limits=limits, workers=settings.workers):
        readings[job.path] = reading
        watcher.advance()
    maker = TemplateMaker(desk.catalogue)
    return [_convert(desk, maker, path, readings[path], folder, version) for path in paths]


def _convert(
    desk: CampaignDesk, maker: TemplateMaker, path: Path, reading: Reading, folder: Path, version: str | None
) -> Conversion:
    identity = reading.identity
    definition = desk.catalogue.returns.get(identity.return_id)
    if definition is None or not reading.is_readable:
        return Conversion(path, reason="unreadable" if not reading.is_readable else "return_unknown")
    known = Conversion(path, definition.no, identity.school_code, identity.period, identity.version)
    if all(form.version != identity.version for form in definition.forms):
        return _give_up(known, "version_unknown")
    target = _find_target(desk, definition, identity, version)
    if target is None:
        return _give_up(known, "period_unknown")
    if target.version == identity.version:
        return _give_up(known, "already", target.version)
    return _write(desk, maker, reading, target, folder, known)


def _give_up(known: Conversion, reason: str, expected: str = "") -> Conversion:
    return Conversion(known.source, known.return_no, known.school, known.period, known.found, expected, reason=reason)


def _find_target(desk: CampaignDesk, definition: Return, identity: Identity, version: str | None) -> FormLayout | None:
    if version is not None:
        known = [form.version for form in definition.forms]
        if version not in known:
            raise UsageError("no_such_form", name=definition.no, version=version, known=", ".join(known))
        return desk.catalogue.build_layout(definition.id, version)
    period = find_period(identity.period, definition)
    return desk.catalogue.find_layout(definition.id, period) if period else None


def _write(
    desk: CampaignDesk, maker: TemplateMaker, reading: Reading, target: FormLayout, folder: Path, known: Conversion
) -> Conversion:
    catalogue, identity = desk.catalogue, reading.identity
    own = catalogue.build_layout(target.return_id, identity.version)
    block = stack_readings(own, [0], [reading])
    lifted = lift_block(block, target)
    period = find_period(identity.period, catalogue.returns[target.return_id]) or identity.period
    addressee = _find_addressee(desk, identity, target, period)
    open_cells = find_open_cells(catalogue, target, addressee)
    typed = type_records(catalogue, lifted, 0, open_cells)
    carried = sum(len(cells) for cells in typed.values())
    typed |= type_empty(catalogue, lifted, reading.signals)
    typed |= {
        catalogue.cover.tab: type_cover(catalogue, identity.cover),
        catalogue.notes.tab: _type_notes(desk, reading),
    }
    path = folder / name_template_file(target, period, addressee)
    write_whole(path, fill_workbook(maker.make(target, period, addressee), typed))
    return Conversion(
        known.source, known.return_no, known.school, period, known.found, target.version, path, carried,
        tuple(_list_left(desk, reading, block, target, open_cells)), tuple(_list_blank(own, target, open_cells)),
    )  # fmt: skip


def _find_addressee(desk: CampaignDesk, identity: Identity, target: FormLayout, period: str) -> Addressee:
    """The school as the register has it; as the cover has it where the register does not know it."""
    definition = desk.catalogue.returns[target.return_id]
    if definition.scope == "school":
        try:
            orders = list_orders(desk, [definition], period, schools=[identity.school_code], everyone=False)
            return orders[0].addressee
        except UsageError:
            pass
    cover = identity.cover
    return Addressee(
        identity.school_code, cover.get("school_name", ""), cover.get("district_code", ""),
        desk.workspace.settings.district_name,
    )  # fmt: skip


def _type_notes(desk: CampaignDesk, reading: Reading) -> dict[str, CellValue]:
    """Explanations given on the old workbook, on the lines they stood on."""
    cells = desk.catalogue.notes.cells
    return {
        f"{column_letter(cell.column)}{FIRST_ROW + number}": value
        for number, note in enumerate(reading.notes)
        for cell in cells
        if (value := note.get(cell.ref.partition(".")[2], ""))
    }


def _list_left(
    desk: CampaignDesk, reading: Reading, block: FormBlock, target: FormLayout, open_cells: set[str]
) -> Iterator[LeftCell]:
    """Filled cells without a place on the later form, then those that could not be read."""
    book = AddressBook(block.layout, {0: reading.moved})
    targets = {cell.ref for sheet in target.sheets for cell in sheet.cells}
    for cell in (cell for sheet in block.layout.sheets for cell in sheet.cells):
        line = _find_first_line(block, cell)
        if cell.total or cell.blocked or line is None or cell.ref in open_cells:
            continue
        address = book.find(0, cell.ref, line)
        assert address is not None
        reason = "not_applicable" if cell.ref in targets else "given_up"
        if reason == "given_up" or not _is_zero(block, cell):
            yield LeftCell(address.sheet, address.cell, cell.label, reason)
    for finding in find_from_signals(desk.catalogue, 0, reading.signals, book):
        if finding.severity == "error" and finding.cell and finding.ref:
            yield LeftCell(finding.sheet, finding.cell, finding.label, "not_read")


def _find_first_line(block: FormBlock, cell: Cell) -> int | None:
    """The first row of the workbook in which a cell is filled; None if it is blank."""
    lines = block.lists.get(cell.sheet)
    column = block.find_column(cell.ref) if lines is None else lines.columns[cell.ref.partition(".")[2]]
    if column is None:
        return None
    filled = np.array([v is not None for v in column]) if holds_texts(column) else ~np.isnan(column)
    rows = np.nonzero(filled)[0]
    if not len(rows):
        return None
    return cell.row if lines is None else int(lines.row[rows[0]])


def _is_zero(block: FormBlock, cell: Cell) -> bool:
    position = block.index.get(cell.ref)
    return position is not None and block.numbers[0, position] == 0


def _list_blank(own: FormLayout, target: FormLayout, open_cells: set[str]) -> Iterator[str]:
    """Labels of what only the later form asks for, and the school has to fill."""
    there = {cell.ref for sheet in own.sheets for cell in sheet.cells if not cell.blocked}
    yield from dict.fromkeys(
        f"{sheet.tab}·{cell.label}"
        for sheet in target.sheets
        for cell in sheet.cells
        if cell.ref in open_cells and cell.ref not in there and not cell.total
    )
