"""The schools of the sample district as plain tables. No name here is that of a real place or school."""

from __future__ import annotations

from typing import NamedTuple

DISTRICT_CODE = "320199"
DISTRICT_NAME = "示例区"
BUREAU_CODE = "3201990000"
BUREAU_NAME = "示例区教育局"


class Township(NamedTuple):
    """A township or street with the place codes of its centre and outskirts, and about where it lies."""

    name: str
    centre: str
    outskirts: str
    longitude: float
    latitude: float


TOWNSHIPS = (
    Township("甲溪街道", "111", "111", 118.742, 32.062),
    Township("乙桥街道", "111", "111", 118.776, 32.048),
    Township("丙山街道", "112", "112", 118.812, 32.081),
    Township("丁塘镇", "121", "122", 118.871, 32.034),
    Township("戊湖镇", "121", "220", 118.704, 31.987),
    Township("己河镇", "122", "122", 118.668, 32.118),
    Township("庚岭乡", "210", "220", 118.915, 32.137),
    Township("辛坪乡", "210", "220", 118.634, 31.931),
)


class Listed(NamedTuple):
    """A school as listed: sizes are pupils a grade by stage, caps the largest class by stage."""

    name: str
    type: str
    township: str
    place: str
    sizes: dict[str, int]
    caps: dict[str, int]
    flags: str = ""
    run_by: str = "831"


def _primary(
    name: str, township: str, place: str, size: int, cap: int = 45, flags: str = "", run_by: str = "831"
) -> Listed:
    return Listed(name, "211", township, place, {"primary": size}, {"primary": cap}, flags, run_by)


def _point(name: str, township: str, size: int, flags: str = "") -> Listed:
    return Listed(name, "218", township, "220", {"primary": size}, {"primary": 45}, flags)


def _junior(name: str, township: str, place: str, size: int, cap: int = 50, flags: str = "") -> Listed:
    return Listed(name, "311", township, place, {"junior": size}, {"junior": cap}, flags)


def _joint(name: str, township: str, place: str, primary: int, junior: int, cap: int, flags: str) -> Listed:
    """A nine-year school."""
    sizes = {"primary": primary, "junior": junior}
    return Listed(name, "312", township, place, sizes, {"primary": cap, "junior": 50}, flags)


