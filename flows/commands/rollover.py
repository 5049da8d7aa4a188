"""`huizong rollover`: next year's collection, opened in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from flows.campaigns import read_period
from flows.commands.invocation import Invocation, find_invocation
from flows.commands.release_report import describe_release, show_release, verify_and_report
from flows.commands.words import MOST_LISTED, name_progress, show_columns
from flows.errors import UsageError
from flows.operations import hold_desk
from flows.publishers.rollover_sheets import ReviewRow
from flows.release import Release, hand_out, may_be_handed_out, prepare_release, take_back
from flows.rollover import Opening, Rollover, RolloverDesk, list_to_close, plan_rollover
from flows.warehouse.warehouse import open_warehouse
from flows.workspace import MARKER, Workspace, open_workspace
from schemas.catalogue import Catalogue
from schemas.drift.compare import list_told
from schemas.drift.spell import spell_change


def run(
    context: typer.Context,
    period: Annotated[str | None, typer.Option("--period", "-p")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,  # noqa: FBT002  a flag
    despite: Annotated[str, typer.Option("--despite")] = "",
    verify: Annotated[bool, typer.Option("--verify")] = False,  # noqa: FBT002  a flag
    undo: Annotated[bool, typer.Option("--undo")] = False,  # noqa: FBT002  a flag
    by: Annotated[str, typer.Option("--by")] = "",
) -> int:
    invocation = find_invocation(context)
    workspace = open_workspace(invocation.workspace_path)
    catalogue = workspace.load_catalogue()
    if undo:
        return _undo(invocation, workspace, catalogue, period, by)
    if verify:
        return verify_and_report(invocation, workspace, catalogue, _find_released(workspace, out, period))
    with TemporaryDirectory() as aside:
        rollover, release = _prepare(invocation, workspace, catalogue, period, Path(aside))
        is_fit = may_be_handed_out(release, despite)
        folder = out or _name_folder(workspace, rollover.period)
        paths: list[Path] = []
        if is_fit and not dry_run:
            with hold_desk(workspace, catalogue, by) as operator:
                paths = hand_out(operator, rollover, release, folder, despite)
    if invocation.as_json:
        invocation.print_json(build_rollover_json(invocation, rollover, release, paths, is_dry=dry_run))
    else:
        _show(invocation, rollover)
        show_release(invocation, release)
        _show_end(invocation, rollover, (folder, workspace.root / MARKER), paths, is_fit=is_fit)
    return 0 if is_fit else 1


def build_rollover_json(
    invocation: Invocation, rollover: Rollover, release: Release, paths: Sequence[Path], *, is_dry: bool
) -> dict[str, Any]:
    """The public shape of a rollover."""
    return {
        "period": rollover.period,
        "earlier": rollover.earlier,
        "dry_run": is_dry,
        "first_collection": rollover.is_first,
        "collections": [_describe_opening(opening, is_added=bool(paths)) for opening in rollover.openings],
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
        "release": describe_release(invocation, release, is_released=bool(paths)),
        "paths": [str(path) for path in paths],
    }  # fmt: skip


def _describe_opening(opening: Opening, *, is_added: bool) -> dict[str, Any]:
    collection = opening.collection
    return {
        "period": collection.period, "earlier": opening.earlier, "was_open": opening.is_open,
        "added": is_added and not opening.is_open, "returns": list(collection.returns),
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


def _prepare(
    invocation: Invocation, workspace: Workspace, catalogue: Catalogue, period: str | None, aside: Path
) -> tuple[Rollover, Release]:
    with open_warehouse(workspace.warehouse, read_only=True) as warehouse:
        desk = RolloverDesk.open(workspace, catalogue, warehouse.connection)
        rollover = plan_rollover(desk, period)
        with invocation.screen.show_progress(name_progress(invocation)) as watcher:
            return rollover, prepare_release(desk, rollover, aside, watcher)


def _find_released(workspace: Workspace, out: Path | None, period: str | None) -> Path:
    if out is not None:
        return out
    if period is None:
        raise UsageError("verify_without_period")
    return _name_folder(workspace, read_period(period))


def _name_folder(workspace: Workspace, period: str) -> Path:
    return workspace.root / "templates" / period


def _undo(invocation: Invocation, workspace: Workspace, catalogue: Catalogue, period: str | None, by: str) -> int:
    if period is None:
        raise UsageError("undo_without_period")
    with open_warehouse(workspace.warehouse, read_only=True) as warehouse:
        wanted = list_to_close(RolloverDesk.open(workspace, catalogue, warehouse.connection), period)
    with hold_desk(workspace, catalogue, by) as operator:
        gone = take_back(operator, read_period(period), wanted)
    if invocation.as_json:
        invocation.print_json({"period": period, "removed": gone})
    else:
        invocation.screen.show(invocation.say("rollover_verb.undone", periods="、".join(gone)))
    return 0


def _show(invocation: Invocation, rollover: Rollover) -> None:
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


def _show_end(
    invocation: Invocation, rollover: Rollover, places: tuple[Path, Path], paths: Sequence[Path], *, is_fit: bool
) -> None:
    screen, say = invocation.screen, invocation.say
    folder, marker = places
    if not paths:
        said = "dry" if is_fit else "kept_back"
        screen.show(say(f"rollover_verb.{said}", count=len(rollover.orders), folder=folder))
        return
    screen.show(say("rollover_verb.made", count=len(paths) - 1, folder=folder, review=paths[0].name))
    added = [collection.period for collection in rollover.new_collections]
    if added:
        screen.show(say("rollover_verb.opened", periods="、".join(added), path=marker))
        screen.show(say("rollover_verb.undo", period=rollover.period))
    else:
        screen.show(say("rollover_verb.was_open", path=marker))


def _show_drifts(invocation: Invocation, rollover: Rollover) -> None:
    for number, drift in rollover.facts.drifts.items():
        values = {"no": number, "found": drift.before.version, "expected": drift.after.version}
        invocation.screen.show(invocation.say("rollover_verb.changed", **values))
        for change in list_told(drift)[:MOST_LISTED]:
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
