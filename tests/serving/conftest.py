"""A small bureau after a night: one return accepted, one sent back, one file that cannot be read, one held open."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.pipeline import NightReport
from flows.workspace import Workspace, open_workspace
from schemas.catalogue import Catalogue
from tests.journeys.bureau import NIGHT, SCHOOLS, Bureau, find_filing, find_register, type_over

ACCEPTED, SENT_BACK = SCHOOLS[:2]


@dataclass(frozen=True)
class Night:
    """The workspace after its night, and what the night did."""

    workspace: Workspace
    report: NightReport


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Night:
    """Tests look at it and change nothing."""
    bureau = Bureau(tmp_path_factory.mktemp("night") / "bureau", catalogue, settings={"as_of": NIGHT})
    bureau.receive(find_register(), find_filing("students", ACCEPTED))
    bureau.receive(type_over(find_filing("students", SENT_BACK), stu_primary__female__g3=999))
    bureau.receive_bytes("会议|通知<b>.docx", b"PK\x03\x04 no workbook")
    return Night(bureau.workspace, bureau.run_night())


@pytest.fixture
def own(night: Night, tmp_path: Path) -> Workspace:
    """A copy of the workspace, to be damaged."""
    shutil.copytree(night.workspace.root, tmp_path / "own")
    return open_workspace(tmp_path / "own")
