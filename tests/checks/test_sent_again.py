"""FL20, FL21, FL37 and FL38: what is said of a return that came before, of its explanations, and after a lock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from flows.checks.explanations import Note
from flows.checks.locks import Lock, Locks
from flows.ingest import ingest
from flows.setup import make_workspace
from flows.standing import check_correction, tell_idle_notes
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


def test_an_explanation_that_answers_nothing_is_acknowledged() -> None:
    note = Note("XP05", "小学分类型学生数 E5", "本校今年合并了一个教学点", place="核实说明 7")

    (finding,) = tell_idle_notes(load_definitions(), 2, [note])

    assert (finding.code, finding.severity, finding.sheet) == ("FL37", "info", "核实说明")
    assert finding.message == "第7行的说明“本校今年合并了一个教学点”没有对应的待核实项,已存档备查"


def test_explanations_that_answer_something_are_not_mentioned() -> None:
    assert tell_idle_notes(load_definitions(), 2, []) == []


LOCKED = Lock("2025-10-20T09:00:00+08:00", "王统计", "locked", PERIOD, (), (), "", "")
LET_IN = Lock("2025-10-22T09:00:00+08:00", "王统计", "reopened", PERIOD, (), (SCHOOL,), "2025-10-25", "漏报一个班")

LET_IN_OTHERS = replace(LET_IN, schools=("2132199099",))


@pytest.mark.parametrize(
    ("acts", "received_at", "is_kept_out"),
    [
        pytest.param([LOCKED], "2025-10-20T08:00:00+08:00", False, id="before the lock"),
        pytest.param([LOCKED], "2025-10-20T10:00:00+08:00", True, id="after the lock"),
        pytest.param([LOCKED, LET_IN], "2025-10-21T10:00:00+08:00", False, id="while the door was shut, let in later"),
        pytest.param([LOCKED, LET_IN], "2025-10-25T23:00:00+08:00", False, id="on the last day"),
        pytest.param([LOCKED, LET_IN], "2025-10-26T00:10:00+08:00", True, id="after the last day"),
        pytest.param([LOCKED, LET_IN_OTHERS], "2025-10-23T10:00:00+08:00", True, id="another school let in"),
        pytest.param([replace(LOCKED, returns=("staff",))], "2025-10-23T10:00:00+08:00", False, id="another return"),
        pytest.param([replace(LOCKED, period="2024-2025")], "2025-10-23T10:00:00+08:00", False, id="another year"),
    ],
)  # fmt: skip
def test_what_comes_after_the_lock_is_sent_back(acts: list[Lock], received_at: str, is_kept_out: bool) -> None:
    definition = load_definitions().returns["students"]

    assert (Locks(acts).find_lock(definition, PERIOD, SCHOOL, received_at) is not None) == is_kept_out


def test_a_lock_of_a_year_holds_for_its_months() -> None:
    definition = load_definitions().returns["monthly"]
    lock = replace(LOCKED, period="2025")

    assert Locks([lock]).find_lock(definition, "2025-09", SCHOOL, "2025-10-23T10:00:00+08:00") == lock
