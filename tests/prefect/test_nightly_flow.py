"""`huizong run` starts a server of its own, runs the night as a flow, and leaves no process behind."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.catalogue import Catalogue
from tests.journeys.bureau import NIGHT, SCHOOLS, Bureau, find_filing, find_register

LONGEST = 400


@pytest.fixture
def bureau(tmp_path: Path, catalogue: Catalogue) -> Bureau:
    bureau = Bureau(tmp_path / "bureau", catalogue, settings={"as_of": NIGHT})
    bureau.receive(find_register(), *(find_filing("students", school) for school in SCHOOLS))
    return bureau


@pytest.mark.long
def test_a_night_under_prefect_gives_the_same_bytes_as_without_and_ends_its_server(bureau: Bureau) -> None:
    plain = bureau.root.with_name("plain")
    shutil.copytree(bureau.root, plain)
    report, process = run_command(bureau.root)
    run_command(plain, "--no-prefect")
    assert report["verdicts"]["accepted"] == len(SCHOOLS) + 1
    assert read_files(bureau.root, "published") == read_files(plain, "published")
    assert read_files(bureau.root, "digests") == read_files(plain, "digests")
    assert list(find_servers(process)) == []
    assert find_artifacts(bureau.root) == {
        "reporting-progress": "progress",
        "reporting-rates": "table",
        "run-summary": "markdown",
        "workbook-2025-2026-1": "markdown",  # a link is one to Prefect
    }
    assert find_flow_states(bureau.root) == {"COMPLETED"}


def run_command(root: Path, *options: str) -> tuple[dict[str, dict[str, int]], int]:
    """The command as IT calls it; its JSON and its process number."""
    command = [sys.executable, "-c", "from flows.cli import main; main()", "run", "--json", *options]
    process = subprocess.Popen(
        [*command, "--workspace", str(root)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    answer, problems = process.communicate(timeout=LONGEST)
    assert process.returncode == 0, problems
    return json.loads(answer), process.pid


def read_files(root: Path, name: str) -> dict[str, bytes]:
    folder = root / "warehouse" / name
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def find_servers(parent: int) -> Iterator[int]:
    """Processes that serve the run of that number; it stands last in their command line."""
    if os.name != "posix" or not Path("/proc").is_dir():
        pytest.skip("processes are listed from /proc")
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"flows.prefect_server" in words and str(parent).encode() in words:
                yield int(folder.name)


def find_artifacts(root: Path) -> dict[str, str]:
    return dict(ask(root, "SELECT key, type FROM artifact WHERE key IS NOT NULL"))


def find_flow_states(root: Path) -> set[str]:
    return {state for (state,) in ask(root, "SELECT state_type FROM flow_run")}


def ask(root: Path, sql: str) -> list[tuple[str, ...]]:
    connection = sqlite3.connect(root / "warehouse" / "prefect" / "prefect.db")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()
