"""What `huizong drift --convert` says: where the workbooks are, what was left behind, what is still to be filled."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows.campaigns import CampaignDesk
from flows.commands.invocation import Invocation
from flows.commands.words import MOST_LISTED, name_progress
from flows.conversion import Conversion, convert_files
from flows.warehouse.warehouse import open_warehouse
from flows.workspace import Workspace
from schemas.catalogue import Catalogue


def convert_and_report(
    invocation: Invocation,
    workspace: Workspace,
    catalogue: Catalogue,
    paths: Sequence[Path],
    folder: Path,
    version: str | None,
) -> int:
    """Convert the files, say what came of it, and return the exit code: 1 where one was not converted."""
    with open_warehouse(workspace.warehouse, read_only=True) as warehouse:
        desk = CampaignDesk.open(workspace, catalogue, warehouse.connection)
        with invocation.screen.show_progress(name_progress(invocation)) as watcher:
            done = convert_files(desk, paths, folder, watcher, version)
    if invocation.as_json:
        invocation.print_json([_describe(conversion) for conversion in done])
    else:
        for conversion in done:
            _show(invocation, conversion)
    return 1 if any(conversion.path is None for conversion in done) else 0


def _describe(conversion: Conversion) -> dict[str, Any]:
    return {
        "file": str(conversion.source), "return": conversion.return_no, "school": conversion.school,
        "period": conversion.period, "from": conversion.found, "to": conversion.expected,
        "path": str(conversion.path) if conversion.path else None, "reason": conversion.reason or None,
        "carried": conversion.carried,
        "left": [
            {"sheet": cell.sheet, "cell": cell.cell, "label": cell.label, "reason": cell.reason}
            for cell in conversion.left
        ],
        "blank": list(conversion.blank),
    }  # fmt: skip


def _show(invocation: Invocation, conversion: Conversion) -> None:
    screen, say = invocation.screen, invocation.say
    if conversion.path is None:
        values = {"file": conversion.source.name, "found": conversion.found, "expected": conversion.expected}
        screen.show(say(f"conversion.{conversion.reason}", **values))
        return
    screen.show(
        say(
            "conversion.done", file=conversion.source.name, found=conversion.found, expected=conversion.expected,
            path=conversion.path, carried=conversion.carried,
        )
    )  # fmt: skip
    for cell in conversion.left[:MOST_LISTED]:
        place = f"{cell.sheet} {cell.cell} {cell.label}"
        screen.show(f"  {say('conversion.left', place=place, reason=say(f'conversion.{cell.reason}_cell'))}")
    for label in conversion.blank[:MOST_LISTED]:
        screen.show(f"  {say('conversion.blank', label=label)}")
    hidden = max(len(conversion.left) - MOST_LISTED, 0) + max(len(conversion.blank) - MOST_LISTED, 0)
    if hidden:
        screen.show(f"  {say('conversion.more', count=hidden)}")
