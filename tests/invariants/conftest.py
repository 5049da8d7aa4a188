"""The small return and the desk it is checked at, made once."""

from __future__ import annotations

import pytest

from schemas.catalogue import Catalogue
from tests.invariants.desk import Desk
from tests.invariants.nights import WholeNight, run_whole_night
from tests.readers.sheets import Canteen, build_canteen


@pytest.fixture(scope="session")
def canteen(tmp_path_factory: pytest.TempPathFactory) -> Canteen:
    return build_canteen(tmp_path_factory.mktemp("definitions"))


@pytest.fixture(scope="session")
def desk(canteen: Canteen, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"), canteen.catalogue)


@pytest.fixture(scope="session")
def whole_night(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> WholeNight:
    """Looked at by many tests and changed by none."""
    return run_whole_night(tmp_path_factory.mktemp("whole_night") / "bureau", catalogue)
