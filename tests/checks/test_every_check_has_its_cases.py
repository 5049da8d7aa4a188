"""No check without its cases, and no reason that is not on the list."""

from __future__ import annotations

import importlib

import pytest

from schemas.compile import compile_checks
from tests.checks.cases import ALWAYS_ASSESSED, load_cases
from tests.checks.district_cases import ALWAYS_ASSESSED as REASONS_OF_THE_DISTRICT
from tests.checks.district_cases import DISTRICT_CASES
from tests.checks.filings import load_definitions

CASES = load_cases()

IN_CODE = {
    "FL20": "tests.journeys.test_collecting.test_the_same_file_sent_again_is_told_and_changes_no_figure",
    "FL21": "tests.checks.test_sent_again.test_a_new_version_of_an_accepted_return_says_why",
    "FL37": "tests.checks.test_sent_again.test_an_explanation_that_answers_nothing_is_acknowledged",
    "FL40": "tests.rollover.test_two_years.test_a_school_on_the_earlier_form_is_told_what_was_read_and_what_was_left",
    "FL41": "tests.rollover.test_two_years.test_what_has_no_place_on_the_form_in_force_is_said_once_at_the_first_cell",
    "FL38": "tests.checks.test_sent_again.test_what_comes_after_the_lock_is_sent_back",
    "FL35": "tests.checks.test_broken_checks.test_a_check_that_cannot_run_holds_the_return_back",
    "RG15": "tests.register.test_groupings.test_a_group_that_is_not_on_the_districts_own_list_is_an_error",
    "RG17": "tests.register.test_comparisons.test_a_new_school_is_told_that_nothing_is_compared",
    "RG18": "tests.register.test_comparisons.test_schools_that_share_an_origin_are_told_that_nothing_is_compared",
    "RG19": "tests.register.test_comparisons.test_a_school_that_took_over_another_is_told_what_is_compared",
}
"""Checks that need more than one submission, or other definitions: code → the test that has their cases."""


@pytest.mark.requirement("C-03")
def test_every_check_has_its_cases() -> None:
    assert sorted(set(load_definitions().checks) - set(CASES) - set(IN_CODE) - set(DISTRICT_CASES)) == []


def test_no_case_is_of_a_check_that_is_gone() -> None:
    assert sorted({*CASES, *IN_CODE, *DISTRICT_CASES} - set(load_definitions().checks)) == []


def test_checks_of_the_district_and_no_others_have_their_cases_among_districts() -> None:
    levels = {code: entry.check.level for code, entry in load_definitions().checks.items()}

    assert sorted(DISTRICT_CASES) == sorted(code for code, level in levels.items() if level == "district")


def test_every_check_of_the_district_has_all_its_cases() -> None:
    """One that passes, one that fails, and one that cannot be assessed or a listed reason why there is none."""
    short = {code for code, case in DISTRICT_CASES.items() if not case.fails}
    short |= {
        code
        for code, case in DISTRICT_CASES.items()
        if (case.unassessed is None) == (case.always_assessed not in REASONS_OF_THE_DISTRICT)
    }

    assert sorted(short) == []


def test_the_cases_that_are_said_to_be_in_code_are_there() -> None:
    places = {code: place.rpartition(".") for code, place in IN_CODE.items()}
    missing = [code for code, (module, _, name) in places.items() if not hasattr(importlib.import_module(module), name)]

    assert missing == []


def test_only_a_listed_reason_excuses_a_check_from_being_unassessed() -> None:
    reasons = {code: case.always_assessed for code, case in CASES.items() if case.always_assessed}

    assert {code: reason for code, reason in reasons.items() if reason not in ALWAYS_ASSESSED} == {}


def test_only_checks_of_what_was_noticed_are_excused_as_signals() -> None:
    kinds = {code: entry.check.kind for code, entry in load_definitions().checks.items()}
    excused = {code for code, case in CASES.items() if case.always_assessed == "signal"}

    assert {code: kinds[code] for code in excused if kinds[code] != "signal"} == {}


def test_every_formula_can_be_unassessed() -> None:
    formulas = {code for code, entry in load_definitions().checks.items() if entry.check.kind == "formula"}

    assert sorted(code for code in formulas.intersection(CASES) if CASES[code].unassessed is None) == []


@pytest.mark.requirement("C-02")
def test_every_rule_sends_the_school_to_a_cell_of_its_own_return() -> None:
    catalogue = load_definitions()
    forms = [catalogue.latest_layout(return_id) for return_id in catalogue.returns]
    strays = {
        (form.return_id, check.code, rule.mark)
        for form in forms
        for check in compile_checks(catalogue, form)
        for rule in check.rules
        if rule.mark not in {cell.ref for sheet in form.sheets for cell in sheet.cells}
    }

    assert sorted(strays, key=str) == []
