"""FL20 and FL21: what is said of a return that came before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from flows.ingest import ingest
from flows.setup import make_workspace
from flows.standing import check_correction
from flows.warehouse.submissions import SubmissionRow, load_rows
from flows.warehouse.warehouse import open_warehouse
from flows.workspace import open_workspace
from tests.checks.filings import find_filing, load_definitions
from tests.checks.hearings import describe_district
from tests.checks.workbooks import fill_template

SCHOOL, PERIOD = "2132199001", "2025-2026"


def build_row(cover: Mapping[str, str]) -> SubmissionRow:
    """A second version of a school's return."""
    return SubmissionRow(
        2, "", "J03.xlsx", "2025-09-18T12:00:00", "students", "2024.1", PERIOD, SCHOOL, cover, 300, frozenset(), True
    )


@pytest.mark.requirement("P-10")
def test_a_new_version_of_an_accepted_return_says_why() -> None:
    (finding,) = check_correction(load_definitions(), build_row({}), accepted=[1])

    assert (finding.code, finding.severity) == ("FL21", "query")
    assert (finding.sheet, finding.cell) == ("封面", "C17")
    assert finding.message == "已有通过的报表,请填写更正原因后按更正版受理"


def test_a_correction_with_its_reason_passes() -> None:
    assert check_correction(load_definitions(), build_row({"correction_reason": "误填"}), accepted=[1]) == []


def test_a_first_version_needs_no_reason() -> None:
    assert check_correction(load_definitions(), build_row({}), accepted=[]) == []


@pytest.mark.requirement("V-16")
def test_the_same_file_is_no_second_submission(tmp_path: Path) -> None:
    made = fill_template(find_filing("students", PERIOD, SCHOOL))
    make_workspace(tmp_path, {**describe_district(), "settle_seconds": 0.0, "as_of": date(2025, 9, 18)})
    workspace = open_workspace(tmp_path)
    (workspace.inbox / "first.xlsx").write_bytes(made.content)
    (workspace.inbox / "second.xlsx").write_bytes(made.content)

    with open_warehouse(workspace.warehouse) as warehouse:
        intake = ingest(workspace, warehouse, load_definitions())
        submissions = warehouse.connection.execute("SELECT submission FROM submissions").fetchall()
        rows = load_rows(warehouse.connection, [row[0] for row in submissions])

    assert (intake.received, intake.duplicates) == (("first.xlsx",), ("second.xlsx",))
    assert [row.file_name for row in rows] == ["first.xlsx"]
