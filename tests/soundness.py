"""What makes a spreadsheet program offer to repair a workbook, and the limits of Excel, found in the package itself.

Nothing here is known of the product: a package goes in, what is wrong with it comes out, in words.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from schemas.layout import split_address

CONTENT_TYPES = "[Content_Types].xml"
MOST_STYLES, MOST_LINKS, LONGEST_CELL, LONGEST_FORMULA = 65_490, 65_530, 32_767, 8_192
LONGEST_TAB, LONGEST_LIST, LONGEST_NAME = 31, 255, 255
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
TEXTS_OF_VALIDATIONS = {"errorTitle": 32, "promptTitle": 32, "error": 225, "prompt": 255}
FORBIDDEN_IN_TAB = re.compile(r"[\[\]:*?/\\]|^'|'$")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
LEGAL_NAME = re.compile(r"[A-Za-z_\\\u0080-\uffff][A-Za-z0-9_.\\?\u0080-\uffff]*")
CELL_LIKE = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*")
ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls",
    "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
"""The order in which the standard has the parts of a worksheet."""


@dataclass(frozen=True)
class Book:
    """The parts of a package, and what its workbook part says."""

    parts: Mapping[str, bytes]
    part: str
    root: etree._Element
    relations: Mapping[str, tuple[str, str]]
    """Id → kind and target of what the workbook part points at."""

    def find_related(self, kind: str) -> etree._Element | None:
        targets = [target for known, target in self.relations.values() if known == kind]
        return etree.fromstring(self.parts[targets[0]]) if targets else None


def list_faults(content: bytes) -> list[str]:
    """Everything that a program would stumble over, or that passes a limit. Empty for a sound workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
        parts = {name: archive.read(name) for name in names}
    faults = [f"part {name} is there twice" for name, count in Counter(names).items() if count > 1]
    faults += _judge_types(parts)
    faults += [fault for name in parts if name.endswith(".rels") for fault in _judge_relations(parts, name)]
    book = _open_book(parts)
    faults += [*_judge_book(book), *_judge_styles(book)]
    counts = _count_shared(book)
    for tab, part in list_worksheets(book).items():
        faults += [f"{tab}: {fault}" for fault in _judge_sheet(book, part, counts)]
    return faults


def list_worksheets(book: Book) -> dict[str, str]:
    """Tab → part of every worksheet, in their order."""
    found: dict[str, str] = {}
    for sheet in book.root.iter("{*}sheet"):
        kind, target = book.relations[_find_relation_id(sheet)]
        if kind == "worksheet":
            found[sheet.get("name") or ""] = target
    return found


def read_relations(parts: Mapping[str, bytes], name: str) -> dict[str, tuple[str, str]]:
    """Id → kind and target of what a part points at inside the package."""
    folder, _, file = name.rpartition("/")
    own = f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels"
    if own not in parts:
        return {}
    return {
        entry.get("Id") or "": ((entry.get("Type") or "").rpartition("/")[2], _resolve(name, entry.get("Target") or ""))
        for entry in etree.fromstring(parts[own])
        if entry.get("TargetMode") != "External"
    }


def _open_book(parts: Mapping[str, bytes]) -> Book:
    (part,) = [target for kind, target in read_relations(parts, "").values() if kind == "officeDocument"]
    return Book(parts, part, etree.fromstring(parts[part]), read_relations(parts, part))


def _resolve(name: str, target: str) -> str:
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), target))


def _find_relation_id(element: etree._Element) -> str:
    return next((str(value) for name, value in element.attrib.items() if str(name).endswith("}id")), "")


def _judge_types(parts: Mapping[str, bytes]) -> Iterator[str]:
    root = etree.fromstring(parts[CONTENT_TYPES])
    extensions = [(e.get("Extension") or "").lower() for e in root if etree.QName(e).localname == "Default"]
    named = [(e.get("PartName") or "").lstrip("/") for e in root if etree.QName(e).localname == "Override"]
    yield from (f"type of .{name} is declared twice" for name, n in Counter(extensions).items() if n > 1)
    yield from (f"type of {name} is declared twice" for name, n in Counter(named).items() if n > 1)
    yield from (f"type of {name} is declared, which is not there" for name in named if name not in parts)
    for name in parts:
        if name != CONTENT_TYPES and name not in named and name.rpartition(".")[2].lower() not in extensions:
            yield f"{name} has no type"


def _judge_relations(parts: Mapping[str, bytes], own: str) -> Iterator[str]:
    entries = list(etree.fromstring(parts[own]))
    ids = Counter(entry.get("Id") for entry in entries)
    yield from (f"{own}: {name} is there twice" for name, count in ids.items() if count > 1)
    folder, _, file = own.rpartition("/_rels/") if "/_rels/" in own else ("", "", own.removeprefix("_rels/"))
    source = f"{folder}/{file.removesuffix('.rels')}".lstrip("/")
    for entry in entries:
        target = _resolve(source, entry.get("Target") or "")
        if entry.get("TargetMode") != "External" and target not in parts:
            yield f"{own}: {entry.get('Id')} leads to {target}, which is not there"


