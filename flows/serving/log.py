"""The service's log: what it did and when, in the operator's words; no names of schools, nothing they filed."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from schemas.wording import Wording

MOST_BYTES, MOST_FILES = 1_000_000, 5


@dataclass(frozen=True, slots=True)
class Tell:
    """Writes messages of `serve` to a log."""

    logger: logging.Logger
    wording: Wording

    def __call__(self, key: str, /, **values: object) -> None:
        self.logger.info(self.wording.say(f"serve.{key}", **values))


def open_log(path: Path, wording: Wording, find_now: Callable[[], datetime]) -> Tell:
    """A log that goes to the file, a few of them in turn, and to stderr; `find_now` tells the time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    logger = logging.getLogger("huizong.serve")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    kept = RotatingFileHandler(path, maxBytes=MOST_BYTES, backupCount=MOST_FILES, encoding="utf-8")
    for handler in (kept, logging.StreamHandler(sys.stderr)):
        handler.setFormatter(_Stamped(find_now))
        logger.addHandler(handler)
    return Tell(logger, wording)


class _Stamped(logging.Formatter):
    """Lines with the time of the workspace, which need not be that of the machine."""

    def __init__(self, find_now: Callable[[], datetime]) -> None:
        super().__init__("%(message)s")
        self.find_now = find_now

    def format(self, record: logging.LogRecord) -> str:
        return f"{self.find_now():%Y-%m-%d %H:%M:%S} {super().format(record)}"
