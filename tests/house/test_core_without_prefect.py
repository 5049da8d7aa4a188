"""The core works without Prefect: a clerk who checks one file does not wait for a scheduler to load."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

INTERNAL_ERROR = 3
PERIOD = "2025-2026"

RUN = """
import json, sys
from flows.cli import run_command
for line in sys.argv[1:]:
    verb, *rest = json.loads(line)
    code = run_command([verb, *rest])
    sys.stdout.flush()
    scheduler = sorted({name.partition(".")[0] for name in sys.modules} & {"prefect", "uvicorn", "sqlalchemy"})
    print("\\n" + json.dumps({"verb": verb, "code": code, "scheduler": scheduler}))
"""


def run_verbs(*commands: tuple[str, ...]) -> dict[str, dict[str, object]]:
    """Run verbs one after the other in one process: the exit code of each, and what of a scheduler is loaded."""
    lines = [json.dumps(command) for command in commands]
    done = subprocess.run(
        [sys.executable, "-c", RUN, *lines], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"verb": ')]
    assert [answer["code"] == INTERNAL_ERROR for answer in answers] == [False] * len(commands), done.stderr
    return {answer["verb"]: answer for answer in answers}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workspace") / "district"


def test_verbs_that_only_answer_load_no_scheduler(workspace: Path) -> None:
    here, out = ("--workspace", str(workspace)), str(workspace.parent)

    answers = run_verbs(
        ("init", str(workspace), "--period", PERIOD),
        ("template", "J01", "--period", PERIOD, "--out", out, *here),
        ("dictionary", *here),
        ("status", "--period", PERIOD, *here),
        ("digest", "--period", PERIOD, *here),
        ("explain", "schools", "--period", PERIOD, *here),
    )
    (template,) = workspace.parent.glob("*.xlsx")
    answers |= run_verbs(("check", str(template), *here))

    assert [verb for verb, answer in answers.items() if answer["scheduler"]] == []
    assert {verb for verb, answer in answers.items() if answer["code"] == 0} >= {
        "init",
        "template",
        "dictionary",
        "status",
        "digest",
    }


@pytest.mark.long
def test_a_night_without_the_scheduler_loads_none_of_it(tmp_path: Path) -> None:
    workspace = str(tmp_path / "district")

    answers = run_verbs(("init", workspace, "--period", PERIOD), ("run", "--no-prefect", "--workspace", workspace))

    assert answers["run"] == {"verb": "run", "code": 0, "scheduler": []}
