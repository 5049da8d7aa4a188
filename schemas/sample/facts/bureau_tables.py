"""What the bureau keeps account of beside its schools: monitoring, training, work plans and cases, as plain tables."""

from __future__ import annotations

MONITORING = (
    ("语文", "4", "Ⅲ", 0.112), ("语文", "8", "Ⅲ", 0.121), ("数学", "4", "Ⅳ", 0.108), ("数学", "8", "Ⅲ", 0.146),
    ("科学", "8", "Ⅲ", 0.131), ("体育", "4", "Ⅲ", 0.097), ("艺术", "8", "Ⅲ", 0.118), ("德育", "4", "Ⅳ", 0.088),
)  # fmt: skip
"""Subject, grade, level and between-school rate of the national monitoring."""

EVIDENCE = (
    "G01", "G02", "G06", "G10", "Q03", "Q05", "Q06", "Q07", "Q08", "K04", "K05", "K06", "K07", "K20", "K30", "K33",
    "K36",
)  # fmt: skip
NOT_MET = frozenset({"Q08", "K30"})

TRAINING = (
    ("国培", "1", "primary", 60, 72),
    ("市级骨干培训", "2", "junior", 90, 48),
    ("全员继续教育", "13", "primary", 1150, 72),
    ("全员继续教育", "13", "junior", 690, 72),
    ("新任教师岗前培训", "8", "primary", 70, 60),
    ("校长任职培训", "4", "", 45, 40),
    ("班主任培训", "5", "junior", 180, 24),
    ("幼儿教师培训", "6", "kg", 420, 36),
    ("音体美薄弱学科培训", "7", "primary", 120, 30),
    ("高中新课程培训", "9", "senior", 260, 40),
    ("继续教育集中培训", "12", "primary", 640, 24),
)
"""Name, category, stage, persons and hours."""

TALENTS = (
    ("1", "4", "", 14), ("2", "4", "primary", 36), ("2", "4", "junior", 22), ("3", "3", "", 6), ("8", "4", "", 40),
    ("9", "3", "primary", 28), ("9", "3", "junior", 25), ("10", "4", "primary", 190), ("10", "4", "junior", 150),
)  # fmt: skip
"""Kind, level, stage and persons."""

RESEARCH = (
    ("1", 46, 5200), ("2", 9, 860), ("4", 38, None), ("5", 12, None), ("6", 18, 410), ("7", 3, 55), ("8", 620, None),
)  # fmt: skip
"""Kind, number and times persons took part."""

AID = (
    ("1", "kg", 0.07, 1000.0), ("2", "primary", 0.05, 1000.0), ("2", "junior", 0.09, 1250.0),
    ("3", "primary", 1.0, 105.0),
    ("3", "junior", 1.0, 180.0), ("5", "senior", 0.12, 2000.0), ("6", "senior", 0.06, 1700.0),
    ("7", "voc", 0.96, 2200.0),
    ("8", "voc", 0.16, 2000.0),
)  # fmt: skip
"""Policy, stage, share of pupils and yuan a year."""

GAPS = (
    ("2", "res_sports_area_primary"), ("2", "res_multimedia_junior"), ("2", "oversize_primary"), ("1", "kg_tcr"),
    ("1", "kg_outdoor"),
)  # fmt: skip
"""Certification and indicator of each gap on the list."""

CASES = (("1", 26, 26), ("2", 3, 3), ("4", 1, 1), ("7", 2, 2), ("9", 14, 12), ("10", 31, 31), ("11", 5, 5))
"""Kind, found and closed."""

PETITIONS = {"national": (2, 0, 1, 1, 1), "provincial": (5, 2, 4, 3, 4), "letters": (18, 236, 241, 228, 239)}

ADULT = (
    ("1", 186000, 42000, 61000), ("2", 98000, 15600, 38800), ("3", 52000, 6100, 7900), ("5", None, 4800, 5200),
    ("6", 21000, 9400, 14300), ("8", None, 260, 410),
)  # fmt: skip
"""Kind, people concerned, persons and times persons took part."""

SECTIONS = (
    {"code": "3201990001", "name": "学前教育股"},
    {"code": "3201990002", "name": "义务教育股"},
    {"code": "3201990003", "name": "体卫艺股"},
)
"""Sections of the bureau that file their own work plan."""

PLANS = {
    "学前教育股": (
        ("led_pre_build", "新建改扩建公办幼儿园", "所", 3, 2),
        ("led_pre_title", "创建优质幼儿园", "所", 4, 4),
        ("led_pre_build", "增加普惠学位", "个", 360, 310),
        ("led_pre_title", "幼儿教师培训", "人次", 400, 420),
        ("led_ll", "社区教育示范基地", "个", 2, 2),
        ("led_sup", "资助政策宣传覆盖乡镇", "个", 8, 8),
        ("led_fin", "内部审计学校", "所", 12, 9),
    ),
    "义务教育股": (
        ("led_eq", "集团化办学覆盖学校", "所", 30, 28),
        ("led_qua_title", "评选劳动教育基地学校", "所", 10, 10),
        ("led_cmp", "消除大班额班级", "个", 6, 4),
        ("led_tea_recruit", "引进名优教师", "名", 12, 9),
        ("led_fac_works", "改造专用教室", "间", 24, 24),
        ("led_fac_title", "创建装备示范学校", "所", 3, 3),
        ("led_dig", "智慧教育试点学校", "所", 5, 4),
        ("led_dgo", "政务服务事项网办", "项", 18, 18),
        ("led_prj", "建设项目竣工", "个", 5, 5),
        ("led_exam", "考点标准化改造", "个", 2, 2),
        ("led_sh", "高中新课程基地", "个", 1, 1),
        ("led_tea_title", "评选区级名教师", "名", 10, 11),
    ),
    "体卫艺股": (
        ("led_hea", "新建心理健康教育示范点", "个", 6, 6),
        ("led_hea", "足球特色学校", "所", 3, 2),
        ("led_qua_other", "举办区级艺术展演", "场", 4, 4),
        ("led_saf", "平安校园创建", "所", 8, 7),
        ("led_spe", "随班就读资源教室", "间", 3, 3),
        ("led_voc", "职业技能竞赛获奖", "项", 6, 5),
    ),
}
"""Section → ledger group, name, unit, target and what is reached."""
