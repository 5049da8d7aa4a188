"""The service: looks at clock and inbox, has runs made in processes of their own, and never ends because one failed."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime

from flows.errors import HuizongError, ServerError
from flows.schedule import Timetable
from flows.serving.duty import Situation, choose_cause, find_pause
from flows.serving.inbox_watcher import InboxWatcher
from flows.serving.keeper import PrefectKeeper
from flows.serving.log import Tell
from flows.serving.runs import RequestedRun, ask_prefect, start_plainly
from flows.warehouse.lock import find_holder
from flows.warehouse.nights import Cause, NightNote, find_night_note
from flows.workspace import Workspace

TICK_SECONDS = 1.0
WAIT_FOR_PREFECT_SECONDS = 120.0
END_OF_RUN_SECONDS = 60.0
MOST_REFUSALS = 5
BEFORE_RUN_SECONDS = 2.0
"""Between a run's beginning as it is noted and its look at the inbox nothing can be told; so much is left open."""


@dataclass
class Service:
    """A workspace being served. `stop` ends it after the run that is going on, `hurry` without waiting for that."""

    workspace: Workspace
    tell: Tell
    timetable: Timetable
    watcher: InboxWatcher | None = None
    keeper: PrefectKeeper | None = None
    is_start_wanted: bool = False
    stop: threading.Event = field(default_factory=threading.Event)
    hurry: threading.Event = field(default_factory=threading.Event)
    request: RequestedRun | None = None
    note: NightNote | None = None
    runs: int = 0
    failed_runs: int = 0
    failures: int = 0
    not_before: float = 0.0
    unready_since: float = 0.0
    refusals: int = 0
    trouble: str = ""

    def __post_init__(self) -> None:
        self.begun_at: datetime = self.workspace.find_now()
        self.note = find_night_note(self.workspace.warehouse)
        self.unready_since = time.monotonic()

    def go_round(self) -> None:
        """One look at everything. What goes wrong in it is told once, and tried again with the next."""
        now = time.monotonic()
        try:
            self._look_round(now)
            self.trouble = ""
        except (OSError, HuizongError) as error:
            problem = str(error) if isinstance(error, HuizongError) else type(error).__name__
            if problem != self.trouble:
                self.trouble = problem
                self.tell("trouble", problem=problem)

    def end(self) -> None:
        """Let the run that is going on come to its end, then end what was started for the service."""
        last = time.monotonic() + END_OF_RUN_SECONDS
        if not self._is_idle():
            self.tell("waiting_for_run", seconds=int(END_OF_RUN_SECONDS))
        while not self._is_idle() and time.monotonic() < last and not self.hurry.is_set():
            self.hurry.wait(TICK_SECONDS)
            self._follow_run(time.monotonic())
        if self.keeper:
            self.keeper.stop()
        if self.request:
            self.request.take_back()

    @property
    def running(self) -> str:
        """Who runs: the cause of the run that was asked for, else whatever holds the workspace; empty if nothing."""
        if self.request:
            return self.request.cause
        return "" if self._is_idle() else "other"

    def _look_round(self, now: float) -> None:
        if self.keeper:
            self.keeper.keep(now)
        if self.watcher:
            self.watcher.look(now)
        self._follow_run(now)
        self._read_note(now)
        if self._is_idle() and now >= self.not_before:
            self._do_duty(now)

    def _follow_run(self, now: float) -> None:
        """Take leave of the run that was asked for once it has ended; one that nobody begins is made plainly."""
        if self.request is None:
            return
        progress = self.request.find_progress()
        if progress == "waiting" and self.request.is_overdue(now) and self._find_holder() is None:
            self.tell("run_stuck")
            self.request.take_back()
            self.request = start_plainly(self.workspace, self.request.cause, now)
        elif progress in ("done", "failed"):
            self._read_note(now)
            if progress == "failed" and not self.request.has_told_failure:
                self._count_failure(now, "ended")  # it did not even come to saying why
            self.request = None

    def _read_note(self, now: float) -> None:
        """See whether a run has ended, whoever started it."""
        note = find_night_note(self.workspace.warehouse)
        if note is None or note == self.note:
            return
        self.note = note
        if note.outcome == "failed":
            self._count_failure(now, note.problem)
            if self.request:
                self.request.has_told_failure = True
            return
        self.runs, self.failures, self.not_before = self.runs + 1, 0, 0.0
        if self.watcher:
            self.watcher.note_run(now - note.seconds - BEFORE_RUN_SECONDS, now, note.waiting)
        counts = {name: note.counts.get(name, 0) for name in ("received", "rejected", "unreadable")}
        seconds = f"{note.seconds:.0f}"
        self.tell("run_ended", cause=self._name(note.cause), seconds=seconds, waiting=len(note.waiting), **counts)

    def _count_failure(self, now: float, problem: str) -> None:
        self.failures, self.failed_runs = self.failures + 1, self.failed_runs + 1
        pause = find_pause(self.failures)
        self.not_before = now + pause
        self.tell("run_failed", problem=problem, minutes=int(pause / 60))

    def _do_duty(self, now: float) -> None:
        """Have a run made if one is due. While Prefect is coming up it is waited for, but not without end."""
        if self.keeper:
            self.keeper.renew(now)
        is_ready = self.keeper is None or self.keeper.deployment is not None
        self.unready_since = now if is_ready else self.unready_since
        cause = choose_cause(self._find_situation(now), self.timetable)
        if cause is None or not (is_ready or now - self.unready_since > WAIT_FOR_PREFECT_SECONDS):
            return
        self.request = self._ask(cause, now)
        if self.request:
            self.is_start_wanted = False
            self.tell("run_begins", cause=self._name(cause))

    def _find_situation(self, now: float) -> Situation:
        return Situation(
            self.workspace.find_now(),
            self.note,
            are_files_due=self.watcher is not None and self.watcher.is_run_due(now),
            scheduled_since=self.begun_at if self.keeper else None,
            is_start_wanted=self.is_start_wanted,
        )

    def _ask(self, cause: Cause, now: float) -> RequestedRun | None:
        """The run; none yet where the server is too busy to take it, which it may be a few times."""
        if self.keeper and self.keeper.deployment and self.refusals < MOST_REFUSALS:
            try:
                request = ask_prefect(self.keeper.api, self.keeper.deployment, self.workspace, cause, now)
            except ServerError:
                self.refusals += 1
                return None
        else:
            request = start_plainly(self.workspace, cause, now)
        self.refusals = 0
        return request

    def _is_idle(self) -> bool:
        return self.request is None and self._find_holder() is None

    def _find_holder(self) -> dict[str, object] | None:
        return find_holder(self.workspace.warehouse / "run.lock")

    def _name(self, cause: Cause) -> str:
        return self.tell.wording.say(f"causes.{cause}")
