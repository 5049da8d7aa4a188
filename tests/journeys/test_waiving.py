"""A school that was let off a check: its return passes for the time, and every output says why."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from schemas.catalogue import Catalogue
from tests.journeys.bureau import NEXT_NIGHT, NIGHT, SCHOOLS, YEAR, Bureau, find_filing, find_register, type_over
from tests.journeys.command import run_verb

WAIVER = {
    "check": "TB03", "school": SCHOOLS[0], "period": YEAR, "reason": "并入的教学点户籍未登记", "asked_by": "城关小学",
    "approved_by": "李科长", "until": NIGHT,
}  # fmt: skip


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Bureau:
    bureau = Bureau(tmp_path_factory.mktemp("waiving") / "bureau", catalogue, settings={"waivers": [WAIVER]})
    bureau.receive(find_register())
    bureau.run_night(NIGHT)
    return bureau


def check(bureau: Bureau, school: str, day: date) -> dict[str, Any]:
    """What is said of a return of the school with three migrants in grade three who came from nowhere."""
    right = find_filing("students", school)
    three_more = float(right.values["stu_primary[migrant].g3"]) + 3
    made = bureau.make(type_over(right, stu_primary__migrant__g3=three_more))
    path = Path(bureau.root) / made.name
    path.write_bytes(made.content)
    _, (file,) = run_verb(bureau.root, day, "check", str(path))
    return dict(file)


def find_told(file: dict[str, Any]) -> set[tuple[str, bool]]:
    """Severities of the findings of TB03, and whether they say that they are waived."""
    said = "并入的教学点户籍未登记，李科长批准"
    return {(f["severity"], said in f["message"]) for f in file["findings"] if f["check"] == "TB03"}


@pytest.mark.requirement("C-17")
def test_a_waived_error_is_told_and_holds_nothing_up(bureau: Bureau) -> None:
    file = check(bureau, SCHOOLS[0], NIGHT)

    assert file["verdict"] == "accepted"
    assert find_told(file) == {("info", True)}


@pytest.mark.requirement("C-17")
def test_after_its_last_day_a_waiver_holds_no_more(bureau: Bureau) -> None:
    file = check(bureau, SCHOOLS[0], NEXT_NIGHT)

    assert file["verdict"] == "rejected"
    assert find_told(file) == {("error", False)}


def test_a_waiver_is_for_one_school(bureau: Bureau) -> None:
    assert check(bureau, SCHOOLS[1], NIGHT)["verdict"] == "rejected"
