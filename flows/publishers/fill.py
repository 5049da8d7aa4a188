"""Values typed into cells of a workbook, everything else in it left as it is."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date
from functools import partial
from posixpath import normpath

from lxml import etree

from flows.publishers.repack import repack
from schemas.layout import column_letter, split_address

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
EPOCH = date(1899, 12, 30)

CellValue = str | float | int | date | None
SheetValues = Mapping[str, CellValue]
"""Address in A1 form → value; None empties the cell."""


def fill_workbook(
    workbook: bytes, values: Mapping[str, SheetValues], *, rename: Mapping[str, str] | None = None
) -> bytes:
    """The workbook with values typed into cells (tab → address → value) and tabs renamed. Styles stay.

    Raises KeyError for a tab that is not there.
    """
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        paths = find_sheet_paths(archive)
        changes = {paths[tab]: fill_sheet(archive.read(paths[tab]), cells) for tab, cells in values.items() if cells}
        if rename:
            changes["xl/workbook.xml"] = _rename_tabs(archive.read("xl/workbook.xml"), rename)
    return repack(workbook, changes)


def find_sheet_paths(archive: zipfile.ZipFile) -> dict[str, str]:
    """Tab name → path of its part, in the order of the tabs."""
    rels = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {rel.get("Id"): rel.get("Target", "") for rel in rels}
    book = etree.fromstring(archive.read("xl/workbook.xml"))
    paths: dict[str, str] = {}
    for sheet in book.iter(f"{{{MAIN}}}sheet"):
        target = targets[sheet.get(f"{{{RELATION}}}id")]
        paths[sheet.get("name", "")] = normpath(target.lstrip("/") if target.startswith("/") else f"xl/{target}")
    return paths


def fill_sheet(content: bytes, values: SheetValues) -> bytes:
    """The part of a sheet with values typed into its cells."""
    root = etree.fromstring(content)
    data = root.find(f"{{{MAIN}}}sheetData")
    styles = _read_column_styles(root)
    if data is None:
        raise ValueError("a worksheet without sheetData")
    rows = {int(row.get("r", "0")): row for row in data}
    by_row: dict[int, list[tuple[int, str, CellValue]]] = {}
    for address, value in values.items():
        position, column = split_address(address)
        by_row.setdefault(position + 1, []).append((column, address, value))
    for number, typed in sorted(by_row.items()):
        row = rows.get(number)
        if row is None:
            row = _insert_row(data, rows, number)
        _fill_row(row, sorted(typed), styles)
    _widen_dimension(root, values)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _fill_row(row: etree._Element, typed: Iterable[tuple[int, str, CellValue]], styles: Mapping[int, str]) -> None:
    cells = {cell.get("r"): cell for cell in row}
    for column, address, value in typed:
        cell = cells.get(address)
        if cell is None:
            cell = _insert_cell(row, column, address, styles.get(column))
            cells[address] = cell
        set_value(cell, value)


def set_value(cell: etree._Element, value: CellValue) -> None:
    """Type a value into a cell element: text as text, never as a formula."""
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", "")
    if value is None:
        return
    if isinstance(value, str):
        cell.set("t", "inlineStr")
        text = etree.SubElement(etree.SubElement(cell, f"{{{MAIN}}}is"), f"{{{MAIN}}}t")
        text.text = value
        if value != value.strip():
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        return
    number = (value - EPOCH).days if isinstance(value, date) else value
    etree.SubElement(cell, f"{{{MAIN}}}v").text = repr(int(number)) if float(number).is_integer() else repr(number)


def _insert_row(data: etree._Element, rows: dict[int, etree._Element], number: int) -> etree._Element:
    row = etree.Element(f"{{{MAIN}}}row", r=str(number))
    later = [other for other in rows if other > number]
    if later:
        rows[min(later)].addprevious(row)
    else:
        data.append(row)
    rows[number] = row
    return row


def _insert_cell(row: etree._Element, column: int, address: str, style: str | None) -> etree._Element:
    cell = etree.Element(f"{{{MAIN}}}c", r=address)
    if style:
        cell.set("s", style)
    for other in row:
        if split_address(other.get("r", "A1"))[1] > column:
            other.addprevious(cell)
            return cell
    row.append(cell)
    return cell


def _read_column_styles(root: etree._Element) -> dict[int, str]:
    styles: dict[int, str] = {}
    for column in root.iter(f"{{{MAIN}}}col"):
        style = column.get("style")
        if style:
            first, last = int(column.get("min", "1")), min(int(column.get("max", "1")), 200)
            styles.update(dict.fromkeys(range(first - 1, last), style))
    return styles


def _widen_dimension(root: etree._Element, values: SheetValues) -> None:
    dimension = root.find(f"{{{MAIN}}}dimension")
    if dimension is None or not values:
        return
    last = dimension.get("ref", "A1").rpartition(":")[2]
    positions = [split_address(last), *(split_address(address) for address in values)]
    row, column = max(r for r, _ in positions), max(c for _, c in positions)
    dimension.set("ref", f"A1:{column_letter(column + 1)}{row + 1}")


def _rename_tabs(content: bytes, rename: Mapping[str, str]) -> bytes:
    """The workbook part with tabs renamed; names that point to them follow."""
    root = etree.fromstring(content)
    for sheet in root.iter(f"{{{MAIN}}}sheet"):
        sheet.set("name", rename.get(sheet.get("name", ""), sheet.get("name", "")))
    for name in root.iter(f"{{{MAIN}}}definedName"):
        for old, new in rename.items():
            name.text = re.sub(rf"'?{re.escape(old)}'?!", partial(_quote_tab, new), name.text or "")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _quote_tab(tab: str, _match: re.Match[str]) -> str:
    return f"'{tab}'!"
