"""The corpus of the level district: for every check districts that pass it, fail it, and cannot be assessed by it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flows.district.facts import RepeatedFile, Shown
from tests.checks.district_facts import NAME, District, build_owed, build_return
from tests.evaluations.invented import PERIOD, Line, School, Value, build_primary

A, B, C, D, E = (f"213219900{number}" for number in range(1, 6))
QUALITY, BASIC = "quality_balance_2017", "basic_balance_2012"
NINE_YEARS: Mapping[str, Value] = {"school_type": "312", "stages": "primary;junior", "ownership": "1"}
JUNIOR: Mapping[str, Value] = {"school_type": "311", "stages": "junior"}
OF_SCHOOLS = (
    "basic", "classes", "students", "flow", "staff", "premises", "finance", "monthly", "school_month", "school_extra",
    "school_conduct",
)  # fmt: skip
SILENT = School(A, known=NINE_YEARS, lacks=OF_SCHOOLS)
NO_RETURNS = District([SILENT])
"""A school that sent nothing, and a bureau that did not either."""

ALWAYS_ASSESSED = {
    "owed": "asks of returns that are asked for: what is owed came in or did not",
    "filed": "asks of accepted returns only; it has nothing to say where there are none",
    "known": "asks of values that are known only; a missing one is the business of DS03",
}
"""Why a check of the district can never be left unassessed."""


@dataclass(frozen=True)
class Failure:
    """A district that must fail, and what is said of it."""

    district: District
    subject: str
    message: str


@dataclass(frozen=True)
class DistrictCase:
    """What must come of one check of the level district. `always_assessed`: a key of ALWAYS_ASSESSED."""

    severity: str
    passes: District
    fails: Sequence[Failure]
    unassessed: District | None = None
    always_assessed: str = ""


def show(indicator: str, shown: Shown, stage: str = "") -> District:
    """A district with one figure."""
    return District(figures={(indicator, stage, "", ""): shown})


def show_sum(whole: float, *groups: float) -> District:
    """A figure of the district, and of its townships."""
    parts = {("seat_gap_urban", "", "township", str(n)): Shown(x, numerator=x) for n, x in enumerate(groups)}
    return District(figures={("seat_gap_urban", "", "", ""): Shown(whole, numerator=whole), **parts})


def file_bureau(**changed: Value) -> District:
    """A bureau whose returns have what each check of rates asks for, but for what is changed."""
    usual: dict[str, Value] = {
        "gov.migrant_public": 85, "gov.migrant_bought": 0, "gov.migrant_eligible": 100, "gov.exch_eligible": 200,
        "gov.exch_actual": 20, "gov.exch_backbone": 4, "gov.hs_quota": 50, "gov.hs_plan": 100, "gov.near_primary": 300,
        "gov.near_primary_base": 300, "gov.near_junior": 190, "gov.near_junior_base": 200,
    }  # fmt: skip
    return District([School(A)], bureau=usual | {f"gov.{name}": value for name, value in changed.items()})


def file_cohort(graduates: int, disabled: int) -> District:
    """A cohort of 100 at a junior school, of whom so many stayed, and 20 disabled children, of whom so many go."""
    cohort: dict[str, Value] = {
        "cohort.grads": graduates, "cohort.in_3y": 0, "cohort.out_3y": 0, "cohort.entry_3y": 100, "cohort.death_3y": 0,
    }  # fmt: skip
    other = dict.fromkeys(("special_class", "inclusive", "home", "in_other", "exempt"), 0)
    figures = {"pop": 20, "special_school": disabled, **other}
    return District([School(A, cohort, known=JUNIOR)], bureau={f"dis_pop[total].{k}": v for k, v in figures.items()})


def file_staff(
    *, primary: tuple[int, int] = (10, 10), junior: tuple[int, int] = (10, 10), training: float = 5
) -> District:
    """A nine-year school with 10 teachers a stage: of each so many certified and so many trained."""
    cells: dict[str, Value] = {f"edu_{stage}[total].total": 10 for stage in ("primary", "junior")}
    staff: list[Line] = [
        {"stage": stage, "certified": certified, "trained_360": trained}
        for stage, (certified, trained) in (("primary", primary), ("junior", junior))
    ]
    finance: list[Line] = [{"stage": "primary", "training_exp": training, "pub_plan": 100}]
    return District([School(A, cells, {"tmisc": staff, "fin": finance}, NINE_YEARS)])


def file_kindergartens(*, children: int = 200, natures: tuple[str, str] = ("1", "1"), size: int = 20) -> District:
    """Two kindergartens of 100: who runs them, how large a class of the second is; and all children aged 3 to 5."""
    cells: dict[str, Value] = {"kg_child[total].enr_total": 100, "kg_child[total].enr_nursery": 0}
    known = {"school_type": "111", "stages": "kg"}
    schools = [
        School(code, cells, {"kg_cls_list": [{"band": "1", "n_children": number}]}, known)
        for code, number in ((A, 20), (B, size))
    ]
    status: list[Line] = [{"school_code": A, "kg_nature": natures[0]}, {"school_code": B, "kg_nature": natures[1]}]
    ages: dict[str, Value] = {"pop[a3].pop": children, "pop[a4].pop": 0, "pop[a5].pop": 0}
    return District(schools, bureau=ages, bureau_lists={"kgs": status})


BUDGET: Mapping[str, Value] = {
    "dfin.edu_exp": 1000, "dfin.salary_teacher": 90000, "dfin.salary_civil": 90000,
    "dfin_stage[primary].op_exp": 500, "dfin_stage[primary].stu_cur": 100,
    "dfin_stage[junior].op_exp": 500, "dfin_stage[junior].stu_cur": 100,
}  # fmt: skip


def file_budget(changed: Mapping[str, Value], *, before: Mapping[str, Value] = BUDGET) -> District:
    """What the bureau spent this year: as much as the year before but for what is changed."""
    return District([School(A)], bureau={**BUDGET, **changed}, bureau_before=before)


def file_transfers(arrived: int, left: int) -> District:
    cells: dict[str, Value] = {"stu_primary[total].enrolled": 1000}
    return District([School(A, cells | {"flow[primary].inc_in": arrived, "flow[primary].dec_out": left})])


def file_entrants(entrants: int) -> District:
    return District(
        [
            School(A, {"stu_primary[total].graduates": 100}),
            School(B, {"stu_junior[total].entrants": entrants}, {}, JUNIOR),
        ]
    )


def file_classes(*sizes: int) -> District:
    lines: list[Line] = [{"stage": "primary", "n_students": size} for size in sizes]
    return District([School(A, lists={"cls_list": lines})])


def file_bands(*, total: int = 8, large: int | None = 0, huge: int = 0) -> District:
    known: dict[str, Value] = {"b56_60": large, "b61_65": 0, "ge66": huge}
    cells: dict[str, Value] = {f"cls_primary[{band}].total": number for band, number in known.items()}
    return District([School(A, cells | {"cls_primary[total].total": total})])


def file_rooms(music: int | None) -> District:
    """13 classes ask for two rooms each."""
    cells: dict[str, Value] = {"cls_primary[total].total": 13, "cls_junior[total].total": 0}
    return District([School(A, cells | {"basic.music_ge96": music, "basic.art_ge90": 2})])


def file_sheets(*, alike: bool) -> District:
    """Two schools whose pupils by age are twelve different figures."""
    ages = ("a6", "a7", "a8", "a9", "a10", "a11")
    refs = [f"age_primary[{age}].{column}" for age in ages for column in ("enrolled", "enrolled_f")]
    first: dict[str, Value] = {ref: 20 + number for number, ref in enumerate(refs)}
    second = first if alike else {**first, refs[-1]: 99}
    return District([School(A, first), School(B, second)])


def judge_five(**last: float | None) -> District:
    """Five primary schools of 100 pupils, alike but for the last."""
    schools = [build_primary(code, 100) for code in (A, B, C, D)] + [build_primary(E, 100, **last)]
    return District(schools, evaluations=(QUALITY,))


def judge_basic(amount: float) -> District:
    """Two primary schools of 100 pupils: the first has 1000 of everything, the second so much."""
    return District([build_basic(A, 1000), build_basic(B, amount)], evaluations=(BASIC,))


def build_basic(code: str, amount: float) -> School:
    """A primary school of 100 pupils that has so much of everything."""
    school = build_primary(code, 100, teach=amount, sports=amount, equip=amount)
    equip: list[Line] = [
        {**school.lists["equip"][0], "terminals": amount, "terminals_student": amount, "books": amount}
    ]
    cells: dict[str, Value] = {
        "edu_primary[total].total": amount, "edu_primary[bachelor].total": amount,
        "title_primary[full].total": 0, "title_primary[vice].total": 0, "title_primary[middle].total": amount,
    }  # fmt: skip
    return School(code, {**school.cells, **cells}, {**school.lists, "equip": equip})


def repeat(first_name: str, first_school: str) -> District:
    """A file that came again under the name of school B."""
    return District([School(A), School(B)], repeated=(RepeatedFile(f"{B}_J03.xlsx", first_name, first_school),))


def split_school(after: Sequence[Mapping[str, Value]], before: Mapping[str, Value], *, land: float = 0) -> District:
    """School A gave up a part of itself: it and B file so much, and of land all that A had and so much more."""
    old = School(A, known={"valid_to": "2025-08-31", "successor_code": B}, lacks=OF_SCHOOLS)
    since = {"valid_from": "2025-09-01"}
    parts = [
        School(code, cells, {"area": [{"land": 5000 + extra}]}, since)
        for code, cells, extra in zip((A, B), after, (0, land), strict=True)
    ]
    return District([old, *parts], schools_before=[School(A, before, {"area": [{"land": 10000}]})])


def enrol(*pupils: float | None) -> list[Mapping[str, Value]]:
    return [{"stu_primary[total].enrolled": number} for number in pupils]


def employ(*teachers: float | None) -> list[Mapping[str, Value]]:
    return [{"staff[total].teacher": number} for number in teachers]


SPLIT = f"{A} {A}校 已变为 {A} {A}校、{B} {B}校："
LARGE = "large_class_share"
NO_PUPILS_KNOWN = District([SILENT], evaluations=(QUALITY, BASIC))
PUPILS: Mapping[str, Value] = {"stu_primary[total].enrolled": 300}

DISTRICT_CASES: Mapping[str, DistrictCase] = {
    "XS04": DistrictCase(
        "error",
        District(returns=(build_return(3),)),
        [
            Failure(
                District(returns=(build_return(3, received=2),), owed=(build_owed(A, "城关小学"),)),
                f"J03 {PERIOD}", f"J03 {PERIOD} 未报学校:城关小学",
            ),
            Failure(
                District(returns=(build_return(30, received=5),), owed=[build_owed(A, "校") for _ in range(25)]),
                f"J03 {PERIOD}", f"J03 {PERIOD} 未报学校:{'、'.join(['校'] * 20)}等25家",
            ),
        ],
        always_assessed="owed",
    ),
    "XS05": DistrictCase(
        "info",
        District(returns=(build_return(3),)),
        [
            Failure(
                District(returns=(build_return(3, received=2, on_time=1),)),
                f"J03 {PERIOD}", f"J03 {PERIOD} 上报率 66.7%,及时率 33.3%",
            ),
            Failure(
                District(returns=(build_return(4, on_time=3),)),
                f"J03 {PERIOD}", f"J03 {PERIOD} 上报率 100%,及时率 75%",
            ),
        ],
        unassessed=District(returns=(build_return(0),)),
    ),
    "XS06": DistrictCase(
        "query",
        file_transfers(40, 20),
        [
            Failure(file_transfers(41, 20), NAME, "小学区内转入转出不平衡:差 21 人"),
            Failure(file_transfers(0, 30), NAME, "小学区内转入转出不平衡:差 -30 人"),
        ],
        unassessed=NO_RETURNS,
    ),
    "XS07": DistrictCase(
        "query",
        file_entrants(105),
        [Failure(file_entrants(106), NAME, "初中招生数大于小学毕业生数（106>100）")],
        unassessed=NO_RETURNS,
    ),
    "XS16": DistrictCase(
        "error",
        District([School(B, PUPILS), SILENT], closed=(A,)),
        [
            Failure(District([School(A, PUPILS)], closed=(A,)), f"{A} {A}校", f"{A} {A}校：已撤销或停办，仍有报表"),
            Failure(
                District([School(A, {"stu_primary[total].enrolled": 0})]), f"{A} {A}校", f"{A} {A}校：在办，但没有学生"
            ),
        ],
        unassessed=NO_RETURNS,
    ),
    "XS17": DistrictCase(
        "query",
        repeat(f"{B}.xlsx", B),
        [
            Failure(
                repeat(f"{A}_J03.xlsx", A),
                f"{B}_J03.xlsx", f"同一文件以两所学校名义报送：{B}_J03.xlsx 与 {A}_J03.xlsx 完全相同",
            ),
            Failure(
                repeat(f"{A}.xlsx", ""),
                f"{B}_J03.xlsx", f"同一文件以两所学校名义报送：{B}_J03.xlsx 与 {A}.xlsx 完全相同",
            ),
        ],
        unassessed=repeat("报表.xlsx", ""),
    ),
    "XS18": DistrictCase(
        "query",
        file_sheets(alike=False),
        [
            Failure(
                file_sheets(alike=True),
                "J03 小学分年龄学生数", f"两校报表数值完全相同：J03 小学分年龄学生数，{A}、{B}",
            ),
        ],
        always_assessed="filed",
    ),
    "DS01": DistrictCase(
        "error",
        show_sum(100, 60, 40),
        [
            Failure(
                show_sum(100, 60, 39),
                "城区学位缺口（township）", "区县合计≠各校之和或分组之和：城区学位缺口（township），100≠99",
            ),
        ],
        unassessed=show_sum(math.nan, 60, 40),
    ),
    "DS02": DistrictCase(
        "error",
        District([School(A), School(B)]),
        [Failure(District([School(A), School(A)]), f"J01 {PERIOD}", f"学校在同一学段被重复计入：J01 {PERIOD}，{A}")],
        always_assessed="filed",
    ),
    "DS03": DistrictCase(
        "info",
        show(LARGE, Shown(3, coverage=100), "primary"),
        [
            Failure(
                show(LARGE, Shown(3, coverage=87.5, reported=7, expected=8), "primary"),
                "大班额比例(≥56人)小学", "大班额比例(≥56人)小学：指标覆盖率 87.5%（已报 7 所，应报 8 所）",
            ),
        ],
        unassessed=show(LARGE, Shown(3), "primary"),
    ),
    "DS04": DistrictCase(
        "info",
        judge_five(teach=382.5),
        [
            Failure(
                judge_five(teach=225, sports=740), f"{E} {E}校", f"{E}校（小学）未达标:5/7 项达标,最低项为要求的 50%"
            ),
            Failure(judge_five(teach=380), f"{E} {E}校", f"{E}校（小学）未达标:6/7 项达标,最低项为要求的 84.4%"),
        ],
        unassessed=District([build_primary(A, 100, backbone=None)], evaluations=(QUALITY,)),
    ),
    "DS05": DistrictCase(
        "info",
        judge_five(),
        [
            Failure(
                judge_five(sports=20000), "生均体育运动场馆面积", "生均体育运动场馆面积 小学 差异系数 1.286 超过 0.5"
            ),
        ],
        unassessed=NO_PUPILS_KNOWN,
    ),
    "DS06": DistrictCase(
        "info",
        judge_basic(1000),
        [Failure(judge_basic(0), "小学", "小学 综合差异系数 1 超过 0.65")],
        unassessed=NO_PUPILS_KNOWN,
    ),
    "DS07": DistrictCase(
        "info",
        file_classes(45, 45),
        [Failure(file_classes(45, 46, 50), NAME, "小学超标准班额班级 2 个")],
        unassessed=NO_RETURNS,
    ),
    "DS08": DistrictCase(
        "info",
        District([School(A, {"stu_primary[total].enrolled": 2000})]),
        [Failure(District([School(A, {"stu_primary[total].enrolled": 2001})]), NAME, "超规模学校 1 所")],
        unassessed=NO_RETURNS,
    ),
    "DS09": DistrictCase(
        "info",
        file_rooms(2),
        [Failure(file_rooms(1), f"{A} {A}校", f"{A} {A}校 音乐/美术专用教室达标间数 1/2,应各 2 间")],
        unassessed=file_rooms(None),
    ),
    "DS10": DistrictCase(
        "info",
        file_bands(),
        [Failure(file_bands(large=1, huge=1), NAME, "小学大班额 2 个(25%),超大班额 1 个")],
        unassessed=file_bands(large=None),
    ),
    "DS11": DistrictCase(
        "info",
        file_cohort(95, 19),
        [
            Failure(file_cohort(94, 19), NAME, "初中三年巩固率 94%，巩固率/入学率低于 95%"),
            Failure(file_cohort(95, 18), NAME, "残疾儿童少年入学率 90%，巩固率/入学率低于 95%"),
        ],
        unassessed=NO_RETURNS,
    ),
    "DS12": DistrictCase(
        "info",
        file_bureau(),
        [
            Failure(file_bureau(migrant_public=84), NAME, "政府保障指标 随迁子女就读比例 为 84%,低于 85%"),
            Failure(file_bureau(exch_actual=19), NAME, "政府保障指标 教师交流轮岗比例 为 9.5%,低于 10%"),
            Failure(file_bureau(exch_backbone=3), NAME, "政府保障指标 骨干教师占交流轮岗比例 为 15%,低于 20%"),
            Failure(file_bureau(hs_quota=49), NAME, "政府保障指标 优质高中招生名额分配比例 为 49%,低于 50%"),
            Failure(file_bureau(near_primary=297), NAME, "政府保障指标 小学就近入学比例 为 99%,低于 100%"),
            Failure(file_bureau(near_junior=188), NAME, "政府保障指标 初中就近入学比例 为 94%,低于 95%"),
        ],
        unassessed=NO_RETURNS,
    ),
    "DS13": DistrictCase(
        "info",
        file_staff(),
        [
            Failure(file_staff(primary=(9, 10)), NAME, "小学教师资格证持证率 为 90%，未达 100%"),
            Failure(file_staff(junior=(8, 10)), NAME, "初中教师资格证持证率 为 80%，未达 100%"),
            Failure(file_staff(junior=(10, 7)), NAME, "初中五年360学时培训完成率 为 70%，未达 100%"),
            Failure(file_staff(training=4), NAME, "培训经费占公用经费预算比例 为 4%，未达 5%"),
        ],
        unassessed=NO_RETURNS,
    ),
    "DS14": DistrictCase(
        "info",
        file_kindergartens(),
        [
            Failure(file_kindergartens(children=250), NAME, "学前指标 学前三年毛入园率 为 80%,低于 85%"),
            Failure(file_kindergartens(natures=("1", "3")), NAME, "学前指标 普惠性幼儿园覆盖率 为 50%,低于 80%"),
            Failure(file_kindergartens(natures=("2", "2")), NAME, "学前指标 公办园在园幼儿占比 为 0%,低于 50%"),
            Failure(file_kindergartens(size=21), NAME, "学前指标 幼儿园班额达标率 为 50%,低于 85%"),
        ],
        unassessed=NO_RETURNS,
    ),
    "DS15": DistrictCase(
        "info",
        file_budget({}),
        [
            Failure(file_budget({"dfin.edu_exp": 900}), NAME, "一般公共预算教育支出 较上年下降 100"),
            Failure(
                file_budget({"dfin_stage[primary].op_exp": 400}),
                NAME, "小学生均一般公共预算教育事业费 较上年下降 1",
            ),
            Failure(
                file_budget({"dfin_stage[junior].stu_cur": 125}),
                NAME, "初中生均一般公共预算教育事业费 较上年下降 1",
            ),
        ],
        unassessed=file_budget({}, before={}),
    ),
    "DS16": DistrictCase(
        "info",
        file_budget({}),
        [Failure(file_budget({"dfin.salary_civil": 95000}), NAME, "教师平均工资低于公务员 5000 元")],
        unassessed=file_budget({"dfin.salary_civil": None}),
    ),
    "DS17": DistrictCase(
        "query",
        District(
            figures={(LARGE, "primary", "", ""): Shown(100), ("ger_primary", "", "", ""): Shown(130)},
        ),
        [
            Failure(
                show(LARGE, Shown(100.5), "primary"),
                "大班额比例(≥56人)", "大班额比例(≥56人)小学 为 100.5%,请核对分子分母口径",
            ),
            Failure(show("ger_primary", Shown(131)), "小学毛入学率", "小学毛入学率 为 131%,请核对分子分母口径"),
        ],
        unassessed=show(LARGE, Shown(math.nan), "primary"),
    ),
    "DS18": DistrictCase(
        "query",
        District(
            figures={
                (LARGE, "primary", "", ""): Shown(8, earlier=3),
                ("seat_gap_urban", "", "", ""): Shown(115, earlier=100),
            },
        ),
        [
            Failure(
                show(LARGE, Shown(3, earlier=9), "primary"),
                "大班额比例(≥56人)", "大班额比例(≥56人)小学 较上年变动 -6个百分点",
            ),
            Failure(
                show("seat_gap_urban", Shown(116, earlier=100)), "城区学位缺口", "城区学位缺口 较上年变动 16个"
            ),
        ],
        unassessed=show(LARGE, Shown(3), "primary"),
    ),
    "DS19": DistrictCase(
        "info",
        judge_five(teach=440),
        [
            Failure(
                judge_five(teach=449.9),
                f"{E}校生均教学及辅助用房面积", f"{E}校生均教学及辅助用房面积 舍入后判定会变化:4.499",
            ),
            Failure(
                show(LARGE, Shown(5.001), "primary"),
                "大班额比例(≥56人)小学", "大班额比例(≥56人)小学 舍入后判定会变化:5.001",
            ),
            Failure(show("kg_ger", Shown(84.995)), "学前三年毛入园率", "学前三年毛入园率 舍入后判定会变化:84.995"),
        ],
        always_assessed="known",
    ),
    "DS20": DistrictCase(
        "info",
        replace(judge_five(), figures={(LARGE, "primary", "", ""): Shown(3, denominator=30)}),
        [
            Failure(
                show(LARGE, Shown(3, denominator=29), "primary"),
                "大班额比例(≥56人)小学", "大班额比例(≥56人)小学 样本过小,仅供参考",
            ),
            Failure(judge_basic(1000), "综合差异系数小学", "综合差异系数小学 样本过小,仅供参考"),
        ],
        unassessed=replace(NO_PUPILS_KNOWN, figures={(LARGE, "primary", "", ""): Shown(3, denominator=0)}),
    ),
    "DS21": DistrictCase(
        "query",
        District(returns=(build_return(3),)),
        [
            Failure(
                District(returns=(build_return(3, received=2),), owed=(build_owed(A, "城关小学"),)),
                PERIOD, "1 所学校未通过,指标为暂定值（另有 0 份待核实）",
            ),
            Failure(
                District(returns=(build_return(3, with_queries=2),)),
                PERIOD, "0 所学校未通过,指标为暂定值（另有 2 份待核实）",
            ),
        ],
        unassessed=District(returns=(build_return(0),)),
    ),
    "RG20": DistrictCase(
        "query",
        split_school(enrol(400, 620), enrol(1000)[0]),
        [
            Failure(
                split_school(enrol(400, 900), enrol(1000)[0]),
                f"{A} {A}校", f"{SPLIT}在校生合计由 1000 人变为 1300 人，请说明",
            )
        ],
        unassessed=split_school(enrol(400, 600), enrol(None)[0]),
    ),
    "RG21": DistrictCase(
        "query",
        split_school(employ(30, 25), employ(52)[0]),
        [
            Failure(
                split_school(employ(30, 5), employ(52)[0]),
                f"{A} {A}校", f"{SPLIT}专任教师合计由 52 人变为 35 人，请说明",
            )
        ],
        unassessed=split_school(employ(30, 25), employ(None)[0]),
    ),
    "RG22": DistrictCase(
        "query",
        split_school(enrol(400, 620), enrol(1000)[0]),
        [
            Failure(
                split_school(enrol(400, 620), enrol(1000)[0], land=500),
                f"{A} {A}校", f"{SPLIT}占地面积合计由 10000 平方米变为 10500 平方米，请说明",
            )
        ],
        unassessed=replace(split_school(enrol(400, 620), enrol(1000)[0]), schools_before=()),
    ),
}  # fmt: skip
