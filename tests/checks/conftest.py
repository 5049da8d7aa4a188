"""The courtroom in which the examples of the corpus are heard."""

from __future__ import annotations

import pytest

from schemas.catalogue import Catalogue
from tests.checks.cases import load_cases
from tests.checks.hearings import Courtroom


@pytest.fixture(scope="session")
def courtroom(catalogue: Catalogue) -> Courtroom:
    return Courtroom(catalogue, load_cases())
