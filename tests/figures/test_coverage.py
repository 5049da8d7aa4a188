"""Coverage: the schools counted as expected and as reported, and what they weigh, are those the register names.

| school | return | what happened |
|---|---|---|
| 丁塘镇北河小学 | J02 | never sent |
| 庚岭乡庚南小学 | J02 | sent back, never corrected |
| 己河镇第二小学, 庚岭乡松坡小学 | J03 | sent back, never corrected |
| 绿洲幼儿园 | J07 | never sent |
"""

from __future__ import annotations

import pytest

from tests.figures.counting import count_children, count_pupils
from tests.figures.published import Published
from tests.figures.rates import Rate, group_by_township, list_rates, reckon
from tests.figures.returned import District, School, is_acceptable
from tests.sample_workspace import RETURN_NUMBERS, RETURNS, YEAR, SampleRun

NOT_COUNTED = {
    "J02": {"丁塘镇北河小学": "未报", "庚岭乡庚南小学": "退回"},
    "J03": {"己河镇第二小学": "退回", "庚岭乡松坡小学": "退回"},
    "J07": {"绿洲幼儿园": "未报"},
}
OF_SCHOOLS = ("J01", "J02", "J03", "J05", "J06", "J07")
RETURN_IDS = {no: return_id for return_id, no in RETURN_NUMBERS.items()}

each_rate = pytest.mark.parametrize("rate", list(list_rates()), ids=lambda rate: rate.name)


def list_lacking(district: District, no: str) -> set[str]:
    """Schools that owe a return and have none that counts."""
    return_id = RETURN_IDS[no]
    lacking = [s for s in district.schools if return_id in s.owed and return_id not in s.filings]
    return {school.name.removeprefix("示例区") for school in lacking}


def count_last_size(school: School, district_before: District) -> float:
    """Pupils and children of the year before; a school that took in another has its pupils too (§9)."""
    taken_in = {"示例区辛坪乡中心小学": ("示例区辛坪乡石桥教学点",)}.get(school.name, ())
    earlier = [s for s in district_before.schools if s.code == school.code or s.name in taken_in]
    pupils = sum(count_pupils(s, stage) for s in earlier for stage in ("primary", "junior", "senior"))
    return pupils + sum(count_children(s) for s in earlier)


@pytest.mark.requirement("P-17")
def test_exactly_these_schools_are_left_out(district: District) -> None:
    assert {no: list_lacking(district, no) for no in OF_SCHOOLS} == {
        no: set(NOT_COUNTED.get(no, ())) for no in OF_SCHOOLS
    }


def test_what_is_missing_or_sent_back_is_listed_and_nothing_else(published: Published) -> None:
    listed = {
        (line["报表"], line["学校(机构)名称"].removeprefix("示例区"), line["状态"])
        for line in published.read_rows("未报清单")
    }

    assert listed == {(no, name, state) for no, schools in NOT_COUNTED.items() for name, state in schools.items()}


@pytest.mark.requirement("P-17")
@each_rate
def test_townships_expect_and_count_their_own_schools(rate: Rate, district: District, published: Published) -> None:
    figures = published.list_groups(rate.indicator, rate.stage, "township")
    found = {township: (figure.expected, figure.reported) for township, figure in figures.items()}
    groups = {township: reckon(rate, schools) for township, schools in group_by_township(district).items()}

    assert found == {township: (group.expected, group.reported) for township, group in groups.items()}


@pytest.mark.requirement("P-17")
@each_rate
def test_the_rate_of_coverage_is_reported_over_expected(rate: Rate, published: Published) -> None:
    figure = published.find(rate.indicator, rate.stage)

    assert figure.coverage == pytest.approx(100 * figure.reported / figure.expected, rel=1e-9)


@pytest.mark.parametrize(
    "rate",
    [r for r in list_rates() if r.indicator in ("students", "kg_children", "class_size_avg")],
    ids=lambda r: r.name,
)
def test_coverage_by_size_weighs_schools_with_their_pupils_of_the_year_before(
    rate: Rate, district: District, district_before: District, published: Published
) -> None:
    """学生覆盖率 (§9): last year's pupils of the schools counted over those of all schools expected."""
    expected = [s for s in district.schools if rate.level in s.stages and s.owed.intersection(rate.returns)]
    counted = [school for school in expected if school.has_all(rate.returns)]
    weight = sum(count_last_size(school, district_before) for school in expected)
    share = 100 * sum(count_last_size(school, district_before) for school in counted) / weight

    assert published.find(rate.indicator, rate.stage).size_coverage == pytest.approx(share, rel=1e-9)


@pytest.mark.parametrize("no", OF_SCHOOLS)
def test_the_sheet_of_returns_counts_schools_that_owe_file_and_are_accepted(
    no: str, district: District, published: Published, sample_run: SampleRun
) -> None:
    """A file that names no school it could belong to, or that cannot be read, is nobody's until it is sent again."""
    return_id = RETURN_IDS[no]
    owing = {school.code for school in district.schools if return_id in school.owed}
    filings = [f for f in sample_run.sample.filings if (f.return_id, f.period) == (return_id, YEAR)]
    received = {filing.school for filing in filings}
    accepted = {filing.school for filing in filings if is_acceptable(filing)}
    line = next(line for line in published.read_rows("上报情况") if line["报表"] == no)
    counts = (len(owing), len(received), len(accepted), len(received - accepted), len(owing - received))

    assert received <= owing
    assert tuple(int(line[head]) for head in ("应报", "已报", "通过", "退回", "未报")) == counts


def test_only_the_two_latecomers_are_not_on_time(published: Published) -> None:
    """青禾小学 J03 and 丁塘镇第二幼儿园 J07 came after 20 September."""
    lines = {line["报表"]: line for line in published.read_rows("上报情况")}
    late = {no: int(line["已报"]) - int(line["按时"]) for no, line in lines.items()}

    assert late == {no: int(no in ("J03", "J07")) for no in RETURNS[YEAR]}


def test_a_figure_below_its_least_coverage_is_marked(published: Published) -> None:
    """小学 enrolment rests on 32 of 34 schools: below 95 %, shown with its mark; 初中 is whole."""
    marks = {
        line["学段"]: line["指标"].endswith("*")
        for line in published.read_rows("主要指标")
        if line["指标"].startswith("在校生数")
    }

    assert marks == {"小学": True, "初中": False, "普通高中": False}
