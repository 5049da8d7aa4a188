"""优质均衡: every school part's seven indicators, the rule for schools, means, 差异系数 and the district's verdict.

| what is compared | sheet | article |
|---|---|---|
| seven values, pupils and verdict of each part | 表Ⅱ-2 | §2.1, §2.2, §5.3 |
| parts that reach each indicator | 表Ⅱ-1 | §2, §2.2 |
| mean and dispersion of each indicator | 表Ⅲ | §5.1, §5.2 |
"""

from __future__ import annotations

import pytest

from tests.figures.balance import (
    FLOOR,
    LIMITS,
    NAMES,
    STAGES,
    THRESHOLDS,
    Part,
    compute_dispersion,
    compute_unweighted_dispersion,
    list_dispersions,
    list_parts,
    list_unheard,
)
from tests.figures.counting import count_pupils
from tests.figures.published import Published, print_number
from tests.figures.returned import District

BY_SCHOOL, BY_CRITERION, DISPERSION = "表Ⅱ-2分学校", "表Ⅱ-1资源配置", "表Ⅲ校际均衡"
VERDICTS = {True: "达标", False: "未达标"}


def print_part(part: Part) -> dict[str, str]:
    """The line of a part as the official table has it: whole pupils, values with two decimals (§2.7)."""
    values = {NAMES[name]: print_number(value, 2) for name, value in part.values.items()}
    fixed = {"学段": STAGES[part.stage], "学校(机构)名称": part.school.name, "在校生数": print_number(part.pupils, 0)}
    return fixed | values | {"综合判定": VERDICTS[part.passes]}


@pytest.mark.parametrize("stage", STAGES)
def test_every_school_part_has_its_seven_values_and_its_verdict(
    stage: str, district: District, published: Published
) -> None:
    wanted = [print_part(part) for part in list_parts(district, stage)]
    lines = [line for line in published.read_rows(BY_SCHOOL) if line["学段"] == STAGES[stage]]
    found = [{name: line[name] for name in wanted[0]} for line in lines]

    assert sorted(found, key=lambda line: line["学校(机构)名称"]) == sorted(
        wanted, key=lambda line: line["学校(机构)名称"]
    )


@pytest.mark.parametrize("stage", STAGES)
def test_a_remark_names_what_is_not_reached_and_what_is_below_the_floor(
    stage: str, district: District, published: Published
) -> None:
    remarks = {
        line["学校(机构)名称"]: line["备注"] for line in published.read_rows(BY_SCHOOL) if line["学段"] == STAGES[stage]
    }
    for part in list_parts(district, stage):
        short = [NAMES[name] for name in NAMES if name not in (*part.reached, *part.below_floor)]
        low = [NAMES[name] for name in part.below_floor]
        parts = ([f"未达标：{'、'.join(short)}"] if short else []) + ([f"未达85%：{'、'.join(low)}"] if low else [])

        assert remarks[part.school.name] == "；".join(parts)


@pytest.mark.parametrize("stage", STAGES)
def test_schools_of_every_kind_of_shortfall_are_in_the_sample(stage: str, district: District) -> None:
    """Without them the tests above would prove little: all seven, six, five with 85 %, six with one far below."""
    parts = list_parts(district, stage)
    kinds = {(min(len(part.reached), 7), bool(part.below_floor)) for part in parts}

    assert {part.passes for part in parts} == {True, False}
    assert {(7, False), (6, False)} <= kinds


def test_one_indicator_below_the_floor_fails_a_school_that_reaches_the_other_six(district: District) -> None:
    failed = [part for part in list_parts(district, "primary") if len(part.reached) == 6 and part.below_floor]

    assert [(part.school.name, part.passes) for part in failed] == [("示例区辛坪乡石门小学", False)]


def test_small_teaching_points_and_schools_without_pupils_known_are_not_judged(
    district: District, published: Published
) -> None:
    """庚岭乡云口, 辛坪乡南坡 and 己河镇沙沟 have fewer than fifty pupils; two schools' J03 was sent back."""
    judged = {line["学校(机构)名称"] for line in published.read_rows(BY_SCHOOL)}
    small = {s.name for s in district.schools if s.type == "218" and 0 < count_pupils(s, "primary") < 50}
    unheard = {school.name for school in list_unheard(district)}

    assert (len(small), len(unheard)) == (3, 2)
    assert judged.isdisjoint(small | unheard)


