"""One rule over many rows and columns becomes one rule for each, naming single cells of the form at hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from schemas.catalogue import Catalogue, CheckEntry
from schemas.compile import compile_check
from schemas.definitions.checks import Check
from schemas.definitions.returns import Form, ItemsSheet, MatrixSheet
from schemas.errors import DefinitionError, ExpressionError, problem
from schemas.expressions import syntax as s
from schemas.expressions.expand import CellState, expand_rule
from schemas.expressions.parse import parse_expression, parse_printed
from schemas.expressions.printed import spell_out_printed
from schemas.lay_out import build_sheet_layout
from schemas.layout import SheetLayout
from tests.definitions.spelling import spell


@dataclass(frozen=True)
class Sheet:
    """A sheet called `t`, and cells of it that are pre-printed * or not on the form."""

    rows: tuple[str, ...] = ("total", "girls", "boys")
    columns: tuple[str, ...] = ("g1", "g2", "g3", "all")
    states: dict[str, CellState] = field(default_factory=dict)

    def find_lines(self, sheet: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if sheet != "t":
            raise ExpressionError(problem("no_sheet", sheet=sheet))
        return self.rows, self.columns

    def find_state(self, ref: str) -> CellState:
        return self.states.get(ref, "open")


def _expand(text: str, sheet: Sheet = Sheet(), **wanted: tuple[str, ...]) -> list[str]:
    instances = expand_rule(parse_expression(text), sheet, **wanted)
    return [spell(instance.expression).replace("(", "").replace(")", "") for instance in instances]


def test_a_rule_for_every_row_is_one_rule_a_row() -> None:
    assert _expand("t[*].g1 <= t[*].all") == [
        "t[total].g1 <= t[total].all", "t[girls].g1 <= t[girls].all", "t[boys].g1 <= t[boys].all",
    ]  # fmt: skip


def test_a_rule_for_every_column_is_one_rule_a_column() -> None:
    assert _expand("t[girls].* <= t[total].*")[0] == "t[girls].g1 <= t[total].g1"
    assert len(_expand("t[girls].* <= t[total].*")) == 4


def test_a_rule_for_every_row_and_column_is_one_rule_a_cell() -> None:
    assert len(_expand("t[*].* >= 0")) == 12


def test_a_rule_is_kept_to_the_rows_and_columns_wanted() -> None:
    assert _expand("t[*].* >= 0", rows=("girls",), columns=("g1", "all")) == ["t[girls].g1 >= 0", "t[girls].all >= 0"]


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("t[total].all = sum(t[total].g*)", "t[total].all = sumt[total].g1, t[total].g2, t[total].g3"),
        ("t[total].all = sum(t[total].g1..g2)", "t[total].all = sumt[total].g1, t[total].g2"),
        ("t[total].g1 = sum(t[girls, boys].g1)", "t[total].g1 = sumt[girls].g1, t[boys].g1"),
        ("t[total].g1 = sum(t[girls..boys].g1)", "t[total].g1 = sumt[girls].g1, t[boys].g1"),
        ("max(t[total].(g1, g3)) <= 9", "maxt[total].g1, t[total].g3 <= 9"),
    ],
)
def test_a_sum_over_rows_or_columns_names_every_cell(text: str, spelled: str) -> None:
    assert _expand(text) == [spelled]


def test_a_rule_that_touches_a_cell_printed_with_a_star_is_left_out() -> None:
    sheet = Sheet(states={"t[girls].g2": "blocked"})
    assert "t[girls].g2 <= t[total].g2" not in _expand("t[girls].* <= t[total].*", sheet)
    assert len(_expand("t[girls].* <= t[total].*", sheet)) == 3


def test_a_sum_leaves_out_cells_that_the_form_does_not_have() -> None:
    sheet = Sheet(states={"t[total].g3": "omitted"})
    assert _expand("t[total].all = sum(t[total].g*)", sheet) == ["t[total].all = sumt[total].g1, t[total].g2"]


def test_a_sum_of_nothing_but_stars_is_no_rule() -> None:
    sheet = Sheet(states={f"t[total].g{n}": "blocked" for n in (1, 2, 3)})
    assert _expand("t[total].all = sum(t[total].g*)", sheet) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("t[total].g9 = 1", "no_line"),
        ("t[nobody].g1 = 1", "no_line"),
        ("sum(t[total].h*) = 1", "no_prefix"),
        ("t[total].g1..g2 = 1", "several_cells"),
        ("t[girls, boys].g1 = 1", "several_cells"),
    ],
)
def test_a_rule_for_lines_that_are_not_there_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        _expand(text)
    assert getattr(caught.value.problem, "key", "") == problem


def test_wanted_lines_that_are_not_there_are_refused() -> None:
    with pytest.raises(ExpressionError):
        _expand("t[*].g1 >= 0", rows=("nobody",))


# 甲        (1) (2) (3) … (12)
# 01 合计
# 02 男
# 03 女
WIDE = {
    "kind": "matrix", "id": "t", "name": "表", "rows": {"all": "合计", "men": "男", "women": "女"},
    "columns": {f"c{n}": f"第{n}列" for n in range(1, 13)},
}  # fmt: skip
NARROW = {"kind": "items", "id": "t", "name": "表", "fields": {"a": "合计", "b": "甲", "c": "乙", "d": "丙"}}


def _matrix() -> SheetLayout:
    return build_sheet_layout(MatrixSheet.model_validate(WIDE))


def _spell_out(text: str, sheet: SheetLayout) -> list[str]:
    relations = spell_out_printed(parse_printed(text), sheet)
    return [spell(relation).replace("(", "").replace(")", "") for relation in relations]


@pytest.mark.parametrize(
    ("printed", "spelled"),
    [
        ("(1)=(2)+(3)", "t[*].c1 = t[*].c2 + t[*].c3"),
        ("(1)=(2)+…+(5)", "t[*].c1 = t[*].c2 + t[*].c3 + t[*].c4 + t[*].c5"),
        ("（1）＝（2）＋……＋（4）", "t[*].c1 = t[*].c2 + t[*].c3 + t[*].c4"),
        ("(1)≥(2)-(3)", "t[*].c1 >= t[*].c2 - t[*].c3"),
        ("(9)=(10)+(11)", "t[*].c9 = t[*].c10 + t[*].c11"),
        ("①=②+③", "t[*].c1 = t[*].c2 + t[*].c3"),
        ("⑩=⑪+⑫", "t[*].c10 = t[*].c11 + t[*].c12"),
        ("(01)=(02)+(03)", "t[all].* = t[men].* + t[women].*"),
        ("(01)≥(02)≥(03)", "t[all].* >= t[men].* >= t[women].*"),
    ],
)
def test_printed_notation_names_columns_by_one_digit_and_rows_by_two(printed: str, spelled: str) -> None:
    assert _spell_out(printed, _matrix()) == [spelled]


def test_printed_row_numbers_of_an_items_sheet_are_its_fields() -> None:
    items = build_sheet_layout(ItemsSheet.model_validate(NARROW))
    assert _spell_out("(01)=(02)+…+(04)", items) == ["t.a = t.b + t.c + t.d"]


def test_a_printed_number_that_no_line_has_is_refused() -> None:
    with pytest.raises(ExpressionError) as caught:
        _spell_out("(01)=(02)+(09)", _matrix())
    assert caught.value.problem.values == {"number": "09"}  # type: ignore[union-attr]


def test_a_printed_check_runs_for_every_row_of_its_sheet(catalogue: Catalogue) -> None:
    layout = catalogue.latest_layout("students")
    rules = compile_check(_entry(catalogue, printed="(1)≥(3)", sheet="age_primary"), catalogue, layout).rules
    sheet = next(sheet for sheet in layout.sheets if sheet.id == "age_primary")
    assert [rule.labels["row"] for rule in rules] == [head.label for head in sheet.rows]
    assert rules[0].references == tuple(f"age_primary[{sheet.rows[0].id}].{sheet.columns[n].id}" for n in (0, 2))


def test_a_check_for_several_choices_is_one_rule_each(catalogue: Catalogue) -> None:
    entry = _entry(
        catalogue,
        formula="{pair.1}[total].enrolled <= {pair.2}[total].enrolled",
        each={"pair": ["stu_primary:stu_junior", "stu_junior:stu_senior"]},
    )
    compiled = compile_check(entry, catalogue, catalogue.latest_layout("students"))
    assert [rule.references for rule in compiled.rules] == [
        ("stu_primary[total].enrolled", "stu_junior[total].enrolled"),
        ("stu_junior[total].enrolled", "stu_senior[total].enrolled"),
    ]


def test_a_check_that_looks_back_or_at_another_return_says_so(catalogue: Catalogue) -> None:
    entry = _entry(catalogue, formula="stu_primary[total].enrolled >= prev(cls_primary[total].total)")
    compiled = compile_check(entry, catalogue, catalogue.latest_layout("students"))
    assert compiled.looks_back
    assert compiled.other_returns == {"classes"}


def test_a_check_over_the_lines_of_two_lists_is_refused(catalogue: Catalogue) -> None:
    entry = _entry(catalogue, formula="area.land >= equip.books")
    with pytest.raises(DefinitionError) as caught:
        compile_check(entry, catalogue, catalogue.latest_layout("premises"))
    assert (caught.value.key, str(caught.value.file)) == ("ZZ01", "own.yaml")
    assert "逐行判断" in str(caught.value)


def _entry(catalogue: Catalogue, **content: object) -> CheckEntry:
    rest = {"code": "ZZ01", "level": "record", "severity": "query", "message": "有误", "remedy": "请核对。"}
    content = {("for" if name == "each" else name): value for name, value in content.items()}
    return CheckEntry(Check.model_validate(rest | content), None, Path("own.yaml"))


def test_an_earlier_form_is_laid_out_without_the_lines_it_lacks() -> None:
    content = {"version": "1", "since": "2020-2021", "omits": ["t.c", "t.d"], "labels": {"t.b": "旧称"}}
    form = Form.model_validate(content)
    layout = build_sheet_layout(ItemsSheet.model_validate(NARROW), form=form)
    assert [(head.id, head.number, head.label) for head in layout.rows] == [("a", "01", "合计"), ("b", "02", "旧称")]
    assert layout.rows[1].aliases == ("甲",)


def test_a_total_has_one_formula_for_each_cell_it_stands_for() -> None:
    sheet = MatrixSheet.model_validate(WIDE | {"totals": ["t[all].* = t[men].* + t[women].*"], "blocked": ["[men].c2"]})
    totals = dict(build_sheet_layout(sheet).totals)
    assert len(totals) == 12
    assert s.find_references(totals["t[all].c1"])[0].row == s.One("men")
