"""Requirements of the shipped profiles on a few invented schools: met, not met, not to be told; switches on and off."""

from __future__ import annotations

import math

import pytest

from flows.indicators.evaluations import evaluate_profile
from flows.indicators.requirements import RequirementResult
from schemas.catalogue import Catalogue
from schemas.errors import DefinitionError
from tests.evaluations.invented import PERIOD, Line, School, Value, open_desk

QUALITY, PRESCHOOL = "quality_balance_2017", "preschool_universal_2020"
A, B, C = "2132199001", "2132199002", "2132199003"


def judge(
    catalogue: Catalogue,
    item: str,
    schools: list[School],
    *,
    profile: str = QUALITY,
    bureau: dict[str, Value] | None = None,
    bureau_lists: dict[str, list[Line]] | None = None,
    switches: tuple[str, ...] = (),
) -> RequirementResult:
    desk = open_desk(catalogue, schools, bureau=bureau, bureau_lists=bureau_lists)
    result = evaluate_profile(desk, catalogue.evaluations[profile], PERIOD, switches)
    return next(r for r in result.requirements if r.requirement.id == item)


def build_school(code: str = A, *, classes: int | None = 12, pupils: int = 400, **cells: float | None) -> School:
    """A primary school with so many classes; its other cells as `basic` has them."""
    known: dict[str, Value] = {"cls_primary[total].total": classes, "stu_primary[total].enrolled": pupils}
    rooms = dict.fromkeys(("music_ge96", "music_73_96", "music_61_73", "music_54_61"), 0.0)
    rooms |= dict.fromkeys(("art_ge90", "art_67_90", "art_61_67", "art_54_61"), 0.0)
    return School(code, known | {f"basic.{name}": value for name, value in (rooms | cells).items()})


def build_class_list(code: str, *sizes: int) -> School:
    lines = [
        {"stage": "primary", "grade": 1, "class_no": number, "n_students": size} for number, size in enumerate(sizes)
    ]
    return School(code, {"stu_primary[total].enrolled": sum(sizes)}, {"cls_list": lines})


class TestByTheDistrict:
    def test_a_ratio_at_its_threshold_is_met(self, catalogue: Catalogue) -> None:
        bureau: dict[str, Value] = {"gov.exch_eligible": 200, "gov.exch_actual": 20, "gov.exch_backbone": 4}
        judged = judge(catalogue, "G11", [], bureau=bureau)

        assert (judged.met, judged.value) == (True, 10)
        assert judged.figures == (200, 20, 4, 20)

    @pytest.mark.parametrize(("actual", "backbone"), [(19, 4), (20, 3)])
    def test_either_part_below_its_threshold_is_not_met(self, actual: int, backbone: int, catalogue: Catalogue) -> None:
        bureau: dict[str, Value] = {
            "gov.exch_eligible": 200,
            "gov.exch_actual": actual,
            "gov.exch_backbone": backbone,
        }
        assert judge(catalogue, "G11", [], bureau=bureau).met is False

    def test_a_figure_that_nobody_filed_cannot_be_judged(self, catalogue: Catalogue) -> None:
        assert judge(catalogue, "G11", [], bureau={"gov.exch_eligible": 200, "gov.exch_actual": 20}).met is None
        assert judge(catalogue, "G11", []).met is None

    def test_too_few_schools_behind_a_ratio_leave_it_open(self, catalogue: Catalogue) -> None:
        """G12: of two schools one filed its teachers, all of them certified."""
        filed = School(A, {"edu_primary[total].total": 10}, {"tmisc": [{"stage": "primary", "certified": 10}]})
        both = [filed, School(B, filed.cells, filed.lists)]

        assert judge(catalogue, "G12", both).met is True
        assert judge(catalogue, "G12", [filed, School(B, lacks=("staff",))]).met is None

    def test_one_teacher_without_certificate_is_not_met(self, catalogue: Catalogue) -> None:
        school = School(A, {"edu_primary[total].total": 10}, {"tmisc": [{"stage": "primary", "certified": 9}]})
        judged = judge(catalogue, "G12", [school])

        assert (judged.met, judged.value, judged.figures) == (False, 90, (9, 10))

    def test_retention_is_corrected_for_transfers_where_the_switch_says(self, catalogue: Catalogue) -> None:
        """Version A: (90 − 10 + 4) / (100 − 1); version B: 90 / (100 − 1 + 10 − 4)."""
        cohort: dict[str, Value] = {
            "cohort.grads": 90, "cohort.entry_3y": 100, "cohort.in_3y": 10, "cohort.out_3y": 4, "cohort.death_3y": 1,
        }  # fmt: skip
        school = School(A, cohort, known={"school_type": "311", "stages": "junior"})
        usual = judge(catalogue, "Q01", [school])
        other = judge(catalogue, "Q01", [school], switches=("retention_by_base",))

        assert (usual.met, usual.value) == (False, pytest.approx(100 * 84 / 99))
        assert (other.met, other.value) == (False, pytest.approx(100 * 90 / 105))


