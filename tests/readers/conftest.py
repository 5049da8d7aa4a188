"""The small return that reading tests are about, built once."""

from __future__ import annotations

import pytest

from tests.readers.sheets import Canteen, build_canteen


@pytest.fixture(scope="session")
def canteen(tmp_path_factory: pytest.TempPathFactory) -> Canteen:
    return build_canteen(tmp_path_factory.mktemp("definitions"))