@pytest.mark.parametrize("stage", STAGES)
def test_the_parts_that_reach_each_indicator_are_counted(stage: str, district: District, published: Published) -> None:
    parts = list_parts(district, stage)
    lines = [line for line in published.read_rows(BY_CRITERION) if line["学段"] == STAGES[stage]]
    reached = {NAMES[name]: sum(name in part.reached for part in parts) for name in NAMES}
    reached["综合达标"] = sum(part.passes for part in parts)
    shares = {name: print_number(100 * count / len(parts), 1) for name, count in reached.items()}

    assert {line["指标"]: line["达标校数"] for line in lines} == {name: str(count) for name, count in reached.items()}
    assert {line["指标"]: line["达标比例(%)"] for line in lines} == shares
    assert {line["校数"] for line in lines} == {str(len(parts))}


@pytest.mark.parametrize("stage", STAGES)
def test_thresholds_are_printed_with_their_floor(stage: str, published: Published) -> None:
    lines = {line["指标"]: line for line in published.read_rows(BY_CRITERION) if line["学段"] == STAGES[stage]}
    printed = {name: (lines[NAMES[name]]["标准"], lines[NAMES[name]]["85%标准"]) for name in NAMES}

    assert printed == {
        name: (print_number(threshold, 3), print_number(FLOOR * threshold, 3))
        for name, threshold in THRESHOLDS[stage].items()
    }


def test_means_and_dispersions_are_total_over_total_and_weighted_by_pupils(
    district: District, published: Published
) -> None:
    """The mean with two decimals, the coefficient with three, against its limit unrounded (§5.2)."""
    wanted = [
        (
            STAGES[stage],
            NAMES[criterion],
            str(n),
            print_number(mean, 2),
            print_number(cv, 3),
            VERDICTS[cv <= LIMITS[stage]],
        )
        for stage, criterion, n, mean, cv in list_dispersions(district)
    ]
    heads = ("学段", "指标", "校数", "平均值", "差异系数", "判定")

    assert [tuple(line[head] for head in heads) for line in published.read_rows(DISPERSION)] == wanted


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("criterion", NAMES)
def test_the_tidy_data_has_the_same_dispersion_in_full(
    stage: str, criterion: str, district: District, published: Published
) -> None:
    name = f"cv_{criterion}_{stage}" if criterion == "above_req" else f"cv_{criterion}"
    figure = published.find(name, "" if criterion == "above_req" else stage)

    assert figure.value == pytest.approx(compute_dispersion(list_parts(district, stage), criterion), rel=1e-9)


def test_schools_counted_alike_would_print_other_coefficients(district: District, published: Published) -> None:
    """The trap of §5.1: an unweighted coefficient is not the official one, and here no primary one agrees with it."""
    parts = list_parts(district, "primary")
    lines = [line for line in published.read_rows(DISPERSION) if line["学段"] == STAGES["primary"]]
    printed = {line["指标"]: line["差异系数"] for line in lines}
    unweighted = {NAMES[name]: print_number(compute_unweighted_dispersion(parts, name), 3) for name in NAMES}

    assert [name for name, coefficient in printed.items() if coefficient == unweighted[name]] == []


@pytest.mark.parametrize("stage", STAGES)
def test_the_share_of_schools_that_pass_is_of_the_schools_judged(
    stage: str, district: District, published: Published
) -> None:
    """7项指标达标学校比例: teaching points that are not judged do not lower it (§2.3)."""
    parts = list_parts(district, stage)
    figure = published.find("res_school_ok", stage)

    assert (figure.numerator, figure.denominator) == (sum(part.passes for part in parts), len(parts))


def test_the_district_fails_because_schools_fail(district: District, published: Published) -> None:
    """Every school must pass and every coefficient keep within its limit (§2.2)."""
    parts = [part for stage in STAGES for part in list_parts(district, stage)]
    caption = str(published.workbook[BY_CRITERION]["A2"].value)

    assert not all(part.passes for part in parts)
    assert caption.endswith("未达标")
