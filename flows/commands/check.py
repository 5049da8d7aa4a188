"""`huizong check`: what a run would say of files, without storing them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.children import warm_up

# ruff: noqa: E402  the next line must run before the imports below it
warm_up("flows.readers.child")  # loads while the imports below do, which is half of what checking one file costs

from flows.check import CheckedFile, check_files
from flows.checks.explanations import Answer
from flows.checks.findings import Finding, Operand
from flows.commands.invocation import Invocation, find_invocation
from flows.commands.words import REFUSED, name_progress, name_return, name_state, show_columns
from flows.errors import UsageError, WarehouseError
from flows.receipts import mark_checked
from flows.warehouse.standings import drop_nan
from flows.warehouse.tables import Connection
from flows.warehouse.warehouse import open_empty, open_warehouse
from flows.workspace import Workspace, open_workspace
from schemas.catalogue import Catalogue

NEEDED = frozenset({"returns"})


def run(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument()],
    mark: Annotated[Path | None, typer.Option("--mark")] = None,
) -> int:
    invocation = find_invocation(context)
    for path in files:
        if not path.is_file():
            raise UsageError("no_such_file", path=path)
    workspace = open_workspace(invocation.workspace_path)
    catalogue = workspace.load_catalogue(NEEDED)
    with (
        _look_into(invocation, workspace) as connection,
        invocation.screen.show_progress(name_progress(invocation)) as watcher,
    ):
        checked = check_files(workspace, catalogue, connection, files, watcher)
        if mark is not None:
            mark_checked(workspace, catalogue, checked, mark, watcher)
    if invocation.as_json:
        invocation.print_json([build_check_json(catalogue, file) for file in checked])
    else:
        for file in checked:
            _show(invocation, catalogue, file)
    return 1 if any(file.verdict.value in REFUSED for file in checked) else 0


def build_check_json(catalogue: Catalogue, file: CheckedFile) -> dict[str, Any]:
    """The public shape of a checked file."""
    return {
        "file": str(file.path),
        "return": name_return(catalogue, file.row.return_id),
        "school": file.row.school,
        "period": file.row.period,
        "verdict": file.verdict.value,
        "findings": [
            build_finding_json(finding, file.answers.get(position)) for position, finding in enumerate(file.findings)
        ],
    }


def build_finding_json(finding: Finding, answer: Answer | None) -> dict[str, Any]:
    """The public shape of a finding; a query has its state and what was said to it."""
    answered = {} if answer is None else {"state": answer.state.value, "explanation": answer.explanation}
    return answered | {
        "check": finding.code, "severity": finding.severity, "level": finding.level, "sheet": finding.sheet,
        "cell": finding.cell, "reference": finding.ref, "label": finding.label, "message": finding.message,
        "remedy": finding.remedy, "found": finding.found, "expected": finding.expected,
        "difference": finding.difference,
        "operands": [_build_operand(operand) for operand in finding.operands], "also": list(finding.also),
        "trial": finding.trial, "count": finding.count,
    }  # fmt: skip


@contextmanager
def _look_into(invocation: Invocation, workspace: Workspace) -> Iterator[Connection]:
    """The warehouse for looking; nothing in it where a run holds it, and the operator is told so."""
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(open_warehouse(workspace.warehouse, read_only=True)).connection
        except WarehouseError as error:
            if error.key != "warehouse_in_use":
                raise
            invocation.screen.show_note(invocation.say("check_verb.linked_without"))
            connection = open_empty()
        yield connection


def _build_operand(operand: Operand) -> dict[str, Any]:
    return {
        "reference": operand.ref, "sheet": operand.sheet, "cell": operand.cell, "label": operand.label,
        "value": drop_nan(operand.value),
    }  # fmt: skip


def _show(invocation: Invocation, catalogue: Catalogue, file: CheckedFile) -> None:
    row = file.row
    invocation.screen.show(
        invocation.say(
            "check_verb.verdict", file=file.path.name, verdict=name_state(invocation, file.verdict.value),
            no=name_return(catalogue, row.return_id), school=row.school, period=row.period,
        )
    )  # fmt: skip
    if not file.findings:
        invocation.screen.show(invocation.say("check_verb.clean"))
        return
    show_columns(
        invocation, ("code", "severity", "sheet", "cell", "message", "remedy"), _list_rows(invocation, file.findings)
    )


def _list_rows(invocation: Invocation, findings: Sequence[Finding]) -> list[tuple[str, ...]]:
    return [
        (f.code, invocation.say(f"severities.{f.severity}"), f.sheet, f.cell, f.message, f.remedy) for f in findings
    ]
