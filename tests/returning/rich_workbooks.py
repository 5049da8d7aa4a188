"""Workbooks with everything a school may put into one, from charts and shapes to names and hidden sheets.

| tab | has |
|---|---|
| 学生 | figures, drop-downs, conditions, merged title, chart, picture, shape, comments, links, groups, print set-up |
| 名册 | a list object, a sparkline, rich text, a name of its own |
| 控件 | a button, and no comment |
| 讨论 | a threaded comment at B2 |
| 图表 | a chart that is a sheet |
| 底稿, 深藏 | hidden, and hidden for good |
"""

from __future__ import annotations

import io
import struct
import zlib
from datetime import datetime
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule
from openpyxl.styles import PatternFill
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from tests.readers.parts import list_parts, replace_in_part, set_part, write_zip

CREATED = datetime(2025, 9, 1)  # noqa: DTZ001  a workbook knows no time zone
PERSON, THREAD = "{6F1A0000-0000-4000-8000-000000000001}", "{6F1A0000-0000-4000-8000-000000000002}"
THREADED_SHEET = "xl/worksheets/sheet4.xml"
KINDS = "http://schemas.microsoft.com/office/2017/10/relationships"
SPACE = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"


def write_rich_workbook() -> bytes:
    """A workbook with one of everything, as XlsxWriter writes it, with a threaded comment added as Excel does."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": "示例小学", "author": "张老师", "created": CREATED})
    book.set_custom_property("校验码", "A-1")
    _write_pupils(book, book.add_worksheet("学生"))
    _write_roll(book, book.add_worksheet("名册"))
    controls = book.add_worksheet("控件")
    controls.write_column("A1", ["指标", 7, 8])
    controls.insert_button("C2", {"macro": "说明", "caption": "说明"})
    discussed = book.add_worksheet("讨论")
    discussed.write_column("B1", ["人数", 12, 13])
    discussed.write_comment("B2", "[Threaded comment]\n\n请核对", {"author": f"tc={THREAD}"})
    _add_chart_sheet(book)
    book.add_worksheet("底稿").hide()
    book.get_worksheet_by_name("底稿").write("A1", "草稿")
    book.add_worksheet("深藏").very_hidden()
    book.define_name("全部", "=学生!$A$3:$C$9")
    book.define_name("名册!合计", "=名册!$B$2:$B$4")
    book.close()
    return _add_thread(target.getvalue())


def add_to_template(content: bytes, tab: str) -> bytes:
    """A filled template after a clerk worked in it with another program: chart, condition, drop-down, comment, name."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book[tab]
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=11, max_col=16, min_row=5, max_row=6), from_rows=True)
    sheet.add_chart(chart, "C30")
    scale = ColorScaleRule(start_type="min", start_color="FFFFFF", end_type="max", end_color="FF8080")
    sheet.conditional_formatting.add("K5:P17", scale)
    sheet.conditional_formatting.add("I5:I17", CellIsRule("greaterThan", ["5000"], fill=PatternFill(bgColor="FFFF00")))
    sheet["K6"].comment = Comment("已与学籍核对", "张老师")
    answers = DataValidation(type="list", formula1='"是,否"', showErrorMessage=True)
    answers.add("R5:R9")
    sheet.add_data_validation(answers)
    book.defined_names["我校"] = DefinedName("我校", attr_text=f"'{tab}'!$K$5:$P$5")
    book.create_sheet("底稿").sheet_state = "hidden"
    return _save(book)


