"""The report case, filed and run once a test session. Tests look at it and change nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.conductor import Unwatched
from flows.demonstration import make_sample_workspace, run_nights
from flows.workspace import Workspace, open_workspace
from schemas.sample.report_case import build_report_case
from tests.made_once import make_once
from tests.report_case.published import PrintedFigure, read_figures


@pytest.fixture(scope="session")
def report_workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The workspace after its night: made by the first worker that asks, read by all."""
    return make_once(tmp_path_factory, "report_case", run_report_case, open_workspace)


def run_report_case(root: Path) -> None:
    """Every night of the case, without a scheduler."""
    sample = build_report_case()
    workspace = make_sample_workspace(root, sample)
    for _ in run_nights(workspace, sample, Unwatched(), with_prefect=False, tell=print):
        pass


@pytest.fixture(scope="session")
def printed(report_workspace: Workspace) -> dict[str, PrintedFigure]:
    """The figures of the published workbook by the id of the case."""
    return read_figures(report_workspace)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever looks at the published report waits for a whole run of it: it belongs to the long tests."""
    for item in items:
        if "report_workspace" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.long)
