"""Published rates of pupils, classes, teachers, children and conditions against the filings themselves.

| what is compared | from | article |
|---|---|---|
| pupils, classes, large classes | J03, J02 | §1, §7.2, §7.3 |
| pupils per teacher, degrees, certificates | J05 | §7.4 |
| land, buildings, sports, books, terminals a pupil | J06, split by stage | §7.5, §5.3 |
| the seven resource indicators of the district | J01, J03, J05, J06 | §2.1 |
| children, the three preschool rates | J07, B01, B04 | §6.1 |
"""

from __future__ import annotations

import pytest

from tests.figures.counting import THREE_TO_SIX, count_children
from tests.figures.published import Figure, Published
from tests.figures.rates import Rate, Reckoned, group_by_township, list_preschool_rates, list_rates, reckon
from tests.figures.returned import District

RATES = list(list_rates())
KNOWN_BEFORE = frozenset({"students", "premises", "kg"})
"""Returns of the year before that the sample workspace holds."""

each_rate = pytest.mark.parametrize("rate", RATES, ids=lambda rate: rate.name)


def compare(figure: Figure, reckoned: Reckoned) -> dict[str, tuple[object, object]]:
    """What differs: published and reckoned."""
    pairs = {
        "numerator": (figure.numerator or 0.0, reckoned.part),
        "denominator": (figure.denominator or 0.0, reckoned.whole or 0.0),
        "value": (figure.value, reckoned.value),
        "expected": (figure.expected, reckoned.expected),
        "reported": (figure.reported, reckoned.reported),
    }
    return {name: (found, wanted) for name, (found, wanted) in pairs.items() if not is_same(found, wanted)}


def is_same(found: float | None, wanted: float | None) -> bool:
    if found is None or wanted is None:
        return found is wanted
    return found == pytest.approx(wanted, rel=1e-9, abs=1e-9)


@each_rate
def test_a_district_figure_is_what_its_article_says(rate: Rate, district: District, published: Published) -> None:
    assert compare(published.find(rate.indicator, rate.stage), reckon(rate, district.schools)) == {}


@each_rate
def test_a_township_figure_is_that_of_its_own_schools(rate: Rate, district: District, published: Published) -> None:
    groups = group_by_township(district)
    figures = published.list_groups(rate.indicator, rate.stage, "township")
    differing = {
        township: difference
        for township, schools in groups.items()
        if (reckoned := reckon(rate, schools)).expected == reckoned.reported > 0
        and (difference := compare(figures[township], reckoned))
    }

    assert sorted(figures) == sorted(groups)
    assert differing == {}


@pytest.mark.parametrize("rate", [r for r in RATES if KNOWN_BEFORE.issuperset(r.returns)], ids=lambda rate: rate.name)
def test_the_figure_of_the_year_before_stands_beside_it(
    rate: Rate, district_before: District, published: Published
) -> None:
    found = published.find(rate.indicator, rate.stage).earlier

    assert found == pytest.approx(reckon(rate, district_before.schools).value, rel=1e-9)


def test_inclusive_and_public_kindergartens_are_counted_by_their_children(
    district: District, published: Published
) -> None:
    """K02 and K03: the bureau's list says which kindergartens are public (1) and inclusive (2)."""
    rates = list(list_preschool_rates(district))
    differing = {r.indicator: compare(published.find(r.indicator), reckon(r, district.schools)) for r in rates}

    assert differing == {"kg_inclusive": {}, "kg_public": {}}


def test_gross_enrolment_of_kindergartens_is_children_of_three_to_six_over_residents_of_three_to_five(
    district: District, published: Published
) -> None:
    """K01: nurseries and the kindergarten that never filed are left out of the children, nobody of the residents."""
    filed = [school for school in district.schools if "kg" in school.filings]
    children = sum(count_children(school, THREE_TO_SIX) for school in filed)
    residents = sum(district.read("population", f"pop[a{age}].pop") for age in (3, 4, 5))
    figure = published.find("kg_ger")

    assert (figure.numerator, figure.denominator) == (children, residents)
    assert figure.value == pytest.approx(100 * children / residents, rel=1e-9)


@pytest.mark.parametrize(("stage", "ages"), [("primary", range(6, 12)), ("junior", range(12, 15))])
def test_gross_enrolment_is_pupils_of_any_age_over_residents_of_the_age(
    stage: str, ages: range, district: District, published: Published
) -> None:
    """小学毛入学率 over residents of 6 to 11, 初中阶段毛入学率 over those of 12 to 14 (§7.1)."""
    residents = sum(district.read("population", f"pop[a{age}].pop") for age in ages)
    pupils = published.find("students", stage).value
    assert pupils is not None

    assert published.find(f"ger_{stage}").value == pytest.approx(100 * pupils / residents, rel=1e-9)
