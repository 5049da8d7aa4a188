"""A formula that cannot be reckoned over a district says why, in both languages, and at which character."""

from __future__ import annotations

from dataclasses import replace

import pytest

from schemas.catalogue import Catalogue
from schemas.definitions.indicators import Indicator
from schemas.errors import ExpressionError
from schemas.wording import load_shipped_wording
from tests.figures.invented import PERIOD, open_invented_desk

CASES = [
    ("stu_primary[total].enrolled * share", "指标没有界限 share(第 31 个字符处)", "no limit share (position 31)"),
    ("ind(pupils)", "没有指标 pupils", "there is no indicator pupils"),
    ("ind(own)", "指标 own 由它自己算出", "own rests on itself"),
    ("ind(3)", "这里应写名称", "a name is needed here"),
    ("count(shelves)", "没有表 shelves(第 1 个字符处)", "there is no sheet shelves (position 1)"),
    ("equip.campus + 1", "equip.campus 不是数，不能汇总", "equip.campus is no number to be summed"),
    ("split(sum(equip.books), nursery)", "学段 nursery 没有分摊比例", "no share is defined for the stage nursery"),
    ("count_schools(passes(quality_balance_2017, primary))", "passes(…) 只能用在有评估方案的地方", "passes(…) needs"),
]


@pytest.mark.parametrize(("formula", "chinese", "english"), CASES, ids=[case[0] for case in CASES])
def test_a_formula_that_cannot_be_reckoned_says_why(
    formula: str, chinese: str, english: str, catalogue: Catalogue
) -> None:
    own = Indicator.model_validate({"id": "own", "name": "自有", "kind": "count", "decimals": 0, "numerator": formula})
    desk = open_invented_desk(replace(catalogue, indicators={**catalogue.indicators, "own": own}), [("一小", 100, 10)])
    with pytest.raises(ExpressionError) as caught:
        desk.compute("own", PERIOD)
    assert chinese in str(caught.value)
    assert english in str(load_shipped_wording("en").spell(caught.value.problem))
