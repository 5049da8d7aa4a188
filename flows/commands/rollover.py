"""`huizong rollover`: next year's collection, opened in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.commands.invocation import Invocation, find_invocation
from flows.commands.words import MOST_LISTED, name_progress, show_columns
from flows.errors import UsageError
from flows.publishers.rollover_sheets import ReviewRow
from flows.rollover import Opening, Rollover, RolloverDesk, carry_out, plan_rollover, undo_rollover
from flows.warehouse.warehouse import open_warehouse
from flows.workspace import MARKER, open_workspace
from schemas.drift.changes import ChangeKind
from schemas.drift.spell import spell_change


def run(
    context: typer.Context,
    period: Annotated[str | None, typer.Option("--period", "-p")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,  # noqa: FBT002  a flag
    undo: Annotated[bool, typer.Option("--undo")] = False,  # noqa: FBT002  a flag
) -> int:
    invocation = find_invocation(context)
    workspace = open_workspace(invocation.workspace_path)
    catalogue = workspace.load_catalogue()
    with open_warehouse(workspace.warehouse, read_only=True) as warehouse:
        desk = RolloverDesk.open(workspace, catalogue, warehouse.connection)
        if undo:
            return _undo(invocation, desk, period)
        rollover = plan_rollover(desk, period)
        folder = out or workspace.root / "templates" / rollover.period
        paths: list[Path] = []
        if not dry_run:
            with invocation.screen.show_progress(name_progress(invocation)) as watcher:
                paths = carry_out(desk, rollover, folder, watcher)
    if invocation.as_json:
        invocation.print_json(build_rollover_json(invocation, rollover, paths, is_dry=dry_run))
    else:
        _show(invocation, rollover, folder, paths, workspace.root / MARKER)
    return 0


def build_rollover_json(
    invocation: Invocation, rollover: Rollover, paths: Sequence[Path], *, is_dry: bool
) -> dict[str, Any]:
    """The public shape of a rollover."""
    return {
        "period": rollover.period,
        "earlier": rollover.earlier,
        "dry_run": is_dry,
        "first_collection": rollover.is_first,
        "collections": [_describe_opening(opening, is_dry=is_dry) for opening in rollover.openings],
        "returns": [
            {
                "return": row.no, "title_zh": row.title, "period": row.period, "expected": row.schools,
                "form": row.version, "earlier_form": row.earlier_version, "changes": row.changes, "due": row.due,
                "earlier_due": row.earlier_due,
            }
            for row in rollover.facts.asked
        ],
        "register": [_describe_school(invocation, row) for row in rollover.review],
        "templates": len(rollover.orders),
        "paths": [str(path) for path in paths],
    }  # fmt: skip


def _describe_opening(opening: Opening, *, is_dry: bool) -> dict[str, Any]:
    collection = opening.collection
    return {
        "period": collection.period, "earlier": opening.earlier, "was_open": opening.is_open,
        "added": not opening.is_open and not is_dry, "returns": list(collection.returns),
        "due": {number: day.isoformat() for number, day in collection.due.items()},
    }  # fmt: skip


def _describe_school(invocation: Invocation, row: ReviewRow) -> dict[str, Any]:
    facts = asdict(row)
    return {
        "school": row.code, "name": row.name, "area": row.area, "attributes": dict(row.attributes),
        "valid_from": row.valid_from or None, "valid_to": row.valid_to or None, "successor": row.successor or None,
        "expected": facts["expected"], "filed": facts["filed"], "size": row.size,
        "changes": [invocation.say(f"review.{remark.key}", **remark.values) for remark in row.changes],
        "to_review": [
            {"reason": remark.key, "message": invocation.say(f"review.{remark.key}", **remark.values)}
            for remark in row.remarks
        ],
    }  # fmt: skip


def _undo(invocation: Invocation, desk: RolloverDesk, period: str | None) -> int:
    if period is None:
        raise UsageError("undo_without_period")
    gone = undo_rollover(desk, period)
    if invocation.as_json:
        invocation.print_json({"period": period, "removed": gone})
    else:
        invocation.screen.show(invocation.say("rollover_verb.undone", periods="、".join(gone)))
    return 0


def _show(invocation: Invocation, rollover: Rollover, folder: Path, paths: Sequence[Path], marker: Path) -> None:
    screen, say = invocation.screen, invocation.say
    screen.show(say("rollover_verb.title", period=rollover.period, earlier=rollover.earlier))
    rows = [
        (
            row.no, row.title, row.period, str(row.schools), row.version, row.changes or say("review.no_change"),
            row.due, row.earlier_due,
        )
        for row in rollover.facts.asked
    ]  # fmt: skip
    heads = ("return", "title", "period", "expected", "form", "form_changes", "due", "earlier_due")
    show_columns(invocation, heads, rows, right=(3,))
    _show_drifts(invocation, rollover)
    _show_register(invocation, rollover)
    if rollover.is_first:
        screen.show(say("rollover_verb.first", period=rollover.period))
    if not paths:
        screen.show(say("rollover_verb.dry", count=len(rollover.orders), folder=folder))
        return
    screen.show(say("rollover_verb.made", count=len(paths) - 1, folder=folder, review=paths[0].name))
    added = [opening.collection.period for opening in rollover.openings if not opening.is_open]
    if added:
        screen.show(say("rollover_verb.opened", periods="、".join(added), path=marker))
        screen.show(say("rollover_verb.undo", period=rollover.period))
    else:
        screen.show(say("rollover_verb.was_open", path=marker))


def _show_drifts(invocation: Invocation, rollover: Rollover) -> None:
    for number, drift in rollover.facts.drifts.items():
        values = {"no": number, "found": drift.before.version, "expected": drift.after.version}
        invocation.screen.show(invocation.say("rollover_verb.changed", **values))
        told = [change for change in drift.changes if change.kind is not ChangeKind.SHIFTED]
        for change in told[:MOST_LISTED]:
            invocation.screen.show(f"  {spell_change(change, invocation.say)}")


def _show_register(invocation: Invocation, rollover: Rollover) -> None:
    doubtful = [row for row in rollover.review if row.remarks]
    values = {"total": len(rollover.review), "count": len(doubtful)}
    invocation.screen.show(invocation.say("rollover_verb.register", **values))
    rows = [
        (
            row.code, row.name, row.area,
            "；".join(invocation.say(f"review.{remark.key}", **remark.values) for remark in row.remarks),
        )
        for row in doubtful[:MOST_LISTED]
    ]  # fmt: skip
    if rows:
        show_columns(invocation, ("school", "name", "area", "to_review"), rows)
    if len(doubtful) > MOST_LISTED:
        invocation.screen.show(invocation.say("rollover_verb.more", count=len(doubtful) - MOST_LISTED))
