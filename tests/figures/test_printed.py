"""The summary workbook shows the figures of the tidy data as rounded in print, and schools with what they filed.

| sheet | a line | compared with |
|---|---|---|
| 主要指标 | an indicator and stage | value, numerator, denominator, coverage, year before |
| 分学段, 分乡镇, 分城乡 | an indicator across groups | values |
| 学校明细, 幼儿园明细 | a school | what it filed |
"""

from __future__ import annotations

import math

import pytest
from openpyxl.utils import get_column_letter

from tests.figures.counting import (
    count_children,
    count_classes,
    count_kindergarten_teachers,
    count_pupils,
    count_teachers,
    sum_lines,
)
from tests.figures.published import Figure, Published, print_number
from tests.figures.returned import KINDERGARTENS, District, School

STAGES = {"小学": "primary", "初中": "junior", "普通高中": "senior", "": ""}
MISSING = "—"
URBAN_RURAL = {"城区": ("11",), "镇区": ("12",), "乡村": ("21", "22")}
"""Group → how its place codes begin (§1)."""


def print_value(value: float | None, decimals: int) -> str:
    return MISSING if value is None else print_number(value, decimals)


def find_by_name(published: Published, by: str, group: str = "") -> dict[tuple[str, str], Figure]:
    """Name of an indicator and stage → figure, for one group."""
    return {
        (figure.name, stage): figure
        for (_, stage, breakdown, code), figure in published.figures.items()
        if (breakdown, code) == (by, group)
    }


def test_headlines_are_the_figures_of_the_whole_district(published: Published) -> None:
    figures = find_by_name(published, "")
    for line in published.read_rows("主要指标"):
        figure = figures[line["指标"].removesuffix("*"), STAGES[line["学段"]]]

        assert line["数值"] == print_value(figure.value, figure.decimals)
        assert line["上年"] == print_value(figure.earlier, figure.decimals)
        assert line["上报率(%)"] == print_value(figure.coverage, 1)
        assert line["学生覆盖率(%)"] == print_value(figure.size_coverage, 1)


def test_headlines_print_numerator_and_denominator_as_counted(published: Published) -> None:
    figures = find_by_name(published, "")
    for line in published.read_rows("主要指标"):
        figure = figures[line["指标"].removesuffix("*"), STAGES[line["学段"]]]
        for head, value in (("分子", figure.numerator), ("分母", figure.denominator)):
            decimals = 0 if value is None or value.is_integer() else 2

            assert line[head] == print_value(value, decimals), (line["指标"], head)


def test_the_change_on_the_year_before_is_taken_before_rounding(published: Published) -> None:
    figures = find_by_name(published, "")
    for line in published.read_rows("主要指标"):
        figure = figures[line["指标"].removesuffix("*"), STAGES[line["学段"]]]
        known = figure.value is not None and figure.earlier is not None
        change = (figure.value or 0.0) - (figure.earlier or 0.0) if known else None

        assert line["较上年"] == print_value(change, figure.decimals)


def test_stages_stand_side_by_side(published: Published) -> None:
    figures = find_by_name(published, "")
    for line in published.read_rows("分学段"):
        for label in ("小学", "初中", "普通高中"):
            figure = figures.get((line["指标"], STAGES[label]))

            assert line[label] == (print_value(figure.value, figure.decimals) if figure else MISSING)


def test_townships_stand_side_by_side(district: District, published: Published) -> None:
    lines = published.read_rows("分乡镇")
    townships = sorted({school.township for school in district.schools})
    for township in townships:
        figures = find_by_name(published, "township", township)
        for line in lines:
            name, stage = split_label(line["指标"])
            figure = figures[name, stage]

            assert line[township] == print_value(figure.value, figure.decimals)


def split_label(label: str) -> tuple[str, str]:
    """Name and stage of a line: the stage stands in brackets at its end."""
    name, _, rest = label.rpartition("(")
    stage = STAGES.get(rest.removesuffix(")"))
    return (name, stage) if name and stage is not None else (label, "")


