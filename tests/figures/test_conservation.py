"""Nothing is lost or made up on the way: files, cells, and totals of figures.

| what is found | equals |
|---|---|
| files dropped | files accepted, replaced, sent back and unreadable |
| cells typed into an accepted return | cells taken from it, each with its value |
| a figure of the district | the sum over its schools, its townships, and every other breakdown |
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import isnan

import numpy as np
import pytest

from flows.desk import open_desk
from flows.lookup import Question, find_figures
from flows.normalisers.records import FormBlock
from flows.warehouse.records import load_block
from flows.warehouse.runs import find_last_run
from flows.warehouse.standings import list_in_force
from flows.warehouse.submissions import load_rows
from flows.warehouse.warehouse import open_warehouse
from schemas.catalogue import Catalogue
from schemas.definitions.indicators import Indicator
from schemas.sample.filings import Filing
from tests.figures.published import Figure, Published
from tests.figures.returned import is_acceptable, pick_accepted
from tests.sample_workspace import RETURN_NUMBERS, YEAR, SampleRun

NOT_SUMMED = ("cv(", "ind(", "growth(", "mean(", "avg(", "max(", "min(", "count_failed(", "all_true(")
"""Functions whose value for a whole is no sum over its parts."""

Place = tuple[str, str, str]
"""Indicator, stage, numerator or denominator."""

Parts = dict[Place, list[float | None]]
"""What the schools, or the groups of a breakdown, have there; None for nothing known."""

RETURN_IDS = sorted(set(RETURN_NUMBERS) - {"register"})


def list_summed(catalogue: Catalogue) -> Iterator[tuple[Indicator, str]]:
    """Numerators and denominators that are sums or counts, of returns that schools file."""
    for indicator in catalogue.indicators.values():
        for part, formula in (("numerator", indicator.numerator), ("denominator", indicator.denominator or "")):
            if formula and not any(function in formula for function in NOT_SUMMED):
                yield indicator, part


def is_bureau_figure(indicator: Indicator, parts: Sequence[float | None]) -> bool:
    """True for what the bureau files of the whole district: no part of it has such a number."""
    return any(source.startswith("B") for source in indicator.sources) and all(part is None for part in parts)


def find_part(figure: Figure, part: str) -> float | None:
    return figure.numerator if part == "numerator" else figure.denominator


def test_every_file_ends_in_one_state(sample_run: SampleRun) -> None:
    """Unreadable is the file that broke off; those sent again replace nothing but the one that had been accepted."""
    filings = sample_run.sample.filings
    accepted = len(pick_accepted(filings))
    broken = sum(filing.cut_to is not None for filing in filings)
    replaced = sum(is_acceptable(filing) for filing in filings) - accepted
    with open_warehouse(sample_run.workspace.warehouse, read_only=True) as warehouse:
        run = find_last_run(warehouse.connection)
    assert run is not None
    counts = run.ledger

    assert counts["seen"] == counts["received"] == len(filings)
    assert counts["accepted"] + counts["accepted_with_queries"] == accepted
    assert (counts["superseded"], counts["unreadable"]) == (replaced, broken)
    assert counts["rejected"] == len(filings) - accepted - replaced - broken
    assert run.ledger_holds


@pytest.mark.requirement("R-24")
@pytest.mark.parametrize("return_id", RETURN_IDS)
def test_every_cell_typed_into_an_accepted_return_is_taken_and_no_other(
    return_id: str, catalogue: Catalogue, sample_run: SampleRun
) -> None:
    filings = {f.school: f for f in pick_accepted(sample_run.sample.filings).values() if is_of(f, return_id)}
    with open_warehouse(sample_run.workspace.warehouse, read_only=True) as warehouse:
        in_force = list_in_force(warehouse.connection, return_id, YEAR)
        rows = load_rows(warehouse.connection, [submission for submission, _, _ in in_force])
    found = {row.school: row.filled for row in rows}
    layout = catalogue.find_layout(return_id, YEAR)
    totals = {cell.ref for sheet in layout.sheets for cell in sheet.cells if cell.total and not sheet.is_list}

    assert found == {school: count_typed(filing, totals) for school, filing in filings.items()}


@pytest.mark.parametrize("return_id", RETURN_IDS)
def test_every_number_typed_into_an_accepted_return_is_stored_as_it_was_typed(
    return_id: str, catalogue: Catalogue, sample_run: SampleRun
) -> None:
    filings = {f.school: f for f in pick_accepted(sample_run.sample.filings).values() if is_of(f, return_id)}
    with open_warehouse(sample_run.workspace.warehouse, read_only=True) as warehouse:
        in_force = list_in_force(warehouse.connection, return_id, YEAR)
        layout = catalogue.find_layout(return_id, YEAR)
        block = load_block(warehouse.connection, layout, [submission for submission, _, _ in in_force])
    stored = {school: read_numbers(block, row) for row, (_, school, _) in enumerate(in_force)}

    assert {school: list_typed_numbers(filing) - stored[school] for school, filing in filings.items()} == {
        school: Counter() for school in filings
    }


def is_of(filing: Filing, return_id: str) -> bool:
    return (filing.return_id, filing.period) == (return_id, YEAR)


def count_typed(filing: Filing, totals: set[str]) -> int:
    """Cells that a clerk filled; totals are formulas of the template."""
    fixed = sum(value is not None and ref not in totals for ref, value in filing.values.items())
    return fixed + sum(
        value is not None for lines in filing.lists.values() for line in lines for value in line.values()
    )


def list_typed_numbers(filing: Filing) -> Counter[tuple[str, float]]:
    """Reference and number of everything typed, lines of lists by their field."""
    fields = [
        (f"{sheet}.{name}", v) for sheet, lines in filing.lists.items() for line in lines for name, v in line.items()
    ]
    typed = [*filing.values.items(), *fields]
    return Counter((ref, float(value)) for ref, value in typed if isinstance(value, int | float))


def read_numbers(block: FormBlock, row: int) -> Counter[tuple[str, float]]:
    """Reference and number of everything stored of one submission."""
    fixed = [(ref, float(block.numbers[row, position])) for ref, position in block.index.items()]
    listed = [
        (f"{sheet}.{name}", float(value))
        for sheet, lines in block.lists.items()
        for name, column in lines.columns.items()
        if isinstance(column, np.ndarray) and column.dtype != object
        for value in column[lines.unit == row]
    ]
    return Counter((ref, value) for ref, value in [*fixed, *listed] if not isnan(value))


def test_the_district_is_the_sum_of_its_schools(
    catalogue: Catalogue, published: Published, sample_run: SampleRun
) -> None:
    """Every figure reckoned school by school, as it is when asked for, and added up."""
    with open_warehouse(sample_run.workspace.warehouse, read_only=True) as warehouse:
        desk = open_desk(sample_run.workspace, warehouse.connection, catalogue)
        figures = find_figures(Question(YEAR, by="school"), desk, warehouse.connection)
    parts: Parts = {}
    for figure in figures:
        for name, value in (("numerator", figure.numerator), ("denominator", figure.denominator)):
            key = (figure.indicator, figure.stage, name)
            parts.setdefault(key, []).append(None if isnan(value) else value)

    assert find_differing(catalogue, published, parts) == {}


@pytest.mark.parametrize(
    "by",
    [
        "township",
        "urban_rural",
        "ownership",
        "school_type",
        "kg_nature",
        "school_district",
        "education_group",
        "inspection_zone",
    ],
)
def test_every_breakdown_of_schools_adds_up_to_the_district(
    by: str, catalogue: Catalogue, published: Published
) -> None:
    """Every group table must add up to the total (§10)."""
    parts: Parts = {}
    for (indicator, stage, breakdown, _), figure in published.figures.items():
        if breakdown == by:
            for name in ("numerator", "denominator"):
                parts.setdefault((indicator, stage, name), []).append(find_part(figure, name))

    assert len(parts) >= 6
    assert find_differing(catalogue, published, parts) == {}


def find_differing(catalogue: Catalogue, published: Published, parts: Parts) -> dict[Place, tuple[float, float]]:
    """Where the whole is not the sum of its parts: whole and sum."""
    summed = {(indicator.id, name): indicator for indicator, name in list_summed(catalogue)}
    differing: dict[Place, tuple[float, float]] = {}
    for (id_, stage, name), values in parts.items():
        figure = published.figures.get((id_, stage, "", ""))
        whole = find_part(figure, name) if figure and (id_, name) in summed else None
        if whole is not None and not is_bureau_figure(summed[id_, name], values):
            total = sum(value or 0.0 for value in values)
            if total != pytest.approx(whole, rel=1e-9, abs=1e-6):
                differing[id_, stage, name] = (whole, total)
    return differing


def test_no_part_of_the_district_has_the_gaps_of_the_whole(published: Published) -> None:
    """优质均衡未达标指标数 is said of the district alone: a township is not evaluated."""
    townships = published.list_groups("balance_gaps", "", "township")

    assert published.find("balance_gaps").value is not None
    assert [township for township, figure in townships.items() if figure.value is not None] == []
