"""One run at a time, and one service: a holder that is dead is passed over, whatever has its number now."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from flows.errors import BusyError
from flows.processes import ProcessMark, is_alive, mark_process, stop_process
from flows.warehouse.lock import STARTING_SECONDS, find_holder, hold_lock
from tests.serving.sleepers import SINCE, SLEEP, read_line, run_sleeper, write_holder


def test_a_lock_held_by_a_living_process_names_it(tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"
    with run_sleeper() as other:
        write_holder(lock, mark_process(other.pid))
        with pytest.raises(BusyError) as caught, hold_lock(lock, since=SINCE):
            pass

    assert str(other.pid) in str(caught.value)
    assert SINCE in str(caught.value)


def test_the_lock_of_a_killed_process_is_taken_over(tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"
    with run_sleeper() as other:
        write_holder(lock, mark_process(other.pid))

    assert find_holder(lock) is None
    with hold_lock(lock, since=SINCE):
        assert json.loads(lock.read_text(encoding="utf-8"))["pid"] == os.getpid()
    assert not lock.exists()


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="there the dead leave nothing behind")
def test_a_process_that_is_killed_but_not_yet_cleared_away_is_dead() -> None:
    with run_sleeper() as other:
        mark = mark_process(other.pid)
        assert is_alive(mark)
        other.kill()
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)  # until it has ended, without clearing it away

        assert not is_alive(mark)


def test_a_number_that_another_process_has_after_a_restart_of_the_machine_holds_nothing(tmp_path: Path) -> None:
    """The machine was switched off during a run; today its number belongs to something else."""
    lock = tmp_path / "run.lock"
    with run_sleeper() as other:
        yesterday = mark_process(other.pid).born - 86400
        write_holder(lock, ProcessMark(other.pid, yesterday, socket.gethostname()))

        assert find_holder(lock) is None
        with hold_lock(lock, since=SINCE):
            pass


def test_a_lock_of_another_machine_is_believed(tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"
    write_holder(lock, ProcessMark(1, 1.0, "another-machine"))

    with pytest.raises(BusyError, match="another-machine"), hold_lock(lock, since=SINCE):
        pass


def test_a_lock_that_is_just_being_written_is_not_taken_over(tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"
    lock.touch()
    with pytest.raises(BusyError), hold_lock(lock, since=SINCE):
        pass

    left = lock.stat().st_mtime - 2 * STARTING_SECONDS
    os.utime(lock, (left, left))
    with hold_lock(lock, since=SINCE):
        pass


def test_stopping_a_process_stops_what_it_has_started() -> None:
    """As a runner of runs that does not hear: it and its child are gone."""
    program = (
        "import signal, subprocess, sys;"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"child = subprocess.Popen([sys.executable, '-c', {SLEEP!r}], stdin=subprocess.PIPE, stdout=subprocess.PIPE);"
        "child.stdout.readline(); print(child.pid, flush=True); child.wait()"
    )
    with run_sleeper(program) as parent:
        child = mark_process(int(read_line(parent)))
        stop_process(parent, patience=0.2)

        assert parent.poll() is not None
        assert not is_alive(child)
