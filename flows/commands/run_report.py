"""What a run did, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flows.commands.invocation import Invocation
from flows.commands.words import MOST_LISTED, REFUSED, STATES, name_state, show_columns
from flows.pipeline import NightReport
from flows.publishers.digest_data import Letter
from flows.warehouse.standings import Standing
from flows.workspace import Workspace


def show_run(invocation: Invocation, workspace: Workspace, report: NightReport) -> None:
    """What a run did, what it refused, and where to look."""
    screen, counts = invocation.screen, report.verdicts
    screen.show(
        invocation.say(
            "run.done", received=len(report.intake.received), duplicates=len(report.intake.duplicates),
            waiting=report.ledger.counts["waiting"], ignored=len(report.intake.ignored),
            seconds=f"{report.seconds:.1f}",
        )
    )  # fmt: skip
    if report.standings:
        parts = [f"{name_state(invocation, state)} {counts[state]}" for state in STATES if counts.get(state)]
        screen.show(invocation.say("run.judged", count=len(report.standings), parts="，".join(parts)))
    _show_refused(invocation, [s for s in report.standings if s.state in REFUSED])
    if report.receipts.texts:
        folder = (workspace.warehouse / "receipts").relative_to(workspace.root)
        made = {"count": len(report.receipts.texts), "marked": len(report.receipts.marked)}
        screen.show(invocation.say("run.returned", **made, folder=folder))
    for publication in report.publishing.publications:
        key = "run.published" if publication.is_new else "run.unchanged"
        screen.show(invocation.say(key, period=publication.period, vintage=publication.vintage))
        for path in publication.paths:
            screen.show(f"  {path.relative_to(workspace.root)}")
    if report.delivery.copied:
        screen.show(invocation.say("run.delivered", count=report.delivery.copied))
    for place in report.delivery.failed:
        screen.show(invocation.say("run.undelivered", folder=place), style="red")
    _show_digest(invocation, workspace, report)
    screen.show(invocation.say("run.balanced" if report.ledger.holds else "run.unbalanced"))
    for problem in report.ledger.problems:
        screen.show(f"  {problem}", style="red")


def find_exit_code(report: NightReport) -> int:
    """1 where something of this run was refused or the account does not balance, else 0."""
    return 1 if any(report.verdicts.get(state) for state in REFUSED) or not report.ledger.holds else 0


def build_run_json(report: NightReport) -> dict[str, Any]:
    """The public shape of a run's result."""
    return {
        "received": len(report.intake.received),
        "duplicates": len(report.intake.duplicates),
        "waiting": [{"file": name, "reason": reason} for name, reason in report.intake.waiting],
        "ignored": list(report.intake.ignored),
        "verdicts": {state: report.verdicts.get(state, 0) for state in STATES},
        "receipts": [str(path) for path in (*report.receipts.marked, *report.receipts.texts)],
        "published": [str(path) for path in report.publishing.paths],
        "new_vintages": [
            {"period": p.period, "vintage": p.vintage} for p in report.publishing.publications if p.is_new
        ],
        "delivered": {"copied": report.delivery.copied, "failed": list(report.delivery.failed)},
        "digest": build_digest_json(report),
        "ledger": {**report.ledger.counts, "holds": report.ledger.holds, "problems": list(report.ledger.problems)},
        "seconds": round(report.seconds, 2),
    }


def build_digest_json(report: NightReport) -> dict[str, Any] | None:
    """Where the night's digest is, and what became of its letters."""
    if report.digest is None:
        return None
    return {
        "day": report.digest.day, "paths": [str(path) for path in report.digest.paths],
        "letters": build_letters_json(report.digest.letters),
    }  # fmt: skip


def build_letters_json(letters: Sequence[Letter]) -> list[dict[str, Any]]:
    """The public shape of letters. `problem` is a word for programs, empty where the letter was sent."""
    return [
        {"to": letter.to, "sent": not letter.problem, "problem": letter.problem, "detail": letter.detail}
        for letter in letters
    ]


def show_letters(invocation: Invocation, letters: Sequence[Letter]) -> None:
    """To whom the digest went, and to whom it did not."""
    for letter in letters:
        if letter.problem:
            problem = invocation.say(f"mail.{letter.problem}", detail=letter.detail)
            invocation.screen.show(invocation.say("mail.unsent", to=letter.to, problem=problem), style="yellow")
        else:
            invocation.screen.show(invocation.say("mail.sent", to=letter.to))


def _show_digest(invocation: Invocation, workspace: Workspace, report: NightReport) -> None:
    if report.digest is None:
        return
    invocation.screen.show(invocation.say("run.digest"))
    for path in report.digest.paths:
        invocation.screen.show(f"  {path.relative_to(workspace.root)}")
    show_letters(invocation, report.digest.letters)


def _show_refused(invocation: Invocation, refused: Sequence[Standing]) -> None:
    rows = [
        (s.file_name, name_state(invocation, s.state), str(s.errors or ""), f"{s.sheet} {s.cell}".strip(), s.message)
        for s in refused[:MOST_LISTED]
    ]
    if rows:
        show_columns(invocation, ("file", "state", "errors", "place", "first_fault"), rows, right=(2,))
    if len(refused) > MOST_LISTED:
        invocation.screen.show_note(invocation.say("run.more", count=len(refused) - MOST_LISTED))
