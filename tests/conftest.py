"""Fixtures that every test may use. A test builds its own workspace under tmp_path and touches nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from schemas.catalogue import Catalogue, load_catalogue
from schemas.wording import Wording, load_shipped_wording
from tests.reduced import pick_cases
from tests.sample_workspace import sample_run

__all__ = ["sample_run"]

os.environ.setdefault("DO_NOT_TRACK", "1")


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """All definitions that are shipped."""
    return load_catalogue()


@pytest.fixture
def wording() -> Wording:
    return load_shipped_wording()


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the operator's workspace, home or settings."""
    for name in [name for name in os.environ if name.startswith("HUIZONG_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = pick_cases(items)
