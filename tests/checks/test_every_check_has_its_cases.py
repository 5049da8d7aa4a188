"""No check without its cases, and no reason that is not on the list."""

from __future__ import annotations

from tests.checks.cases import ALWAYS_ASSESSED, load_cases
from tests.checks.filings import load_definitions

CASES = load_cases()


def test_every_check_has_its_cases() -> None:
    assert sorted(set(load_definitions().checks) - set(CASES)) == []


def test_no_case_is_of_a_check_that_is_gone() -> None:
    assert sorted(set(CASES) - set(load_definitions().checks)) == []


def test_only_a_listed_reason_excuses_a_check_from_being_unassessed() -> None:
    reasons = {code: case.always_assessed for code, case in CASES.items() if case.always_assessed}

    assert {code: reason for code, reason in reasons.items() if reason not in ALWAYS_ASSESSED} == {}


def test_only_checks_of_what_was_noticed_are_excused_as_signals() -> None:
    kinds = {code: entry.check.kind for code, entry in load_definitions().checks.items()}
    excused = {code for code, case in CASES.items() if case.always_assessed == "signal"}

    assert {code: kinds[code] for code in excused if kinds[code] != "signal"} == {}


def test_every_formula_can_be_unassessed() -> None:
    formulas = [code for code, entry in load_definitions().checks.items() if entry.check.kind == "formula"]
    excused = {code for code, case in CASES.items() if case.unassessed is None and case.always_assessed != "counted"}

    assert sorted(excused.intersection(formulas)) == []
