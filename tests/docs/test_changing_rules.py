"""A rule is tried out on what is stored before it blocks; after a change of rules history has only what changed."""

from __future__ import annotations

import shutil
from datetime import date
from typing import Any

import pytest

from flows.conductor import PlainConductor
from flows.pipeline import run_night
from flows.workspace import Workspace, open_workspace
from tests.docs.library_district import District
from tests.journeys.command import run_verb
from tests.library_schools import SHELVES

DAY = date(2025, 9, 18)
TRIED = """  - code: LB90
    level: record
    severity: error
    trial: true
    returns: [library_survey]
    formula: room.seats >= 60
    message: "座位少于 60"
    remedy: 请核对座位数。
"""
"""The check that a district means to make binding next year."""


@pytest.fixture(scope="module")
def changed(district: District, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The district of the documents with a check on trial, and queries about few books of a kind switched off."""
    root = shutil.copytree(district.workspace.root, tmp_path_factory.mktemp("changing") / "district")
    settings = root / "pyproject.toml"
    text = settings.read_text(encoding="utf-8")
    assert "LB04 = {share = 0.05}" in text
    settings.write_text(text.replace("LB04 = {share = 0.05}", "LB04 = {share = 0.0}"), encoding="utf-8")
    survey = next(path for path in (root / "schemas").rglob("*.yaml") if "code: LB04" in path.read_text("utf-8"))
    lines = survey.read_text(encoding="utf-8")
    survey.write_text(lines.replace("  - code: LB04\n", f"{TRIED}  - code: LB04\n", 1), encoding="utf-8")
    workspace = open_workspace(root)
    run_night(workspace, PlainConductor())
    return workspace


def ask(workspace: Workspace, *arguments: str) -> Any:
    _, answer = run_verb(workspace.root, DAY, *arguments)
    return answer


@pytest.mark.requirement("C-15")
def test_a_check_on_trial_is_run_over_all_that_is_stored_and_blocks_nothing(changed: Workspace) -> None:
    tried = ask(changed, "findings", "--check", "LB90", "--past")
    few = {school for school, (_, seats) in SHELVES.items() if seats < 60}

    assert {line["school"] for line in tried} == few == {"2132000002", "2132000003"}
    assert all(line["trial"] for line in tried)
    assert {line["school"]: line["submission_state"] for line in tried}["2132000002"] == "accepted"


@pytest.mark.requirement("C-18")
def test_history_has_only_the_submissions_that_stand_otherwise_under_the_new_rules(changed: Workspace) -> None:
    """Queries were switched off: two schools now stand without; the one sent back still is, and is not mentioned."""
    told = {each["school"]: each["acts"] for each in ask(changed, "history", "--return", "L01")["submissions"]}

    assert [act["what"] for act in told["2132000001"]] == ["received", "accepted_with_queries", "accepted"]
    assert [act["what"] for act in told["2132000002"]] == ["received", "accepted_with_queries", "accepted"]
    assert [act["what"] for act in told["2132000003"]] == ["received", "rejected"]
    assert len({act["rules"] for act in told["2132000001"][1:]}) == 2