GOOD: Line = {"subject": "语文", "grade": "4", "level": "Ⅲ", "between_school": 0.149}


class TestMonitoring:
    def test_every_subject_at_the_level_and_below_the_rate_is_met(self, catalogue: Catalogue) -> None:
        assert judge(catalogue, "Q09", [], bureau_lists={"quality": [GOOD]}).met is True

    @pytest.mark.parametrize("worse", [{"level": "Ⅱ"}, {"between_school": 0.15}])
    def test_one_subject_that_falls_short_is_not_met(self, worse: dict[str, Value], catalogue: Catalogue) -> None:
        lines = [GOOD, {**GOOD, "grade": "8", **worse}]

        assert judge(catalogue, "Q09", [], bureau_lists={"quality": lines}).met is False

    @pytest.mark.parametrize("lines", [[], [{**GOOD, "level": None}], [{**GOOD, "between_school": None}]])
    def test_a_subject_without_result_leaves_it_open(self, lines: list[Line], catalogue: Catalogue) -> None:
        evidence: list[Line] = [{"item_id": "G01", "met": "Y"}]

        assert judge(catalogue, "Q09", [], bureau_lists={"quality": lines, "evidence": evidence}).met is None


class TestByEvidence:
    @pytest.mark.parametrize(("filed", "met"), [("Y", True), ("N", False), (None, None)])
    def test_what_the_bureau_filed_decides(self, filed: str | None, met: bool | None, catalogue: Catalogue) -> None:
        lines: list[Line] = [{"item_id": "G01", "met": filed, "doc_ref": "教字1号"}]
        judged = judge(catalogue, "G01", [], bureau_lists={"evidence": lines})

        assert (judged.met, judged.evidence) == (met, "教字1号")

    def test_an_item_that_nobody_filed_cannot_be_judged(self, catalogue: Catalogue) -> None:
        assert judge(catalogue, "G01", [], bureau_lists={"evidence": [{"item_id": "G10", "met": "Y"}]}).met is None

    @pytest.mark.parametrize(
        ("quota", "filed", "met"),
        [(720, "Y", True), (719, "Y", False), (720, "N", False), (720, None, None), (719, None, False)],
    )
    def test_where_a_figure_and_evidence_are_asked_for_both_must_hold(
        self, quota: float, filed: str | None, met: bool | None, catalogue: Catalogue
    ) -> None:
        bureau: dict[str, Value] = {"gov.quota_std_primary": quota, "gov.quota_std_junior": 940}
        evidence: list[Line] = [{"item_id": "G02", "met": filed}]

        assert judge(catalogue, "G02", [], bureau=bureau, bureau_lists={"evidence": evidence}).met is met


