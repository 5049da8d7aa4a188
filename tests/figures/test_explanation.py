"""From a published figure to the cells of the files the schools sent."""

from __future__ import annotations

import io
import math

import pytest
from openpyxl import load_workbook

from flows.desk import open_desk
from flows.explain import Explanation, Origin, explain_indicator
from flows.warehouse.received import ReceivedFiles
from flows.warehouse.warehouse import open_warehouse
from schemas.catalogue import Catalogue
from tests.figures.published import Published
from tests.sample_workspace import YEAR, SampleRun

TRACED = ("students", "class_size_avg", "books_pp", "kg_children", "certified_share")
CELLS_OPENED = 12


@pytest.fixture(scope="module", params=TRACED)
def explanation(request: pytest.FixtureRequest, sample_run: SampleRun, catalogue: Catalogue) -> Explanation:
    with open_warehouse(sample_run.workspace.warehouse, read_only=True) as warehouse:
        desk = open_desk(sample_run.workspace, warehouse.connection, catalogue)
        return explain_indicator(desk, warehouse.connection, request.param, YEAR)


def test_the_explanation_gives_the_published_value(explanation: Explanation, published: Published) -> None:
    for figure in explanation.figures:
        shown = published.find(explanation.indicator, figure.stage)
        assert shown.value == pytest.approx(figure.value, nan_ok=True)


@pytest.mark.requirement("P-18")
def test_every_contribution_names_file_sheet_and_cell(explanation: Explanation) -> None:
    assert explanation.origins
    assert all(origin.file_name and origin.sheet and origin.cell for origin in explanation.origins)


@pytest.mark.requirement("P-18", "R-24")
def test_the_cells_named_hold_the_values_counted(explanation: Explanation, sample_run: SampleRun) -> None:
    """Each is opened in the received file with another reader; totals are formulas there and are left out."""
    opened = 0
    for origin in explanation.origins:
        typed = read_cell(sample_run, origin)
        if isinstance(typed, int | float):
            assert math.isclose(float(typed), float(origin.contribution.value or 0)), origin
            opened += 1
        if opened == CELLS_OPENED:
            break


def test_schools_that_did_not_report_are_named(explanation: Explanation) -> None:
    for figure in explanation.figures:
        assert len(figure.missing) == figure.expected - figure.reported


def read_cell(sample_run: SampleRun, origin: Origin) -> object:
    sha256 = origin.received.rpartition("/")[2]
    content = ReceivedFiles(sample_run.workspace.warehouse / "received").read(sha256)
    return load_workbook(io.BytesIO(content))[origin.sheet][origin.cell].value
