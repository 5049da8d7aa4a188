"""Where an error arose, without its message: that may quote a cell, and what schools file is kept out of logs."""

from __future__ import annotations

import traceback
from pathlib import Path

MOST_FRAMES = 3


def list_trace(error: BaseException, most: int = MOST_FRAMES) -> list[str]:
    """The kind of the error, with the reason where the system gives it, and the innermost places."""
    reason = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
    frames = traceback.extract_tb(error.__traceback__)[-most:]
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return [f"{type(error).__name__}{reason}", *places]