class TestBySchools:
    def test_every_twelve_classes_need_a_room_of_each_kind(self, catalogue: Catalogue) -> None:
        """Thirteen classes need two rooms; the shortfall names the kind that is lacking."""
        enough = build_school(A, classes=13, music_ge96=2, art_ge90=2)
        lacking = build_school(B, classes=13, music_ge96=2, art_ge90=1)
        judged = judge(catalogue, "G03", [enough, lacking])

        assert (judged.met, judged.short) == (False, (B,))
        assert [(s.school, s.measure.name.zh, s.value, s.bound) for s in judged.shortfalls] == [
            (B, "美术专用教室", 1, 2)
        ]
        assert judge(catalogue, "G03", [enough]).met is True

    def test_a_school_whose_figure_is_missing_is_unknown_and_does_not_fall_short(self, catalogue: Catalogue) -> None:
        enough = build_school(A, music_ge96=1, art_ge90=1)
        unknown = build_school(B, music_ge96=None, art_ge90=1)
        judged = judge(catalogue, "G03", [enough, unknown])

        assert (judged.met, judged.short, judged.unknown) == (None, (), (B,))

    def test_a_school_of_which_nobody_knows_whether_it_is_concerned_leaves_it_open(self, catalogue: Catalogue) -> None:
        judged = judge(catalogue, "G03", [build_school(A, classes=None, music_ge96=0, art_ge90=0)])

        assert (judged.met, judged.unknown) == (None, (A,))

    def test_a_school_that_falls_short_decides_even_where_others_are_unknown(self, catalogue: Catalogue) -> None:
        schools = [build_school(A), build_school(B, music_ge96=None, art_ge90=1)]

        assert judge(catalogue, "G03", schools).met is False

    def test_smaller_rooms_count_for_old_schools_where_the_switch_is_on(self, catalogue: Catalogue) -> None:
        old = build_school(A, music_73_96=1, art_67_90=1)
        old = School(old.code, old.cells, known={"is_pre2016": "Y"})
        new = build_school(B, music_73_96=1, art_67_90=1)

        assert judge(catalogue, "G03", [old, new]).short == (A, B)
        assert judge(catalogue, "G03", [old, new], switches=("rooms_of_2016",)).short == (B,)

    @pytest.mark.parametrize(("pupils", "short"), [(2000, ()), (2001, (A,)), (2500, (A,))])
    def test_a_primary_school_has_at_most_two_thousand_pupils(
        self, pupils: int, short: tuple[str, ...], catalogue: Catalogue
    ) -> None:
        assert judge(catalogue, "G04", [build_school(A, pupils=pupils)]).short == short

    def test_a_through_school_has_at_most_2500_and_3000_where_the_switch_is_on(self, catalogue: Catalogue) -> None:
        cells: dict[str, Value] = {"stu_primary[total].enrolled": 1500, "stu_junior[total].enrolled": 1400}
        school = School(A, cells, known={"school_type": "312", "stages": "primary;junior", "is_pre2010": "Y"})

        assert judge(catalogue, "G04", [school]).shortfalls[0].bound == 2500
        assert judge(catalogue, "G04", [school], switches=("larger_schools",)).met is True

    def test_every_class_counts_by_itself(self, catalogue: Catalogue) -> None:
        judged = judge(catalogue, "G05", [build_class_list(A, 45, 45), build_class_list(B, 46, 20, 47)])

        assert [(s.school, s.value, s.bound) for s in judged.shortfalls] == [(B, 2, 0)]

    def test_schools_without_a_list_of_classes_cannot_be_judged(self, catalogue: Catalogue) -> None:
        missing = School(B, {"stu_primary[total].enrolled": 90}, lacks=("classes",))

        assert judge(catalogue, "G05", [build_class_list(A, 45), missing]).unknown == (B,)

    def test_training_money_is_held_against_the_schools_own_budget(self, catalogue: Catalogue) -> None:
        """5 % of 200000 is 10000: 8000 lacks 2000."""
        line: Line = {"stage": "primary", "pub_plan": 200000, "training_exp": 8000}
        judged = judge(catalogue, "Q04", [School(A, lists={"fin": [line]})])

        assert [(s.value, s.bound) for s in judged.shortfalls] == [(8000, 10000)]

    def test_kindergartens_below_five_percent_are_met_in_the_main_only(self, catalogue: Catalogue) -> None:
        schools = [build_kindergarten(f"11321990{number:02d}", outdoor=400) for number in range(20)]
        one = [*schools[1:], build_kindergarten("1132199099", outdoor=399)]
        two = [*one[1:], build_kindergarten("1132199098", outdoor=399)]
        results = [judge(catalogue, "K26", group, profile=PRESCHOOL) for group in (schools, one, two)]

        assert [(r.met, r.nearly, len(r.short)) for r in results] == [
            (True, False, 0), (False, True, 1), (False, False, 2),
        ]  # fmt: skip


def build_kindergarten(code: str, *, outdoor: float) -> School:
    """A hundred children; everything but the outdoor area is plenty."""
    cells: dict[str, Value] = {
        "kg_child[total].enr_total": 100, "kg_area.outdoor": outdoor, "kg_area.teach_total": 900,
        "kg_area.bldg_total": 1200, "kg_area.books": 500, "kg_staff[total].staff_total": 20,
    }  # fmt: skip
    return School(code, cells, known={"school_type": "111", "stages": "kg"})


def test_compound_kindergartens_must_be_public_or_recognised(catalogue: Catalogue) -> None:
    schools = [build_kindergarten(code, outdoor=400) for code in ("1132199001", "1132199002", "1132199003")]
    lists: dict[str, list[Line]] = {
        "kgq": [{"school_code": s.code, "compound": "N" if s.code.endswith("3") else "Y"} for s in schools],
        "kgs": [{"school_code": s.code, "kg_nature": s.code[-1]} for s in schools],
    }
    assert judge(catalogue, "K09", schools, profile=PRESCHOOL, bureau_lists=lists).met is True
    lists["kgq"] = [{"school_code": s.code, "compound": "Y"} for s in schools]
    assert judge(catalogue, "K09", schools, profile=PRESCHOOL, bureau_lists=lists).short == ("1132199003",)


def test_a_switch_that_the_profile_does_not_have_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(DefinitionError):
        judge(catalogue, "G01", [], switches=("lenient",))


def test_a_figure_that_is_missing_is_no_number(catalogue: Catalogue) -> None:
    assert math.isnan(judge(catalogue, "G08", []).value)
