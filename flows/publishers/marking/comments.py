"""Comments on faulty cells: added to those of the sheet, known again by their author, and taken off again."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from flows.publishers.marking.parts import Package, Relation
from flows.publishers.marking.worksheet import insert_in_order
from flows.readers.identify import MARK_AUTHOR
from schemas.layout import split_address

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"

EMPTY_DRAWING = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>'
    '</o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" '
    'o:connecttype="rect"/></v:shapetype></xml>'
)
SHAPE = (
    '<v:shape id="_x0000_s9{number:04d}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;'
    'width:220pt;height:{height}pt;z-index:9{number:04d};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"/><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{column_after}, 15, {row}, 2, {column_end}, 15, {row_end}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
OWN_SHAPE = re.compile(r'<v:shape id="_x0000_s9\d{4}".*?</v:shape>', re.DOTALL)


def add_comments(package: Package, part: str, texts: Mapping[str, str]) -> None:
    """A comment on every cell; a cell that has one already keeps it, with the new text behind."""
    comments = _open_comments(package, part)
    root = package.open(comments)
    space = etree.QName(root).namespace
    author = _find_author(root, f"{{{space}}}")
    listed = root.find(f"{{{space}}}commentList")
    assert listed is not None
    known = {comment.get("ref"): comment for comment in listed}
    for cell, text in texts.items():
        if cell in known:
            _append_text(known[cell], f"\n【{MARK_AUTHOR}】{text}", f"{{{space}}}")
            continue
        comment = etree.SubElement(listed, f"{{{space}}}comment", ref=cell, authorId=str(author))
        _append_text(comment, text, f"{{{space}}}")
    _draw(package, part, [cell for cell in texts if cell not in known], texts)


def remove_comments(package: Package, part: str) -> None:
    """Take off the comments of an earlier marking, and our words behind comments of others."""
    relation = _find_relation(package, part, "comments")
    if relation is None or not _holds_marks(package.look(relation.target)):
        return
    root = package.open(relation.target)
    prefix = f"{{{etree.QName(root).namespace}}}"
    authors = [author.text for author in root.iter(f"{prefix}author")]
    listed = root.find(f"{prefix}commentList")
    for comment in list(listed) if listed is not None else []:
        number = int(comment.get("authorId") or 0)
        if number < len(authors) and authors[number] == MARK_AUTHOR:
            comment.getparent().remove(comment)  # type: ignore[union-attr]
            continue
        for text in comment.iter(f"{prefix}t"):
            text.text = (text.text or "").partition(f"\n【{MARK_AUTHOR}】")[0]
    drawing = _find_drawing(package, part)
    if drawing is not None:
        content = package.read(drawing).decode("utf-8", "replace")
        package.add(drawing, OWN_SHAPE.sub("", content).encode())


def _holds_marks(comments: etree._Element) -> bool:
    """True if we are among the authors, or our words stand behind those of others."""
    return any(MARK_AUTHOR in (element.text or "") for element in comments.iter("{*}author", "{*}t"))


def _open_comments(package: Package, part: str) -> str:
    """The comments part of a sheet, made if there is none."""
    relation = _find_relation(package, part, "comments")
    if relation is not None:
        return relation.target
    name = package.name_new("xl/comments_huizong{}.xml")
    content = f'<comments xmlns="{MAIN}"><authors/><commentList/></comments>'
    package.add(name, content.encode(), COMMENTS_TYPE)
    package.relate(part, f"{OFFICE}/comments", name)
    return name


def _find_author(root: etree._Element, prefix: str) -> int:
    authors = root.find(f"{prefix}authors")
    assert authors is not None
    names = [author.text for author in authors]
    if MARK_AUTHOR not in names:
        etree.SubElement(authors, f"{prefix}author").text = MARK_AUTHOR
        names.append(MARK_AUTHOR)
    return names.index(MARK_AUTHOR)


def _append_text(comment: etree._Element, text: str, prefix: str) -> None:
    holder = comment.find(f"{prefix}text")
    if holder is None:
        holder = etree.SubElement(comment, f"{prefix}text")
    plain = holder.find(f"{prefix}t")
    if plain is not None and plain.text:
        plain.text += text
        return
    run = etree.SubElement(holder, f"{prefix}r")
    piece = etree.SubElement(run, f"{prefix}t")
    piece.text = text
    piece.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _draw(package: Package, part: str, cells: list[str], texts: Mapping[str, str]) -> None:
    """The boxes in which Excel shows comments."""
    drawing = _find_drawing(package, part) or _make_drawing(package, part)
    content = package.read(drawing).decode("utf-8", "replace")
    shapes = "".join(_draw_box(number, cell, texts[cell]) for number, cell in enumerate(cells, start=1))
    head, end, tail = content.rpartition("</xml>")
    package.add(drawing, f"{head}{shapes}{end}{tail}".encode())


def _draw_box(number: int, cell: str, text: str) -> str:
    row, column = split_address(cell)
    lines = sum(1 + len(line) // 17 for line in text.splitlines())
    values = {"number": number, "height": 14 * lines + 10, "row": row, "column": column}
    return SHAPE.format(**values, column_after=column + 1, column_end=column + 4, row_end=row + lines)


def _find_drawing(package: Package, part: str) -> str | None:
    sheet = package.look(part)
    element = sheet.find(f"{{{etree.QName(sheet).namespace}}}legacyDrawing")
    if element is None:
        return None
    wanted = next((value for name, value in element.attrib.items() if str(name).endswith("}id")), None)
    return next((r.target for r in package.list_relations(part) if r.id == wanted), None)


def _make_drawing(package: Package, part: str) -> str:
    name = package.name_new("xl/drawings/vmlDrawing_huizong{}.vml")
    package.declare_extension("vml", DRAWING_TYPE)
    package.add(name, EMPTY_DRAWING.encode())
    relation = package.relate(part, f"{OFFICE}/vmlDrawing", name)
    sheet = package.open(part)
    element = etree.Element(f"{{{etree.QName(sheet).namespace}}}legacyDrawing")
    element.set(f"{{{OFFICE}}}id", relation)
    insert_in_order(sheet, element)
    return name


def _find_relation(package: Package, part: str, kind: str) -> Relation | None:
    return next((relation for relation in package.list_relations(part) if relation.kind == kind), None)