def _judge_book(book: Book) -> Iterator[str]:
    sheets = list(book.root.iter("{*}sheet"))
    tabs = [sheet.get("name") or "" for sheet in sheets]
    numbers = Counter(sheet.get("sheetId") for sheet in sheets)
    yield from (f"sheet number {number} is there twice" for number, count in numbers.items() if count > 1)
    folded = Counter(tab.casefold() for tab in tabs)
    yield from (f"tab {tab} is there twice" for tab, count in folded.items() if count > 1)
    yield from (f"tab {tab!r} is no legal name" for tab in tabs if not 0 < len(tab) <= LONGEST_TAB)
    yield from (f"tab {tab!r} is no legal name" for tab in tabs if FORBIDDEN_IN_TAB.search(tab))
    yield from (f"{s.get('name')} leads nowhere" for s in sheets if _find_relation_id(s) not in book.relations)
    for view in book.root.iter("{*}workbookView"):
        active = int(view.get("activeTab") or 0)
        if active >= len(sheets) or sheets[active].get("state") in ("hidden", "veryHidden"):
            yield f"the sheet shown first, {active}, is not there or hidden"
    yield from _judge_names(book, len(sheets))


def _judge_names(book: Book, sheets: int) -> Iterator[str]:
    names = list(book.root.iter("{*}definedName"))
    places = Counter(((name.get("name") or "").casefold(), name.get("localSheetId")) for name in names)
    yield from (f"name {name[0]} is there twice" for name, count in places.items() if count > 1)
    for name in names:
        text = name.get("name") or ""
        if int(name.get("localSheetId") or 0) >= sheets:
            yield f"name {text} belongs to a sheet that is not there"
        if not text.startswith("_xlnm.") and (not LEGAL_NAME.fullmatch(text) or CELL_LIKE.fullmatch(text)):
            yield f"name {text} is not legal"
        if len(text) > LONGEST_NAME:
            yield f"name {text} is too long"


def _judge_styles(book: Book) -> Iterator[str]:
    root = book.find_related("styles")
    if root is None:
        yield "there are no styles"
        return
    sizes = {etree.QName(holder).localname: len(holder) for holder in root if isinstance(holder.tag, str)}
    for holder in root:
        if holder.get("count") is not None and int(holder.get("count") or 0) != len(holder):
            yield f"styles: {etree.QName(holder).localname} are not as many as they say"
    formats = root.find("{*}cellXfs")
    assert formats is not None
    for kind, holder in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
        if any(int(xf.get(kind) or 0) >= sizes[holder] for xf in formats):
            yield f"styles: a format has a {kind} that is not there"
    if len(formats) > MOST_STYLES:
        yield f"styles: {len(formats)} formats"
    order = [name for name in sizes if name in STYLES_ORDER]
    if order != sorted(order, key=STYLES_ORDER.index):
        yield f"styles are out of order: {order}"


STYLES_ORDER = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors",
    "extLst",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counts:
    strings: int
    formats: int
    differential: int


def _count_shared(book: Book) -> Counts:
    strings, styles = book.find_related("sharedStrings"), book.find_related("styles")
    holders = {"cellXfs": 0, "dxfs": 0}
    for name in holders:
        found = styles.find(f"{{*}}{name}") if styles is not None else None
        holders[name] = len(found) if found is not None else 0
    return Counts(len(strings) if strings is not None else 0, holders["cellXfs"], holders["dxfs"])


def _judge_sheet(book: Book, part: str, counts: Counts) -> Iterator[str]:
    root = etree.fromstring(book.parts[part])
    known = [etree.QName(child).localname for child in root if isinstance(child.tag, str)]
    names = [name for name in known if name in ORDER]
    if names != sorted(names, key=ORDER.index):
        yield f"its parts are out of order: {names}"
    relations = read_relations(book.parts, part)
    for element in root.iter("{*}legacyDrawing", "{*}drawing", "{*}legacyDrawingHF", "{*}tablePart", "{*}picture"):
        if _find_relation_id(element) not in relations:
            yield f"{etree.QName(element).localname} leads nowhere"
    yield from _judge_cells(root, counts)
    yield from _judge_conditions(root, counts)
    yield from _judge_validations(root)
    yield from _judge_merges(root)
    yield from _judge_comments(book, part, relations)
    links = sum(1 for _ in root.iter("{*}hyperlink"))
    if links > MOST_LINKS:
        yield f"{links} links"


def _judge_cells(root: etree._Element, counts: Counts) -> Iterator[str]:
    last_row = -1
    for row in root.iter("{*}row"):
        number = int(row.get("r") or last_row + 1)
        if number <= last_row:
            yield f"row {number} is out of order"
        last_row, last_column = number, -1
        for cell in row:
            at, column = split_address(cell.get("r") or "A1")
            if column <= last_column or at + 1 != number or at >= LAST_ROW or column >= LAST_COLUMN:
                yield f"cell {cell.get('r')} is out of order"
            last_column = column
            yield from (f"cell {cell.get('r')} {fault}" for fault in _judge_cell(cell, counts))


