"""The folder of the seed catalogue, where the environment variable HUIZONG_CATALOGUE names it; skipped else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from schemas.catalogue import Catalogue, load_catalogue

VARIABLE = "HUIZONG_CATALOGUE"


@pytest.fixture(scope="session")
def catalogue_folder() -> Path:
    """The folder with indicators.csv and targets.csv."""
    named = os.environ.get(VARIABLE)
    if not named:
        pytest.skip(f"{VARIABLE} names no folder with the seed catalogue")
    return Path(named)


@pytest.fixture(scope="session")
def domain_folder(catalogue_folder: Path) -> Path:
    """The folder beside it with returns.md, returns_bureau.md and checks.md."""
    folder = catalogue_folder.resolve().parent / "domain"
    if not folder.is_dir():
        pytest.skip(f"there is no folder domain beside {catalogue_folder}")
    return folder


@pytest.fixture(scope="session")
def loaded() -> Catalogue:
    """The definitions as shipped."""
    return load_catalogue()
