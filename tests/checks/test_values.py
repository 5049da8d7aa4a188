"""Every check passes what is right, sends the school to what is wrong, and says where it cannot tell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.checks.findings import Finding
from schemas.definitions.checks import Check
from schemas.yaml_files import load_yaml
from tests.checks.cases import Failure, load_cases
from tests.checks.filings import load_definitions
from tests.checks.hearings import Courtroom

CASES = load_cases()
FAILURES = [(code, number) for code, case in CASES.items() for number in range(len(case.fails))]
UNASSESSED = [code for code, case in CASES.items() if case.unassessed is not None]
BESIDE = load_yaml(Path(__file__).parent / "failing_beside.yaml")
COMPARING = re.compile(r"[<>=]")
JOINING = re.compile(r"\b(?:or|and|implies|not)\b")


def find_first(findings: list[Finding], failure: Failure) -> Finding:
    """The finding at the cell named."""
    at_cell = [f for f in findings if (f.sheet, f.cell) == (failure.sheet, failure.cell)]
    assert at_cell, [(f.sheet, f.cell, f.message) for f in findings]
    return at_cell[0]


def list_missing_sides(finding: Finding, check: Check) -> list[str]:
    """What the message of a comparison leaves out; nothing for a check that compares nothing."""
    if not check.rules or not all(COMPARING.search(rule) and not JOINING.search(rule) for rule in check.rules):
        return []
    sides = {"found": finding.found, "expected": finding.expected.lstrip("≤≥<>≠")}
    missing = [name for name, side in sides.items() if not side or side not in finding.message]
    unplaced = [o.ref for o in finding.operands if not (o.sheet and o.cell and o.label)]
    return [*missing, *unplaced, *([] if finding.operands else ["operands"])]


@pytest.mark.requirement("C-03")
@pytest.mark.parametrize("code", CASES)
def test_a_return_in_order_passes(code: str, courtroom: Courtroom) -> None:
    outcome = courtroom.hear(code, "passes")

    assert [finding.message for finding in outcome.find(code)] == []


@pytest.mark.parametrize("code", UNASSESSED)
def test_a_complete_return_leaves_nothing_unassessed(code: str, courtroom: Courtroom) -> None:
    _, passed, failed, not_assessed = courtroom.hear(code, "passes").count(code)

    assert passed > 0
    assert (failed, not_assessed) == (0, CASES[code].untold)


@pytest.mark.requirement("C-03")
@pytest.mark.parametrize(("code", "number"), FAILURES)
def test_a_fault_is_named_at_its_cell(code: str, number: int, courtroom: Courtroom) -> None:
    failure = CASES[code].fails[number]
    findings = courtroom.hear(code, "fails", number).find(code)
    finding = find_first(findings, failure)

    assert [(f.sheet, f.cell) for f in findings if f is not finding] == [(failure.sheet, cell) for cell in failure.also]
    assert finding.severity == CASES[code].severity
    assert failure.found in (None, finding.found)
    assert failure.expected in (None, finding.expected)
    assert failure.message in (None, finding.message)


@pytest.mark.requirement("C-03")
@pytest.mark.parametrize(("code", "number"), FAILURES)
def test_no_other_check_fails_but_those_that_are_declared(code: str, number: int, courtroom: Courtroom) -> None:
    in_order = {finding.code for finding in courtroom.hear(code, "passes").findings}
    failing = {finding.code for finding in courtroom.hear(code, "fails", number).findings}

    assert sorted(failing - in_order - {code}) == BESIDE.get(f"{code}-{number}", [])


@pytest.mark.requirement("M-06", "M-08")
@pytest.mark.parametrize(("code", "number"), FAILURES)
def test_the_message_and_the_remedy_are_whole(code: str, number: int, courtroom: Courtroom) -> None:
    check = load_definitions().checks[code].check
    finding = find_first(courtroom.hear(code, "fails", number).find(code), CASES[code].fails[number])

    assert "{" not in finding.message + finding.remedy
    assert finding.message.count("—") == check.message.zh.count("—")
    assert finding.remedy.count("—") == check.remedy.zh.count("—")
    assert finding.remedy


@pytest.mark.requirement("C-08", "C-09")
@pytest.mark.parametrize(("code", "number"), FAILURES)
def test_a_comparison_shows_both_sides_and_their_cells(code: str, number: int, courtroom: Courtroom) -> None:
    check = load_definitions().checks[code].check
    finding = find_first(courtroom.hear(code, "fails", number).find(code), CASES[code].fails[number])

    assert list_missing_sides(finding, check) == []


@pytest.mark.requirement("C-08")
@pytest.mark.parametrize("code", UNASSESSED)
def test_what_is_missing_is_said_to_be_unassessed(code: str, courtroom: Courtroom) -> None:
    outcome = courtroom.hear(code, "unassessed")
    *_, not_assessed = outcome.count(code)

    assert not_assessed > CASES[code].untold
    assert [finding.message for finding in outcome.find(code)] == []
