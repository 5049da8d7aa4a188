"""Catalogues of one return, and the district of two years, made once for all tests of this folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.catalogue import SHIPPED, Catalogue, load_catalogue
from tests.made_once import make_once
from tests.rollover.district import District, TwoYears, make_district, run_second_year

Load = Callable[[str], Catalogue]
"""The text of a definition → a catalogue of that return alone."""

CODES = {"LB-01": "1,独立\n2,合用\n", "LB-02": "10,独立\n20,合用\n"}


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load_return(text: str) -> Catalogue:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        (folder / "returns").mkdir(parents=True)
        (folder / "returns" / "L01.yaml").write_text(text, encoding="utf-8")
        (folder / "common.yaml").write_bytes((SHIPPED / "common.yaml").read_bytes())
        (folder / "codelists").mkdir()
        (folder / "codelists" / "index.csv").write_text("list,zh\nLB-01,类型\nLB-02,类型\n", encoding="utf-8")
        for name, codes in CODES.items():
            (folder / "codelists" / f"{name}.csv").write_text(f"code,zh\n{codes}", encoding="utf-8")
        return load_catalogue([folder])

    return load_return


@pytest.fixture(scope="session")
def first_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The district after its first year: made by the first worker that asks, copied by all."""
    return make_once(tmp_path_factory, "rollover_district", make_district, Path)


@pytest.fixture
def district(first_year: Path, tmp_path: Path) -> District:
    """The district at the end of its first year's collection."""
    shutil.copytree(first_year, tmp_path / "district")
    return District(tmp_path / "district")


@pytest.fixture(scope="session")
def two_years(first_year: Path, tmp_path_factory: pytest.TempPathFactory) -> TwoYears:
    """The district after its second year, and what the command said on the way."""

    def make(root: Path) -> None:
        shutil.copytree(first_year, root)
        said = run_second_year(District(root))
        root.with_suffix(".json").write_text(json.dumps(said), encoding="utf-8")

    def look(root: Path) -> TwoYears:
        return TwoYears(District(root), **json.loads(root.with_suffix(".json").read_text(encoding="utf-8")))

    return make_once(tmp_path_factory, "rollover_second", make, look)
