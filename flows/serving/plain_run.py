"""A run without Prefect, in a process of its own: `python -m flows.serving.plain_run WORKSPACE CAUSE`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import cast

from flows.conductor import PLAIN
from flows.service_mark import end_with_service
from flows.turns import run_in_turn
from flows.warehouse.nights import CAUSES, Cause
from flows.workspace import open_workspace


def run_plainly(root: Path, cause: str) -> None:
    """One run, after the one that is going on."""
    end_with_service()
    assert cause in CAUSES
    run_in_turn(open_workspace(root), PLAIN, cast("Cause", cause))


if __name__ == "__main__":
    run_plainly(Path(sys.argv[1]), sys.argv[2])
    os._exit(0)  # the database's threads have nothing left to do
