"""差异系数: the worked example of the definitions, §5.1, and its edge cases, §5.2.

| school | pupils | books | books a pupil |
|---|---|---|---|
| A | 100 | 500 | 5 |
| B | 300 | 1200 | 4 |
| C | 100 | 800 | 8 |

X̄ = 2500 / 500 = 5; S² = 0.2·0 + 0.6·1 + 0.2·9 = 2.4; CV = 1.5492 / 5 = 0.3098.
Unweighted it would be 0.2999 around the plain mean, 0.3674 with n − 1.
"""

from __future__ import annotations

import numpy as np
import pytest

from flows.indicators.dispersion import compute_dispersion, compute_mean
from flows.indicators.groups import Grouping
from schemas.catalogue import Catalogue
from tests.figures.invented import PERIOD, School, open_invented_desk

PUPILS, BOOKS = [100.0, 300.0, 100.0], [500.0, 1200.0, 800.0]
EXAMPLE: list[School] = [("A", 100, 500), ("B", 300, 1200), ("C", 100, 800)]
PRINTED = 0.3098


def disperse(books: list[float], pupils: list[float]) -> float:
    """The coefficient of schools that are all of one group."""
    return float(compute_dispersion(np.array(books), np.array(pupils), np.zeros(len(books), dtype=np.int64), 1)[0])


def find_figure(catalogue: Catalogue, schools: list[School]) -> float:
    """差异系数(2012):图书册数 of the primary schools, by the formula of its definition."""
    return float(open_invented_desk(catalogue, schools).compute("cv_b_books", PERIOD, stage="primary").value[0])


def test_the_example_has_the_coefficient_of_the_definitions() -> None:
    assert disperse(BOOKS, PUPILS) == pytest.approx(np.sqrt(2.4) / 5, rel=1e-12)
    assert round(disperse(BOOKS, PUPILS), 4) == PRINTED


def test_the_figure_of_the_example_is_the_same(catalogue: Catalogue) -> None:
    assert round(find_figure(catalogue, EXAMPLE), 4) == PRINTED


def test_it_is_neither_the_unweighted_coefficient_nor_that_of_a_sample() -> None:
    values = np.array(BOOKS) / np.array(PUPILS)
    unweighted, of_sample = values.std() / values.mean(), values.std(ddof=1) / values.mean()

    assert (round(unweighted, 4), round(of_sample, 4)) == (0.2999, 0.3674)
    assert PRINTED not in (round(unweighted, 4), round(of_sample, 4))


def test_a_school_that_grows_at_its_own_value_moves_the_coefficient() -> None:
    """Twice as many pupils with twice as many books in C: the same three values, another weight."""
    assert disperse([500, 1200, 1600], [100, 300, 200]) > disperse(BOOKS, PUPILS)


def test_two_halves_of_a_school_count_as_the_whole() -> None:
    assert disperse([500, 600, 600, 800], [100, 150, 150, 100]) == pytest.approx(disperse(BOOKS, PUPILS), rel=1e-12)


@pytest.mark.parametrize("factor", [0.01, 100, 10000])
def test_a_constant_factor_cancels(factor: float) -> None:
    assert disperse([factor * books for books in BOOKS], PUPILS) == pytest.approx(disperse(BOOKS, PUPILS), rel=1e-9)


def test_a_school_without_pupils_is_left_out(catalogue: Catalogue) -> None:
    assert round(disperse([*BOOKS, 300], [*PUPILS, 0]), 4) == PRINTED
    assert round(find_figure(catalogue, [*EXAMPLE, ("D", 0, 300)]), 4) == PRINTED


def test_a_school_that_did_not_report_the_quantity_is_left_out_and_no_zero(catalogue: Catalogue) -> None:
    assert round(disperse([*BOOKS, np.nan], [*PUPILS, 900]), 4) == PRINTED
    assert round(find_figure(catalogue, [*EXAMPLE, ("D", 900, None)]), 4) == PRINTED
    assert round(find_figure(catalogue, [*EXAMPLE, ("D", 900, 0)]), 4) != PRINTED


def test_schools_that_all_have_nothing_have_no_coefficient() -> None:
    assert np.isnan(disperse([0, 0, 0], PUPILS))


def test_a_single_school_does_not_differ_from_itself() -> None:
    assert disperse([500], [100]) == 0


def test_groups_are_reckoned_apart() -> None:
    codes = np.array([0, 0, 0, 1, -1], dtype=np.int64)
    books, pupils = np.array([*BOOKS, 700, 9000]), np.array([*PUPILS, 100, 100])

    assert compute_dispersion(books, pupils, codes, 2).round(4).tolist() == [PRINTED, 0]
    assert compute_mean(books, pupils, codes, 2).tolist() == [5, 7]


def test_every_school_by_itself_has_no_dispersion(catalogue: Catalogue) -> None:
    figures = open_invented_desk(catalogue, EXAMPLE).compute("cv_b_books", PERIOD, Grouping(by="school"), "primary")

    assert figures.value.tolist() == [0, 0, 0]
