"""Which service a process belongs to: named in the environment, so that runs started by Prefect know it too."""

from __future__ import annotations

import os
import socket

from flows.processes import ProcessMark, end_with, mark_process

ENVIRONMENT = "HUIZONG_SERVICE"


def name_service() -> None:
    """Make this process the service of all that it starts."""
    mark = mark_process()
    os.environ[ENVIRONMENT] = f"{mark.pid}:{mark.born}"


def end_with_service() -> None:
    """From now on this process ends with its service, if it has one: a run never outlives what watches over it."""
    pid, _, born = os.environ.get(ENVIRONMENT, "").partition(":")
    if pid and born:
        end_with(ProcessMark(int(pid), float(born), socket.gethostname()))