def draw_picture() -> bytes:
    """A red dot as PNG."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    lines = b"".join(b"\0" + b"\xd0\x20\x20" * 8 for _ in range(8))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def _write_pupils(book: Any, sheet: Any) -> None:
    bold, red = book.add_format({"bold": True, "align": "center"}), book.add_format({"bg_color": "#FF0000"})
    sheet.merge_range("A1:C1", "学生情况", bold)
    sheet.write_row("A3", ["年级", "人数", "寄宿"])
    for row in range(4, 10):
        sheet.write_row(f"A{row}", [f"{row - 3}年级", 30 + row, "是"])
    sheet.write_formula("B10", "=SUM(B4:B9)", None, 219)
    sheet.data_validation("C4:C9", {"validate": "list", "source": ["是", "否"], "error_title": "填写有误"})
    sheet.data_validation(
        "B4:B9", {"validate": "integer", "criteria": ">=", "value": 0, "input_title": "提示", "input_message": "填整数"}
    )
    sheet.conditional_format("B4:B9", {"type": "data_bar"})
    sheet.conditional_format("B4:B9", {"type": "cell", "criteria": ">", "value": 38, "format": red})
    sheet.conditional_format("C4:C9", {"type": "formula", "criteria": '=$C4="否"', "format": bold})
    sheet.conditional_format("B4:B9", {"type": "icon_set", "icon_style": "3_traffic_lights"})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"categories": "=学生!$A$4:$A$9", "values": "=学生!$B$4:$B$9"})
    sheet.insert_chart("E2", chart)
    sheet.insert_image("E20", "dot.png", {"image_data": io.BytesIO(draw_picture()), "description": "校徽"})
    sheet.insert_textbox("E25", "以学籍为准", {"width": 120, "height": 40})
    sheet.write_comment("B5", "我校的备注", {"author": "张老师", "visible": True})
    sheet.write_url("A12", "internal:名册!A1", string="名册")
    sheet.write_url("A13", "https://example.org/", string="网站")
    sheet.set_row(7, None, None, {"level": 1, "hidden": True})
    sheet.set_column("H:H", 12, None, {"level": 1})
    sheet.freeze_panes(3, 1)
    sheet.autofilter("A3:C9")
    sheet.repeat_rows(0, 2)
    sheet.print_area("A1:C13")
    sheet.set_landscape()
    sheet.set_header("&C&G", {"image_center": "dot.png", "image_data_center": io.BytesIO(draw_picture())})
    sheet.protect("", {"format_columns": True, "autofilter": True})


def _write_roll(book: Any, sheet: Any) -> None:
    sheet.add_table("A1:B4", {"data": [["甲班", 31], ["乙班", 32], ["丙班", 33]],
                              "columns": [{"header": "班"}, {"header": "人数"}], "name": "班级"})  # fmt: skip
    sheet.add_sparkline("D2", {"range": "名册!B2:B4"})
    sheet.write_rich_string("D4", "以", book.add_format({"bold": True}), "9月1日", "为准")


def _add_chart_sheet(book: Any) -> None:
    chart = book.add_chart({"type": "pie"})
    chart.add_series({"values": "=名册!$B$2:$B$4"})
    book.add_chartsheet("图表").set_chart(chart)


def _add_thread(content: bytes) -> bytes:
    """The threaded comment behind the plain one that stands in for it, with the person who wrote it."""
    comment = (
        f'<?xml version="1.0" encoding="UTF-8"?><ThreadedComments xmlns="{SPACE}"><threadedComment ref="B2" '
        f'dT="2025-09-10T08:00:00.00" personId="{PERSON}" id="{THREAD}"><text>请核对</text></threadedComment>'
        "</ThreadedComments>"
    )
    person = (
        f'<?xml version="1.0" encoding="UTF-8"?><personList xmlns="{SPACE}"><person displayName="张老师" id="{PERSON}" '
        'userId="zhang" providerId="None"/></personList>'
    )
    types = "".join(
        f'<Override PartName="/xl/{part}" ContentType="application/vnd.ms-excel.{kind}+xml"/>'
        for part, kind in (
            ("threadedComments/threadedComment1.xml", "threadedcomments"),
            ("persons/person.xml", "person"),
        )
    )
    content = write_zip([*list_parts(content), ("xl/threadedComments/threadedComment1.xml", comment.encode()),
                         ("xl/persons/person.xml", person.encode())])  # fmt: skip
    content = replace_in_part(content, "[Content_Types].xml", b"</Types>", f"{types}</Types>".encode())
    content = _relate(content, "xl/worksheets/_rels/sheet4.xml.rels", "threadedComment",
                      "../threadedComments/threadedComment1.xml")  # fmt: skip
    return _relate(content, "xl/_rels/workbook.xml.rels", "person", "persons/person.xml")


def _relate(content: bytes, relations: str, kind: str, target: str) -> bytes:
    line = f'<Relationship Id="rId900" Type="{KINDS}/{kind}" Target="{target}"/></Relationships>'
    return replace_in_part(content, relations, b"</Relationships>", line.encode())


def _save(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def make_strict(content: bytes) -> bytes:
    """The workbook in the strict form of the standard, as Excel saves it where that is asked for."""
    spaces = {
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships":
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    }  # fmt: skip
    for name, part in list_parts(content):
        changed = part
        for old, new in spaces.items():
            changed = changed.replace(old, new)
        if changed != part:
            content = set_part(content, name, changed)
    return content
