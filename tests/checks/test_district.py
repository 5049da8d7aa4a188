"""Every check of the level district: what passes it, what fails it and how that is said, and what it cannot tell."""

from __future__ import annotations

import pytest

from schemas.catalogue import Catalogue
from tests.checks.district_cases import DISTRICT_CASES
from tests.checks.district_facts import judge_one

CODES = sorted(DISTRICT_CASES)


@pytest.mark.parametrize("code", CODES)
def test_a_district_in_order_passes(code: str, catalogue: Catalogue) -> None:
    judgement = judge_one(catalogue, code, DISTRICT_CASES[code].passes)
    (rule,) = judgement.rules

    assert judgement.findings == []
    assert rule.passed > 0


@pytest.mark.parametrize(("code", "number"), [(c, n) for c in CODES for n in range(len(DISTRICT_CASES[c].fails))])
def test_a_district_at_fault_fails_and_is_told_why(code: str, number: int, catalogue: Catalogue) -> None:
    case = DISTRICT_CASES[code]
    failure = case.fails[number]
    judgement = judge_one(catalogue, code, failure.district)

    assert (failure.subject, failure.message) in [(found.subject, found.message) for found in judgement.findings]
    assert {(found.code, found.severity) for found in judgement.findings} == {(code, case.severity)}
    assert [f.message for f in judgement.findings if any(sign in f.message + f.remedy for sign in "{}—")] == []
    assert judgement.rules[0].failed == len(judgement.findings)


@pytest.mark.parametrize("code", [code for code in CODES if not DISTRICT_CASES[code].always_assessed])
def test_what_cannot_be_told_is_neither_passed_nor_failed(code: str, catalogue: Catalogue) -> None:
    district = DISTRICT_CASES[code].unassessed
    assert district is not None
    judgement = judge_one(catalogue, code, district)
    (rule,) = judgement.rules

    assert judgement.findings == []
    assert (rule.passed, rule.failed) == (0, 0)
    assert rule.not_assessed > 0
