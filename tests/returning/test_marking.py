"""A workbook marked: colours, comments and a list are added; everything else is the same."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from flows.publishers.marking.mark import mark_workbook
from flows.publishers.marking.remark import Remark, Sheetful

WORDS = Sheetful(
    "整改清单", ("J03 示例小学",),
    ("序号", "级别", "工作表", "单元格", "行·列", "问题", "怎么办", "现值", "应为", "相差", "校验", "办理情况",
     "原因代码", "学校说明"),
    {"error": "强制", "query": "核实", "info": "提示"}, "怎么办：",
    "{count} {first} {last}", "另有{count}",
)  # fmt: skip
TOO_MANY = Remark("学生", "B2", "error", "TB01", "“女”大于总计", "请核对。", "女·人数", "30", "≤20", "10")
MANY_MORE = Remark("学生", "B3", "query", "XP05", "在校生变动 30%", "请说明。")


@pytest.fixture
def workbook() -> bytes:
    """学生: a head, two figures, a list of answers, a comment of the school's own; 说明: hidden."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "学生"
    sheet.append(["指标", "人数"])
    sheet.append(["女", 30])
    sheet.append(["总计", 20])
    sheet["B3"].comment = Comment("我校的备注", "张老师")
    answers = DataValidation(type="list", formula1='"是,否"')
    answers.add("C2:C9")
    sheet.add_data_validation(answers)
    sheet.print_title_rows = "1:1"
    book.create_sheet("说明").sheet_state = "hidden"
    return save(book)


@pytest.mark.requirement("M-11")
@pytest.mark.requirement("M-09")
def test_the_list_comes_first_and_links_to_the_cells(workbook: bytes) -> None:
    marked = load(mark_workbook(workbook, [TOO_MANY, MANY_MORE], WORDS))
    assert marked.sheetnames == ["整改清单", "学生", "说明"]
    rows = [[cell.value for cell in row] for row in marked["整改清单"].iter_rows(min_row=5)]
    assert rows[0][:8] == ["1", "强制", "学生", "B2", "女·人数", "“女”大于总计", "请核对。", "30"]
    assert rows[0][8:] == ["≤20", "10", "TB01", None, None, None]
    assert marked["整改清单"]["D5"].hyperlink.location == "'学生'!B2"
    assert marked.active.title == "整改清单"


def test_a_faulty_cell_is_coloured_and_commented(workbook: bytes) -> None:
    sheet = load(mark_workbook(workbook, [TOO_MANY], WORDS))["学生"]
    assert "TB01（强制）“女”大于总计" in sheet["B2"].comment.text
    ((area, rules),) = [(str(area.sqref), rules) for area, rules in sheet.conditional_formatting._cf_rules.items()]
    assert area == "B2"
    assert rules[0].dxf.fill.bgColor.rgb == "FFFFC7CE"


def test_the_schools_own_comment_stays_and_ours_stands_behind_it(workbook: bytes) -> None:
    comment = load(mark_workbook(workbook, [MANY_MORE], WORDS))["学生"]["B3"].comment
    assert comment.text.startswith("我校的备注")
    assert "XP05" in comment.text


@pytest.mark.requirement("M-09")
def test_values_formats_validations_and_print_titles_are_unchanged(workbook: bytes) -> None:
    before, after = load(workbook)["学生"], load(mark_workbook(workbook, [TOO_MANY], WORDS))["学生"]
    for row in before.iter_rows():
        for cell in row:
            assert after[cell.coordinate].value == cell.value
            assert repr(after[cell.coordinate].fill) == repr(cell.fill)
            assert after[cell.coordinate].number_format == cell.number_format
    assert [str(v.sqref) for v in after.data_validations.dataValidation] == ["C2:C9"]
    assert after.print_title_rows == before.print_title_rows


@pytest.mark.requirement("M-10")
def test_marking_again_leaves_no_trace_of_the_first_time(workbook: bytes) -> None:
    once = mark_workbook(workbook, [TOO_MANY, MANY_MORE], WORDS)
    again = load(mark_workbook(once, [MANY_MORE], WORDS))
    assert again.sheetnames == ["整改清单", "学生", "说明"]
    assert again["学生"]["B2"].comment is None
    assert again["学生"]["B3"].comment.text.count("XP05") == 1
    assert {str(area.sqref) for area in again["学生"].conditional_formatting} == {"B3"}


def test_macros_are_left_out(workbook: bytes) -> None:
    marked = mark_workbook(with_macros(workbook), [TOO_MANY], WORDS)
    names = zipfile.ZipFile(io.BytesIO(marked)).namelist()
    assert "xl/vbaProject.bin" not in names
    assert b"macroEnabled" not in zipfile.ZipFile(io.BytesIO(marked)).read("[Content_Types].xml")
    assert load(marked)["学生"]["B2"].value == 30


def test_parts_that_are_not_touched_keep_their_bytes(workbook: bytes) -> None:
    before = zipfile.ZipFile(io.BytesIO(workbook))
    after = zipfile.ZipFile(io.BytesIO(mark_workbook(workbook, [TOO_MANY], WORDS)))
    for name in ("xl/theme/theme1.xml", "docProps/core.xml"):
        assert after.read(name) == before.read(name)


def test_the_same_workbook_and_faults_give_the_same_bytes(workbook: bytes) -> None:
    assert mark_workbook(workbook, [TOO_MANY], WORDS) == mark_workbook(workbook, [TOO_MANY], WORDS)


def save(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def load(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def with_macros(content: bytes) -> bytes:
    """The same workbook as an .xlsm with a project of macros."""
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            part = source.read(name)
            if name == "[Content_Types].xml":
                part = part.replace(
                    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                    b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
                ).replace(
                    b"</Types>",
                    b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>',
                )
            if name == "xl/_rels/workbook.xml.rels":
                kind = b"http://schemas.microsoft.com/office/2006/relationships/vbaProject"
                part = part.replace(
                    b"</Relationships>",
                    b'<Relationship Id="macros" Type="' + kind + b'" Target="vbaProject.bin"/></Relationships>',
                )
            archive.writestr(name, part)
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0macros")
    return target.getvalue()


@pytest.mark.requirement("M-13")
def test_a_fault_on_many_lines_is_one_line_with_the_rest_folded_below(workbook: bytes) -> None:
    often = [replace(TOO_MANY, cell=f"B{number}") for number in range(2, 302)]
    listing = load(mark_workbook(workbook, [*often, MANY_MORE], WORDS))["整改清单"]
    rows = {number: [cell.value for cell in row] for number, row in enumerate(listing.iter_rows(), start=1)}
    head = next(number for number, row in rows.items() if row[0] == "序号")

    assert rows[head + 1][4] == "300 B2 B301"
    assert [listing.row_dimensions[head + 1].hidden, listing.row_dimensions[head + 2].hidden] == [False, True]
    assert listing.row_dimensions[head + 2].outlineLevel == 1
    assert rows[head + 302][10] == "XP05"
    assert listing.auto_filter.ref == f"A{head}:N{head + 302}"


@pytest.mark.requirement("M-13")
def test_a_list_says_how_many_it_does_not_list(workbook: bytes) -> None:
    marked = load(mark_workbook(workbook, [replace(TOO_MANY, cell=f"B{n}") for n in range(2, 10_002)], WORDS))

    assert "另有5000" in [row[0].value for row in marked["整改清单"].iter_rows(max_row=6)]
