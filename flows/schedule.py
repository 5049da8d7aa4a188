"""When the nights of a cron line are, as Prefect reckons them.

Run as `python -m flows.schedule SCHEDULE TIMEZONE AFTER COUNT` it prints them, so that who asks need not load Prefect.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from flows.errors import WorkspaceError

MOST_SLOTS = 400
MOST_KNOWN = 4
CHILD_SECONDS = 120

Lister = Callable[[str, str, datetime, int], Sequence[datetime]]


def list_slots(schedule: str, timezone: str, after: datetime, count: int) -> list[datetime]:
    """The next times of a cron line after a moment, in UTC. Raises ValueError where line or zone are none."""
    from prefect.server.schemas.schedules import CronSchedule  # noqa: PLC0415  seconds of loading

    cron = CronSchedule(cron=schedule, timezone=timezone)
    slots = asyncio.run(cron.get_dates(count, after + timedelta(seconds=1)))
    return [datetime.fromtimestamp(slot.timestamp(), UTC) for slot in slots]


def read_slots(schedule: str, timezone: str, after: datetime, count: int) -> list[datetime]:
    """The same from a child process. Raises WorkspaceError where the settings are wrong."""
    command = [sys.executable, "-m", "flows.schedule", schedule, timezone, after.isoformat(), str(count)]
    try:
        done = subprocess.run(  # noqa: S603  this interpreter and this module
            command, capture_output=True, text=True, encoding="utf-8", check=True, timeout=CHILD_SECONDS,
            start_new_session=True,
        )  # fmt: skip
    except subprocess.SubprocessError:
        raise WorkspaceError("bad_schedule", schedule=schedule, timezone=timezone) from None
    return [datetime.fromisoformat(text) for text in json.loads(done.stdout)]


@dataclass
class Timetable:
    """The nights of a workspace. What was listed is kept; `lister` is asked again where that does not reach."""

    schedule: str
    timezone: str
    lister: Lister = read_slots
    known: list[tuple[datetime, Sequence[datetime]]] = field(default_factory=list)

    def find_next(self, after: datetime) -> datetime | None:
        """The first night after a moment; None without a schedule."""
        if not self.schedule:
            return None
        for start, slots in self.known:
            if start <= after < slots[-1]:
                return slots[bisect_right(slots, after)]
        slots = self.lister(self.schedule, self.timezone, after, MOST_SLOTS)
        self.known = [*self.known[-MOST_KNOWN + 1 :], (after, slots)]
        return slots[0]


def _print_slots(schedule: str, timezone: str, after: str, count: str) -> None:
    slots = list_slots(schedule, timezone, datetime.fromisoformat(after), int(count))
    sys.stdout.write(json.dumps([slot.isoformat() for slot in slots]))


if __name__ == "__main__":
    _print_slots(*sys.argv[1:5])
