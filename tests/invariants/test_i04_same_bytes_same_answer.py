"""I-4: the same bytes are told the same, in the same order, however often and on whatever day, whoever asks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.invariants.desk import SETTINGS, Desk, Line, list_lines
from tests.invariants.faults import choose_faults, plant
from tests.invariants.profiles import few, many
from tests.readers.sheets import Canteen

pytestmark = pytest.mark.requirement("I-4")

ROOT = Path(__file__).parents[2]
Said = Mapping[str, tuple[str, list[Line]]]
"""File → verdict and findings, in order."""


def ask(desk: Desk, contents: Mapping[str, bytes]) -> Said:
    return {name: (file.verdict.value, list_lines(file)) for name, file in desk.check(contents).items()}


def choose_files(canteen: Canteen) -> st.SearchStrategy[dict[str, bytes]]:
    """Some returns, each with some faults, under names of their own."""
    faulty = choose_faults(canteen, 8).map(lambda faults: plant(canteen.workbook, faults))
    return st.lists(faulty, min_size=2, max_size=6).map(
        lambda contents: {f"{number}.xlsx": content for number, content in enumerate(contents)}
    )


def run(examples: settings, canteen: Canteen, desk: Desk, others: Mapping[str, Desk]) -> None:
    @examples
    @given(choose_files(canteen), st.randoms(use_true_random=False))
    def check(contents: dict[str, bytes], chance: object) -> None:
        first = ask(desk, contents)
        assert ask(desk, contents) == first, "asked again"
        names = list(contents)
        chance.shuffle(names)  # type: ignore[attr-defined]
        assert ask(desk, {name: contents[name] for name in names}) == first, "in another order"
        assert ask(desk, dict(list(contents.items())[:1])) == dict(list(first.items())[:1]), "alone"
        for what, other in others.items():
            assert ask(other, contents) == first, what

    check()


@pytest.fixture(scope="module")
def others(canteen: Canteen, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Desk]:
    """The same rules on another day, with other workers, and in batches of one."""
    folder = tmp_path_factory.mktemp("others")
    changed = {
        "another day": SETTINGS.replace("2025-09-15", "2026-03-31"),
        "two workers": SETTINGS.replace("workers = 1", "workers = 2"),
        "batches of one": f"{SETTINGS}batch_size = 1\n",
    }
    numbered = enumerate(changed.items())
    return {what: Desk(folder / str(number), canteen.catalogue, text) for number, (what, text) in numbered}


def test_same_files_are_told_the_same(canteen: Canteen, desk: Desk, others: dict[str, Desk]) -> None:
    run(few(2), canteen, desk, others)


@pytest.mark.long
def test_many_files_are_told_the_same(canteen: Canteen, desk: Desk, others: dict[str, Desk]) -> None:
    run(many(40), canteen, desk, others)


PROGRAM = """
import json, sys
from pathlib import Path
from schemas.catalogue import load_catalogue
from tests.invariants.desk import Desk, list_lines
desk = Desk(Path(sys.argv[1]), load_catalogue((Path(sys.argv[2]),)))
print(json.dumps([list_lines(desk.check_one(Path(path).read_bytes())) for path in sys.argv[3:]]))
"""


def test_another_process_tells_the_same(canteen: Canteen, desk: Desk, tmp_path: Path) -> None:
    """With another seed of hashes, so that nothing hangs on the order of a set."""
    (path,) = {path.parent.parent for path in _find_definitions(canteen)}
    faulty = canteen.type_in({"kitchen.seats": -1, "kitchen.stage": "大学", "kitchen.area": "３１８"})
    contents = [faulty, canteen.workbook]
    files = [tmp_path / f"{number}.xlsx" for number in range(len(contents))]
    for file, content in zip(files, contents, strict=True):
        file.write_bytes(content)
    here = [[list(line) for line in list_lines(desk.check_one(content))] for content in contents]
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "there"), str(path), *map(str, files)]
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT)}
    answer = subprocess.run(command, check=True, capture_output=True, env=environment, cwd=ROOT, timeout=300)
    assert json.loads(answer.stdout) == here


def _find_definitions(canteen: Canteen) -> list[Path]:
    return [entry.file for entry in canteen.catalogue.checks.values() if entry.return_id is None][:1]
