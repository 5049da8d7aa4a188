"""A figure of a past period rests on the register of that period: this year's changes do not touch last year's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.register.changing import (
    CHANGE,
    GIVES_UP,
    MOVES,
    NOW,
    PUPILS,
    TAKES_OVER,
    THEN,
    ChangingDistrict,
    add_up,
    find_township,
)
from tests.register.conftest import Ask


def list_pupils(ask: Ask, district: ChangingDistrict, period: str, by: str, key: str = "numerator") -> dict[str, Any]:
    """Group → pupils of primary schools."""
    figures = ask(district.root, "indicators", "students", "--period", period, "--by", by)
    return {f["group"]: f[key] for f in figures if f["stage"] == "primary" and f[key] is not None}


def list_townships(period: str) -> Mapping[str, str]:
    return {code: find_township(period, code) for code in PUPILS[period]}


def test_the_files_published_for_last_year_stay_as_they_were(changing: ChangingDistrict) -> None:
    first = changing.list_published(after_first_night=True)
    last = {name: content for name, content in changing.list_published().items() if name.startswith(THEN)}

    assert any(name.endswith(".xlsx") for name in first)
    assert last == first


def test_last_years_townships_are_those_of_last_years_register(ask: Ask, changing: ChangingDistrict) -> None:
    assert find_township(THEN, MOVES) == "丁塘镇"
    assert list_pupils(ask, changing, THEN, "township") == add_up(THEN, list_townships(THEN))


def test_this_years_townships_are_those_of_this_years_register(ask: Ask, changing: ChangingDistrict) -> None:
    assert find_township(NOW, MOVES) == "戊湖镇"
    assert list_pupils(ask, changing, NOW, "township") == add_up(NOW, list_townships(NOW))


def test_what_a_township_had_before_is_its_own_figure_of_the_year_before(ask: Ask, changing: ChangingDistrict) -> None:
    earlier = list_pupils(ask, changing, NOW, "township", "earlier")
    then = add_up(THEN, list_townships(THEN))

    assert earlier == {township: then[township] for township in earlier}
    assert "戊湖镇" in earlier


def test_last_years_schools_are_counted_though_they_are_no_more(ask: Ask, changing: ChangingDistrict) -> None:
    (figure,) = [
        figure
        for figure in ask(changing.root, "indicators", "students", "--period", THEN)
        if figure["stage"] == "primary"
    ]

    assert figure["value"] == sum(add_up(THEN, {}).values())


def test_a_message_about_last_year_names_the_school_as_it_was_called_then(ask: Ask, changing: ChangingDistrict) -> None:
    owed = ask(changing.root, "status", "--period", THEN)["missing"]
    by_school = ask(changing.root, "indicators", "students", "--period", THEN, "--by", "school")
    names = {figure["group"]: figure["group_name"] for figure in by_school}

    assert {row["name"] for row in owed} == {"示例区甲溪中心小学"}
    assert names["2132199010"] == "示例区丙东小学"
    assert GIVES_UP in names


def test_a_merged_school_is_counted_once_this_year(ask: Ask, changing: ChangingDistrict) -> None:
    by_school = list_pupils(ask, changing, NOW, "school")

    assert GIVES_UP not in by_school
    assert by_school[TAKES_OVER] == 403
    assert CHANGE.year == 2025
