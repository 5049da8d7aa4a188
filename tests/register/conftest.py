"""The changing district, made by the first worker that asks, and the command asked about it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.cli import run_command
from schemas.catalogue import Catalogue
from tests.register.changing import ChangingDistrict, make_workbooks, run_changing_district
from tests.sample_workspace import find_shared_folder, hold_alone

Ask = Callable[..., Any]


@pytest.fixture(scope="session")
def changing(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> ChangingDistrict:
    """The changing district after its two nights."""
    folder = find_shared_folder(tmp_path_factory)
    root, finished = folder / "changing_district", folder / "changing_district.finished"
    with pytest.MonkeyPatch.context() as environment, hold_alone(folder / "changing_district.lock"):
        for name in [name for name in os.environ if name.startswith("HUIZONG_")]:
            environment.delenv(name)
        if not finished.exists():
            shutil.rmtree(root, ignore_errors=True)
            shutil.rmtree(folder / "changing_district_first", ignore_errors=True)
            run_changing_district(root, catalogue)
            finished.touch()
    return ChangingDistrict(root)


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """What a verb prints with --json about a workspace."""

    def run(root: Path, *arguments: str) -> Any:
        code = run_command([*arguments, "--workspace", str(root), "--json"])
        printed = capsys.readouterr()
        assert code in (0, 1), printed.err
        return json.loads(printed.out)

    return run


@pytest.fixture
def check(ask: Ask, changing: ChangingDistrict, catalogue: Catalogue, tmp_path: Path) -> Ask:
    """Findings of the command on a filing, as a workbook that the changing district would receive."""

    def run(filing: Any) -> list[dict[str, Any]]:
        (made,) = make_workbooks(catalogue, [filing])
        path = tmp_path / made.name
        path.write_bytes(made.content)
        (checked,) = ask(changing.root, "check", str(path))
        findings: list[dict[str, Any]] = checked["findings"]
        return findings

    return run
