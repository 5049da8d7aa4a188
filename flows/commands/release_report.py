"""What `huizong rollover` says of a release: the rehearsal, what stands against it, whether a copy is as released."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from flows.commands.invocation import Invocation
from flows.commands.words import MOST_LISTED, show_columns
from flows.publishers.release_sheets import RESULTS, Rehearsal
from flows.release import LIST_NAME, Release, Verification, name_review, verify_release
from flows.workspace import Workspace
from schemas.catalogue import Catalogue


def describe_release(invocation: Invocation, release: Release, *, is_released: bool) -> dict[str, Any]:
    """The public shape of a release."""
    return {
        "released": is_released,
        "objections": [
            {"kind": remark.key, "message": invocation.say(f"objections.{remark.key}", **remark.values)}
            for remark in release.objections
        ],
        "rehearsal": [_describe_rehearsal(rehearsal) for rehearsal in release.rehearsals],
        "list": [
            {
                "return": t.no,
                "period": t.period,
                "school": t.code,
                "form": t.version,
                "file": t.name,
                "sha256": t.sha256,
            }
            for t in release.listed
        ],
    }


def show_release(invocation: Invocation, release: Release) -> None:
    """The rehearsal by return, and what stands against the release."""
    rows = [
        (
            rehearsal.no, rehearsal.title, rehearsal.earlier, rehearsal.version, str(rehearsal.tried),
            *(str(rehearsal.results.get(result, 0)) for result in RESULTS),
        )
        for rehearsal in release.rehearsals
    ]  # fmt: skip
    invocation.screen.show(invocation.say("rollover_verb.rehearsal"))
    heads = ("return", "title", "filed_for", "form", "tried", *(f"result_{result}" for result in RESULTS))
    show_columns(invocation, heads, rows, right=tuple(range(4, len(heads))))
    for remark in release.objections[:MOST_LISTED]:
        invocation.screen.show(f"  {invocation.say(f'objections.{remark.key}', **remark.values)}")
    hidden = len(release.objections) - MOST_LISTED
    if hidden > 0:
        invocation.screen.show(f"  {invocation.say('rollover_verb.more_objections', count=hidden)}")


def verify_and_report(invocation: Invocation, workspace: Workspace, catalogue: Catalogue, folder: Path) -> int:
    """Hold a folder of templates against its list, say what differs, and return the exit code: 1 if anything does."""
    verification = verify_release(folder, name_review(catalogue, workspace.settings.district_name, "*"))
    if invocation.as_json:
        invocation.print_json({"folder": str(folder), **asdict(verification)})
    else:
        _show_verification(invocation, verification, folder)
    return 0 if verification.is_whole else 1


def _describe_rehearsal(rehearsal: Rehearsal) -> dict[str, Any]:
    return {
        "return": rehearsal.no, "period": rehearsal.period, "earlier": rehearsal.earlier, "form": rehearsal.version,
        "tried": rehearsal.tried, **{result: rehearsal.results.get(result, 0) for result in RESULTS},
        "carried": rehearsal.carried,
        "checks": [
            {
                "check": check.code, "severity": check.severity, "new_cells": check.is_new, "count": check.count,
                "school": check.school, "sheet": check.sheet, "cell": check.cell, "message": check.message,
            }
            for check in rehearsal.checks
        ],
    }  # fmt: skip


def _show_verification(invocation: Invocation, verification: Verification, folder: Path) -> None:
    screen, say = invocation.screen, invocation.say
    if verification.is_whole:
        screen.show(say("rollover_verb.verified", count=verification.checked, folder=folder, list=LIST_NAME))
        return
    for what in ("missing", "altered", "extra"):
        names = getattr(verification, what)
        for name in names[:MOST_LISTED]:
            screen.show(say(f"rollover_verb.{what}", name=name))
        if len(names) > MOST_LISTED:
            screen.show(say("rollover_verb.more_files", count=len(names) - MOST_LISTED))
