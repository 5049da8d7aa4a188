"""Marking: colours, comments and the list, put into the package a school sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from lxml import etree

from flows.publishers.marking.colours import SIGN, add_colours, colour_cells, holds_colours, remove_colours
from flows.publishers.marking.comments import add_comments, remove_comments
from flows.publishers.marking.listing import build_list
from flows.publishers.marking.parts import MAIN, Package
from flows.publishers.marking.remark import Remark, Sheetful, order_remarks
from flows.readers.identify import LIST_SHEET

WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
MOST_COMMENTS = 500
"""Comments on a sheet; every fault is in the list, however many there are."""


def mark_workbook(content: bytes, remarks: Sequence[Remark], words: Sheetful) -> bytes:
    """An .xlsx or .xlsm package with faults marked; macros are left out, marks of an earlier time taken off.

    Raises KeyError, etree.XMLSyntaxError or zipfile.BadZipFile for a package that is none: such files are not marked.
    """
    package = Package(content)
    book = _find_workbook(package)
    _remove_macros(package, book)
    _remove_list(package, book)
    styles = next(relation.target for relation in package.list_relations(book) if relation.kind == "styles")
    colours = add_colours(package, styles)
    by_tab: dict[str, list[Remark]] = defaultdict(list)
    for remark in remarks:
        if remark.cell:
            by_tab[remark.sheet].append(remark)
    for tab, part in _list_sheets(package, book).items():
        if SIGN.encode() in package.read(part) and holds_colours(package.look(part)):
            remove_colours(package.open(part))
        remove_comments(package, part)
        if by_tab[tab]:
            _mark_sheet(package, part, by_tab[tab], colours, words)
    formats = _add_formats(package, styles)
    listed = build_list(remarks, words, formats).replace(MAIN.encode(), package.main.encode())
    _put_list(package, book, listed)
    return package.write()


def _find_workbook(package: Package) -> str:
    return next(relation.target for relation in package.list_relations("") if relation.kind == "officeDocument")


def _list_sheets(package: Package, book: str) -> dict[str, str]:
    """Tab → part of every worksheet."""
    targets = {relation.id: relation for relation in package.list_relations(book)}
    found: dict[str, str] = {}
    for sheet in package.open(book).iter("{*}sheet"):
        wanted = next((value for name, value in sheet.attrib.items() if str(name).endswith("}id")), "")
        relation = targets.get(str(wanted))
        if relation is not None and relation.kind == "worksheet":
            found[sheet.get("name") or ""] = relation.target
    return found


def _mark_sheet(
    package: Package, part: str, remarks: Sequence[Remark], colours: dict[str, int], words: Sheetful
) -> None:
    cells: dict[str, list[str]] = defaultdict(list)
    texts: dict[str, list[str]] = defaultdict(list)
    for remark in order_remarks(remarks):
        if remark.cell not in texts:
            cells[remark.severity].append(remark.cell)
        texts[remark.cell].append(
            f"{remark.code}（{words.severities[remark.severity]}）{remark.message}\n{words.advice}{remark.remedy}"
        )
    colour_cells(package.open(part), cells, colours)
    chosen = list(texts)[:MOST_COMMENTS]
    add_comments(package, part, {cell: "\n".join(texts[cell]) for cell in chosen})


def _remove_macros(package: Package, book: str) -> None:
    for relation in package.list_relations(book):
        if relation.kind in ("vbaProject", "vbaProjectSignature", "attachedToolbars"):
            package.unrelate(book, relation)
            package.remove(relation.target)
    package.retype(book, WORKBOOK_TYPE)


def _remove_list(package: Package, book: str) -> None:
    """The list of an earlier marking, with its place in the order of sheets."""
    part = _list_sheets(package, book).get(LIST_SHEET)
    if part is None:
        return
    root = package.open(book)
    sheets = next(root.iter("{*}sheets"))
    position = [sheet.get("name") for sheet in sheets].index(LIST_SHEET)
    sheets.remove(sheets[position])
    _shift_names(root, position, -1)
    relation = next(r for r in package.list_relations(book) if r.target == part)
    package.unrelate(book, relation)
    package.remove(part)


def _put_list(package: Package, book: str, content: bytes) -> None:
    """The list as first sheet, and the one that is shown on opening."""
    part = package.name_new("xl/worksheets/huizong_list{}.xml")
    package.add(part, content, SHEET_TYPE)
    relation = package.relate(book, f"{package.office}/worksheet", part)
    root = package.open(book)
    sheets = next(root.iter("{*}sheets"))
    entry = etree.Element(f"{{{etree.QName(root).namespace}}}sheet", name=LIST_SHEET)
    entry.set("sheetId", str(max(int(sheet.get("sheetId") or 0) for sheet in sheets) + 1))
    entry.set(f"{{{package.office}}}id", relation)
    sheets.insert(0, entry)
    _shift_names(root, 0, 1)
    for view in root.iter("{*}workbookView"):
        view.set("activeTab", "0")
        view.set("firstSheet", "0")
    for other in _list_sheets(package, book).values():
        if other != part and b"tabSelected" in package.read(other):
            for view in package.open(other).iter("{*}sheetView"):
                view.attrib.pop("tabSelected", "")


def _shift_names(root: etree._Element, position: int, step: int) -> None:
    """Names that belong to a sheet say which by its place."""
    for name in root.iter("{*}definedName"):
        place = name.get("localSheetId")
        if place is not None and int(place) >= position:
            name.set("localSheetId", str(int(place) + step))


def _add_formats(package: Package, styles: str) -> list[int]:
    """Formats of the list: heads, wrapped text, links, title. Returns their numbers."""
    root = package.open(styles)
    prefix = f"{{{etree.QName(root).namespace}}}"
    fonts, fills, borders, formats = (root.find(f"{prefix}{name}") for name in ("fonts", "fills", "borders", "cellXfs"))
    assert fonts is not None
    assert fills is not None
    assert borders is not None
    assert formats is not None
    bold = _append(fonts, f'<font xmlns="{prefix[1:-1]}"><b/><sz val="11"/><name val="宋体"/></font>')
    blue = '<u/><sz val="11"/><color rgb="FF0563C1"/><name val="宋体"/>'
    link = _append(fonts, f'<font xmlns="{prefix[1:-1]}">{blue}</font>')
    title = _append(fonts, f'<font xmlns="{prefix[1:-1]}"><b/><sz val="16"/><name val="宋体"/></font>')
    plain = _append(fonts, f'<font xmlns="{prefix[1:-1]}"><sz val="11"/><name val="宋体"/></font>')
    grey = _append(
        fills,
        f'<fill xmlns="{prefix[1:-1]}"><patternFill patternType="solid"><fgColor rgb="FFDCE6F1"/></patternFill></fill>',
    )
    edge = "".join(f'<{side} style="thin"><color auto="1"/></{side}>' for side in ("left", "right", "top", "bottom"))
    box = _append(borders, f'<border xmlns="{prefix[1:-1]}">{edge}<diagonal/></border>')
    wrapped = '<alignment vertical="top" wrapText="1"/>'
    centred = '<alignment horizontal="center" vertical="center" wrapText="1"/>'
    made = [(bold, grey, box, centred), (plain, 0, box, wrapped), (link, 0, box, wrapped), (title, 0, 0, "")]
    return [
        _append(
            formats,
            f'<xf xmlns="{prefix[1:-1]}" numFmtId="0" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0" '
            f'applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">{alignment}</xf>',
        )
        for font, fill, border, alignment in made
    ]


def _append(holder: etree._Element, text: str) -> int:
    holder.append(etree.fromstring(text))
    holder.set("count", str(len(holder)))
    return len(holder) - 1
