"""The whole sample, every return filed: no indicator stays without a value, and every domain leads back to cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest

from flows.desk import open_desk
from flows.explain import explain_indicator
from flows.indicators.desk import Desk
from flows.warehouse.figures import load_figures
from flows.warehouse.tables import Connection
from flows.warehouse.warehouse import open_warehouse
from schemas.catalogue import Catalogue
from schemas.definitions.indicators import Indicator
from schemas.sample.calendar import YEARS
from schemas.sample.district import build_sample_district
from tests.sample_workspace import YEAR, SampleRun, make_run

pytestmark = pytest.mark.long

LOOKS_BACK = re.compile(r"prev\([^()]*(?:\([^()]*\)[^()]*)*, *(\d+)\)")
OWN_COUNTS = "collection"
"""The domain of what the product counts itself: its figures rest on submissions, not on cells."""

Opened = tuple[Desk, Connection]


@pytest.fixture(scope="session")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> SampleRun:
    """The sample district with all its returns, after its last night."""
    return make_run(tmp_path_factory, "whole_sample", build_sample_district())


@pytest.fixture
def opened(whole_run: SampleRun, catalogue: Catalogue) -> Iterator[Opened]:
    with open_warehouse(whole_run.workspace.warehouse, read_only=True) as warehouse:
        yield open_desk(whole_run.workspace, warehouse.connection, catalogue), warehouse.connection


def test_every_indicator_has_a_value_where_its_returns_are_in(opened: Opened, catalogue: Catalogue) -> None:
    """Without one are only those that look back to years before the first the sample files."""
    unknown = {
        figure.indicator
        for figure in load_figures(opened[1], YEAR, breakdown="")
        if figure.value != figure.value and figure.reported == figure.expected
    }
    unexplained = {name for name in unknown if not looks_back_too_far(catalogue.indicators[name])}
    assert unexplained == set()


def test_every_indicator_of_the_catalogue_is_computed(opened: Opened, catalogue: Catalogue) -> None:
    computed = {figure.indicator for figure in load_figures(opened[1], YEAR, breakdown="")}
    assert computed == set(catalogue.indicators)


def test_a_figure_of_every_domain_is_traced_to_cells(opened: Opened, catalogue: Catalogue) -> None:
    domains = group_by_domain(catalogue)
    untraced = {
        domain for domain, names in domains.items() if not any(is_traced(opened, name) for name in names)
    }  # fmt: skip
    assert untraced == {OWN_COUNTS}


def looks_back_too_far(indicator: Indicator) -> bool:
    steps = LOOKS_BACK.findall(indicator.numerator + " " + (indicator.denominator or ""))
    return any(YEARS[-1] - int(step) < YEARS[0] for step in steps)


def group_by_domain(catalogue: Catalogue) -> Mapping[str, list[str]]:
    """Domain → its indicators; a domain is one file."""
    domains: dict[str, list[str]] = {}
    for name in catalogue.indicators:
        domains.setdefault(catalogue.places["indicator", name].stem, []).append(name)
    return domains


def is_traced(opened: Opened, name: str) -> bool:
    desk, connection = opened
    origins = explain_indicator(desk, connection, name, YEAR).origins
    return any(origin.file_name and origin.sheet and origin.cell for origin in origins)
