"""The sample district's main returns, filed and run once a test session. Tests look at it and change nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from flows.conductor import Unwatched
from flows.workspace import Workspace, open_workspace
from schemas.sample.district import build_sample_district
from schemas.sample.filings import Filing, Sample
from tests.made_once import make_once

YEAR_BEFORE, YEAR = "2024-2025", "2025-2026"

RETURNS = {
    YEAR_BEFORE: ("J00", "J02", "J03", "J06", "J07", "B01", "B04"),
    YEAR: ("J00", "J01", "J02", "J03", "J05", "J06", "J07", "B01", "B04"),
}
"""Of the year before only what changes, shares by size and checks of the year look back at."""

REGISTER_TAKEN_IN: Mapping[str, date] = {YEAR_BEFORE: date(2024, 9, 20), YEAR: date(2025, 9, 20)}
NIGHTS = (*REGISTER_TAKEN_IN.values(), date(2025, 9, 25))
"""A night for each year, on the day the returns are due, and one for the latecomers. The register comes with them."""


@dataclass(frozen=True, slots=True)
class SampleRun:
    """The filings that were dropped, and the workspace in which every night was run."""

    sample: Sample
    workspace: Workspace


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> SampleRun:
    """The sample district after its last night: made by the first worker that asks, read by all."""
    sample = pick_main_returns(build_sample_district({no for numbers in RETURNS.values() for no in numbers}))
    return make_run(tmp_path_factory, "sample_district", sample)


def make_run(tmp_path_factory: pytest.TempPathFactory, name: str, sample: Sample) -> SampleRun:
    """A sample filed and run in a shared folder, by the first worker that comes."""
    return make_once(
        tmp_path_factory, name, lambda root: run_whole_sample(root, sample),
        lambda root: SampleRun(sample, open_workspace(root)),
    )  # fmt: skip


def pick_main_returns(sample: Sample) -> Sample:
    """The filings of the returns above; registers are due on the night that takes them in."""
    collections = [
        {"period": period, "returns": sorted(numbers), "due": {"J00": REGISTER_TAKEN_IN[period]}}
        for period, numbers in RETURNS.items()
    ]
    kept = [filing for filing in sample.filings if is_main(filing)]
    return replace(sample, filings=kept, collections=collections, nights=NIGHTS)


def is_main(filing: Filing) -> bool:
    return RETURN_NUMBERS[filing.return_id] in RETURNS[filing.period]


RETURN_NUMBERS = {
    "register": "J00", "basic": "J01", "classes": "J02", "students": "J03", "staff": "J05", "premises": "J06",
    "kg": "J07", "population": "B01", "kg_status": "B04",
}  # fmt: skip


def run_whole_sample(root: Path, sample: Sample) -> None:
    """Every night of the sample, without a scheduler."""
    from flows.demonstration import make_sample_workspace, run_nights  # noqa: PLC0415  only who runs it waits for it

    workspace = make_sample_workspace(root, sample)
    for _ in run_nights(workspace, sample, Unwatched(), with_prefect=False, tell=print):
        pass
