"""A return without data, a list without lines: taken where the school says so, and nowhere else."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace

import openpyxl
import pytest

from flows.check import CheckedFile
from flows.normalisers.records import stack_readings
from flows.publishers.typing_in import type_empty
from flows.readers.read import read_return
from schemas.sample.filings import Filing, Value
from tests.checks.filings import find_filing, load_definitions
from tests.checks.workbooks import LIMITS, fill_template, load_map
from tests.invariants.desk import Desk, list_places

SCHOOL, SPECIAL_SCHOOL = "2132199001", "2132199002"
ASKED = {"FL24", "FL42", "FL43", "FL44", "FL45", "FL46", "FL47", "FL48"}
SAYS_NONE: Mapping[str, Value] = {"canteen_no": "无"}


def file_canteens(*, lines: bool, declared: bool) -> Filing:
    """A return whose second list has one canteen or none, and says that there is none or does not."""
    filing = find_filing("school_conduct", "2025-2026-1", SCHOOL)
    known = filing.lists["ct"] if lines else ()
    return replace(filing, lists={**filing.lists, "ct": [*known, *([SAYS_NONE] if declared else [])]})


def file_special(*, data: bool, declared: bool) -> Filing:
    """A return of which there may be none, with its figures or without, declared nil on the cover or not."""
    filing = find_filing("special", "2025-2026", SPECIAL_SCHOOL)
    cover = {**filing.cover, "nil_return": "是"} if declared else filing.cover
    return replace(filing, cover=cover, values=filing.values if data else {})


def fill(filing: Filing) -> bytes:
    return fill_template(filing).content


def list_asked(file: CheckedFile) -> list[str]:
    """What is said of nothing, with its cell."""
    return [place for place in list_places(file) if place.partition(" ")[0] in ASKED]


@pytest.mark.requirement("C-11", "M-07")
@pytest.mark.parametrize(
    ("lines", "declared", "said", "is_taken"),
    [
        (True, False, [], True),
        (True, True, ["FL45 A6"], False),
        (False, True, ["FL42 A5"], True),
        (False, False, ["FL43 A5"], False),
    ],
)
def test_a_list_without_lines_is_taken_only_where_it_says_so(
    desk: Desk, lines: bool, declared: bool, said: list[str], is_taken: bool
) -> None:
    file = desk.check_one(fill(file_canteens(lines=lines, declared=declared)))

    assert list_asked(file) == said
    assert (file.verdict.value != "rejected") == is_taken


@pytest.mark.requirement("C-11", "M-07")
@pytest.mark.parametrize(
    ("data", "declared", "said", "is_taken"),
    [
        (True, False, [], True),
        (True, True, ["FL47 C18"], False),
        (False, True, ["FL46"], True),
        (False, False, ["FL24"], False),
    ],
)
def test_a_return_without_data_is_taken_only_where_it_says_so(
    desk: Desk, data: bool, declared: bool, said: list[str], is_taken: bool
) -> None:
    file = desk.check_one(fill(file_special(data=data, declared=declared)))

    assert list_asked(file) == said
    assert (file.verdict.value != "rejected") == is_taken


@pytest.mark.requirement("C-11")
def test_zeros_on_a_return_declared_nil_are_no_data(desk: Desk) -> None:
    filing = file_special(data=True, declared=True)
    nothing = replace(filing, values={ref: 0 for ref, value in filing.values.items() if isinstance(value, int)})

    assert list_asked(desk.check_one(fill(nothing))) == ["FL46"]


@pytest.mark.requirement("C-11")
def test_a_nil_return_is_still_signed(desk: Desk) -> None:
    filing = file_special(data=False, declared=True)
    file = desk.check_one(fill(replace(filing, cover={**filing.cover, "checker_name": None})))

    assert "FL22 C13" in list_places(file)
    assert file.verdict.value == "rejected"


@pytest.mark.requirement("C-11")
def test_an_empty_form_is_told_how_to_declare_it_where_that_may_be(desk: Desk) -> None:
    file = desk.check_one(fill(file_special(data=False, declared=False)))
    (finding,) = [finding for finding in file.findings if finding.code == "FL24"]

    assert finding.remedy.endswith("确无任何数据的，在封面“零报表”填“是”。")


@pytest.mark.requirement("C-11")
@pytest.mark.parametrize(("declared", "said"), [(False, "FL44 A5"), (True, "FL42 A5")])
def test_a_form_handed_out_before_is_asked_and_can_say_so_too(desk: Desk, declared: bool, said: str) -> None:
    file = desk.check_one(leave_out_cell(fill(file_canteens(lines=False, declared=declared))))

    assert list_asked(file) == [said]
    assert file.verdict.value != "rejected"


def leave_out_cell(content: bytes) -> bytes:
    """The workbook as it was before its cover had a line for a nil return."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for column in "ABCDE":
        book["封面"][f"{column}18"] = None
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.requirement("C-11")
@pytest.mark.parametrize("word", ["无", " 无 ", "无记录", "本表无记录", "没有"])
def test_a_line_may_say_in_several_words_that_there_are_none(desk: Desk, word: str) -> None:
    filing = file_canteens(lines=False, declared=False)
    said = replace(filing, lists={**filing.lists, "ct": [dict.fromkeys(("canteen_no", "kind", "diners"), word)]})

    assert list_asked(desk.check_one(fill(said))) == ["FL42 A5"]


@pytest.mark.requirement("C-11")
def test_what_was_declared_is_written_again_where_a_submission_is() -> None:
    """Read-back and conversion write the records; a list without lines keeps its word."""
    catalogue = load_definitions()
    layout = catalogue.find_layout("school_conduct", "2025-2026-1")
    reading = read_return(fill(file_canteens(lines=False, declared=True)), ".xlsx", load_map(), LIMITS)

    assert type_empty(catalogue, stack_readings(layout, [1], [reading]), reading.signals) == {
        "食堂与配餐": {"A5": "无"}
    }
