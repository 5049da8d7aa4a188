"""Ways in which a workbook in order is spoilt on its way, by the name the corpus calls them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping

import openpyxl
from openpyxl.comments import Comment
from openpyxl.workbook import Workbook

from flows.publishers.fill import find_sheet_paths
from flows.publishers.repack import repack

Spoil = Callable[[bytes], bytes]
PUPILS = "小学分类型学生数"
AGES = "小学分年龄学生数"
CLASSES = "班级清单"


def edit(change: Callable[[Workbook], object]) -> Spoil:
    """Open in the spreadsheet program, change something, save."""

    def spoil(content: bytes) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(content))
        change(book)
        saved = io.BytesIO()
        book.save(saved)
        return saved.getvalue()

    return spoil


def put_into_cell(tab: str, address: str, inside: bytes, *, kind: bytes = b"") -> Spoil:
    """The stored content of one cell replaced: a formula with or without its value, an error."""

    def spoil(content: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            path = find_sheet_paths(archive)[tab]
            part = archive.read(path)
        pattern = rb'<c r="%b"((?: s="\d+")?)[^>]*?(?:/>|>.*?</c>)' % address.encode()
        changed, count = re.subn(pattern, rb'<c r="%b"\1%b>%b</c>' % (address.encode(), kind, inside), part, count=1)
        assert count == 1
        return repack(content, {path: changed})

    return spoil


def add_part(name: str) -> Spoil:
    return lambda content: repack(content, {name: b"<part/>"})


def name_part_outside(content: bytes) -> bytes:
    """An entry that would be unpacked outside the folder."""
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("../outside.xml", b"<part/>")
    return target.getvalue()


def sell_as_web_page(_content: bytes) -> bytes:
    return "<html><table><tr><td>小学</td></tr></table></html>".encode()


def encrypt(_content: bytes) -> bytes:
    """The head of a compound file that holds an encrypted package."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")


def _hide_row(book: Workbook) -> None:
    book[PUPILS].row_dimensions[7].hidden = True


def _add_sheet(book: Workbook) -> None:
    book.create_sheet("草稿")["A1"] = 12


def _comment(book: Workbook) -> None:
    book[PUPILS]["M6"].comment = Comment("另有5人借读", "填表人")


def _retitle_column(book: Workbook) -> None:
    book[PUPILS]["M3"] = "幼儿园大班"


def _write_alias(book: Workbook) -> None:
    book["小学专任教师分学历分课程"]["O3"] = "信息科技"


def _write_below(book: Workbook) -> None:
    book[PUPILS]["D30"] = 25


def _add_total_line(book: Workbook) -> None:
    sheet = book[CLASSES]
    line = next(row for row in range(5, sheet.max_row + 2) if sheet.cell(row, 1).value is None)
    sheet.cell(line, 1).value = "合计"
    sheet.cell(line, 5).value = 1310


def _overfill(book: Workbook) -> None:
    sheet = book[CLASSES]
    for row in range(5, 310):
        for column, value in enumerate(("primary", 6, row, "1", 40, 20), start=1):
            sheet.cell(row, column).value = value


def _drop_cover(book: Workbook) -> None:
    for name in ("封面", "_meta"):
        book.remove(book[name])


SPOILT_FILES: Mapping[str, Spoil] = {
    "cut_short": lambda content: content[: len(content) // 2],
    "encrypted": encrypt,
    "web_page": sell_as_web_page,
    "macros": add_part("xl/vbaProject.bin"),
    "link": add_part("xl/externalLinks/externalLink1.xml"),
    "path_outside": name_part_outside,
    "without_cover": edit(_drop_cover),
    "extra_sheet": edit(_add_sheet),
    "hidden_row": edit(_hide_row),
    "other_heading": edit(_retitle_column),
    "new_heading": edit(_write_alias),
    "row_inserted": edit(lambda book: book[PUPILS].insert_rows(5)),
    "row_deleted": edit(lambda book: book[AGES].delete_rows(9)),
    "merged": edit(lambda book: book[PUPILS].merge_cells("M6:N6")),
    "comment": edit(_comment),
    "figure_below": edit(_write_below),
    "note_below": edit(lambda book: book[PUPILS].__setitem__("A30", "注：含随班就读")),
    "total_line": edit(_add_total_line),
    "overfilled": edit(_overfill),
    "sheet_renamed": edit(lambda book: setattr(book[PUPILS], "title", "小学学生")),
    "formula_without_value": put_into_cell(PUPILS, "M6", b"<f>100+8</f>"),
    "formula": put_into_cell(PUPILS, "M6", b"<f>100+8</f><v>108</v>"),
    "error_value": put_into_cell(PUPILS, "M6", b"<f>1/0</f><v>#DIV/0!</v>", kind=b' t="e"'),
}
