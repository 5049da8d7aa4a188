"""Bureaus for journeys."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.catalogue import Catalogue
from tests.journeys.bureau import Bureau, find_register


@pytest.fixture
def bureau(tmp_path: Path, catalogue: Catalogue) -> Bureau:
    """A bureau that has its register and waits for enrolment returns."""
    bureau = Bureau(tmp_path / "bureau", catalogue)
    bureau.receive(find_register())
    return bureau
