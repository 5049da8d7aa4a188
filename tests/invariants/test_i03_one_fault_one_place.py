"""I-3: one planted fault is named at its cell, and nothing is said elsewhere that was not said before."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.check import CheckedFile
from flows.checks.findings import Finding
from tests.invariants.desk import Desk
from tests.invariants.faults import Fault, list_faults, plant
from tests.invariants.profiles import few, many
from tests.readers.sheets import Canteen

pytestmark = pytest.mark.requirement("I-3")


def list_new(before: CheckedFile, after: CheckedFile) -> list[Finding]:
    """What is said of a file and was not said of the one in order."""
    known = {(f.code, f.sheet, f.cell, f.message) for f in before.findings}
    return [f for f in after.findings if (f.code, f.sheet, f.cell, f.message) not in known]


def names(finding: Finding, tab: str, address: str) -> bool:
    """True if the finding stands at the cell, or names it among what it compares."""
    places = {(finding.sheet, finding.cell), *((operand.sheet, operand.cell) for operand in finding.operands)}
    return (tab, address) in places


def check_each(desk: Desk, canteen: Canteen, faults: Sequence[Fault]) -> None:
    """Every fault in a copy of its own; all copies checked together with the one in order."""
    copies = {f"{number:03}.xlsx": plant(canteen.workbook, [fault]) for number, fault in enumerate(faults)}
    checked = desk.check({"in order.xlsx": canteen.workbook, **copies})
    before = checked.pop("in order.xlsx")
    for fault, file in zip(faults, checked.values(), strict=True):
        new = list_new(before, file)
        assert fault.code in {f.code for f in new if (f.sheet, f.cell) == (fault.tab, fault.address)}, fault
        assert [f for f in new if not names(f, fault.tab, fault.address)] == [], fault


def run(examples: settings, canteen: Canteen, desk: Desk, size: int) -> None:
    @examples
    @given(st.lists(st.sampled_from(list_faults(canteen)), min_size=size, max_size=size))
    def check(faults: list[Fault]) -> None:
        check_each(desk, canteen, faults)

    check()


def test_fault_in_a_cell_is_named_there_and_nowhere_else(canteen: Canteen, desk: Desk) -> None:
    run(few(4), canteen, desk, 15)


@pytest.mark.long
def test_every_fault_that_can_be_planted_is_named_at_its_cell(canteen: Canteen, desk: Desk) -> None:
    faults = list_faults(canteen)
    for start in range(0, len(faults), 40):
        check_each(desk, canteen, faults[start : start + 40])


@pytest.mark.long
def test_faults_in_a_cell_are_named_there_and_nowhere_else(canteen: Canteen, desk: Desk) -> None:
    run(many(40), canteen, desk, 25)
