"""I-2: rejected means that the school is shown an error; without an error nothing is rejected."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import asdict

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.check import CheckedFile
from flows.publishers.receipt import mark_receipt, write_text
from flows.readers.identify import LIST_SHEET
from flows.receipt_words import build_receipt, build_remark, build_words
from tests.invariants.desk import Desk
from tests.invariants.faults import Fault, choose_faults, plant
from tests.invariants.profiles import few, many
from tests.invariants.test_i01_every_file_ends import damage
from tests.readers.sheets import Canteen

pytestmark = pytest.mark.requirement("I-2")

REPAIRED = ("２４０", "240 ", "2,400", "240个", 99_999)
"""Read with an info, and in the last case asked about."""

REFUSED = {"rejected", "unreadable"}


def find_wrong_verdicts(checked: Sequence[CheckedFile]) -> list[tuple[str, set[str]]]:
    """Verdicts that do not follow from the severities of what was found."""
    wrong = []
    for file in checked:
        severities = {finding.severity for finding in file.findings if not finding.trial}
        deserved = "accepted_with_queries" if "query" in severities else "accepted"
        agrees = file.verdict.value in REFUSED if "error" in severities else file.verdict.value == deserved
        if not agrees:
            wrong.append((file.verdict.value, severities))
    return wrong


def run(examples: settings, desk: Desk, choice: st.SearchStrategy[bytes], size: int) -> None:
    @examples
    @given(st.lists(choice, min_size=size, max_size=size))
    def check(contents: list[bytes]) -> None:
        checked = desk.check({f"{number:03}.xlsx": content for number, content in enumerate(contents)})
        assert find_wrong_verdicts(list(checked.values())) == []

    check()


def choose_files(canteen: Canteen) -> st.SearchStrategy[bytes]:
    """Returns with some faults, repairs among them, and damaged ones."""
    return st.one_of(
        choose_faults(canteen, 5).map(lambda faults: plant(canteen.workbook, faults)),
        st.sampled_from(REPAIRED).map(lambda seats: canteen.type_in({"kitchen.seats": seats})),
        damage(canteen.workbook),
    )


def test_verdict_follows_from_what_was_found(canteen: Canteen, desk: Desk) -> None:
    run(few(4), desk, choose_files(canteen), 10)


@pytest.mark.long
def test_verdict_follows_from_what_was_found_in_many_files(canteen: Canteen, desk: Desk) -> None:
    run(many(100), desk, choose_files(canteen), 20)


def test_every_error_is_shown_to_the_school(canteen: Canteen, desk: Desk) -> None:
    """In the page of text the first of them, in the list of the marked copy and at its cell each of them."""
    words = build_words(desk.catalogue)

    @few(3)
    @given(choose_faults(canteen, 4))
    def check(faults: list[Fault]) -> None:
        content = plant(canteen.workbook, faults)
        file = desk.check_one(content)
        errors = [finding for finding in file.findings if finding.severity == "error"]
        if not errors:
            return
        remarks = [build_remark(desk.catalogue, asdict(finding), None) for finding in file.findings]
        receipt = build_receipt(desk.catalogue, file.row, file.verdict.value, remarks)
        assert errors[0].message in write_text(receipt, words)
        copy = mark_receipt(content, receipt, words)
        assert copy is not None
        book = openpyxl.load_workbook(io.BytesIO(copy))
        listed = {str(value) for row in book[LIST_SHEET].iter_rows(values_only=True) for value in row}
        assert {finding.message for finding in errors} <= listed
        for finding in errors:
            if finding.cell:
                assert finding.message in book[finding.sheet][finding.cell].comment.text

    check()
