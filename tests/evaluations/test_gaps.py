"""Gap lists and lifts of an evaluation: as data, on the sheets of the workbook, and as `evaluate --json` gives them."""

from __future__ import annotations

import json

import pytest

from flows.commands.evaluation_shape import Findings, build_evaluation_json
from flows.indicators.desk import Desk
from flows.indicators.evaluations import EvaluationResult, evaluate_profile
from flows.indicators.gaps import Gap, list_gaps, sum_gaps
from flows.indicators.lifts import find_lifts
from flows.publishers.sheets import SheetContent
from flows.publishers.summary import build_summary
from flows.publishers.summary_data import SummaryData
from schemas.catalogue import Catalogue
from schemas.definitions.workbooks import WorkbookDefinition
from tests.evaluations.invented import PERIOD, School, build_primary, open_desk
from tests.evaluations.test_units import build_basic

QUALITY, BASIC = "quality_balance_2017", "basic_balance_2012"
A, B, C = "2132199001", "2132199002", "2132199003"


@pytest.fixture
def desk(catalogue: Catalogue) -> Desk:
    """A lacks teaching area and PE teachers; B has everything; C did not say how many backbone teachers it has."""
    schools = [build_primary(A, 250, teach=1000, pe=2), build_primary(B, 300), build_primary(C, 100, backbone=None)]
    return open_desk(catalogue, schools)


@pytest.fixture
def result(catalogue: Catalogue, desk: Desk) -> EvaluationResult:
    return evaluate_profile(desk, catalogue.evaluations[QUALITY], PERIOD)


def list_criterion_gaps(catalogue: Catalogue, result: EvaluationResult) -> list[Gap]:
    return [gap for gap in list_gaps(result, catalogue) if gap.kind == "criterion"]


def test_a_gap_is_the_shortfall_times_the_size(catalogue: Catalogue, result: EvaluationResult) -> None:
    """4 of 4.5 ㎡: 0.5 × 250 = 125. 0.8 of 0.9 teachers a hundred: 0.1 × 250 / 100 = 0.25, so one."""
    teachers, area = list_criterion_gaps(catalogue, result)

    assert (area.school, area.value, area.threshold, area.shortfall) == (A, 4, 4.5, 0.5)
    assert (area.amount, area.needed, area.amount_unit) == (125, 125, "平方米")
    assert (teachers.value, teachers.shortfall) == (pytest.approx(0.8), pytest.approx(0.1))
    assert (teachers.amount, teachers.needed, teachers.amount_unit) == (pytest.approx(0.25), 1, "人")


def test_what_is_needed_closes_the_gap(catalogue: Catalogue) -> None:
    mended = open_desk(catalogue, [build_primary(A, 250, teach=1000 + 125, pe=2 + 1)])
    result = evaluate_profile(mended, catalogue.evaluations[QUALITY], PERIOD)

    assert list_criterion_gaps(catalogue, result) == []
    assert [unit.passed for unit in result.units] == [True]


def test_a_missing_value_is_no_gap(catalogue: Catalogue, result: EvaluationResult) -> None:
    assert {gap.school for gap in list_criterion_gaps(catalogue, result)} == {A}


def test_a_gap_tells_whether_the_floor_is_reached(catalogue: Catalogue) -> None:
    schools = [build_primary(A, 100, teach=383), build_primary(B, 100, teach=382)]
    result = evaluate_profile(open_desk(catalogue, schools), catalogue.evaluations[QUALITY], PERIOD)

    assert [gap.above_floor for gap in list_criterion_gaps(catalogue, result)] == [True, False]


def test_schools_that_fall_short_of_a_requirement_are_in_the_list(catalogue: Catalogue) -> None:
    """2100 pupils are 100 too many."""
    result = evaluate_profile(open_desk(catalogue, [build_primary(A, 2100)]), catalogue.evaluations[QUALITY], PERIOD)
    gap = next(gap for gap in list_gaps(result, catalogue) if gap.item == "G04")

    assert (gap.kind, gap.value, gap.threshold, gap.needed, gap.is_excess) == ("requirement", 2100, 2000, 100, True)


