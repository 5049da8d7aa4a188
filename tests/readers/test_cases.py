"""Files that were once judged wrongly (tests/fixtures/cases): each is judged rightly since, and none is forgotten."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from schemas.catalogue import Catalogue
from tests.invariants.desk import ALWAYS_SAID, Desk

FOLDER = Path(__file__).parents[1] / "fixtures" / "cases"
Case = dict[str, str]

pytestmark = pytest.mark.requirement("P-19")


def load_cases() -> list[Case]:
    with (FOLDER / "cases.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def list_closed_without_file(cases: list[Case]) -> list[str]:
    """Cases that are said to be closed and have no file to show it."""
    closed = [case for case in cases if case["closed_on"]]
    return [case["case"] for case in closed if not (case["file"] and (FOLDER / case["file"]).is_file())]


def test_every_closed_case_has_its_file() -> None:
    cases = load_cases()
    assert cases
    assert list_closed_without_file(cases) == []


@pytest.mark.parametrize("file", ["", "gone.xlsx"])
def test_a_closed_case_without_its_file_is_flagged(file: str) -> None:
    case = {"case": "7", "told_on": "2026-11-01", "fault": "合计错位", "closed_on": "2026-11-02", "file": file}
    assert list_closed_without_file([case]) == ["7"]
    assert list_closed_without_file([{**case, "closed_on": ""}]) == []


@pytest.mark.parametrize("case", [case for case in load_cases() if case["file"]], ids=lambda case: case["fault"])
def test_the_file_of_a_case_is_judged_as_it_should_be(case: Case, catalogue: Catalogue, tmp_path: Path) -> None:
    path = FOLDER / case["file"]
    file = Desk(tmp_path, catalogue).check_one(path.read_bytes(), f"报表{path.suffix}")
    codes = {finding.code for finding in file.findings} - ALWAYS_SAID
    assert (file.verdict.value, codes) == (case["verdict"], set(case["codes"].split()))
