"""Last year's returns typed into the templates of the next collection, and judged there: what a form would refuse.

Beside the year before they would be held against themselves, so checks across periods are left out. What only the
later form asks for is blank in all of them: findings on that are told apart, and reject nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.campaigns import Order
from flows.check import CheckedFile, check_files
from flows.checks.findings import Finding
from flows.checks.verdict import Verdict, judge_findings
from flows.conductor import Watcher
from flows.files import write_whole
from flows.normalisers.records import FormBlock
from flows.publishers.fill import fill_workbook
from flows.publishers.release_sheets import Rehearsal, RehearsedCheck
from flows.publishers.template import find_open_cells
from flows.publishers.typing_in import SheetCells, declare_empty, type_cover, type_records
from flows.warehouse.records import load_typed_block
from flows.warehouse.standings import list_in_force
from flows.warehouse.submissions import SubmissionRow, load_rows
from flows.warehouse.tables import Connection
from flows.workspace import Workspace
from schemas.catalogue import Catalogue
from schemas.layout import NIL_FIELD, FormLayout

TOLD = ("error", "query")


@dataclass(frozen=True, slots=True)
class Template:
    """A template as it was made: for what order, under what name below the folder, and where it lies now."""

    order: Order
    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class _Copy:
    """A template with the figures of a submission."""

    template: Template
    row: SubmissionRow
    path: Path
    carried: int


@dataclass(frozen=True)
class Stage:
    """What a rehearsal is held with: the workspace as it will be, and a folder for the copies."""

    workspace: Workspace
    catalogue: Catalogue
    connection: Connection
    folder: Path
    watcher: Watcher


def rehearse(stage: Stage, templates: Sequence[Template], earlier: Mapping[str, str]) -> list[Rehearsal]:
    """One rehearsal for each return and period of the templates. `earlier` maps a period to the one before."""
    by_return: dict[tuple[str, str], list[Template]] = {}
    for template in templates:
        by_return.setdefault((template.order.layout.return_id, template.order.period), []).append(template)
    groups = list(by_return.values())
    copies = [list(_make_copies(stage, members, earlier)) for members in groups]
    paths = [copy.path for made in copies for copy in made]
    heard = check_files(stage.workspace, stage.catalogue, stage.connection, paths, stage.watcher) if paths else []
    checked = {file.path: file for file in heard}
    return [
        _sum_up(stage.catalogue, members[0].order, earlier, [(copy, checked[copy.path]) for copy in made])
        for members, made in zip(groups, copies, strict=True)
    ]


def _make_copies(stage: Stage, templates: Sequence[Template], earlier: Mapping[str, str]) -> Iterator[_Copy]:
    """The templates of one return whose addressee has a submission in force for the period before, filled with it."""
    order = templates[0].order
    before = earlier.get(order.period, "")
    filed = {school: number for number, school, _ in list_in_force(stage.connection, order.layout.return_id, before)}
    chosen = [template for template in templates if template.order.addressee.code in filed]
    numbers = [filed[template.order.addressee.code] for template in chosen]
    rows = {row.submission: row for row in load_rows(stage.connection, numbers)}
    block = load_typed_block(stage.connection, order.layout, numbers)
    stage.watcher.begin("fill", len(chosen))
    for position, template in enumerate(chosen):
        row = rows[numbers[position]]
        typed = _type_submission(stage.catalogue, block, position, row, template)
        path = stage.folder / template.name
        write_whole(path, fill_workbook(template.path.read_bytes(), typed))
        stage.watcher.advance()
        carried = sum(len(cells) for tab, cells in typed.items() if tab != stage.catalogue.cover.tab)
        yield _Copy(template, row, path, carried)


def _type_submission(
    catalogue: Catalogue, block: FormBlock, position: int, row: SubmissionRow, template: Template
) -> SheetCells:
    """All that was filed. A list without lines says so, as it had to on no earlier form."""
    open_cells = find_open_cells(catalogue, block.layout, template.order.addressee)
    typed = type_records(catalogue, block, position, open_cells)
    if not row.cover.get(NIL_FIELD):
        typed |= declare_empty(catalogue, block, position, open_cells)
    return typed | {catalogue.cover.tab: type_cover(catalogue, row.cover)}


def _sum_up(
    catalogue: Catalogue, order: Order, earlier: Mapping[str, str], heard: Sequence[tuple[_Copy, CheckedFile]]
) -> Rehearsal:
    return_id, there = order.layout.return_id, _list_refs(order.layout)
    refs = {copy.row.version: _list_refs(catalogue.build_layout(return_id, copy.row.version)) for copy, _ in heard}
    results: Counter[str] = Counter()
    failures: dict[tuple[str, str, bool], list[tuple[str, Finding]]] = {}
    for copy, file in heard:
        before = refs[copy.row.version]
        findings = [finding for finding in file.findings if finding.level != "cross_period" and not finding.trial]
        new = [_concerns_new_cells(finding, order.layout, there, before) for finding in findings]
        results[_find_result(file, findings, new)] += 1
        seen = set()
        for finding, is_new in zip(findings, new, strict=True):
            key = (finding.code, finding.severity, is_new)
            if finding.severity in TOLD and key not in seen:
                seen.add(key)
                failures.setdefault(key, []).append((copy.row.school, finding))
    return Rehearsal(
        order.layout.no, order.layout.title, order.period, earlier.get(order.period, ""), order.layout.version,
        sum(copy.carried for copy, _ in heard), results, tuple(_build_checks(failures)),
    )  # fmt: skip


def _list_refs(layout: FormLayout) -> set[str]:
    return {cell.ref for sheet in layout.sheets for cell in sheet.cells if not cell.blocked}


def _concerns_new_cells(finding: Finding, layout: FormLayout, there: set[str], before: set[str]) -> bool:
    """True if the finding is on, or reckons with, a cell `there` that was not `before`, or is on a sheet of such."""
    refs = there.intersection((finding.ref, *(operand.ref for operand in finding.operands)))
    if refs:
        return not refs <= before
    sheet = next((sheet for sheet in layout.sheets if sheet.tab == finding.sheet), None)
    return sheet is not None and before.isdisjoint(cell.ref for cell in sheet.cells)


def _find_result(file: CheckedFile, findings: Sequence[Finding], new: Sequence[bool]) -> str:
    if file.verdict is Verdict.UNREADABLE:
        return Verdict.REJECTED.value
    carried = judge_findings(finding for finding, is_new in zip(findings, new, strict=True) if not is_new).verdict
    is_whole = judge_findings(findings).verdict is not Verdict.REJECTED
    return carried.value if is_whole or carried is Verdict.REJECTED else "to_be_filled"


def _build_checks(failures: Mapping[tuple[str, str, bool], list[tuple[str, Finding]]]) -> Iterator[RehearsedCheck]:
    """Errors first, those that reject before those that are only for want of new cells, the most frequent first."""

    def find_weight(key: tuple[str, str, bool]) -> tuple[object, ...]:
        code, severity, is_new = key
        return TOLD.index(severity), is_new, -len(failures[key]), code

    for key in sorted(failures, key=find_weight):
        school, finding = failures[key][0]
        yield RehearsedCheck(*key, len(failures[key]), school, finding.sheet, finding.cell, finding.message)
