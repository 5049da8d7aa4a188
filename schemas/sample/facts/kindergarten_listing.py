"""The kindergartens of the sample district: how many of each nature and size in each township."""

from __future__ import annotations

from typing import NamedTuple

GIVEN_NAMES = (
    "春芽", "晨露", "小荷", "金穗", "彩虹", "星星", "绿洲", "蓝天", "童乐", "新蕾", "百花", "向阳", "白鸽", "海棠",
    "银杏", "紫藤", "青果", "欢欢", "贝贝", "乐乐", "苗苗", "橙子", "摇篮", "月亮船", "小树林", "蒲公英", "向日葵",
    "七色花", "大风车", "小蜗牛", "阳光雨", "棉花糖", "石榴籽", "布谷鸟", "萤火虫", "红蜻蜓", "蓝精灵", "小松果",
    "梦之舟", "云朵", "麦田", "果果", "山茶", "白桦", "甜甜", "豆豆", "稻香", "荷塘",
)  # fmt: skip


class Plan(NamedTuple):
    """Kindergartens of a township: children a band of each, by nature (1 public, 2 inclusive private, 3 other)."""

    township: str
    public: tuple[int, ...]
    inclusive: tuple[int, ...]
    other: tuple[int, ...]


PLANS = (
    Plan("甲溪街道", (84, 66, 52, 48), (46, 40, 34, 27, 24), (40, 25, 22, 20)),
    Plan("乙桥街道", (80, 64, 54, 46), (44, 38, 33, 28, 24), (36, 26, 22, 18)),
    Plan("丙山街道", (74, 58, 46, 44), (42, 36, 30, 26), (34, 25, 21, 18)),
    Plan("丁塘镇", (66, 46, 40), (40, 30, 26, 24), (26, 22, 20)),
    Plan("戊湖镇", (62, 44, 38), (36, 28, 24), (24, 20)),
    Plan("己河镇", (56, 42, 26), (34, 26, 22), (22, 20)),
    Plan("庚岭乡", (40, 22, 18, 9), (22, 16), (14,)),
    Plan("辛坪乡", (36, 22, 8, 9), (20,), (13,)),
)

OPENED_IN_2025 = ("丙山街道", 44)
"""The public kindergarten of that township and size opens in August 2025."""
