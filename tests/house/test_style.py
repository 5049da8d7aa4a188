"""The code is as the style guide wants it: the linter, the formatter and the type checker have nothing to say."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.house.source_files import ROOT

CHECKED = ("flows", "schemas")


def run_tool(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a tool of this environment at the root of the repository."""
    return subprocess.run(
        [sys.executable, "-m", *command, *CHECKED], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_linter_finds_nothing_to_mend() -> None:
    done = run_tool("ruff", "check", "--output-format", "concise")

    assert done.returncode == 0, done.stdout


def test_every_file_is_formatted() -> None:
    done = run_tool("ruff", "format", "--check")

    assert done.returncode == 0, done.stdout


@pytest.mark.long
def test_every_signature_is_typed_and_every_type_fits() -> None:
    done = run_tool("mypy")

    assert done.returncode == 0, done.stdout
