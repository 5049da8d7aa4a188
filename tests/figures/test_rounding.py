"""A figure is rounded in one way wherever it is printed, compared or reckoned with: half away from zero."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.commands.words import spell_number
from flows.district.facts import Shown
from flows.district.outcome import spell
from flows.publishers.tables import format_figure
from schemas.expressions.rounding import round_all_half_up, round_half_up


def print_exactly(text: str, decimals: int) -> str:
    """What a decimal figure is rounded to, by decimal arithmetic."""
    return f"{Decimal(text).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP):,.{decimals}f}"


@pytest.mark.parametrize(
    ("text", "decimals", "printed"),
    [
        ("62.5", 0, "63"), ("61.5", 0, "62"), ("-2.5", 0, "-3"), ("-0.4", 0, "0"), ("2.675", 2, "2.68"),
        ("84.995", 2, "85.00"), ("1.005", 2, "1.01"), ("0.15", 1, "0.2"), ("1234.5", 0, "1,235"),
    ],
)  # fmt: skip
def test_a_half_is_rounded_away_from_zero(text: str, decimals: int, printed: str) -> None:
    assert format_figure(float(text), decimals) == printed
    assert spell_number(float(text), decimals) == printed


@given(st.decimals(-100_000, 100_000, places=4), st.integers(0, 4))
def test_every_way_of_rounding_gives_the_figure_that_is_printed(figure: Decimal, decimals: int) -> None:
    value = float(figure)
    printed = float(print_exactly(str(figure), decimals).replace(",", ""))

    assert round_half_up(value, decimals) == pytest.approx(printed)
    assert Shown(value).round_value(decimals).value == round_half_up(value, decimals)
    assert round_all_half_up(np.array([value]), np.array([float(decimals)]))[0] == round_half_up(value, decimals)
    assert float(spell(value, decimals)) == pytest.approx(printed)


def test_what_is_no_figure_is_not_rounded() -> None:
    assert math.isnan(round_half_up(math.nan, 2))
    assert round_half_up(math.inf, 2) == math.inf
    assert format_figure(math.nan, 2) == "—"
