"""The same again: a run with nothing new, another order of arrival, a database that is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.catalogue import Catalogue
from tests.journeys.bureau import NEXT_NIGHT, NIGHT, SCHOOLS, Bureau, find_filing, find_register, type_over


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Bureau:
    """After a night that took in the register and the pupils of all schools."""
    return run_whole_night(tmp_path_factory.mktemp("whole") / "bureau", catalogue)


@pytest.fixture
def bureau(whole: Bureau, tmp_path: Path) -> Bureau:
    return whole.copy_to(tmp_path / "bureau")


def run_whole_night(root: Path, catalogue: Catalogue) -> Bureau:
    bureau = Bureau(root, catalogue)
    bureau.receive(find_register(), *(find_filing("students", school) for school in SCHOOLS))
    bureau.run_night()
    return bureau


def test_a_second_run_with_nothing_new_changes_nothing(bureau: Bureau) -> None:
    published, states = bureau.read_published(), bureau.list_states()
    report = bureau.run_night()
    assert bureau.read_published() == published
    assert bureau.list_states() == states
    assert report.intake.received == ()


@pytest.mark.requirement("P-09")
def test_the_order_of_arrival_does_not_matter(tmp_path: Path, catalogue: Catalogue) -> None:
    filings = [find_filing("students", SCHOOLS[0]), find_filing("students", SCHOOLS[2])]
    filings.append(type_over(find_filing("students", SCHOOLS[1]), stu_primary__female__g1=999))
    at_once, one_by_one = (Bureau(tmp_path / name, catalogue) for name in ("at_once", "one_by_one"))
    at_once.receive(find_register(), *filings)
    at_once.run_night(NIGHT)
    for filing in (*reversed(filings), find_register()):
        one_by_one.receive(filing)
        one_by_one.run_night(NIGHT)
    assert _pick_newest(at_once.read_published()) == _pick_newest(one_by_one.read_published())


@pytest.mark.requirement("P-08")
def test_the_same_inputs_give_the_same_bytes(whole: Bureau, tmp_path: Path, catalogue: Catalogue) -> None:
    again = run_whole_night(tmp_path / "again", catalogue)
    assert again.read_published() == whole.read_published()
    assert any(name.endswith(".xlsx") for name in again.read_published())


@pytest.mark.requirement("P-03")
def test_a_lost_database_is_rebuilt_from_received_files_and_journal(bureau: Bureau) -> None:
    states, figure = bureau.list_states(), bureau.find_figure("students", "primary")
    for path in bureau.workspace.warehouse.glob("huizong.duckdb*"):
        path.unlink()
    bureau.run_night(NEXT_NIGHT)
    assert bureau.list_states() == states
    assert bureau.find_figure("students", "primary") == figure


def test_the_same_bytes_in_another_batch_are_one_submission(tmp_path: Path, catalogue: Catalogue) -> None:
    """A batch takes one file: the second copy comes after the first was written down."""
    bureau = Bureau(tmp_path / "bureau", catalogue, settings={"batch_size": 1})
    content = bureau.make(find_register()).content
    for name in ("名录.xlsx", "名录（再发）.xlsx"):
        bureau.receive_bytes(name, content)
    intake = bureau.run_night().intake
    assert (len(intake.received), len(intake.duplicates)) == (1, 1)
    assert list(bureau.workspace.inbox.glob("*.xlsx")) == []


def _pick_newest(published: dict[str, bytes]) -> dict[str, bytes]:
    """The files of the newest vintage of each period, whatever its number."""
    newest: dict[str, tuple[int, str, bytes]] = {}
    for name, content in published.items():
        period, vintage, *_ = Path(name).parts
        key = f"{period}/{Path(name).name}"
        if vintage.startswith("v") and vintage[1:].isdigit():
            newest[key] = max(newest.get(key, (0, "", b"")), (int(vintage[1:]), name, content))
    return {key: content for key, (_, _, content) in newest.items()}
