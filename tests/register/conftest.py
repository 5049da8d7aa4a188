"""The changing district, made by the first worker that asks, and the command asked about it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.cli import run_command
from schemas.catalogue import Catalogue
from tests.made_once import make_once
from tests.register.changing import ChangingDistrict, make_workbooks, run_changing_district

Ask = Callable[..., Any]


@pytest.fixture(scope="session")
def changing(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> ChangingDistrict:
    """The changing district after its two nights."""

    def make(root: Path) -> None:
        shutil.rmtree(root.parent / f"{root.name}_first", ignore_errors=True)
        run_changing_district(root, catalogue)

    return make_once(tmp_path_factory, "changing_district", make, ChangingDistrict)


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
