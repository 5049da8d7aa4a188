"""How a report words a figure: rounded to a step, as a sign only, or with a word of its own."""

from __future__ import annotations

import math

import pytest

from flows.publishers.summary_report import word_figure
from schemas.definitions.workbooks import ReportFigure, Rounding

NEARLY = Rounding(step=1000, toward="up")
AT_LEAST = Rounding(step=1, toward="down")


def make_figure(**given: object) -> ReportFigure:
    return ReportFigure.model_validate({"id": "X", "text": "", "indicator": "schools", **given})


@pytest.mark.parametrize(
    ("value", "given", "printed"),
    [
        (84.0, {}, "84"),
        (24720.0, {}, "24720"),
        (72.000305, {}, "72"),
        (61.25, {"decimals": 1}, "61.3"),
        (61.6, {"decimals": 2}, "61.60"),
        (140.0, {}, "140"),
        (-4.084, {"decimals": 2}, "-4.08"),
        (-4.084, {"only_sign": True, "decimals": 2}, "<0"),
        (3.1, {"only_sign": True}, ">0"),
        (0.0, {"only_sign": True}, "0"),
        (5980.0, {"rounding": NEARLY}, "6000"),
        (6000.0, {"rounding": NEARLY}, "6000"),
        (95.5, {"rounding": AT_LEAST, "decimals": 1}, "95"),
        (400.0, {"wording": "{}余"}, "400余"),
        (math.nan, {"wording": "{}余"}, "—"),
    ],
)
def test_a_figure_is_worded_as_the_report_words_it(value: float, given: dict[str, object], printed: str) -> None:
    assert word_figure(make_figure(**given), value) == printed
