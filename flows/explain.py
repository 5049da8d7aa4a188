"""Explaining a figure: its formula, its parts, and every cell of the original files behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from flows.checks.addresses import AddressBook
from flows.errors import UsageError
from flows.indicators.desk import Desk
from flows.indicators.groups import Grouping
from flows.indicators.trace import Contribution, trace_figure
from flows.readers.reading import Placement
from flows.warehouse.received import find_received_name
from flows.warehouse.submissions import SubmissionRow, load_moved, load_rows
from flows.warehouse.tables import Connection
from schemas.catalogue import Catalogue
from schemas.expressions.columns import Numbers


@dataclass(frozen=True, slots=True)
class Origin:
    """A contribution with the file, sheet and cell it stands in. Empty where the run itself counted it."""

    contribution: Contribution
    stage: str
    file_name: str
    received: str
    sheet: str
    cell: str
    label: str


@dataclass(frozen=True, slots=True)
class Explained:
    """A figure of one stage with its parts and how much stands behind it."""

    stage: str
    numerator: float
    denominator: float
    value: float
    expected: int
    reported: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """An indicator's figures for a period and area, and where they come from."""

    indicator: str
    period: str
    area: str
    figures: tuple[Explained, ...]
    origins: tuple[Origin, ...]


def explain_indicator(
    desk: Desk, connection: Connection, indicator_id: str, period: str, *, area: str = "", stage: str | None = None
) -> Explanation:
    """Explain an indicator for the district or one area, for one stage or all. Raises UsageError for an unknown one."""
    indicator = desk.catalogue.indicators[indicator_id]
    grouping = Grouping(area=area)
    stages = desk.list_stages(indicator)
    if stage is not None and stage not in stages:
        raise UsageError("no_such_stage", name=stage, known=", ".join(stages) or "—")
    figures: list[Explained] = []
    origins: list[Origin] = []
    for own in stages if stage is None else (stage,):
        figures.append(_explain_figure(desk, indicator_id, period, grouping, own))
        contributions = trace_figure(desk, indicator, period, grouping, own)
        origins += _locate(desk.catalogue, connection, contributions, own)
    return Explanation(indicator_id, period, area, tuple(figures), tuple(origins))


def _explain_figure(desk: Desk, indicator_id: str, period: str, grouping: Grouping, stage: str) -> Explained:
    computed = desk.compute(indicator_id, period, grouping, stage)
    coverage = computed.coverage
    return Explained(
        stage, _find_first(computed.numerator), _find_first(computed.denominator), _find_first(computed.value),
        int(coverage.expected[0]) if len(coverage.expected) else 0,
        int(coverage.reported[0]) if len(coverage.reported) else 0, coverage.missing,
    )  # fmt: skip


def _find_first(column: Numbers) -> float:
    return float(column[0]) if len(column) else np.nan


def _locate(
    catalogue: Catalogue, connection: Connection, contributions: Sequence[Contribution], stage: str
) -> Iterable[Origin]:
    """Contributions with their places, in the workbooks as the schools sent them."""
    submissions = sorted({c.submission for c in contributions if c.submission is not None})
    rows = {row.submission: row for row in load_rows(connection, submissions)}
    moved = load_moved(connection, submissions)
    books: dict[tuple[str, str], AddressBook] = {}
    for contribution in contributions:
        row = rows.get(contribution.submission or 0)
        if row is None:
            yield Origin(contribution, stage, "", "", "", "", "")
            continue
        if contribution.ref.partition("[")[0].partition(".")[0] not in row.present:
            continue  # the school has no such sheet: it adds nothing, and there is no cell to look at
        book = books.setdefault((row.return_id, row.version), _open_book(catalogue, row, moved))
        address = book.find(row.submission, contribution.ref, contribution.line)
        sheet, cell, label = (address.sheet, address.cell, address.label) if address else ("", "", "")
        yield Origin(contribution, stage, row.file_name, find_received_name(row.sha256), sheet, cell, label)


def _open_book(catalogue: Catalogue, row: SubmissionRow, moved: Mapping[int, Mapping[str, Placement]]) -> AddressBook:
    return AddressBook(catalogue.build_layout(row.return_id, row.version), moved)
