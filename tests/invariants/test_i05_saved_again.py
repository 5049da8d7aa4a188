"""I-5: saving a workbook again with another program changes neither what is read nor what is said.

Excel, WPS and Google Sheets are not on the machine that runs this; LibreOffice is where it is installed, and the other
writers stand for the manners in which programs write.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.check import CheckedFile
from flows.readers.limits import ReadingLimits
from flows.readers.read import read_return
from tests.invariants.desk import Desk, list_lines
from tests.invariants.faults import choose_faults, list_faults, plant
from tests.invariants.profiles import few, many
from tests.invariants.writers import WRITERS
from tests.readers.sheets import Canteen
from tests.templates.office import needs_office, save_again

pytestmark = pytest.mark.requirement("I-5")

Records = tuple[object, ...]


def read_records(canteen: Canteen, content: bytes, extension: str) -> Records:
    """Identity, every number and text of the fixed sheets, and the lines of the list with their rows."""
    reading = read_return(content, extension, canteen.reading_map, ReadingLimits())
    cooks = reading.lists["cooks"]
    return (
        reading.identity, [repr(number) for number in reading.numbers.tolist()], reading.texts,
        cooks.rows.tolist(), [repr(number) for number in cooks.numbers.ravel().tolist()], cooks.texts,
    )  # fmt: skip


def choose_return(canteen: Canteen) -> st.SearchStrategy[bytes]:
    """The return in order, or with some faults."""
    return st.just(canteen.workbook) | choose_faults(canteen, 6).map(lambda faults: plant(canteen.workbook, faults))


def say(file: CheckedFile) -> tuple[str, list[object]]:
    return file.verdict.value, list(list_lines(file))


def compare(canteen: Canteen, desk: Desk, original: bytes, saved: Mapping[str, tuple[bytes, str]]) -> None:
    """What every writer made of a workbook is read and told as the original is."""
    names = {writer: f"{number}{extension}" for number, (writer, (_, extension)) in enumerate(saved.items())}
    files = {names[writer]: content for writer, (content, _) in saved.items()}
    checked = desk.check({"original.xlsx": original, **files})
    records = read_records(canteen, original, ".xlsx")
    for writer, (content, extension) in saved.items():
        assert read_records(canteen, content, extension) == records, writer
        assert say(checked[names[writer]]) == say(checked["original.xlsx"]), writer


def run(examples: settings, canteen: Canteen, desk: Desk) -> None:
    @examples
    @given(choose_return(canteen))
    def check(original: bytes) -> None:
        compare(canteen, desk, original, {n: (write(original), ending) for n, (write, ending) in WRITERS.items()})

    check()


def test_return_saved_by_another_program_is_the_same_return(canteen: Canteen, desk: Desk) -> None:
    run(few(3), canteen, desk)


@pytest.mark.long
def test_many_returns_saved_by_other_programs_are_the_same(canteen: Canteen, desk: Desk) -> None:
    run(many(60), canteen, desk)


def list_samples(canteen: Canteen, extension: str) -> dict[str, bytes]:
    """The return in order, and with a fault of every kind spread over several copies.

    Open documents cannot hold control characters: LibreOffice leaves them out, and nothing is wrong then.
    """
    faults = [fault for fault in list_faults(canteen) if extension != "ods" or "_x00" not in str(fault.typed)]
    copies = [faults[start::7] for start in range(7)]
    unique = [list({(f.tab, f.address): f for f in copy}.values()) for copy in copies]
    faulty = {f"faulty{number}": plant(canteen.workbook, copy) for number, copy in enumerate(unique)}
    return {"in_order": canteen.workbook, **faulty}


@needs_office
@pytest.mark.parametrize(
    "extension", ["xlsx", pytest.param("ods", marks=pytest.mark.long), pytest.param("xls", marks=pytest.mark.long)]
)
def test_return_saved_by_libreoffice_is_the_same_return(
    extension: str, canteen: Canteen, desk: Desk, tmp_path: Path
) -> None:
    samples = list_samples(canteen, extension)
    saved = save_again(samples, extension, tmp_path)
    for name, original in samples.items():
        compare(canteen, desk, original, {f"LibreOffice {name}": (saved[name], f".{extension}")})
