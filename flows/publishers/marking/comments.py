"""Comments on faulty cells: added to those of the sheet, known again by how they begin, and taken off again."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from flows.publishers.marking.parts import Package, Relation
from flows.publishers.marking.worksheet import insert_in_order
from flows.readers.identify import MARK_AUTHOR, MARK_SIGN
from schemas.layout import split_address

COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"

SPACES = (
    ' xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
BOX_TYPE = (
    '<v:shapetype{spaces} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
EMPTY_DRAWING = (
    f'<xml{SPACES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
    f"{BOX_TYPE.format(spaces='')}</xml>"
)
SHAPE = (
    '<v:shape{spaces} id="_x0000_s9{number:04d}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;'
    'margin-top:2pt;width:220pt;height:{height}pt;z-index:9{number:04d};visibility:hidden" fillcolor="#ffffe1" '
    'o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"/><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{column_after}, 15, {row}, 2, {column_end}, 15, {row_end}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
BOX = re.compile(r"<(?:\w+:)?shape\s.*?</(?:\w+:)?shape>", re.DOTALL)
BOX_CELL = re.compile(
    r'ObjectType="Note".*?<(?:\w+:)?Row>\s*(\d+)\s*</(?:\w+:)?Row>\s*<(?:\w+:)?Column>\s*(\d+)\s*<', re.DOTALL
)


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
            _append_text(known[cell], f"\n{MARK_SIGN}{text}", f"{{{space}}}")
            continue
        comment = etree.SubElement(listed, f"{{{space}}}comment", ref=cell, authorId=str(author))
        _append_text(comment, f"{MARK_SIGN}{text}", f"{{{space}}}")
    _draw(package, part, [cell for cell in texts if cell not in known], texts)


def remove_comments(package: Package, part: str) -> None:
    """Take off the comments of an earlier marking, and our words behind comments of others.

    Programs through which the copy went may have changed authors, boxes and how a text is cut into pieces.
    """
    relation = _find_relation(package, part, "comments")
    if relation is None or not _holds_marks(package.look(relation.target)):
        return
    root = package.open(relation.target)
    prefix = f"{{{etree.QName(root).namespace}}}"
    authors = [author.text for author in root.iter(f"{prefix}author")]
    listed = root.find(f"{prefix}commentList")
    removed: set[tuple[int, int]] = set()
    for comment in list(listed) if listed is not None else []:
        number = int(comment.get("authorId") or 0)
        is_ours = number < len(authors) and authors[number] == MARK_AUTHOR
        if is_ours or _read_text(comment).startswith(MARK_SIGN):
            removed.add(split_address(comment.get("ref") or ""))
            comment.getparent().remove(comment)  # type: ignore[union-attr]
        else:
            _cut_own_words(list(comment.iter(f"{prefix}t")))
    _remove_boxes(package, part, removed)


def _cut_own_words(pieces: list[etree._Element]) -> None:
    """The text before our sign, whatever pieces it is in."""
    left = len("".join(piece.text or "" for piece in pieces).partition(f"\n{MARK_SIGN}")[0])
    for piece in pieces:
        text = piece.text or ""
        piece.text, left = text[:left], max(0, left - len(text))


def _remove_boxes(package: Package, part: str, cells: set[tuple[int, int]]) -> None:
    """Take off the boxes of comments that are no more."""
    drawing = _find_drawing(package, part)
    if drawing is None:
        return

    def keep(box: re.Match[str]) -> str:
        cell = BOX_CELL.search(box[0])
        return "" if cell and (int(cell[1]), int(cell[2])) in cells else box[0]

    package.add(drawing, BOX.sub(keep, package.read(drawing).decode("utf-8", "replace")).encode())


def _holds_marks(comments: etree._Element) -> bool:
    """True if we are among the authors, or our sign stands in a text, be it in pieces."""
    is_author = any(author.text == MARK_AUTHOR for author in comments.iter("{*}author"))
    return is_author or any(MARK_SIGN in _read_text(comment) for comment in comments.iter("{*}comment"))


def _read_text(comment: etree._Element) -> str:
    return "".join(piece.text or "" for piece in comment.iter("{*}t"))


def _open_comments(package: Package, part: str) -> str:
    """The comments part of a sheet, made if there is none."""
    relation = _find_relation(package, part, "comments")
    if relation is not None:
        return relation.target
    name = package.name_new("xl/comments_huizong{}.xml")
    content = f'<comments xmlns="{package.main}"><authors/><commentList/></comments>'
    package.add(name, content.encode(), COMMENTS_TYPE)
    package.relate(part, f"{package.office}/comments", name)
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
    spaces = "" if "xmlns:v=" in content.partition(">")[0] else SPACES
    shapes = "".join(_draw_box(number, cell, texts[cell], spaces) for number, cell in enumerate(cells, start=1))
    head, end, tail = content.rpartition("</xml>")
    box_type = "" if 'id="_x0000_t202"' in head else BOX_TYPE.format(spaces=spaces)
    package.add(drawing, f"{head}{box_type}{shapes}{end}{tail}".encode())


def _draw_box(number: int, cell: str, text: str, spaces: str) -> str:
    row, column = split_address(cell)
    lines = sum(1 + len(line) // 17 for line in text.splitlines())
    values = {"spaces": spaces, "number": number, "height": 14 * lines + 10, "row": row, "column": column}
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
    relation = package.relate(part, f"{package.office}/vmlDrawing", name)
    sheet = package.open(part)
    element = etree.Element(f"{{{etree.QName(sheet).namespace}}}legacyDrawing")
    element.set(f"{{{package.office}}}id", relation)
    insert_in_order(sheet, element)
    return name


def _find_relation(package: Package, part: str, kind: str) -> Relation | None:
    return next((relation for relation in package.list_relations(part) if relation.kind == kind), None)
