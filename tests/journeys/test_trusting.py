"""Each run plants faults in copies of good returns: a rule that has gone blind is noticed the same night."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from schemas.catalogue import Catalogue
from tests.journeys.bureau import NIGHT, SCHOOLS, Bureau, find_filing, find_register

SCHOOL = SCHOOLS[0]


def test_planted_faults_are_found_and_leave_no_trace(tmp_path: Path, catalogue: Catalogue) -> None:
    bureau = Bureau(tmp_path / "bureau", catalogue)
    bureau.receive(find_register(), find_filing("students", SCHOOL))
    report = bureau.run_night(NIGHT)

    assert report.validation.canaries.planted >= 3
    assert report.validation.canaries.missed == ()
    assert report.ledger.holds
    assert bureau.list_findings("CE11") == []


def test_a_run_that_does_not_find_them_says_that_it_cannot_be_trusted(tmp_path: Path, catalogue: Catalogue) -> None:
    """As if all checks of what returns say were gone: only those of files are left."""
    checks = {code: entry for code, entry in catalogue.checks.items() if entry.check.level == "file"}
    bureau = Bureau(tmp_path / "bureau", replace(catalogue, checks=checks))
    bureau.receive(find_register(), find_filing("students", SCHOOL))
    report = bureau.run_night(NIGHT)

    assert not report.ledger.holds
    assert any("below zero" in problem for problem in report.ledger.problems)