def test_totals_add_up_what_schools_need_in_whole_pieces(catalogue: Catalogue) -> None:
    """Two schools that lack a quarter of a teacher each need two teachers."""
    schools = [build_primary(A, 250, pe=2), build_primary(B, 250, pe=2)]
    result = evaluate_profile(open_desk(catalogue, schools), catalogue.evaluations[QUALITY], PERIOD)
    (total,) = [t for t in sum_gaps(list_gaps(result, catalogue)) if t.item == "pe_art"]

    assert (total.schools, total.needed) == (2, 2)


def build_unequal(catalogue: Catalogue) -> EvaluationResult:
    """Sports area of 1, 9 and 40 ㎡ a pupil: far above the limit."""
    schools = [
        build_primary(code, pupils, sports=x * pupils) for code, pupils, x in ((A, 100, 1), (B, 300, 9), (C, 100, 40))
    ]
    return evaluate_profile(open_desk(catalogue, schools), catalogue.evaluations[QUALITY], PERIOD)


def test_each_coefficient_above_its_limit_has_a_lift_that_passes_when_done(catalogue: Catalogue) -> None:
    (lift,) = find_lifts(build_unequal(catalogue))
    added = {school.school: school.amount for school in lift.schools}
    done = [
        build_primary(code, pupils, sports=x * pupils + added.get(code, 0))
        for code, pupils, x in ((A, 100, 1), (B, 300, 9), (C, 100, 40))
    ]
    after = evaluate_profile(open_desk(catalogue, done), catalogue.evaluations[QUALITY], PERIOD)

    assert (lift.criterion, lift.limit, lift.unit) == ("sports_area", 0.5, "平方米")
    assert lift.amount == pytest.approx(sum(added.values()))
    assert {round(school.target, 6) for school in lift.schools} == {round(lift.level, 6)}
    assert [d.dispersion for d in after.dispersions if d.criterion == "sports_area" and d.units] == [
        pytest.approx(0.5, abs=1e-6)
    ]
    assert find_lifts(after) == []


def test_where_the_mean_is_limited_each_coefficient_that_could_help_has_a_lift(catalogue: Catalogue) -> None:
    """The limit is set to 0.05; sports area of 5, 4 and 8 alone makes a mean of 0.0387: nothing. At 0.02: one lift."""
    schools = [
        build_basic(code, pupils, sports=x) for code, pupils, x in ((A, 100, 500), (B, 300, 1200), (C, 100, 800))
    ]
    desk = open_desk(catalogue, schools)
    profile = catalogue.evaluations[BASIC]
    assert profile.dispersion is not None
    strict = {
        limit: profile.model_copy(
            update={"dispersion": profile.dispersion.model_copy(update={"limits": {"primary": limit}})}
        )
        for limit in (0.05, 0.02)
    }
    assert find_lifts(evaluate_profile(desk, strict[0.05], PERIOD)) == []
    (lift,) = find_lifts(evaluate_profile(desk, strict[0.02], PERIOD))

    assert (lift.criterion, lift.is_alternative) == ("sports_area", True)
    assert lift.after == pytest.approx(8 * 0.02, abs=1e-8)


def test_the_json_is_complete_and_has_no_number_that_json_has_not(
    catalogue: Catalogue, result: EvaluationResult
) -> None:
    shape = build_evaluation_json(Findings(result, list_gaps(result, catalogue), find_lifts(result)))
    read = json.loads(json.dumps(shape, allow_nan=False))

    assert list(read) == [
        "profile", "period", "passed", "reasons", "switches", "criteria", "dispersions", "schools", "requirements",
        "gaps", "lifts", "left_out",
    ]  # fmt: skip
    assert set(read["gaps"][0]) == {
        "kind", "item", "name_zh", "school", "name", "stage", "size", "value", "threshold", "shortfall", "unit",
        "amount", "needed", "amount_unit", "excess", "above_floor",
    }  # fmt: skip
    assert [gap["needed"] for gap in read["gaps"] if gap["kind"] == "criterion"] == [1, 125]


