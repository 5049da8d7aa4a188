"""I-8: a file received twice, or twice at the same time, counts whole_night."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.errors import BusyError
from schemas.catalogue import Catalogue
from tests.invariants.nights import Bureau, Dropped, WholeNight, count_distinct, drop, open_bureau, read_tidy
from tests.invariants.profiles import nights
from tests.reduced import reduce_examples

pytestmark = pytest.mark.requirement("I-8", "P-08")

ROOT = Path(__file__).parents[2]
AGAIN = ("再发_{}", "微信/{}", "副本/2025/{}", "{}.xlsx", "（终稿）{}")
"""Names under which the same bytes come again."""

Again = dict[int, list[str]]
"""File, by its number → the ways in which it comes again."""


def rename(file: Dropped, ways: list[str]) -> list[Dropped]:
    return [Dropped(way.format(file.name), file.content) for way in dict.fromkeys(ways)]


def check_again(bureau: Bureau, whole_night: WholeNight, same_night: Again, next_night: Again) -> None:
    files = list(whole_night.files.values())
    extra = [copy for number, ways in same_night.items() for copy in rename(files[number], ways)]
    drop(bureau, [*files, *extra])
    report = bureau.run_night()
    assert (len(report.intake.received), len(report.intake.duplicates)) == (count_distinct(files), len(extra))
    assert (read_tidy(bureau), bureau.list_states()) == (whole_night.tidy, whole_night.states)

    later = [copy for number, ways in next_night.items() for copy in rename(files[number], ways)]
    drop(bureau, later)
    report = bureau.run_night()
    assert (report.intake.received, len(report.intake.duplicates)) == ((), len(later))
    assert (read_tidy(bureau), bureau.list_states()) == (whole_night.tidy, whole_night.states)
    assert report.ledger.holds
    assert report.ledger.counts["duplicate"] == len(extra) + len(later)


def run(examples: settings, whole_night: WholeNight, catalogue: Catalogue, folder: Path) -> None:
    numbers = iter(range(10_000))
    copies = st.dictionaries(
        st.integers(0, len(whole_night.files) - 1), st.lists(st.sampled_from(AGAIN), min_size=1, max_size=3), min_size=1
    )

    @examples
    @given(copies, copies)
    def check(same_night: Again, next_night: Again) -> None:
        check_again(open_bureau(folder / str(next(numbers)), catalogue), whole_night, same_night, next_night)

    check()


def test_files_that_come_again_count_once(whole_night: WholeNight, catalogue: Catalogue, tmp_path: Path) -> None:
    run(nights(1), whole_night, catalogue, tmp_path)


@pytest.mark.long
def test_files_that_come_again_in_any_way_count_once(
    whole_night: WholeNight, catalogue: Catalogue, tmp_path: Path
) -> None:
    run(nights(reduce_examples(8)), whole_night, catalogue, tmp_path)


def test_run_beside_another_says_so_and_touches_nothing(
    whole_night: WholeNight, catalogue: Catalogue, tmp_path: Path
) -> None:
    bureau = open_bureau(tmp_path / "bureau", catalogue)
    drop(bureau, whole_night.files.values())
    before = sorted(path.name for path in bureau.workspace.inbox.iterdir())
    command = [sys.executable, "-c", HOLDER, str(bureau.workspace.warehouse / "run.lock")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, cwd=ROOT) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(BusyError):
            bureau.run_night()
        other.communicate(b"go\n")
    assert sorted(path.name for path in bureau.workspace.inbox.iterdir()) == before


HOLDER = """
import sys
from pathlib import Path
from flows.warehouse.lock import hold_lock
with hold_lock(Path(sys.argv[1]), since="02:00"):
    print("held", flush=True)
    sys.stdin.readline()
"""

PROGRAM = """
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from flows.conductor import PlainConductor
from flows.errors import BusyError
from flows.pipeline import run_night
from flows.workspace import open_workspace
workspace = open_workspace(Path(sys.argv[1]))
workspace = replace(workspace, settings=workspace.settings.model_copy(update={"as_of": date(2025, 9, 19)}))
sys.stdin.readline()
try:
    run_night(workspace, PlainConductor())
except BusyError:
    sys.exit(2)
"""


@pytest.mark.long
def test_two_runs_at_the_same_time_are_one_run(whole_night: WholeNight, catalogue: Catalogue, tmp_path: Path) -> None:
    """Both wait behind the same line; one of them runs, the other stops or finds everything done."""
    bureau = open_bureau(tmp_path / "bureau", catalogue)
    drop(bureau, whole_night.files.values())
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", PROGRAM, str(bureau.root)]
    running = [subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, cwd=ROOT) for _ in range(2)]
    for process in running:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.close()
    codes = [process.wait(timeout=600) for process in running]
    assert sorted(codes) in ([0, 0], [0, 2])
    assert (read_tidy(bureau), bureau.list_states()) == (whole_night.tidy, whole_night.states)
