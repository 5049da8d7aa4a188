"""A sheet of a workbook that asks for something that is not there is refused, with its file and place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from flows.publishers.summary import BUILDERS, CONTENTS
from schemas.catalogue import Catalogue, load_catalogue
from schemas.definitions.workbooks import SHEET_KINDS, WorkbookDefinition
from schemas.errors import DefinitionError
from schemas.sheet_parameters import refuse_stray_sheet_formulas, refuse_stray_sheets
from schemas.wording import load_shipped_wording
from schemas.yaml_files import load_model
from tests.definitions import library

BOOK = """\
id: own
title: 本区统计
file_name: "{district}_{period}_统计.xlsx"
sheets:
  - {kind: cover, name: 封面}
  - kind: headline
    name: 主要指标
    parameters:
      groups:
        - {label: 规模, indicators: [schools, students]}
  - kind: by_group
    name: 分乡镇
    parameters: {by: township, indicators: [students, ptr], chart: ptr}
  - kind: schools
    name: 学校
    parameters:
      schools: "run_by = '831'"
      attributes: [kg_nature, run_by]
      columns:
        - {label: 在校生, value: "stu_primary[total].enrolled", unit: 人, total: true}
  - kind: evaluation_units
    name: 分学校
    parameters: {evaluation: quality_balance_2017, attributes: [run_by]}
  - kind: evaluation_requirements
    name: 政府保障
    parameters: {evaluation: quality_balance_2017, parts: [政府保障程度]}
  - kind: plan_progress
    name: 台账
    parameters: {list: plan, item: item_id, name: name, section: section, indicator: indicator_id, unit: unit,
      baseline: baseline, target: target, target_max: target_max, op: op, actual: actual, until: actual_on,
      status: status, problem: problem, measure: measure, dropped: ["5"]}
  - kind: report_figures
    name: 报告
    parameters:
      sections:
        - label: 报告
          figures:
            - {id: N1, text: 学生数, indicator: students, stages: [primary], unit: 人}
            - {id: N2, text: 公办园, indicator: kg_new, by: kg_nature, group: "1", unit: 所}
"""


def load(catalogue: Catalogue, folder: Path, content: str) -> None:
    """The shipped definitions with a workbook of the district's own."""
    file = folder / "own.yaml"
    file.write_text(content, encoding="utf-8")
    book = load_model(file, WorkbookDefinition)
    changed = replace(catalogue, workbooks={book.id: book}, places={("workbook", book.id): file})
    refuse_stray_sheets(changed)
    refuse_stray_sheet_formulas(changed)


def test_the_workbook_as_it_stands_is_taken(catalogue: Catalogue, tmp_path: Path) -> None:
    load(catalogue, tmp_path, BOOK)


def test_workbooks_are_looked_at_when_definitions_are_loaded(tmp_path: Path) -> None:
    folder = library.lay_down(tmp_path)
    (folder / "workbooks").mkdir()
    (folder / "workbooks" / "own.yaml").write_text(BOOK, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load_catalogue([folder])
    assert (Path(str(caught.value.file)).name, caught.value.key) == ("own.yaml", "sheets.1.parameters")
    assert "没有指标 schools" in str(caught.value)


CASES = [
    ("_统计.xlsx", "_{year}.xlsx", "file_name", "{year} 没有内容可填", "nothing fills {year}"),
    ("kind: cover", "kind: title", "sheets.0.kind", "没有工作表类型 title", "no kind of sheet title"),
    ("name: 分乡镇", "name: 主要指标", "sheets.2.name", "主要指标 写了两次", "主要指标 is there twice"),
    ("groups:", "group:", "sheets.1.parameters.groups", "缺少这个键", "key is missing"),
    ("label: 规模, ", "", "sheets.1.parameters.groups.0.label", "缺少这个键", "key is missing"),
    ("[schools, students]", "[schools, pupils]", "sheets.1.parameters", "没有指标 pupils", "no indicator pupils"),
    ("by: township", "by: village", "sheets.2.parameters", "没有分组 village", "no breakdown village"),
    ("[students, ptr]", "[students, pupils]", "sheets.2.parameters", "没有指标 pupils", "no indicator pupils"),
    ("chart: ptr", "chart: schools", "sheets.2.parameters", "图表所用指标 schools 不在", "schools of the chart"),
    ("run_by = '831'", "owner = '831'", "sheets.3.parameters", "没有名为 owner", "no attribute or limit owner"),
    ("run_by = '831'", "run_by = ", "sheets.3.parameters", "读不懂", "cannot read"),
    ("[kg_nature, run_by]", "[nature, run_by]", "sheets.3.parameters", "都没有字段 nature", "has a field nature"),
    ("[total].enrolled", "[total].pupils", "sheets.3.parameters", "没有行或列 pupils", "there is no pupils"),
    ("total: true}", "totals: true}", "sheets.3.parameters.columns.0.totals", "没有这个键", "no such key"),
    (
        "evaluation: quality_balance_2017, attr",
        "evaluation: balance, attr",
        "sheets.4.parameters",
        "没有评估方案 balance",
        "no evaluation balance",
    ),
    ("attributes: [run_by]}", "attributes: [owner]}", "sheets.4.parameters", "都没有字段 owner", "has a field owner"),
    ("[政府保障程度]", "[保障]", "sheets.5.parameters", "没有名为“保障”的部分", "no part 保障"),
    ("list: plan", "list: plans", "sheets.6.parameters", "plans 不是清单", "plans is not a list"),
    (
        "until: actual_on",
        "until: day",
        "sheets.6.parameters",
        "until：plan 没有字段 day",
        "until: plan has no field day",
    ),
    ('dropped: ["5"]', 'dropped: ["9"]', "sheets.6.parameters", "代码表 CL-73 没有代码 9", "CL-73 has no code 9"),
    ("stages: [primary]", "stages: [kg]", "N1", "students 没有学段 kg", "students has no stage kg"),
    ("by: kg_nature", "by: township_name", "N2", "没有分组 township_name", "no breakdown township_name"),
    ("indicator: kg_new", "indicator: kgs_new", "N2", "没有指标 kgs_new", "no indicator kgs_new"),
    ("text: 公办园,", "text: 公办园, item: 公办园,", "N2", "就要写明 ledger", "needs the ledger"),
]


@pytest.mark.parametrize(
    ("text", "instead", "key", "chinese", "english"), CASES, ids=[f"{case[2]} {case[1]}" for case in CASES]
)
def test_a_sheet_that_asks_for_what_is_not_there_is_refused(
    text: str, instead: str, key: str, chinese: str, english: str, catalogue: Catalogue, tmp_path: Path
) -> None:
    assert BOOK.count(text) == 1
    with pytest.raises(DefinitionError) as caught:
        load(catalogue, tmp_path, BOOK.replace(text, instead))
    error = caught.value
    assert Path(str(error.file)).name == "own.yaml"
    assert error.key == key
    assert chinese in str(load_shipped_wording("zh").spell(error.problem))
    assert english in str(load_shipped_wording("en").spell(error.problem))


def test_every_kind_of_sheet_with_parameters_has_a_builder() -> None:
    assert {*BUILDERS, CONTENTS} == set(SHEET_KINDS)
