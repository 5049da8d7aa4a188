"""The district of the documents, made and run once a test run, by the first worker that asks."""

from __future__ import annotations

import pytest

from schemas.catalogue import Catalogue
from tests.docs.library_district import District, make_district, open_district, run_district
from tests.made_once import make_once


@pytest.fixture(scope="session")
def library_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The shipped definitions with those that docs/definitions.md adds."""
    return make_district(tmp_path_factory.mktemp("definitions") / "district").load_catalogue()


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    """The district after its night. Tests look at it and change nothing."""
    return make_once(tmp_path_factory, "library_district", run_district, open_district)
