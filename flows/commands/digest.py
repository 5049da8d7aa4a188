"""`huizong digest`: this morning's digest and chase list, made anew from what the warehouse holds."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.commands.invocation import Invocation, find_invocation
from flows.commands.run_report import build_letters_json, show_letters
from flows.commands.words import drop_nan, name_return
from flows.conductor import PLAIN
from flows.digest import Morning, build_morning, find_run, write_morning
from flows.errors import UsageError
from flows.posting import send_document
from flows.publishers.chase_list import build_chase_list, list_chased
from flows.publishers.digest_data import ChaseRow, FirstRow, Letter, Move
from flows.publishers.digest_facts import count_chased, tell_kind
from flows.publishers.digest_text import write_digest_text
from flows.publishers.digest_words import Words
from flows.warehouse.warehouse import open_warehouse
from flows.workspace import Workspace, open_workspace
from schemas.catalogue import Catalogue
from schemas.wording import Wording


def run(
    context: typer.Context,
    period: Annotated[str | None, typer.Option("--period", "-p")] = None,
    chase: Annotated[bool, typer.Option("--chase")] = False,  # noqa: FBT002  a flag
    area: Annotated[str, typer.Option("--area", "-a")] = "",
    mail: Annotated[bool, typer.Option("--mail")] = False,  # noqa: FBT002  a flag
) -> int:
    invocation = find_invocation(context)
    workspace = open_workspace(invocation.workspace_path)
    catalogue = workspace.load_catalogue()
    with open_warehouse(workspace.warehouse, read_only=True) as warehouse:
        morning = build_morning(workspace, warehouse, catalogue, find_run(workspace, warehouse), period=period)
        _refuse_unknown_area(morning, area)
        paths = write_morning(warehouse, workspace, morning)
    wording = Wording(catalogue.messages, workspace.settings.language)
    letters = send_document(workspace, morning.digest, wording, PLAIN) if mail else ()
    if invocation.as_json:
        invocation.print_json(build_digest_json(catalogue, morning, paths, letters, area=area))
    else:
        text = _write_chase(workspace, morning, Words(catalogue, wording), area) if chase else morning.digest.text
        _show(invocation, workspace, text, paths, letters)
    return 1 if any(letter.problem for letter in letters) else 0


def build_digest_json(
    catalogue: Catalogue, morning: Morning, paths: tuple[Path, ...], letters: tuple[Letter, ...], *, area: str = ""
) -> dict[str, Any]:
    """The public shape of a digest. `area` leaves only one area's part of the chase list."""
    data = morning.data
    chased = list_chased(data, area)
    return {
        "day": data.day, "period": data.period, "since": data.before.day or None, "paths": [str(p) for p in paths],
        "counts": {
            "came": sum(row.received for row in data.came), "duplicates": data.duplicates,
            "refused": len(data.refused), "queried": len(data.queried), "first": len(data.first),
            "not_yet_due": data.not_yet_due,
        },
        "first": [build_first_json(catalogue, row) for row in data.first],
        "chase": [build_chase_json(catalogue, row) for row in chased],
        "chased": count_chased(chased),
        "schools": [
            {name: drop_nan(value) if isinstance(value, float) else value for name, value in asdict(row).items()}
            | {"name": data.filers[row.school].name, "area": data.filers[row.school].area}
            for row in data.schools
        ],
        "rules": [
            {
                "check": row.code, "fired": row.fired, "corrected": row.corrected, "answered": row.answered,
                "open": row.open, "rounds": row.rounds,
            }
            for row in data.rules
        ],
        "failures": [{"at": at, "problem": problem} for at, problem in data.before.failures],
        "letters": build_letters_json(letters),
    }  # fmt: skip


def build_first_json(catalogue: Catalogue, row: FirstRow) -> dict[str, Any]:
    """The public shape of a matter, with the figure that it moves most."""
    return {
        "kind": row.kind, "school": row.school, "name": row.name, "area": row.area,
        "return": name_return(catalogue, row.return_id), "period": row.period, "check": row.code, "place": row.place,
        "message": row.message, "remedy": row.remedy, "effect": _build_effect_json(row.move) if row.move else None,
    }  # fmt: skip


def _build_effect_json(move: Move) -> dict[str, Any]:
    return {
        "manner": move.manner, "indicator": move.indicator, "stage": move.stage, "now": drop_nan(move.now),
        "then": drop_nan(move.then), "percent": None if math.isinf(move.percent) else move.percent,
        "others": move.others,
    }  # fmt: skip


def build_chase_json(catalogue: Catalogue, row: ChaseRow) -> dict[str, Any]:
    """The public shape of a return to be chased, with the contact."""
    return {
        "kind": tell_kind(row), "area": row.filer.area, "school": row.filer.code, "name": row.filer.name,
        "contact": row.filer.contact, "return": name_return(catalogue, row.return_id), "period": row.period,
        "state": row.state, "due": row.due, "days_late": row.days_late, "errors": row.errors, "queries": row.queries,
    }  # fmt: skip


def _refuse_unknown_area(morning: Morning, area: str) -> None:
    """Raise UsageError for an area that nobody who owes anything is in."""
    known = sorted({filer.area for filer in morning.data.filers.values()})
    if area and area not in known:
        raise UsageError("no_such_area", name=area, known=", ".join(known) or "—")


def _write_chase(workspace: Workspace, morning: Morning, words: Words, area: str) -> str:
    return write_digest_text(build_chase_list(morning.data, words, soon_days=workspace.settings.remind_days, area=area))


def _show(
    invocation: Invocation, workspace: Workspace, text: str, paths: tuple[Path, ...], letters: tuple[Letter, ...]
) -> None:
    invocation.screen.print_plain(text)
    invocation.screen.show(invocation.say("digest_verb.written"))
    for path in paths:
        invocation.screen.show(f"  {path.relative_to(workspace.root)}")
    show_letters(invocation, letters)
