"""The report case, filed and run once a test session. Tests look at it and change nothing."""

from __future__ import annotations

import os
import shutil

import pytest

from flows.conductor import Unwatched
from flows.demonstration import make_sample_workspace, run_nights
from flows.workspace import Workspace, open_workspace
from schemas.sample.report_case import build_report_case
from tests.report_case.published import PrintedFigure, read_figures
from tests.sample_workspace import find_shared_folder, hold_alone


@pytest.fixture(scope="session")
def report_workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The workspace after its night: made by the first worker that asks, read by all."""
    folder = find_shared_folder(tmp_path_factory)
    root, finished = folder / "report_case", folder / "report_case.finished"
    with pytest.MonkeyPatch.context() as environment, hold_alone(folder / "report_case.lock"):
        for name in [name for name in os.environ if name.startswith("HUIZONG_")]:
            environment.delenv(name)
        if not finished.exists():
            shutil.rmtree(root, ignore_errors=True)
            sample = build_report_case()
            workspace = make_sample_workspace(root, sample)
            for _ in run_nights(workspace, sample, Unwatched(), with_prefect=False, tell=print):
                pass
            finished.touch()
        return open_workspace(root)


@pytest.fixture(scope="session")
def printed(report_workspace: Workspace) -> dict[str, PrintedFigure]:
    """The figures of the published workbook by the id of the case."""
    return read_figures(report_workspace)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever looks at the published report waits for a whole run of it: it belongs to the long tests."""
    for item in items:
        if "report_workspace" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.long)
