"""Figures for internal use stay inside: neither the published files nor findings on the district know them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from flows.desk import open_desk
from flows.gather import Gathering, gather_summary
from flows.publish import build_files
from flows.publishers.summary_data import SummaryData
from flows.setup import make_workspace
from flows.warehouse.figures import Figure, replace_figures
from flows.warehouse.warehouse import open_warehouse
from flows.workspace import open_workspace
from schemas.catalogue import Catalogue
from tests.checks.hearings import describe_district

PERIOD = "2025-2026"
INTERNAL, PUBLIC = ("led_exam", "senior"), ("kg_ger", "kg")


@dataclass(frozen=True)
class Published:
    """What a period's files are made from, and their content."""

    data: SummaryData
    files: dict[str, bytes]

    def list_texts(self) -> list[str]:
        """Every text in the published data and workbooks."""
        texts = [content.decode("utf-8-sig") for name, content in self.files.items() if name.endswith(".csv")]
        for name, content in self.files.items():
            if name.endswith(".xlsx"):
                texts += [str(value) for value in read_cells(content) if value is not None]
        return texts


@pytest.fixture(scope="module")
def published(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A year of which two figures are stored, both as doubtful as can be: one public, one for internal use."""
    return publish_figures(tmp_path_factory.mktemp("district"), catalogue, [INTERNAL, PUBLIC])


def publish_figures(folder: Path, catalogue: Catalogue, indicators: list[tuple[str, str]]) -> Published:
    make_workspace(folder, {**describe_district(), "as_of": date(2025, 9, 25)})
    workspace = open_workspace(folder)
    figures = [build_doubtful(indicator, stage) for indicator, stage in indicators]
    with open_warehouse(workspace.warehouse) as warehouse:
        with warehouse.transaction() as connection:
            replace_figures(connection, PERIOD, figures)
        desk = open_desk(workspace, warehouse.connection, catalogue)
        data = gather_summary(Gathering(workspace, warehouse.connection, catalogue, desk, PERIOD), is_latest=True)
        return Published(data, build_files(data))


def build_doubtful(indicator: str, stage: str) -> Figure:
    """A rate above what can be, over too few cases and half of the schools, and far from the year before."""
    return Figure(
        PERIOD, indicator, stage, area="", breakdown="", group_code="", numerator=28, denominator=20, value=140,
        expected=2, reported=1, coverage=50, size_coverage=50, earlier=10,
    )  # fmt: skip


def read_cells(content: bytes) -> Iterator[object]:
    for sheet in load_workbook(io.BytesIO(content), read_only=True):
        for row in sheet.iter_rows(values_only=True):
            yield from row


def test_the_figure_at_hand_is_for_internal_use(catalogue: Catalogue) -> None:
    internal = [indicator.id for indicator in catalogue.indicators.values() if indicator.publish == "internal"]

    assert INTERNAL[0] in internal
    assert PUBLIC[0] not in internal


def test_no_published_file_has_a_figure_for_internal_use(published: Published, catalogue: Catalogue) -> None:
    texts = published.list_texts()

    for indicator_id, is_there in ((INTERNAL[0], False), (PUBLIC[0], True)):
        name = catalogue.indicators[indicator_id].name.zh
        assert any(name in text for text in texts) == is_there
        assert any(f",{indicator_id}," in text for text in texts) == is_there


def test_no_finding_on_the_district_is_about_a_figure_for_internal_use(
    published: Published, catalogue: Catalogue
) -> None:
    def list_codes(indicator_id: str) -> list[str]:
        name = catalogue.indicators[indicator_id].name.zh
        found = published.data.district_findings
        return sorted(finding.code for finding in found if name in finding.subject + finding.message)

    assert list_codes(PUBLIC[0]) == ["DS03", "DS17", "DS18", "DS20"]
    assert list_codes(INTERNAL[0]) == []
