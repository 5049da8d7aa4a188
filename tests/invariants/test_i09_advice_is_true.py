"""I-9: whoever follows the advice of every error, and does nothing else, has an acceptable file."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.checks.findings import Finding, format_number
from schemas.layout import FIRST_ROW
from tests.checks.cases import load_cases
from tests.checks.filings import load_definitions
from tests.checks.hearings import Exhibit, hear_together
from tests.invariants.advice import FOLLOW, follow_advice
from tests.invariants.desk import Desk
from tests.invariants.faults import Fault, choose_faults, list_faults, plant
from tests.invariants.profiles import few, many
from tests.readers.sheets import Canteen

pytestmark = pytest.mark.requirement("I-9", "M-07")

ROUNDS = 2
"""What rests on a refused cell is judged once the cell can be read: a second look at most, never a third."""


def run(examples: settings, canteen: Canteen, desk: Desk, size: int) -> None:
    @examples
    @given(st.lists(choose_faults(canteen, 8), min_size=size, max_size=size))
    def check(planted: list[list[Fault]]) -> None:
        files = {f"{number}.xlsx": plant(canteen.workbook, faults) for number, faults in enumerate(planted)}
        for _ in range(ROUNDS):
            checked = desk.check(files)
            files = {name: follow_advice(canteen, files[name], checked[name].findings) for name in files}
        left = {
            name: [(f.code, f.cell, f.message) for f in file.findings if f.severity == "error"]
            for name, file in desk.check(files).items()
        }
        assert left == {name: [] for name in files}

    check()


def test_every_fault_that_is_planted_has_its_advice(canteen: Canteen) -> None:
    assert {fault.code for fault in list_faults(canteen)} - set(FOLLOW) == set()


def test_file_is_acceptable_once_the_advice_was_followed(canteen: Canteen, desk: Desk) -> None:
    run(few(3), canteen, desk, 8)


@pytest.mark.long
def test_many_files_are_acceptable_once_the_advice_was_followed(canteen: Canteen, desk: Desk) -> None:
    run(many(60), canteen, desk, 15)


BOUND_OTHERWISE = {
    "RC36": "the cell stands in two equations; the part that is wrong is to be found, as the advice says",
    "TB31": "what is expected is a share of a total that the cell is part of",
}
"""Checks whose expected figure does not settle the cell alone, with the reason: their advice asks to look."""


def list_failing(return_ids: frozenset[str]) -> list[Exhibit]:
    """Every failing example of a check on some returns."""
    return [
        Exhibit(code, "fails", number, case, failure.after(case.given))
        for code, case in load_cases().items()
        if case.return_id in return_ids and not case.among_all
        for number, failure in enumerate(case.fails)
    ]


def hear_all(exhibits: list[Exhibit]) -> dict[tuple[str, str, int], list[Finding]]:
    """What is said of each by its own check; those of one session are heard together."""
    by_session: dict[tuple[str, str, str], list[Exhibit]] = {}
    for exhibit in exhibits:
        by_session.setdefault(exhibit.session, []).append(exhibit)
    heard = {}
    for together in by_session.values():
        outcomes = hear_together(load_definitions(), together)
        heard |= {exhibit.key: outcomes[exhibit.key].find(exhibit.code) for exhibit in together}
    return heard


def type_what_is_expected(exhibit: Exhibit, finding: Finding) -> Exhibit | None:
    """The example with the figure that the finding expects in the cell that it names; None where it compares others."""
    expected = finding.expected.lstrip("≤≥<>≠")
    names_itself = bool(finding.operands) and finding.operands[0].ref == finding.ref
    if not names_itself or not re.fullmatch(r"-?\d+(\.\d+)?", expected) or finding.expected[:1] in "<>≠":
        return None
    left = finding.operands[0].value
    if not isinstance(left, float) or finding.found != format_number(left):
        return None
    sheet, _, field = finding.ref.partition(".")
    if "[" in sheet or exhibit_has_cell(exhibit, finding.ref):
        change = {"typed": {**exhibit.example.typed, finding.ref: float(expected)}}
    else:
        line = int(re.sub(r"\D", "", finding.cell)) - FIRST_ROW + 1
        lines = {**exhibit.example.lines.get(sheet, {})}
        lines[line] = {**lines.get(line, {}), field: float(expected)}
        change = {"lines": {**exhibit.example.lines, sheet: lines}}
    return replace(exhibit, example=exhibit.example.model_copy(update=change))


def exhibit_has_cell(exhibit: Exhibit, ref: str) -> bool:
    """True for a cell of a fixed sheet, false for a field of a list."""
    layout = load_definitions().find_layout(exhibit.case.return_id, exhibit.case.period)
    return any(cell.ref == ref for sheet in layout.sheets if not sheet.is_list for cell in sheet.cells)


def check_repairs(return_ids: frozenset[str], fewest: int) -> None:
    failing = list_failing(return_ids)
    found = hear_all(failing)
    repaired: dict[tuple[str, str, int], tuple[Exhibit, Finding]] = {}
    for exhibit in failing:
        for finding in found[exhibit.key][:1] if exhibit.code not in BOUND_OTHERWISE else ():
            typed = type_what_is_expected(exhibit, finding)
            if typed is not None:
                repaired[exhibit.key] = (typed, finding)
    assert len(repaired) >= fewest
    after = hear_all([exhibit for exhibit, _ in repaired.values()])
    still = {
        key: finding.message
        for key, (_, finding) in repaired.items()
        if (finding.sheet, finding.cell) in {(other.sheet, other.cell) for other in after[key]}
    }
    assert still == {}


def test_figure_that_a_rule_expects_in_a_cell_satisfies_it_there() -> None:
    check_repairs(frozenset({"classes"}), 3)


@pytest.mark.long
def test_figure_that_any_rule_expects_in_a_cell_satisfies_it_there() -> None:
    check_repairs(frozenset(load_definitions().returns), 60)
