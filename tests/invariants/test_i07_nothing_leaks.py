"""I-7: nothing of a file that is not accepted reaches a figure, an export or a lookup.

Two nights: in one the files that cannot be accepted were never sent, in the other they lie in the inbox with the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.publishers.fill import CellValue
from schemas.catalogue import Catalogue
from tests.invariants.nights import (
    SMALL,
    TOWN,
    VILLAGE,
    Bureau,
    Dropped,
    choose_errors,
    count_distinct,
    drop,
    list_said,
    make_in_order,
    open_bureau,
    read_tidy,
    type_wrongly,
)
from tests.invariants.profiles import nights
from tests.reduced import reduce_examples

pytestmark = pytest.mark.requirement("I-7")

Errors = dict[str, dict[str, CellValue]]


@dataclass(frozen=True)
class Unspoilt:
    """The night without them: its figures, and what it said of each accepted return."""

    files: Mapping[tuple[str, str], Dropped]
    tidy: bytes
    said: Mapping[tuple[str, str], list[tuple[object, ...]]]


ACCEPTED = [("classes", TOWN), ("classes", SMALL), ("students", TOWN), ("students", VILLAGE)]
"""The small school's pupils and the village school's classes are what is not accepted."""


@pytest.fixture(scope="module")
def unspoilt(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Unspoilt:
    bureau = open_bureau(tmp_path_factory.mktemp("unspoilt") / "bureau", catalogue)
    files = make_in_order(bureau)
    drop(bureau, (file for key, file in files.items() if key in ACCEPTED or key[0] == "register"))
    bureau.run_night()
    return Unspoilt(files, read_tidy(bureau), {key: list_said(bureau, *key) for key in ACCEPTED})


def compare(bureau: Bureau, unspoilt: Unspoilt, pupils: Errors, classes: Errors, junk: list[bytes]) -> None:
    refused = [
        type_wrongly(unspoilt.files["students", SMALL], pupils),
        type_wrongly(unspoilt.files["classes", VILLAGE], classes),
        *(Dropped(f"坏{number}.xlsx", content) for number, content in enumerate(junk)),
    ]
    drop(bureau, refused)
    drop(bureau, (file for key, file in unspoilt.files.items() if key in ACCEPTED or key[0] == "register"))
    report = bureau.run_night()

    assert {bureau.find_state("students", SMALL), bureau.find_state("classes", VILLAGE)} == {"rejected"}
    assert read_tidy(bureau) == unspoilt.tidy
    assert {key: list_said(bureau, *key) for key in ACCEPTED} == unspoilt.said
    assert report.ledger.holds
    assert report.ledger.counts["unreadable"] == count_distinct(refused[2:])


def run(examples: settings, unspoilt: Unspoilt, catalogue: Catalogue, folder: Path) -> None:
    numbers = iter(range(10_000))

    @examples
    @given(
        choose_errors(catalogue, "students"), choose_errors(catalogue, "classes"),
        st.lists(st.binary(max_size=40).map(lambda rest: b"%PDF" + rest), max_size=3),
    )  # fmt: skip
    def check(pupils: Errors, classes: Errors, junk: list[bytes]) -> None:
        bureau = open_bureau(folder / str(next(numbers)), catalogue)
        compare(bureau, unspoilt, pupils, classes, junk)

    check()


def test_night_with_refused_files_publishes_what_the_night_without_them_does(
    unspoilt: Unspoilt, catalogue: Catalogue, tmp_path: Path
) -> None:
    run(nights(1), unspoilt, catalogue, tmp_path)


@pytest.mark.long
def test_nights_with_refused_files_publish_what_the_night_without_them_does(
    unspoilt: Unspoilt, catalogue: Catalogue, tmp_path: Path
) -> None:
    run(nights(reduce_examples(10)), unspoilt, catalogue, tmp_path)
