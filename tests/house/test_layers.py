"""Imports run one way. The contracts stand in pyproject.toml; what is asked for here is that they hold and see all."""

from __future__ import annotations

import subprocess
import sys
import tomllib

from tests.house.source_files import ROOT

LINT = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_logo=True, cache_dir=None))"


def read_contracts() -> dict[str, dict[str, object]]:
    """Contracts by name."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["name"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}


def test_every_import_keeps_to_the_contracts() -> None:
    done = subprocess.run([sys.executable, "-c", LINT], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_module_has_its_place_in_the_layers() -> None:
    layered = {
        tuple(contract["containers"]): contract.get("exhaustive")
        for contract in read_contracts().values()
        if contract["type"] == "layers"
    }

    assert layered == {("flows",): True, ("schemas",): True}


def test_every_library_that_has_a_keeper_is_kept_by_a_contract() -> None:
    forbidden = {
        module
        for contract in read_contracts().values()
        for module in contract.get("forbidden_modules", ())
        if contract["type"] == "forbidden"
    }

    assert forbidden >= {
        "prefect",
        "duckdb",
        "python_calamine",
        "xlsxwriter",
        "openpyxl",
        "lxml",
        "pandera",
        "lark",
        "yaml",
    }
