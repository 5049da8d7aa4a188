"""C-20: a code list that is refreshed may grow. A code that was handed out stays, to the last zero.

`codes_handed_out.csv` has every code that ever was; one that is new is added there with it.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from schemas.catalogue import Catalogue

pytestmark = pytest.mark.requirement("C-20")

FILE = Path(__file__).parent / "codes_handed_out.csv"
Lists = Mapping[str, Sequence[str]]
"""Code list → its codes."""


def read_handed_out() -> dict[str, list[str]]:
    lists: dict[str, list[str]] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            lists.setdefault(line["list"], []).append(line["code"])
    return lists


def list_codes(catalogue: Catalogue) -> dict[str, list[str]]:
    return {name: [code.code for code in codelist.codes] for name, codelist in catalogue.codelists.items()}


def find_losses(before: Lists, after: Lists) -> Iterator[str]:
    """What a refresh must not do, in words."""
    for name, codes in before.items():
        kept = after.get(name, ())
        for code in codes:
            if code not in kept:
                alike = [other for other in kept if other.strip("0. ") == code.strip("0. ")]
                yield f"{name}: {code} became {alike[0]}" if alike else f"{name}: {code} is lost"
    for name, codes in after.items():
        yield from (f"{name}: {code} is there twice" for code, count in Counter(codes).items() if count > 1)
        yield from (f"{name}: a code is blank" for code in codes if not code.strip())
        yield from (f"{name}: {code!r} has spaces around it" for code in codes if code.strip() and code != code.strip())


def test_no_code_that_was_handed_out_is_lost_or_changed(catalogue: Catalogue) -> None:
    assert list(find_losses(read_handed_out(), list_codes(catalogue))) == []


def test_every_code_is_on_the_list_of_those_handed_out(catalogue: Catalogue) -> None:
    known = read_handed_out()
    assert {n: set(codes) - set(known.get(n, ())) for n, codes in list_codes(catalogue).items()} == {
        name: set() for name in catalogue.codelists
    }


@pytest.mark.parametrize(
    ("refreshed", "said"),
    [
        (["97.010", "007"], "CL: 97.100 is lost"), (["97.010", "97.100", "7"], "CL: 007 became 7"),
        (["97.010", "97.10", "97.1", "007"], "CL: 97.100 became 97.10"),
        (["97.010", "97.100", "007", "007"], "CL: 007 is there twice"),
        (["97.010", "97.100", "007", " "], "CL: a code is blank"),
        (["97.010", "97.100", "007 "], "CL: 007 became 007 "),
        (["97.010", "97.100", "007", "008"], None),
    ],
)  # fmt: skip
def test_refresh_that_drops_a_code_or_a_zero_is_found(refreshed: list[str], said: str | None) -> None:
    losses = list(find_losses({"CL": ["97.010", "97.100", "007"]}, {"CL": refreshed}))
    assert (said in losses) if said else losses == []
