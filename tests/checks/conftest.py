"""The courtroom in which the examples of the corpus are heard."""

from __future__ import annotations

import pytest

from tests.checks.cases import load_cases
from tests.checks.filings import load_definitions
from tests.checks.hearings import Courtroom


@pytest.fixture(scope="session")
def courtroom() -> Courtroom:
    return Courtroom(load_definitions(), load_cases())
