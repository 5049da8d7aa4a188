"""Whether a run is due, and why: the schedule's nights, missed ones too, and files that came. No disk, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.schedule import Timetable
from flows.warehouse.nights import Cause, NightNote

LATE = timedelta(minutes=10)
"""So much after its hour a night is one that was missed."""

GRACE = timedelta(minutes=5)
"""So long the scheduler has to start what falls due, before the service does it itself."""

EARLY = timedelta(seconds=15)
"""A scheduler may start a night so much before its hour."""

FIRST_PAUSE, LONGEST_PAUSE = 60.0, 3600.0


@dataclass(frozen=True, slots=True)
class Situation:
    """What a decision rests on. Nights since `scheduled_since` are the scheduler's to start; None: there is none."""

    now: datetime
    note: NightNote | None
    are_files_due: bool
    scheduled_since: datetime | None = None
    is_start_wanted: bool = False


def choose_cause(situation: Situation, timetable: Timetable) -> Cause | None:
    """Why a run is due now; None where none is. A night that is due is not forgotten while something else runs."""
    if situation.is_start_wanted:
        return "start"
    night = find_due_night(situation.note, timetable)
    if timetable.schedule and night is None:
        return "start"
    if night and night + _find_grace(night, situation.scheduled_since) <= situation.now:
        return "missed" if situation.now - night > LATE else "night"
    return "drop" if situation.are_files_due else None


def find_due_night(note: NightNote | None, timetable: Timetable) -> datetime | None:
    """The first night after the newest run that came to its end, past or to come; None if there was no such run."""
    if note is None or not note.done_at:
        return None
    return timetable.find_next(datetime.fromisoformat(note.done_at) + EARLY)


def find_pause(failures: int) -> float:
    """Seconds before the next try after so many failures in a row."""
    return min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE) if failures else 0.0


def _find_grace(night: datetime, scheduled_since: datetime | None) -> timedelta:
    return GRACE if scheduled_since and night >= scheduled_since else timedelta(0)
