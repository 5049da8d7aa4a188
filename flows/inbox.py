"""The only code that knows the inside of inbox/: what lies there, what is still arriving, what is none of ours."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from flows.errors import WorkspaceError
from flows.normalisers.text import escape_text

DEEPEST = 8
IGNORED_NAMES = frozenset({"thumbs.db", "desktop.ini", "readme.md", "icon\r"})
IGNORED_STARTS = ("~$", ".", "._")
IGNORED_ENDS = (".tmp", ".part", ".crdownload", ".partial", ".download", ".filepart", "#")


@dataclass(frozen=True, slots=True)
class InboxFile:
    """A file in the inbox, with the state it was seen in."""

    path: Path
    size: int
    changed_ns: int

    @property
    def name(self) -> str:
        """The file's name, safe to show and to store."""
        return escape_text(os.fsencode(self.path.name).decode("utf-8", "backslashreplace"), limit=255)

    @property
    def key(self) -> tuple[str, int, int]:
        return self.name, self.size, self.changed_ns


@dataclass(frozen=True, slots=True)
class InboxView:
    """The inbox at one moment: what can be taken in, what must wait and why, what is passed over, what was received."""

    ready: tuple[InboxFile, ...]
    waiting: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]
    left: tuple[InboxFile, ...] = ()


def look_into(folder: Path, *, settle_seconds: float, left: Collection[tuple[str, int, int]] = ()) -> InboxView:
    """See what lies in the inbox. A file still changing is waited for until it has been still long enough once.

    `left` are files received before that could not be removed. Raises WorkspaceError if there is no inbox.
    """
    if not folder.is_dir():
        raise WorkspaceError("no_inbox", path=folder)
    found, ignored = _list_files(folder)
    first = [file for file in found if file.key not in left]
    _wait_until_still(first, settle_seconds)
    ready: list[InboxFile] = []
    waiting: list[tuple[str, str]] = []
    for file in first:
        reason = _find_reason_to_wait(file, settle_seconds)
        if reason:
            waiting.append((file.name, reason))
        else:
            ready.append(file)
    still_there = tuple(file for file in found if file.key in left)
    return InboxView(tuple(ready), tuple(waiting), tuple(sorted(ignored)), still_there)


def is_empty(folder: Path) -> bool:
    """True if nothing lies in the inbox that could be taken in."""
    return not count_files(folder)


def count_files(folder: Path) -> int:
    """How many files lie in the inbox that could be taken in."""
    return len(_list_files(folder)[0]) if folder.is_dir() else 0


def list_files(folder: Path) -> list[InboxFile] | None:
    """What lies in the inbox that could be taken in, without waiting for it; None if there is no inbox."""
    return _list_files(folder)[0] if folder.is_dir() else None


def open_file(file: InboxFile) -> BinaryIO:
    """Open a file of the inbox for reading, never through a link. Raises OSError if it is gone or locked."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(file.path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError("not a regular file")
    return os.fdopen(descriptor, "rb")


def remove_file(file: InboxFile) -> bool:
    """Take a received file out of the inbox. False if it cannot be removed: another program may have it open."""
    try:
        state = file.path.lstat()
        if (state.st_size, state.st_mtime_ns) != (file.size, file.changed_ns):
            return True  # another content under the same name: it stays for the next look
        file.path.unlink()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _list_files(folder: Path) -> tuple[list[InboxFile], list[str]]:
    files: list[InboxFile] = []
    ignored: list[str] = []
    for path, entry in _walk(folder, 0):
        name = os.fsencode(path.name).decode("utf-8", "backslashreplace")
        folded = name.casefold()
        if (
            entry is None
            or folded in IGNORED_NAMES
            or folded.startswith(IGNORED_STARTS)
            or folded.endswith(IGNORED_ENDS)
        ):
            if folded != "readme.md":
                ignored.append(escape_text(name, limit=255))
            continue
        files.append(InboxFile(path, entry.st_size, entry.st_mtime_ns))
    return sorted(files, key=lambda file: (file.changed_ns, os.fsencode(file.path))), ignored


def _walk(folder: Path, depth: int) -> Iterator[tuple[Path, os.stat_result | None]]:
    """Regular files below a folder with their state; anything else comes without one."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
    except OSError:
        return
    for entry in entries:
        try:
            state = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        if stat.S_ISDIR(state.st_mode) and depth < DEEPEST:
            yield from _walk(Path(entry.path), depth + 1)
        else:
            yield Path(entry.path), state if stat.S_ISREG(state.st_mode) else None


def _wait_until_still(files: list[InboxFile], settle_seconds: float) -> None:
    """Wait as long as the youngest file needs to have been still for the settle time.

    One from the future was written where the clock is ahead: it is waited for from now on.
    """
    if files:
        age = time.time() - max(file.changed_ns for file in files) / 1e9
        if age < settle_seconds:
            time.sleep(settle_seconds - max(age, 0))


def _find_reason_to_wait(file: InboxFile, settle_seconds: float) -> str:
    try:
        state = file.path.lstat()
    except OSError:
        return "gone"
    if (state.st_size, state.st_mtime_ns) != (file.size, file.changed_ns):
        return "changing"
    if time.time() - state.st_mtime < settle_seconds - 0.01 and state.st_mtime <= time.time():
        return "changing"
    try:
        open_file(file).close()
    except OSError:
        return "locked"
    return ""
