"""The audit trail: one line an event, each carrying the hash of the one before. Only ever appended to."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.errors import WarehouseError

START = "0" * 64
LONGEST_LINE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, to what, when, and whatever else is needed to do it again."""

    kind: str
    at: str
    facts: Mapping[str, Any]


class Journal:
    """The file of events of a warehouse."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._last: str | None = None

    def append(self, events: Iterable[Event]) -> None:
        """Add events durably, all or none."""
        previous = self._find_last()
        lines = []
        for event in events:
            body = {"kind": event.kind, "at": event.at, **event.facts, "previous": previous}
            previous = _hash(body)
            lines.append(_spell({**body, "hash": previous}))
        if not lines:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            file.write("".join(f"{line}\n" for line in lines).encode())
            file.flush()
            os.fsync(file.fileno())
        self._last = previous

    def read(self) -> Iterator[Event]:
        """All events, oldest first. Raises WarehouseError where the chain is broken."""
        previous = START
        for number, line in enumerate(self._read_lines(), start=1):
            previous = _verify(line, previous, number, self.path)
            yield _build_event(line)

    def read_from(self, start: int) -> tuple[list[Event], int]:
        """Events after the first `start` bytes, and where they end. The chain is not verified here."""
        if not self.path.exists():
            return [], 0
        with self.path.open("rb") as file:
            file.seek(start)
            content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        return [_build_event(json.loads(line)) for line in whole.splitlines()], start + len(whole)

    def _find_last(self) -> str:
        if self._last is None:
            self._repair_end()
            self._last = self._read_last_hash()
        return self._last

    def _read_last_hash(self) -> str:
        if not self.path.exists() or not self.path.stat().st_size:
            return START
        with self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - LONGEST_LINE))
            return str(json.loads(file.read().splitlines()[-1])["hash"])

    def _read_lines(self) -> Iterator[dict[str, Any]]:
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                if not raw.endswith(b"\n"):
                    return  # a kill in the middle of the last line; it was never acknowledged
                try:
                    yield json.loads(raw)
                except ValueError:
                    raise WarehouseError("journal_unreadable", path=self.path, line=number) from None

    def _repair_end(self) -> None:
        """Cut off an unfinished last line, so that the next one starts on a line of its own."""
        if not self.path.exists():
            return
        size = self.path.stat().st_size
        with self.path.open("r+b") as file:
            file.seek(max(0, size - LONGEST_LINE))
            tail = file.read()
            unfinished = len(tail) - (tail.rfind(b"\n") + 1)
            if unfinished:
                file.truncate(size - unfinished)


def _build_event(line: Mapping[str, Any]) -> Event:
    facts = {key: value for key, value in line.items() if key not in ("kind", "at", "previous", "hash")}
    return Event(line["kind"], line["at"], facts)


def _verify(line: dict[str, Any], previous: str, number: int, path: Path) -> str:
    body = {key: value for key, value in line.items() if key != "hash"}
    if line.get("previous") != previous or line.get("hash") != _hash(body):
        raise WarehouseError("journal_altered", path=path, line=number)
    return str(line["hash"])


def _hash(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(_spell(body).encode()).hexdigest()


def _spell(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
