"""The courtroom in which the examples of the corpus are heard."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checks.cases import load_cases
from tests.checks.filings import load_definitions, load_sample
from tests.checks.hearings import Courtroom
from tests.invariants.desk import Desk

VALUES = Path(__file__).parent / "test_values.py"


@pytest.fixture(scope="session")
def courtroom() -> Courtroom:
    return Courtroom(load_definitions(), load_cases())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests on checks of the same return follow one another, so that one worker hears what is heard together."""
    places = {code: (case.return_id, place) for place, (code, case) in enumerate(load_cases().items())}
    own = [number for number, item in enumerate(items) if item.path == VALUES]
    ordered = sorted((items[number] for number in own), key=lambda item: places.get(find_code(item), ("", 0)))
    for number, item in zip(own, ordered, strict=True):
        items[number] = item


def find_code(item: pytest.Item) -> str:
    """The check a test is about; empty for one that is about none."""
    callspec = getattr(item, "callspec", None)
    return str(callspec.params.get("code", "")) if callspec else ""


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Where workbooks of the shipped returns are checked from files, without a register."""
    settings = f'[tool.huizong]\ndistrict_code = "{load_sample().district_code}"\nas_of = "2025-09-19"\nworkers = 1\n'
    return Desk(tmp_path_factory.mktemp("desk"), load_definitions(), settings)
