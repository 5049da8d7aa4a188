"""`huizong history`: what happened to submissions, collections and publications, when, by whom and why."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from flows.campaigns import find_returns, read_period
from flows.commands.invocation import Invocation, find_invocation
from flows.commands.words import MOST_LISTED, name_return, show_columns
from flows.history import History, SubmissionHistory, read_history
from flows.warehouse.warehouse import open_warehouse
from flows.workspace import open_workspace
from schemas.catalogue import Catalogue


def run(
    context: typer.Context,
    period: Annotated[str | None, typer.Option("--period", "-p")] = None,
    return_no: Annotated[str | None, typer.Option("--return", "-r")] = None,
    school: Annotated[str, typer.Option("--school", "-s")] = "",
) -> int:
    invocation = find_invocation(context)
    workspace = open_workspace(invocation.workspace_path)
    catalogue = workspace.load_catalogue()
    return_id = find_returns(catalogue, [return_no])[0].id if return_no else ""
    with open_warehouse(workspace.warehouse, read_only=True) as warehouse:
        history = read_history(
            warehouse.connection, catalogue, period=read_period(period) if period else "", return_id=return_id,
            school=school,
        )  # fmt: skip
    if invocation.as_json:
        invocation.print_json(build_history_json(catalogue, history))
    else:
        _show(invocation, catalogue, history)
    return 0


def build_history_json(catalogue: Catalogue, history: History) -> dict[str, Any]:
    """The public shape of a history."""
    return {
        "submissions": [_build_submission(catalogue, each) for each in history.submissions],
        "collections": [
            asdict(lock) | {"returns": [name_return(catalogue, r) for r in lock.returns]} for lock in history.locks
        ],
        "publications": [asdict(vintage) for vintage in history.vintages],
        "revisions": [asdict(revision) for revision in history.revisions],
    }


def _build_submission(catalogue: Catalogue, each: SubmissionHistory) -> dict[str, Any]:
    row, changes = each.row, each.changes
    return {
        "submission": row.submission, "file": row.file_name, "sha256": row.sha256,
        "return": name_return(catalogue, row.return_id), "period": row.period, "school": row.school, "name": each.name,
        "acts": [asdict(act) for act in each.acts],
        "changes": asdict(changes) | {"count": changes.count} if changes else None,
    }  # fmt: skip


def _show(invocation: Invocation, catalogue: Catalogue, history: History) -> None:
    rows = [
        (
            str(each.row.submission), name_return(catalogue, each.row.return_id), each.row.period,
            each.name or each.row.school, act.at[:16].replace("T", " "), invocation.say(f"acts.{act.what}"), act.by,
            act.reason or _say_changes(invocation, each, act.what),
        )
        for each in history.submissions
        for act in each.acts
    ]  # fmt: skip
    heads = ("submission_no", "return", "period", "name", "at", "act", "by", "why")
    show_columns(invocation, heads, rows[-MOST_LISTED * 5 :])
    for lock in history.locks:
        words = {"at": lock.at[:16].replace("T", " "), "by": lock.done_by, "period": lock.period, "reason": lock.reason}
        schools = "、".join(lock.schools) or invocation.say("history_verb.everyone")
        invocation.screen.show(
            invocation.say(f"history_verb.{lock.kind}", **words, schools=schools, until=lock.until or "—")
        )
    for vintage in history.vintages:
        key = "history_verb.final" if vintage.is_final else "history_verb.published"
        at = vintage.published_at[:16].replace("T", " ")
        invocation.screen.show(invocation.say(key, period=vintage.period, vintage=vintage.vintage, at=at))
    if history.revisions:
        invocation.screen.show(invocation.say("history_verb.revisions", count=len(history.revisions)))


def _say_changes(invocation: Invocation, each: SubmissionHistory, what: str) -> str:
    if what != "received" or each.changes is None:
        return ""
    changes = each.changes
    return invocation.say("history_verb.changes", count=changes.count, mended=changes.mended, before=changes.before)
