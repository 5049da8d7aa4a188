"""A sample's filings → workbooks in the inbox, made by filling the product's own templates as a clerk would."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from flows.files import write_whole
from flows.publishers.campaign import TemplateMaker, name_template_file
from flows.publishers.fill import CellValue, fill_workbook
from flows.publishers.template import Addressee
from schemas.catalogue import Catalogue, load_catalogue
from schemas.layout import FIRST_ROW, FormLayout, column_letter
from schemas.sample.filings import Filing, Sample, Value

WORTH_SHARING = 20
"""So many filings are worth the start of further processes."""

Attributes = Mapping[tuple[str, str], Mapping[str, str | float | None]]
"""Period and school → the register's attributes of the school."""


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A workbook of the sample, ready to be dropped."""

    name: str
    content: bytes
    received_on: datetime


def make_files(
    sample: Sample, catalogue: Catalogue, filings: Sequence[Filing], *, workers: int = 2
) -> Iterator[MadeFile]:
    """The workbooks of the filings, in their order."""
    attributes = read_attributes(sample, catalogue)
    share = max(1, len(filings) // (workers * 4))
    shares = [filings[start : start + share] for start in range(0, len(filings), share)]
    if workers == 1 or len(filings) < WORTH_SHARING:
        for part in shares:
            yield from _make_share(sample, attributes, part)
        return
    context = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        for made in pool.map(partial(_make_share, replace(sample, filings=()), attributes), shares):
            yield from made


def drop_files(files: Iterator[MadeFile] | Sequence[MadeFile], inbox: Path) -> list[Path]:
    """Lay workbooks in the inbox with the time they were sent."""
    paths = []
    for made in files:
        path = inbox / made.name
        write_whole(path, made.content)
        stamp = made.received_on.timestamp()
        os.utime(path, (stamp, stamp))
        paths.append(path)
    return paths


def read_attributes(sample: Sample, catalogue: Catalogue) -> Attributes:
    """What the sample's own register says of each school, by period."""
    register = catalogue.register
    assert register is not None
    assert register.roles is not None
    attributes: dict[tuple[str, str], Mapping[str, str | float | None]] = {}
    for filing in sample.filings:
        if filing.return_id == register.id:
            for line in filing.lists[register.roles.sheet]:
                known = {name: value for name, value in line.items() if isinstance(value, str | int | float)}
                attributes[(filing.period[:4], str(line[register.roles.school]))] = known
    return attributes


def make_file(maker: TemplateMaker, sample: Sample, attributes: Attributes, filing: Filing) -> MadeFile:
    """Fill one template."""
    catalogue = maker.catalogue
    layout = _find_layout(catalogue, filing)
    addressee = Addressee(
        filing.school, filing.school_name, sample.district_code, sample.district_name,
        attributes.get((filing.period[:4], filing.school), {}),
    )  # fmt: skip
    workbook = maker.make(layout, filing.period, addressee)
    typed = list_typed_cells(catalogue, layout, filing)
    content = fill_workbook(workbook, typed, rename=filing.rename)
    if filing.cut_to is not None:
        content = content[: int(len(content) * filing.cut_to)]
    name = name_template_file(layout, filing.period, addressee, filing.revision)
    noon = datetime(filing.received_on.year, filing.received_on.month, filing.received_on.day, 12)  # noqa: DTZ001  as a file's time is
    return MadeFile(name, content, noon)


def list_typed_cells(catalogue: Catalogue, layout: FormLayout, filing: Filing) -> dict[str, dict[str, CellValue]]:
    """Tab → address → value, for everything the clerk types. Of a list that the filing does not name there is nothing:
    the clerk says so.
    """
    typed: dict[str, dict[str, CellValue]] = {catalogue.cover.tab: _type_cover(catalogue, filing)}
    for sheet in layout.sheets:
        if sheet.is_list:
            cells = _type_lines(layout, sheet.id, filing.lists.get(sheet.id, ()))
            if sheet.id not in filing.lists and catalogue.says_empty(sheet):
                cells = {sheet.cells[0].address: catalogue.nothing[0]}
        else:
            cells = {
                cell.address: filing.values[cell.ref]
                for cell in sheet.cells
                if cell.ref in filing.values and not cell.blocked and not cell.total
            }
            cells |= {cell.address: filing.typed[cell.ref] for cell in sheet.cells if cell.ref in filing.typed}
        if cells:
            typed[sheet.tab] = cells
    return typed


def _make_share(sample: Sample, attributes: Attributes, filings: Sequence[Filing]) -> list[MadeFile]:
    maker = TemplateMaker(load_catalogue())
    return [make_file(maker, sample, attributes, filing) for filing in filings]


def _find_layout(catalogue: Catalogue, filing: Filing) -> FormLayout:
    if filing.version is not None:
        return catalogue.build_layout(filing.return_id, filing.version)
    return catalogue.find_layout(filing.return_id, filing.period)


def _type_cover(catalogue: Catalogue, filing: Filing) -> dict[str, CellValue]:
    return {
        cell.address: filing.cover[cell.ref.partition(".")[2]]
        for cell in catalogue.cover.cells
        if cell.ref.partition(".")[2] in filing.cover
    }


def _type_lines(layout: FormLayout, sheet_id: str, lines: Sequence[Mapping[str, Value]]) -> dict[str, CellValue]:
    sheet = layout.find_sheet(sheet_id)
    columns = {cell.ref.partition(".")[2]: cell.column for cell in sheet.cells} if sheet else {}
    return {
        f"{column_letter(columns[name])}{FIRST_ROW + number}": value
        for number, line in enumerate(lines)
        for name, value in line.items()
        if name in columns and value is not None
    }