SCHOOLS = (
    _primary("实验小学", "甲溪街道", "111", 210, 45, "dense central"),
    _primary("第一小学", "甲溪街道", "111", 240, 50, "dense disabled"),
    _primary("第二小学", "乙桥街道", "111", 180, 45, "dense"),
    _primary("甲溪中心小学", "甲溪街道", "111", 160, 44, "central"),
    _primary("乙桥中心小学", "乙桥街道", "111", 170, 45, "central disabled"),
    _primary("青禾小学", "乙桥街道", "111", 150, 45),
    _primary("丙山中心小学", "丙山街道", "112", 140, 45, "central"),
    _primary("朝晖小学", "丙山街道", "112", 120, 45, "growing"),
    _primary("晨光实验小学", "丙山街道", "112", 80, 40, "new", "999"),
    _primary("丙东小学", "丙山街道", "112", 90, 45, "renamed"),
    _primary("丁塘镇中心小学", "丁塘镇", "121", 150, 48, "central disabled kg2"),
    _primary("丁塘镇实验小学", "丁塘镇", "121", 100, 45),
    _primary("丁塘镇北河小学", "丁塘镇", "122", 44, 45),
    _primary("戊湖镇中心小学", "戊湖镇", "121", 140, 45, "central"),
    _primary("戊湖镇湖滨小学", "戊湖镇", "121", 60, 42, "land"),
    _primary("戊湖镇南圩小学", "戊湖镇", "220", 30, 45),
    _primary("己河镇中心小学", "己河镇", "122", 113, 59, "central disabled"),
    _primary("己河镇第二小学", "己河镇", "122", 70, 45),
    _primary("庚岭乡中心小学", "庚岭乡", "210", 60, 45, "central kg1"),
    _primary("庚岭乡庚南小学", "庚岭乡", "220", 28, 45),
    _primary("庚岭乡松坡小学", "庚岭乡", "220", 20, 45),
    _primary("辛坪乡中心小学", "辛坪乡", "210", 55, 45, "central disabled"),
    _primary("辛坪乡石门小学", "辛坪乡", "220", 24, 45, "kg1"),
    _primary("辛坪乡杏湾小学", "辛坪乡", "220", 16, 45),
    _point("庚岭乡云口教学点", "庚岭乡", 5, "multigrade"),
    _point("庚岭乡柏树教学点", "庚岭乡", 13, "complete"),
    _point("辛坪乡石桥教学点", "辛坪乡", 7, "closing"),
    _point("辛坪乡南坡教学点", "辛坪乡", 6),
    _point("戊湖镇东圩教学点", "戊湖镇", 15, "complete"),
    _point("己河镇沙沟教学点", "己河镇", 8, "small_class"),
    _junior("实验初级中学", "甲溪街道", "111", 480, 50, "dense disabled"),
    _junior("第二初级中学", "乙桥街道", "111", 440, 54),
    _junior("丙山初级中学", "丙山街道", "112", 360, 50),
    _junior("丁塘镇初级中学", "丁塘镇", "121", 320, 50, "boarding disabled"),
    _junior("戊湖镇初级中学", "戊湖镇", "121", 270, 48, "boarding"),
    _junior("己河镇初级中学", "己河镇", "122", 232, 60, "boarding"),
    _joint("新城九年一贯制学校", "乙桥街道", "111", 300, 405, 47, "new"),
    _joint("丁塘镇育才学校", "丁塘镇", "122", 90, 100, 45, "disabled"),
    _joint("己河镇河西学校", "己河镇", "122", 60, 80, 45, "boarding campuses"),
    _joint("庚岭乡学校", "庚岭乡", "210", 40, 45, 45, "boarding"),
    Listed(
        "第一中学", "341", "甲溪街道", "111", {"junior": 250, "senior": 580}, {"junior": 50, "senior": 52}, "boarding",
    ),
    Listed("高级中学", "342", "丙山街道", "112", {"senior": 1060}, {"senior": 53}, "boarding"),
    Listed("博文学校", "345", "丙山街道", "112", {"primary": 100, "junior": 120, "senior": 210},
           {"primary": 40, "junior": 45, "senior": 45}, "boarding new", "999"),
    Listed("特殊教育学校", "514", "乙桥街道", "111", {"special": 11}, {"special": 14}),
    Listed("中等职业学校", "365", "丁塘镇", "121", {"voc": 1050}, {"voc": 50}, "boarding"),
)  # fmt: skip

PARENTS = {
    "庚岭乡云口教学点": "庚岭乡中心小学", "辛坪乡石桥教学点": "辛坪乡中心小学", "辛坪乡南坡教学点": "辛坪乡中心小学",
    "己河镇沙沟教学点": "己河镇中心小学",
}  # fmt: skip
"""Teaching point → the central school that takes its pupils from grade five on. The others teach all six grades."""

RENAMED = {"丙东小学": "知行小学"}
"""Name until August 2025 → name since."""

SCHOOL_DISTRICTS = {
    "甲溪街道": "城中学区", "乙桥街道": "城中学区", "丙山街道": "城东学区", "丁塘镇": "城东学区", "戊湖镇": "城西学区",
    "己河镇": "城西学区",
}  # fmt: skip
"""Township → 学区 of its primary and junior schools. The two rural townships have none."""

INSPECTION_ZONES = {
    "甲溪街道": "第一责任区", "乙桥街道": "第一责任区", "丙山街道": "第二责任区", "丁塘镇": "第二责任区",
    "戊湖镇": "第三责任区", "己河镇": "第三责任区", "庚岭乡": "第四责任区", "辛坪乡": "第四责任区",
}  # fmt: skip
"""Township → 督学责任区 of everything in it."""

EDUCATION_GROUPS = {
    "实验小学": "实验教育集团", "青禾小学": "实验教育集团", "朝晖小学": "实验教育集团", "实验初级中学": "实验教育集团",
    "第一小学": "第一教育集团", "第二小学": "第一教育集团", "新城九年一贯制学校": "第一教育集团",
}  # fmt: skip
"""School → 教育集团 of 2025. Most are in none."""

EARLIER_GROUPS = {"朝晖小学": "第一教育集团"}
"""School → 教育集团 until August 2025, where it was another."""
