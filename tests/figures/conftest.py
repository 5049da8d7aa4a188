"""The sample district twice over: as its filings say, and as it was published."""

from __future__ import annotations

import pytest

from tests.figures.published import Published, read_published
from tests.figures.returned import District, open_district
from tests.sample_workspace import YEAR, YEAR_BEFORE, SampleRun


@pytest.fixture(scope="session")
def district(sample_run: SampleRun) -> District:
    """The schools of 2025-2026 with what counts of their filings."""
    return open_district(sample_run.sample.filings, YEAR)


@pytest.fixture(scope="session")
def district_before(sample_run: SampleRun) -> District:
    """The same of 2024-2025."""
    return open_district(sample_run.sample.filings, YEAR_BEFORE)


@pytest.fixture(scope="session")
def published(sample_run: SampleRun) -> Published:
    """What was published last for 2025-2026."""
    return read_published(sample_run.workspace, YEAR)
