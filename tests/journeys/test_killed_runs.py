"""A night that is killed at any step leaves what was before or what comes after, and the next one ends the work.

The night runs in a process of its own that ends at once, without cleaning up, when it is about to rename, remove or
open a file for writing for the n-th time.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from schemas.catalogue import Catalogue
from tests.invariants.nights import Bureau, drop, make_in_order, open_bureau, read_tidy

pytestmark = pytest.mark.requirement("P-05", "P-07", "P-08")

ROOT = Path(__file__).parents[2]
KILLED = 9
PROGRAM = """
import os, sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from flows.conductor import PlainConductor
from flows.pipeline import run_night
from flows.workspace import open_workspace

root, limit, done, armed = sys.argv[1], int(sys.argv[2]), 0, False

def listen(event, arguments):
    global done
    if not armed or not str(arguments[0] if arguments else "").startswith(root):
        return
    is_written = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    if is_written or event in ("os.rename", "os.remove", "os.mkdir"):
        done += 1
        if done > limit:
            os._exit(9)

sys.addaudithook(listen)
workspace = open_workspace(Path(root))
workspace = replace(workspace, settings=workspace.settings.model_copy(update={"as_of": date(2025, 9, 19)}))
armed = True
run_night(workspace, PlainConductor())
armed = False
print(done)
"""


@dataclass(frozen=True)
class Whole:
    """A night that nobody killed, and in how many steps it touched the disk."""

    published: Mapping[str, bytes]
    tidy: bytes
    states: Mapping[tuple[str, str], list[str]]
    steps: int


def run_until(bureau: Bureau, limit: int) -> tuple[int, str]:
    """Exit code, and what the process said, of a night that may take so many steps."""
    command = [sys.executable, "-c", PROGRAM, str(bureau.root), str(limit)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900)
    return ended.returncode, ended.stdout.strip() or ended.stderr[-2000:]


def make_bureau(folder: Path, catalogue: Catalogue) -> Bureau:
    bureau = open_bureau(folder, catalogue)
    drop(bureau, make_in_order(bureau).values())
    return bureau


@pytest.fixture(scope="module")
def whole(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    bureau = make_bureau(tmp_path_factory.mktemp("whole") / "bureau", catalogue)
    code, said = run_until(bureau, 10**9)
    assert code == 0, said
    return Whole(bureau.read_published(), read_tidy(bureau), bureau.list_states(), int(said))


def check_killed(bureau: Bureau, whole: Whole, limit: int) -> None:
    code, said = run_until(bureau, limit)
    assert code == KILLED, said
    half = {name: content for name, content in bureau.read_published().items() if not Path(name).name.startswith(".")}
    assert {name for name, content in half.items() if whole.published.get(name) != content} == set()

    report = bureau.run_night()
    assert report.ledger.holds
    assert bureau.list_states() == whole.states
    assert read_tidy(bureau) == whole.tidy
    assert list(bureau.workspace.inbox.glob("*.xlsx")) == []


def test_killed_night_is_ended_by_the_next(whole: Whole, catalogue: Catalogue, tmp_path: Path) -> None:
    assert whole.steps > 20
    check_killed(make_bureau(tmp_path / "bureau", catalogue), whole, whole.steps // 2)


@pytest.mark.long
@pytest.mark.sampled(4)
@pytest.mark.parametrize("share", [0.0, 0.05, 0.15, 0.3, 0.45, 0.6, 0.7, 0.8, 0.9, 0.97])
def test_night_killed_at_any_step_is_ended_by_the_next(
    share: float, whole: Whole, catalogue: Catalogue, tmp_path: Path
) -> None:
    check_killed(make_bureau(tmp_path / "bureau", catalogue), whole, int(whole.steps * share))
