"""What takes long to make is made once a test run: by the first worker that asks, in a folder that all of them see."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

Made = TypeVar("Made")

LONGEST_WAIT = 1800
"""Seconds that a worker waits for the one that makes it."""


def make_once(
    tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object], look: Callable[[Path], Made]
) -> Made:
    """What `look` sees in the folder of that name after `make` has filled it; both without the operator's settings.

    Whoever comes later waits until it is whole; what a worker that died left behind is made anew.
    """
    folder = find_shared_folder(tmp_path_factory)
    root, finished = folder / name, folder / f"{name}.finished"
    with pytest.MonkeyPatch.context() as environment, hold_alone(folder / f"{name}.lock"):
        for variable in [variable for variable in os.environ if variable.startswith("HUIZONG_")]:
            environment.delenv(variable)
        if not finished.exists():
            shutil.rmtree(root, ignore_errors=True)
            make(root)
            finished.touch()
        return look(root)


def find_shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this session that all its workers see."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@contextmanager
def hold_alone(lock: Path) -> Iterator[None]:
    """Wait until no other process holds the lock; a process that dies lets go of it. Works alike on every system."""
    connection = sqlite3.connect(lock, timeout=LONGEST_WAIT, isolation_level=None)
    try:
        connection.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        connection.close()