def test_the_json_of_a_lift_names_the_schools_and_what_they_are_given(catalogue: Catalogue) -> None:
    unequal = build_unequal(catalogue)
    (lift,) = build_evaluation_json(Findings(unequal, [], find_lifts(unequal)))["lifts"]

    assert set(lift) == {
        "criterion", "stage", "before", "limit", "after", "level", "amount", "unit", "alternative", "schools",
    }  # fmt: skip
    assert set(lift["schools"][0]) == {"school", "name", "value", "target", "amount"}


def publish(catalogue: Catalogue, desk: Desk, evaluations: dict[str, EvaluationResult]) -> dict[str, SheetContent]:
    """The sheets on evaluations of the shipped workbook."""
    data = SummaryData(
        catalogue=catalogue, desk=desk, district="示例区", period=PERIOD, figures={}, evaluations=evaluations,
        returns=[], owed=[], repeated=[], target_sets=[], data_until="", findings=[], rules=[], district_findings=[],
        is_locked=False, revisions=[],
    )  # fmt: skip
    shipped = catalogue.workbooks["summary"]
    sheets = tuple(sheet for sheet in shipped.sheets if sheet.kind.startswith("evaluation_"))
    definition = WorkbookDefinition(id="some", title=shipped.title, file_name="some.xlsx", sheets=sheets)
    return {sheet.name: sheet for sheet in build_summary(data, definition).sheets}


def read_row(content: SheetContent, row: int) -> list[object]:
    width = 1 + max(column for _, column in content.cells)
    return [content.cells.get((row, column), (None, ""))[0] for column in range(width)]


def test_the_gap_list_is_a_sheet_with_totals_below(catalogue: Catalogue, desk: Desk, result: EvaluationResult) -> None:
    sheet = publish(catalogue, desk, {QUALITY: result})["差距清单"]

    assert read_row(sheet, 4)[:2] == ["小学", f"{A}校"]
    assert read_row(sheet, 5)[3:12] == ["生均教学及辅助用房面积", 4, 4.5, "平方米/生", 0.5, 250, 125, 125, "平方米"]
    assert any(str(value).startswith("合计") for value, _ in sheet.cells.values())


def test_the_lift_is_a_sheet_with_a_line_a_school(catalogue: Catalogue, desk: Desk) -> None:
    unequal = build_unequal(catalogue)
    sheet = publish(catalogue, desk, {QUALITY: unequal})["提升方案"]
    (lift,) = find_lifts(unequal)

    assert read_row(sheet, 4)[5:9] == [f"合计({len(lift.schools)} 所)", "—", lift.level, lift.amount]
    assert [read_row(sheet, 5 + n)[5] for n in range(len(lift.schools))] == [s.name for s in lift.schools]


def test_requirements_are_printed_by_part_with_their_verdict(catalogue: Catalogue) -> None:
    desk = open_desk(
        catalogue, [School(A)], bureau={"gov.satisfaction": 84.9, "gov.sped_pub_std": 8000},
        bureau_lists={"evidence": [{"item_id": "G01", "met": "Y", "doc_ref": "教字1号"}]},
    )  # fmt: skip
    sheets = publish(catalogue, desk, {QUALITY: evaluate_profile(desk, catalogue.evaluations[QUALITY], PERIOD)})
    safeguards = {row[0]: row for row in (read_row(sheets["表Ⅳ政府保障"], n) for n in range(4, 19))}
    recognition = read_row(sheets["表Ⅵ社会认可度"], 4)

    assert list(safeguards) == [f"G{n:02d}" for n in range(1, 16)]
    assert (safeguards["G01"][6], safeguards["G01"][9]) == ("达标", "教字1号")
    assert safeguards["G07"][4:7] == [8000, "元/生", "达标"]
    assert safeguards["G08"][4:7] == ["—", "倍", "不可评"]
    assert recognition[4:7] == [84.9, "%", "未达标"]


def test_sheets_of_evaluations_that_are_not_run_are_left_out(
    catalogue: Catalogue, desk: Desk, result: EvaluationResult
) -> None:
    assert "学前普及普惠" not in publish(catalogue, desk, {QUALITY: result})
