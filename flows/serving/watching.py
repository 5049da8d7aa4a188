"""What the watcher makes of looks at the inbox: whether files are complete, whether a run is due. No disk, no clock.

A file is complete when two looks, the settle time apart, have found it unchanged: times are the watcher's own, because
those of a shared folder may be wrong by hours. A run begins when nothing more has come for a while, so that a batch
that is being copied gives one run; but no complete file waits long for the others. A file that a run has left lying is
tried again after longer and longer times; one that a run has dealt with, where it cannot be removed, never.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from flows.inbox import InboxFile


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds."""

    settle: float
    quiet: float = 3.0
    longest: float = 20.0
    first_retry: float = 30.0
    longest_retry: float = 600.0


@dataclass(frozen=True, slots=True)
class Lying:
    """A file of the inbox: since when it has been as it is, how many runs have left it there, when to try again."""

    since: float
    tries: int = 0
    not_before: float = 0.0


@dataclass(frozen=True, slots=True)
class Watch:
    """What the watcher remembers from look to look. A file that has changed is another file."""

    files: Mapping[InboxFile, Lying] = field(default_factory=dict)


def look_again(watch: Watch, files: Collection[InboxFile], now: float) -> Watch:
    """The watch after a look: new files are as they are since now, files that are gone are forgotten."""
    return Watch({file: watch.files.get(file, Lying(now)) for file in files})


def is_run_due(watch: Watch, now: float, patience: Patience) -> bool:
    """True if complete files lie there and nothing else is on its way, or they have waited long enough."""
    pending = [lying for lying in watch.files.values() if lying.not_before <= now]
    complete = [lying for lying in pending if now - lying.since >= patience.settle]
    if not complete:
        return False
    newest = max(lying.since for lying in pending)
    oldest = min(max(lying.since, lying.not_before) for lying in complete)
    return now - newest >= patience.quiet or now - oldest >= patience.longest


def note_run(watch: Watch, began: float, now: float, waiting: Collection[str], patience: Patience) -> Watch:
    """The watch after a run that came to its end: what lay there before it began and still does was left for a reason.

    `waiting` are the names of files the run could not take in yet.
    """
    return Watch(
        {
            file: lying if lying.since > began else _put_off(file, lying, now, waiting, patience)
            for file, lying in watch.files.items()
        }
    )


def _put_off(file: InboxFile, lying: Lying, now: float, waiting: Collection[str], patience: Patience) -> Lying:
    if file.name not in waiting:
        return replace(lying, not_before=math.inf)
    pause = min(patience.first_retry * 2**lying.tries, patience.longest_retry)
    return replace(lying, tries=lying.tries + 1, not_before=now + pause)
