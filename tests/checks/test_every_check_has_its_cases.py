"""No check without its cases, and no reason that is not on the list."""

from __future__ import annotations

import importlib

from schemas.compile import compile_checks
from tests.checks.cases import ALWAYS_ASSESSED, load_cases
from tests.checks.filings import load_definitions

CASES = load_cases()

IN_CODE = {
    "FL20": "tests.checks.test_sent_again.test_the_same_file_is_no_second_submission",
    "FL21": "tests.checks.test_sent_again.test_a_new_version_of_an_accepted_return_says_why",
    "FL35": "tests.checks.test_broken_checks.test_a_check_that_cannot_run_holds_the_return_back",
}
"""Checks that need more than one submission, or other definitions: code → the test that has their cases."""

OF_THE_DISTRICT = frozenset(
    {
        "DS01", "DS02", "DS03", "DS04", "DS05", "DS06", "DS07", "DS08", "DS09", "DS10", "DS11", "DS12", "DS13", "DS14",
        "DS15", "DS16", "DS17", "DS18", "DS19", "DS20", "DS21", "XS04", "XS05", "XS06", "XS07", "XS16", "XS17", "XS18",
    }
)  # fmt: skip
"""Checks judged over a whole district: no return fails them, and their cases are not in this corpus."""


def test_every_check_has_its_cases() -> None:
    assert sorted(set(load_definitions().checks) - set(CASES) - set(IN_CODE) - OF_THE_DISTRICT) == []


def test_no_case_is_of_a_check_that_is_gone() -> None:
    assert sorted({*CASES, *IN_CODE, *OF_THE_DISTRICT} - set(load_definitions().checks)) == []


def test_only_checks_of_the_district_are_left_out_of_the_corpus() -> None:
    levels = {code: entry.check.level for code, entry in load_definitions().checks.items()}

    assert {code: levels[code] for code in OF_THE_DISTRICT if levels[code] != "district"} == {}
    assert sorted(OF_THE_DISTRICT.intersection(CASES)) == []


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
