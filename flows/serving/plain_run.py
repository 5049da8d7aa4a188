"""A run without Prefect, in a process of its own: `python -m flows.serving.plain_run WORKSPACE CAUSE`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from flows.conductor import PLAIN
from flows.errors import HuizongError
from flows.service_mark import end_with_service
from flows.traces import list_trace
from flows.turns import run_in_turn
from flows.warehouse.nights import CAUSES, Cause
from flows.workspace import open_workspace
from schemas.errors import DefinitionError

MOST_FRAMES = 12


def run_plainly(root: Path, cause: str) -> None:
    """One run, after the one that is going on."""
    end_with_service()
    assert cause in CAUSES
    run_in_turn(open_workspace(root), PLAIN, cast("Cause", cause))


def main(arguments: Sequence[str]) -> int:
    """Exit code of a run; why it failed goes to stderr, which is its log."""
    try:
        run_plainly(Path(arguments[0]), arguments[1])
    except (HuizongError, DefinitionError) as error:
        print(error, file=sys.stderr)  # noqa: T201  this is a process of its own
        return 1
    except Exception as error:  # noqa: BLE001  whatever it is, the log must have it
        print("\n".join(list_trace(error, MOST_FRAMES)), file=sys.stderr)  # noqa: T201  this is a process of its own
        return 1
    return 0


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stderr.flush()
    os._exit(code)  # the database's threads have nothing left to do
