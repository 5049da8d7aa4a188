"""Every check passes what is right, sends the school to what is wrong, and says where it cannot tell."""

from __future__ import annotations

import re

import pytest

from flows.checks.findings import Finding
from tests.checks.cases import Failure, load_cases
from tests.checks.filings import load_definitions
from tests.checks.hearings import Courtroom

CASES = load_cases()
FAILURES = [(code, number) for code, case in CASES.items() for number in range(len(case.fails))]
UNASSESSED = [code for code, case in CASES.items() if case.unassessed is not None]
JOINING_WORDS = re.compile(r"\b(?:or|and|implies|not)\b")


def find_first(findings: list[Finding], failure: Failure) -> Finding:
    """The finding at the cell named."""
    at_cell = [f for f in findings if (f.sheet, f.cell) == (failure.sheet, failure.cell)]
    assert at_cell, [(f.sheet, f.cell, f.message) for f in findings]
    return at_cell[0]


def compares(code: str) -> bool:
    """True for a check whose every formula is one comparison."""
    rules = load_definitions().checks[code].check.rules
    return bool(rules) and not any(JOINING_WORDS.search(rule) for rule in rules)


@pytest.mark.parametrize("code", CASES)
def test_a_return_in_order_passes(code: str, courtroom: Courtroom) -> None:
    outcome = courtroom.hear(code, "passes")

    assert [finding.message for finding in outcome.find(code)] == []


@pytest.mark.parametrize("code", UNASSESSED)
def test_a_complete_return_leaves_nothing_unassessed(code: str, courtroom: Courtroom) -> None:
    _, passed, failed, not_assessed = courtroom.hear(code, "passes").count(code)

    assert passed > 0
    assert (failed, not_assessed) == (0, 0)


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


@pytest.mark.parametrize(("code", "number"), FAILURES)
def test_the_message_and_the_remedy_are_whole(code: str, number: int, courtroom: Courtroom) -> None:
    check = load_definitions().checks[code].check
    finding = find_first(courtroom.hear(code, "fails", number).find(code), CASES[code].fails[number])

    assert "{" not in finding.message + finding.remedy
    assert finding.message.count("—") == check.message.zh.count("—")
    assert finding.remedy.count("—") == check.remedy.zh.count("—")
    assert finding.remedy


@pytest.mark.parametrize(("code", "number"), [pair for pair in FAILURES if compares(pair[0])])
def test_a_comparison_shows_both_sides_and_their_cells(code: str, number: int, courtroom: Courtroom) -> None:
    finding = find_first(courtroom.hear(code, "fails", number).find(code), CASES[code].fails[number])

    assert finding.found
    assert finding.found in finding.message
    assert finding.expected.lstrip("≤≥<>≠") in finding.message
    assert finding.difference
    assert finding.operands
    assert all(operand.sheet and operand.cell and operand.label for operand in finding.operands)


@pytest.mark.parametrize("code", UNASSESSED)
def test_what_is_missing_is_said_to_be_unassessed(code: str, courtroom: Courtroom) -> None:
    outcome = courtroom.hear(code, "unassessed")
    *_, not_assessed = outcome.count(code)

    assert not_assessed > 0
    assert [finding.message for finding in outcome.find(code)] == []
