"""A school's own template: its identity, only what concerns it, last year's figures, and the same bytes every time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from openpyxl.workbook import Workbook

from flows.publishers.campaign import TemplateMaker, name_template_file
from flows.publishers.template import META_SHEET, Addressee, build_template
from flows.publishers.write import write_workbook
from schemas.catalogue import Catalogue
from schemas.layout import FormLayout
from tests.templates.every_return import for_every_return
from tests.templates.sheets import is_locked, open_workbook

PERIOD = "2025-2026"
UNSAID = {"system_primary": None, "system_junior": None, "entry_age_primary": None}
PRIMARY = Addressee(
    "2132000001", "城关小学", "320199", "示例区",
    UNSAID | {"school_type": "211", "stages": "primary", "system_primary": 6.0},
)  # fmt: skip
NINE_YEARS = Addressee(
    "2132000002", "河东学校", "320199", "示例区",
    UNSAID | {"school_type": "312", "stages": "primary;junior", "system_primary": 6.0, "system_junior": 3.0},
)  # fmt: skip


@pytest.fixture
def students(catalogue: Catalogue) -> FormLayout:
    return catalogue.find_layout("students", PERIOD)


@pytest.fixture
def fresh(catalogue: Catalogue) -> TemplateMaker:
    """A maker that has made nothing yet."""
    return TemplateMaker(catalogue)


def _read_cover(workbook: Workbook, catalogue: Catalogue) -> dict[str, object]:
    sheet = workbook[catalogue.cover.tab]
    return {cell.ref.partition(".")[2]: sheet[cell.address].value for cell in catalogue.cover.cells}


@pytest.mark.requirement("T-19")
def test_the_identity_of_a_school_is_printed_on_its_cover(
    maker: TemplateMaker, students: FormLayout, catalogue: Catalogue
) -> None:
    workbook = open_workbook(maker.make(students, PERIOD, PRIMARY))
    cover = _read_cover(workbook, catalogue)
    printed = {name: cover[name] for name in ("school_code", "school_name", "district_code", "period")}
    assert printed == {
        "school_code": "2132000001", "school_name": "城关小学", "district_code": "320199", "period": PERIOD,
    }  # fmt: skip
    assert workbook["封面"]["A2"].value == "示例区　2025-2026　城关小学"
    assert workbook[META_SHEET]["B5"].value == "2132000001"


def test_a_printed_identity_cannot_be_typed_over(
    maker: TemplateMaker, students: FormLayout, catalogue: Catalogue
) -> None:
    cover = open_workbook(maker.make(students, PERIOD, PRIMARY))["封面"]
    cells = {cell.ref.partition(".")[2]: cell.address for cell in catalogue.cover.cells}
    assert is_locked(cover, cells["school_code"])
    assert not is_locked(cover, cells["filler_name"])


def test_a_school_gets_no_sheet_that_does_not_concern_it(maker: TemplateMaker, students: FormLayout) -> None:
    tabs = open_workbook(maker.make(students, PERIOD, PRIMARY)).sheetnames
    assert "小学分年龄学生数" in tabs
    assert not [tab for tab in tabs if "初中" in tab or "高中" in tab]
    assert "初中分年龄学生数" in open_workbook(maker.make(students, PERIOD, NINE_YEARS)).sheetnames


def test_a_cell_that_does_not_concern_a_school_is_printed_with_a_star(
    maker: TemplateMaker, students: FormLayout
) -> None:
    """A primary school of five years has no grade six."""
    five_years = replace(PRIMARY, attributes={**PRIMARY.attributes, "system_primary": 5.0})
    sheet = next(sheet for sheet in students.sheets if sheet.id == "stu_primary")
    cell = next(cell for cell in sheet.cells if cell.ref == "stu_primary[total].g6")
    assert open_workbook(maker.make(students, PERIOD, PRIMARY))[sheet.tab][cell.address].value is None
    starred = open_workbook(maker.make(students, PERIOD, five_years))[sheet.tab]
    assert starred[cell.address].value == "*"
    assert is_locked(starred, cell.address)


@pytest.mark.requirement("T-19")
def test_last_years_figures_stand_on_a_sheet_of_their_own(maker: TemplateMaker, students: FormLayout) -> None:
    school = replace(PRIMARY, earlier={"age_primary[a6].g1": 38.0}, earlier_period="2024-2025")
    workbook = open_workbook(maker.make(students, PERIOD, school))
    address = _find_address(students, "age_primary[a6].g1")
    assert workbook["参考_小学分年龄学生数"][address].value == 38
    assert workbook["参考_小学分年龄学生数"]["A1"].value == "上期(2024-2025)数据，仅供参考，不需填写"
    assert workbook["参考_小学分年龄学生数"].protection.sheet
    assert workbook["小学分年龄学生数"][address].value is None


def test_one_school_never_sees_the_figures_of_another(fresh: TemplateMaker, students: FormLayout) -> None:
    """Both get the same form; the second filed less last year."""
    first = replace(
        PRIMARY, earlier={"age_primary[a6].g1": 38.0, "age_primary[a7].g2": 41.0}, earlier_period="2024-2025"
    )
    second = replace(
        PRIMARY, code="2132000009", name="河西小学", earlier={"age_primary[a6].g1": 7.0}, earlier_period="2024-2025"
    )
    fresh.make(students, PERIOD, first)
    sheet = open_workbook(fresh.make(students, PERIOD, second))["参考_小学分年龄学生数"]
    assert sheet[_find_address(students, "age_primary[a6].g1")].value == 7
    assert sheet[_find_address(students, "age_primary[a7].g2")].value is None


def test_schools_that_filed_other_sheets_last_year_are_served_from_one_maker(
    fresh: TemplateMaker, students: FormLayout
) -> None:
    first = replace(PRIMARY, earlier={"age_primary[a6].g1": 38.0}, earlier_period="2024-2025")
    second = replace(PRIMARY, earlier={"stu_primary[total].g1": 39.0}, earlier_period="2024-2025")
    for school, tab in ((first, "参考_小学分年龄学生数"), (second, "参考_小学分类型学生数")):
        tabs = open_workbook(fresh.make(students, PERIOD, school)).sheetnames
        assert [name for name in tabs if name.startswith("参考_")] == [tab]


def test_a_blank_template_after_a_schools_own_is_still_blank(
    fresh: TemplateMaker, students: FormLayout, catalogue: Catalogue
) -> None:
    unknown = Addressee()
    named = Addressee("2132000001", "城关小学", "320199", "示例区")
    before = fresh.make(students, PERIOD, unknown)
    fresh.make(students, PERIOD, named)
    assert fresh.make(students, PERIOD, unknown) == before
    assert _read_cover(open_workbook(before), catalogue)["school_code"] is None


@pytest.mark.requirement("T-02")
@for_every_return
def test_the_same_inputs_give_the_same_bytes(return_id: str, catalogue: Catalogue, fresh: TemplateMaker) -> None:
    layout = catalogue.latest_layout(return_id)
    school = Addressee("2132000001", "城关小学", "320199", "示例区")
    again = TemplateMaker(catalogue)
    again.make(layout, layout.since, replace(school, code="2132000002", name="河东小学"))
    assert again.make(layout, layout.since, school) == fresh.make(layout, layout.since, school)


def test_a_stamped_template_shows_what_one_made_for_the_school_alone_shows(
    fresh: TemplateMaker, students: FormLayout, catalogue: Catalogue
) -> None:
    assert catalogue.theme is not None
    alone = write_workbook(build_template(catalogue, students, PERIOD, PRIMARY), catalogue.theme)
    fresh.make(students, PERIOD, replace(PRIMARY, code="2132000003", name="河西小学"))
    assert _list_contents(fresh.make(students, PERIOD, PRIMARY)) == _list_contents(alone)


@pytest.mark.requirement("M-04")
def test_a_school_name_is_text_whatever_it_looks_like(maker: TemplateMaker, students: FormLayout) -> None:
    workbook = open_workbook(maker.make(students, PERIOD, replace(PRIMARY, name="=1+1")))
    names = [cell for row in workbook["封面"].iter_rows() for cell in row if cell.value == "=1+1"]
    assert [cell.data_type for cell in names] == ["s"]


@pytest.mark.parametrize(
    ("school", "name"),
    [
        (PRIMARY, "J03_2132000001_城关小学_2025-2026_v1.xlsx"),
        (replace(PRIMARY, name="a/b: c*d?"), "J03_2132000001_abcd_2025-2026_v1.xlsx"),
        (Addressee(), "J03_小学、初中、普通高中学生情况_2025-2026.xlsx"),
    ],
)
def test_a_file_is_named_after_return_school_and_period(school: Addressee, name: str, students: FormLayout) -> None:
    expected = name.replace("小学、初中、普通高中学生情况", students.title)
    assert name_template_file(students, PERIOD, school) == expected


def test_an_earlier_form_prints_its_own_labels_and_lacks_later_columns(
    maker: TemplateMaker, catalogue: Catalogue
) -> None:
    """J05 2024.1 says 信息技术 and has no column for psychology."""
    earlier, later = catalogue.build_layout("staff", "2024.1"), catalogue.build_layout("staff", "2025.1")
    heads = {}
    for layout in (earlier, later):
        sheet = next(sheet for sheet in layout.sheets if sheet.id == "edu_primary")
        worksheet = open_workbook(maker.make(layout, layout.since, Addressee()))[sheet.tab]
        heads[layout.version] = [cell.value for cell in worksheet[3]]
    assert "信息技术" in heads["2024.1"]
    assert "信息技术" not in heads["2025.1"]
    assert len([head for head in heads["2025.1"] if head]) == len([head for head in heads["2024.1"] if head]) + 1


def _find_address(layout: FormLayout, ref: str) -> str:
    return next(cell.address for sheet in layout.sheets for cell in sheet.cells if cell.ref == ref)


def _list_contents(content: bytes) -> dict[str, list[tuple[str, object]]]:
    """Tab → address and value of every cell that holds something."""
    return {
        sheet.title: [(cell.coordinate, cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
        for sheet in open_workbook(content).worksheets
    }
