"""A run that waits for its turn: while another one holds the workspace it is not lost, only later."""

from __future__ import annotations

import time
from collections.abc import Callable

from flows.conductor import Conductor
from flows.errors import BusyError
from flows.pipeline import NightReport, run_night
from flows.warehouse.nights import Cause
from flows.workspace import Workspace

LOOK_SECONDS = 3.0
MOST_SECONDS = 1800.0


def run_in_turn(
    workspace: Workspace,
    conductor: Conductor,
    cause: Cause,
    *,
    patience: float = MOST_SECONDS,
    wait: Callable[[float], None] = time.sleep,
) -> NightReport:
    """One run, after the one that is going on. Raises BusyError if that one does not end within `patience` seconds."""
    catalogue = workspace.load_catalogue()
    end = time.monotonic() + patience
    while True:
        try:
            return run_night(workspace, conductor, catalogue, cause=cause)
        except BusyError:
            if time.monotonic() >= end:
                raise
        wait(LOOK_SECONDS)