def _judge_cell(cell: etree._Element, counts: Counts) -> Iterator[str]:
    value = cell.findtext("{*}v") or ""
    if int(cell.get("s") or 0) >= counts.formats:
        yield "has a format that is not there"
    if cell.get("t") == "s" and int(value) >= counts.strings:
        yield "has a text that is not there"
    text = "".join(cell.itertext("{*}t")) if cell.get("t") == "inlineStr" else value
    if len(text) > LONGEST_CELL or CONTROL.search(text):
        yield "holds a text that no cell can hold"
    if len(cell.findtext("{*}f") or "") > LONGEST_FORMULA:
        yield "holds a formula that is too long"


def _judge_conditions(root: etree._Element, counts: Counts) -> Iterator[str]:
    rules = list(root.iter("{*}cfRule"))
    for priority, count in Counter(rule.get("priority") for rule in rules).items():
        if count > 1:
            yield f"{count} conditions of priority {priority}"
    for rule in rules:
        if int(rule.get("dxfId") or 0) >= max(counts.differential, 1):
            yield f"a condition has a format that is not there: {rule.get('dxfId')}"
    for block in root.iter("{*}conditionalFormatting"):
        if "sqref" in block.attrib and not block.get("sqref"):
            yield "a condition for no cell"


def _judge_validations(root: etree._Element) -> Iterator[str]:
    for validation in root.iter("{*}dataValidation"):
        where = f"validation of {validation.get('sqref')}"
        for name, most in TEXTS_OF_VALIDATIONS.items():
            if len(validation.get(name) or "") > most:
                yield f"{where}: {name} is too long"
        formula = validation.findtext("{*}formula1") or ""
        if formula.startswith('"') and len(formula) - 2 > LONGEST_LIST:
            yield f"{where}: its list is too long"


def _judge_merges(root: etree._Element) -> Iterator[str]:
    taken: set[tuple[int, int]] = set()
    for merge in root.iter("{*}mergeCell"):
        first, _, last = (merge.get("ref") or "").partition(":")
        (top, left), (bottom, right) = split_address(first), split_address(last)
        cells = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
        if taken & cells:
            yield f"{merge.get('ref')} overlaps another merged area"
        taken |= cells


def _judge_comments(book: Book, part: str, relations: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """Every comment has its author and its box, and every box of a note its comment."""
    targets = [target for kind, target in relations.values() if kind == "comments"]
    if len(targets) > 1:
        yield "it has more than one set of comments"
    root = etree.fromstring(book.parts[targets[0]]) if targets else None
    comments = list(root.iter("{*}comment")) if root is not None else []
    cells = Counter(comment.get("ref") or "" for comment in comments)
    yield from (f"{cell} has {count} comments" for cell, count in cells.items() if count > 1)
    authors = sum(1 for _ in root.iter("{*}author")) if root is not None else 0
    yield from (f"comment at {c.get('ref')} has no author" for c in comments if int(c.get("authorId") or 0) >= authors)
    boxes = Counter(_list_boxes(book, part, relations))
    yield from (f"{cell} has {boxes[cell]} boxes for {cells[cell]} comments" for cell in boxes | cells
                if boxes[cell] != cells[cell])  # fmt: skip
    yield from _judge_drawing(book, part, relations)


def _list_boxes(book: Book, part: str, relations: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    for shape in _list_shapes(book, part, relations):
        data = shape.find("{*}ClientData")
        if data is not None and data.get("ObjectType") == "Note":
            row, column = int(data.findtext("{*}Row") or -1), int(data.findtext("{*}Column") or -1)
            yield _spell_address(row, column)


def _judge_drawing(book: Book, part: str, relations: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    shapes = list(_list_shapes(book, part, relations))
    known = {f"#{kind.get('id')}" for kind in shapes[0].getparent().iter("{*}shapetype")} if shapes else set()  # type: ignore[union-attr]
    for name, count in Counter(shape.get("id") for shape in shapes).items():
        if count > 1:
            yield f"box {name} is there {count} times"
    for shape in shapes:
        if (shape.get("type") or "") not in known:
            yield f"box {shape.get('id')} is of a type that is not there"


def _list_shapes(book: Book, part: str, relations: Mapping[str, tuple[str, str]]) -> list[etree._Element]:
    legacy = etree.fromstring(book.parts[part]).find("{*}legacyDrawing")
    if legacy is None:
        return []
    target = relations.get(_find_relation_id(legacy), ("", ""))[1]
    root = etree.fromstring(book.parts[target], etree.XMLParser(recover=True)) if target in book.parts else None
    return list(root.iter("{*}shape")) if root is not None else []


def _spell_address(row: int, column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"
