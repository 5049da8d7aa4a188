"""Watching the inbox: a file is taken once it is whole, a batch gives one run, what cannot be taken is not hammered at.

Times are seconds of the watcher's own clock; files are complete after 2, quiet is 3, nobody waits more than 20.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from flows.inbox import InboxFile
from flows.serving.watching import Patience, Watch, is_run_due, look_again, note_run

PATIENCE = Patience(settle=2.0)


def see(name: str, size: int = 100, changed: int = 1) -> InboxFile:
    return InboxFile(Path("inbox") / name, size, changed)


def watch(looks: Sequence[tuple[float, Sequence[InboxFile]]]) -> list[float]:
    """Moments of the looks at which a run was due."""
    seen, due = Watch(), []
    for now, files in looks:
        seen = look_again(seen, files, now)
        if is_run_due(seen, now, PATIENCE):
            due.append(now)
    return due


def test_an_empty_inbox_asks_for_nothing() -> None:
    assert watch([(now, []) for now in range(100)]) == []


def test_a_file_that_lies_still_is_due_after_a_few_seconds() -> None:
    assert watch([(now, [see("a.xlsx")]) for now in (0, 1, 2, 3)]) == [3]


def test_a_file_that_grows_is_not_due_before_it_has_stopped() -> None:
    growing = [(float(now), [see("a.xlsx", size=1000 * now)]) for now in range(1, 8)]
    still = [(float(now), [see("a.xlsx", size=7000)]) for now in range(8, 12)]

    assert watch(growing + still) == [10, 11]


def test_a_file_of_full_size_whose_content_still_changes_is_not_due() -> None:
    """Some programs reserve the whole size first and fill it afterwards: only the time of change moves."""
    assert watch([(float(now), [see("a.xlsx", changed=now)]) for now in range(10)]) == []


def test_the_clock_of_a_share_is_not_asked() -> None:
    """The file server is an hour ahead, another a year behind: what counts is that two looks find the same."""
    ahead, behind = see("a.xlsx", changed=10**20), see("b.xlsx", changed=1)

    assert watch([(now, [ahead, behind]) for now in (0, 3)]) == [3]


def test_a_batch_that_is_being_copied_gives_one_run_at_its_end() -> None:
    """A file a second for ten seconds."""
    copying = [(float(now), [see(f"{n}.xlsx") for n in range(now + 1)]) for now in range(10)]
    done = [(float(now), [see(f"{n}.xlsx") for n in range(10)]) for now in range(10, 14)]

    assert watch(copying + done)[0] == 12


def test_a_trickle_of_files_does_not_keep_the_first_one_waiting_for_ever() -> None:
    """A file every two seconds without end: the first has waited long enough after twenty."""
    trickle = [(2.0 * n, [see(f"{i}.xlsx") for i in range(n + 1)]) for n in range(30)]

    assert watch(trickle)[0] == 20


def test_a_file_that_grows_beside_a_whole_one_does_not_hold_it_up_for_ever() -> None:
    looks = [(float(now), [see("a.xlsx"), see("big.xlsx", size=now)]) for now in range(30)]

    assert watch(looks)[0] == 20


def run_over(seen: Watch, began: float, ended: float, *waiting: str) -> Watch:
    return note_run(seen, began, ended, waiting, PATIENCE)


def find_moments(seen: Watch, files: Sequence[InboxFile], moments: Sequence[float]) -> list[float]:
    return [now for now in moments if is_run_due(look_again(seen, files, now), now, PATIENCE)]


def test_a_locked_file_is_tried_again_after_longer_and_longer_times() -> None:
    """Somebody has it open in Excel all morning."""
    locked = [see("open.xlsx")]
    seen, tried, now = look_again(Watch(), locked, 0.0), [], 3.0
    while now < 3600:
        seen = look_again(seen, locked, now)
        if is_run_due(seen, now, PATIENCE):
            tried.append(now)
            seen = run_over(seen, now, now + 5, "open.xlsx")
        now += 1
    pauses = [round(b - a) for a, b in pairwise(tried)]

    assert pauses[:5] == [35, 65, 125, 245, 485]
    assert set(pauses[5:]) == {605}


def test_a_file_that_was_locked_and_has_been_saved_is_new_at_once() -> None:
    seen = run_over(look_again(Watch(), [see("a.xlsx")], 0.0), 3, 8, "a.xlsx")
    saved = look_again(seen, [see("a.xlsx", changed=2)], 10.0)

    assert find_moments(seen, [see("a.xlsx")], [12, 20, 37]) == []
    assert find_moments(saved, [see("a.xlsx", changed=2)], [12, 13]) == [13]


def test_a_file_that_a_run_took_but_could_not_remove_is_left_alone() -> None:
    """The inbox can only be read: the run knows the file by its content, and nothing is gained by another one."""
    kept = [see("a.xlsx")]
    seen = run_over(look_again(Watch(), kept, 0.0), 3, 8)

    assert find_moments(seen, kept, [10, 100, 10_000, 1_000_000]) == []


def test_a_file_that_came_while_a_run_was_on_is_due_after_it() -> None:
    seen = look_again(Watch(), [see("early.xlsx")], 0.0)
    seen = look_again(seen, [see("early.xlsx"), see("late.xlsx")], 6.0)
    seen = run_over(seen, 3, 8)

    assert find_moments(seen, [see("late.xlsx")], [10]) == [10]


def test_a_file_that_is_gone_and_comes_back_is_a_new_one() -> None:
    seen = run_over(look_again(Watch(), [see("a.xlsx")], 0.0), 3, 8)
    seen = look_again(look_again(seen, [], 9.0), [see("a.xlsx")], 10.0)

    assert find_moments(seen, [see("a.xlsx")], [11, 13]) == [13]
