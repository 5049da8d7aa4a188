"""Looks at the inbox now and then: by listing it, which works on every system and every share."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from flows.inbox import list_files
from flows.serving.log import Tell
from flows.serving.watching import Patience, Watch, is_run_due, look_again, note_run

LOOK_SECONDS = 2.0
REST = 10
"""After a look at a slow share a rest of so many times its length."""


@dataclass
class InboxWatcher:
    """An inbox under watch. Times are seconds of a clock that only goes forward."""

    inbox: Path
    patience: Patience
    tell: Tell
    watch: Watch = field(default_factory=Watch)
    next_look: float = 0.0
    is_there: bool = True

    def look(self, now: float) -> None:
        """Look again, if it is time to."""
        if now < self.next_look:
            return
        files = list_files(self.inbox)
        if (files is not None) != self.is_there:
            self.is_there = files is not None
            self.tell("inbox_back" if self.is_there else "inbox_gone", path=self.inbox)
        if files is not None:
            self.watch = look_again(self.watch, files, now)
        self.next_look = time.monotonic() + max(LOOK_SECONDS, REST * (time.monotonic() - now))

    def is_run_due(self, now: float) -> bool:
        return self.is_there and is_run_due(self.watch, now, self.patience)

    def note_run(self, began: float, now: float, waiting: Collection[str]) -> None:
        """A run that began then has ended, and could not take in the files of these names yet."""
        self.watch = note_run(self.watch, began, now, waiting, self.patience)