@pytest.mark.parametrize("group", URBAN_RURAL)
def test_pupils_of_town_and_country_are_those_of_their_places(
    group: str, district: District, published: Published
) -> None:
    schools = [s for s in district.schools if s.place.startswith(URBAN_RURAL[group])]
    lines = {line["指标"]: line[group] for line in published.read_rows("分城乡")}
    pupils = {label: sum(count_pupils(s, stage) for s in schools) for label, stage in STAGES.items() if stage}

    assert {label: lines[f"在校生数(分学段)({label})"] for label in pupils} == {
        label: print_number(count, 0) for label, count in pupils.items()
    }


def describe_school(school: School) -> dict[str, str]:
    """A school's line; a dash where the return it owes does not count."""
    stages = [stage for stage in school.stages if stage in ("primary", "junior", "senior")]
    area, equipment = (school.list_lines("premises", sheet) for sheet in ("area", "equip"))
    return {
        "小学在校生": print_pupils(school, "primary"),
        "初中在校生": print_pupils(school, "junior"),
        "高中在校生": print_pupils(school, "senior"),
        "班数": print_known(school, "classes", sum(count_classes(school, stage) for stage in stages)),
        "专任教师": print_known(school, "staff", sum(count_teachers(school, stage) for stage in stages)),
        "占地面积": print_number(sum_lines(area, "land"), 2),
        "校舍建筑面积": print_number(sum_lines(area, "bldg_total"), 2),
        "图书": print_number(sum_lines(equipment, "books"), 0),
        "教学仪器设备值": print_number(sum_lines(equipment, "equip_value"), 2),
    }


def print_pupils(school: School, stage: str) -> str:
    """Pupils of a stage; 0 where the school does not have it."""
    return print_known(school, "students", count_pupils(school, stage)) if stage in school.stages else "0"


def print_known(school: School, return_id: str, count: float) -> str:
    return print_number(count, 0) if school.has_all([return_id]) else MISSING


def test_every_school_is_listed_with_what_it_filed(district: District, published: Published) -> None:
    wanted = {s.code: describe_school(s) for s in district.schools if s.type not in KINDERGARTENS}
    lines = {line["学校标识码"]: line for line in published.read_rows("学校明细")}

    assert {code: {head: lines[code][head] for head in line} for code, line in wanted.items()} == wanted
    assert set(lines) == set(wanted)


def test_every_kindergarten_is_listed_with_what_it_filed(district: District, published: Published) -> None:
    wanted = {
        s.code: (print_known(s, "kg", count_children(s)), print_known(s, "kg", count_kindergarten_teachers(s)))
        for s in district.schools
        if s.type in KINDERGARTENS
    }
    lines = published.read_rows("幼儿园明细")

    assert {line["学校标识码"]: (line["在园幼儿"], line["专任教师"]) for line in lines} == wanted


@pytest.mark.parametrize(
    ("sheet", "head"), [("学校明细", "小学在校生"), ("学校明细", "图书"), ("幼儿园明细", "在园幼儿")]
)
def test_totals_below_a_list_of_schools_are_live_sums_over_all_its_lines(
    sheet: str, head: str, published: Published
) -> None:
    cells = published.workbook[sheet]
    column = next(get_column_letter(n) for n, cell in enumerate(cells[4], start=1) if str(cell.value).startswith(head))
    last = 4 + len(published.read_rows(sheet))

    assert cells[f"A{last + 1}"].value == "合计"
    assert cells[f"{column}{last + 1}"].value == f"=SUM({column}5:{column}{last})"


def test_the_lists_of_schools_add_up_to_the_headlines(published: Published) -> None:
    lines = published.read_rows("学校明细")
    sums = {head: add_printed([line[head] for line in lines]) for head in ("小学在校生", "初中在校生", "高中在校生")}
    stages = dict(zip(sums, ("primary", "junior", "senior"), strict=True))

    assert {head: published.find("students", stage).value for head, stage in stages.items()} == sums


def add_printed(cells: list[str]) -> float:
    return math.fsum(float(cell) for cell in cells if cell != MISSING)
