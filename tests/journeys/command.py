"""The command as an operator gives it, and what it prints."""

from __future__ import annotations

import contextlib
import io
import json
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flows.cli import run_command


def run_verb(root: Path, day: date, *arguments: str) -> tuple[int, Any]:
    """Exit code and JSON of a verb on a workspace, on a day of one's choice; what it says on stderr where it fails."""
    said, complaint = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(complaint),
        patch.dict("os.environ", {"HUIZONG_AS_OF": day.isoformat()}),
    ):
        code = run_command(["--workspace", str(root), "--json", *arguments])
    return code, json.loads(said.getvalue()) if said.getvalue() else complaint.getvalue()
