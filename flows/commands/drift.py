"""`huizong drift`: how a form changed, the map for files still on the earlier one, and their conversion."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.commands.conversion_report import convert_and_report
from flows.commands.invocation import Invocation, find_invocation
from flows.commands.words import show_columns
from flows.errors import UsageError
from flows.files import write_whole
from flows.form_drift import DriftReport, compare_definition, compare_installed, compare_workbook
from flows.workspace import Workspace, open_workspace
from schemas.catalogue import Catalogue
from schemas.drift.changes import Change, ChangeKind
from schemas.drift.spell import spell_change, spell_entries, summarise


def run(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument()] = None,
    found: Annotated[str | None, typer.Option("--from")] = None,
    expected: Annotated[str | None, typer.Option("--to")] = None,
    against: Annotated[Path | None, typer.Option("--against")] = None,
    file: Annotated[Path | None, typer.Option("--file")] = None,
    convert: Annotated[bool, typer.Option("--convert")] = False,  # noqa: FBT002  a flag
    out: Annotated[Path | None, typer.Option("--out", "-o")] = None,
) -> int:
    invocation = find_invocation(context)
    workspace = open_workspace(invocation.workspace_path)
    catalogue = workspace.load_catalogue()
    if convert:
        if out is None:
            raise UsageError("drift_needs_folder")
        return convert_and_report(invocation, workspace, catalogue, [Path(name) for name in names or []], out, expected)
    report = _compare(workspace, catalogue, names or [], (found, expected), against, file)
    text = spell_entries(report.entries, invocation.say) if report.entries else ""
    if out is not None and text:
        write_whole(out, text.encode())
    if invocation.as_json:
        invocation.print_json(build_drift_json(invocation, report, text, out if text else None))
    else:
        _show(invocation, report, text if out is None else "")
        if out is not None and text:
            invocation.screen.show(invocation.say("drift_verb.written", path=out))
    return 1 if report.needs_map else 0


def build_drift_json(invocation: Invocation, report: DriftReport, text: str, out: Path | None) -> dict[str, Any]:
    """The public shape of a comparison."""
    return {
        "return": report.definition.no,
        "title_zh": report.definition.title.zh,
        "from": report.found,
        "to": report.expected,
        "summary": summarise(report.drift, invocation.say),
        "changes": [_describe_change(invocation, change) for change in report.drift.changes],
        "forms": [
            {"version": row.version, "since": row.since, "digest": row.digest, "state": row.state}
            for row in report.forms
        ],
        "problem": str(report.problem) if report.problem else None,
        "map": text or None,
        "path": str(out) if out else None,
    }


def _compare(
    workspace: Workspace,
    catalogue: Catalogue,
    names: Sequence[str],
    versions: tuple[str | None, str | None],
    against: Path | None,
    file: Path | None,
) -> DriftReport:
    name = names[0] if names else None
    if file is not None:
        return compare_workbook(workspace, catalogue, file, name)
    if name is None:
        raise UsageError("drift_needs_return")
    definition = catalogue.find_return(name)
    if definition is None:
        known = ", ".join(sorted(each.no for each in catalogue.returns.values()))
        raise UsageError("no_such_return", name=name, known=known)
    if against is not None:
        if not against.is_file():
            raise UsageError("no_such_file", path=against)
        return compare_definition(catalogue, definition, against)
    return compare_installed(catalogue, definition, *versions)


def _describe_change(invocation: Invocation, change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind.value,
        "sheet": change.tab, "reference": change.ref, "label": change.label, "cell": change.address,
        "new_sheet": change.new_tab, "new_reference": change.new_ref, "new_label": change.new_label,
        "new_cell": change.new_address,
        "property": change.trait, "value": change.value, "new_value": change.new_value,
        "likeness": change.likeness, "message": spell_change(change, invocation.say),
    }  # fmt: skip


def _show(invocation: Invocation, report: DriftReport, text: str) -> None:
    screen, say = invocation.screen, invocation.say
    title = say(
        "drift_verb.title", no=report.definition.no, title=report.definition.title.text(invocation.wording.language),
        found=report.found or "—", expected=report.expected,
    )  # fmt: skip
    screen.show(title)
    rows = [(row.version, row.since, row.digest, say(f"form_states.{row.state}")) for row in report.forms]
    show_columns(invocation, ("form", "since", "digest", "state"), rows)
    told = [change for change in report.drift.changes if change.kind is not ChangeKind.SHIFTED]
    for change in told:
        screen.show(f"  {spell_change(change, say)}")
    shifted = len(report.drift.list_kind(ChangeKind.SHIFTED))
    if shifted:
        screen.show(f"  {say('drift_verb.shifted', count=shifted)}")
    if not told:
        screen.show(f"  {say('drift_verb.same')}")
    if report.problem is not None:
        screen.show(say("drift_verb.problem", place=report.problem.key, problem=report.problem.problem))
    if text:
        screen.show("")
        screen.print_plain(text.rstrip())
