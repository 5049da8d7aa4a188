"""The district of the documents, made and run once a test run, by the first worker that asks."""

from __future__ import annotations

import os
import shutil

import pytest

from schemas.catalogue import Catalogue
from tests.docs.library_district import District, make_district, open_district, run_district
from tests.sample_workspace import find_shared_folder, hold_alone


@pytest.fixture(scope="session")
def library_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The shipped definitions with those that docs/definitions.md adds."""
    return make_district(tmp_path_factory.mktemp("definitions") / "district").load_catalogue()


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    """The district after its night. Tests look at it and change nothing."""
    folder = find_shared_folder(tmp_path_factory)
    root, finished = folder / "library_district", folder / "library_district.finished"
    with pytest.MonkeyPatch.context() as environment, hold_alone(folder / "library_district.lock"):
        for name in [name for name in os.environ if name.startswith("HUIZONG_")]:
            environment.delenv(name)
        if not finished.exists():
            shutil.rmtree(root, ignore_errors=True)
            root.mkdir()
            run_district(root)
            finished.touch()
        return open_district(root)
