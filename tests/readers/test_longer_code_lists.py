"""V-09: a code list grows; the templates that were handed out before it grew are taken as ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.readers.limits import ReadingLimits
from flows.readers.read import read_return
from flows.readers.reading_map import build_reading_map
from schemas.catalogue import Catalogue, load_catalogue
from tests.readers.sheets import Canteen, load_small_catalogue

pytestmark = pytest.mark.requirement("V-09")
LIST = "codelists/CL-07.csv"


@pytest.fixture
def longer(tmp_path: Path) -> Catalogue:
    """The small definitions after CL-07 got a code more and gave one up."""
    load_small_catalogue(tmp_path / "schemas")
    path = tmp_path / "schemas" / LIST
    lines = path.read_text(encoding="utf-8").splitlines()
    ended = [f"{line}2024-2025" if line.startswith("voc,") else line for line in lines]
    path.write_text("\n".join([*ended, "adult,成人教育,,,,,2025-2026,"]) + "\n", encoding="utf-8")
    catalogue = load_catalogue((tmp_path / "schemas",))
    assert catalogue.codelists["CL-07"].labels["adult"] == "成人教育"
    return catalogue


@pytest.mark.parametrize(
    ("typed", "code"), [("primary 小学", "primary"), ("voc 中职", "voc"), ("adult", "adult"), ("成人教育", "adult")]
)
def test_old_code_and_new_code_are_taken_in_a_template_from_before(
    canteen: Canteen, longer: Catalogue, typed: str, code: str
) -> None:
    workbook = canteen.type_in({"kitchen.stage": typed})
    reading = read_return(workbook, ".xlsx", build_reading_map(longer), ReadingLimits())
    assert canteen.pick_text(reading, "kitchen.stage") == code
    assert {signal.notice.value for signal in reading.signals} <= {"code_read_as"}
