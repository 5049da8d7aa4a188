"""Good workbooks damaged at random under a fixed seed: refused with a reason, or read as what they still say."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import ParseError

import openpyxl
import pytest

from flows.readers.child import FileToRead, read_files
from flows.readers.reading import Reading
from tests.readers.binary_workbook import write_binary_workbook
from tests.readers.parts import SHEET, read_part, set_part
from tests.readers.sheets import Canteen
from tests.readers.test_formats import collect_cells

ROUNDS = 40


def cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def flip(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def drop_stretch(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content))
    return content[:start] + content[start + chance.randint(1, 200) :]


def double_stretch(content: bytes, chance: random.Random) -> bytes:
    start, length = chance.randrange(len(content)), chance.randint(1, 200)
    return content[: start + length] + content[start:]


def zero_stretch(content: bytes, chance: random.Random) -> bytes:
    start, length = chance.randrange(len(content)), chance.randint(1, 200)
    return content[:start] + bytes(length) + content[start + length :]


DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (cut, flip, drop_stretch, double_stretch, zero_stretch)


def drop_tag(content: bytes, chance: random.Random) -> bytes:
    tag = chance.choice(list(re.finditer(rb"<[^?][^>]*>", content)))
    return content[: tag.start()] + content[tag.end() :]


def double_tag(content: bytes, chance: random.Random) -> bytes:
    tag = chance.choice(list(re.finditer(rb"<[^?][^>]*>", content)))
    return content[: tag.end()] + content[tag.start() :]


def change_address(content: bytes, chance: random.Random) -> bytes:
    address = chance.choice(list(re.finditer(rb'<c r="[A-Z]+[0-9]+"', content)))
    return (
        content[: address.start()]
        + chance.choice((b'<c r="Z9"', b'<c r="A1"', b"<c", b'<c r="C5"'))
        + content[address.end() :]
    )


TEXT_DAMAGES = (*DAMAGES, drop_tag, double_tag, change_address)


def read_all(canteen: Canteen, folder: Path, contents: list[bytes], extension: str) -> list[Reading]:
    files = []
    for number, content in enumerate(contents):
        files.append(FileToRead(folder / f"{number:03}{extension}", extension))
        files[-1].path.write_bytes(content)
    readings = {file.path.name: reading for file, reading in read_files(files, canteen.reading_map)}
    return [readings[file.path.name] for file in files]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("extension", [".xlsx", ".xlsb"])
def test_damaged_file_is_refused_with_a_reason_or_read(
    canteen: Canteen, tmp_path: Path, damage: Callable[[bytes, random.Random], bytes], extension: str
) -> None:
    chance = random.Random(20250910)
    sound = canteen.workbook if extension == ".xlsx" else write_binary_workbook(collect_cells(canteen.workbook))
    readings = read_all(canteen, tmp_path, [damage(sound, chance) for _ in range(ROUNDS)], extension)
    assert len(readings) == ROUNDS
    assert all(reading.is_readable or reading.signals for reading in readings)


@pytest.mark.parametrize("damage", TEXT_DAMAGES, ids=lambda damage: damage.__name__)
def test_damaged_sheet_is_refused_or_read_as_another_reader_reads_it(
    canteen: Canteen, damage: Callable[[bytes, random.Random], bytes]
) -> None:
    chance = random.Random(20250911)
    content = read_part(canteen.workbook, SHEET)
    for _ in range(ROUNDS):
        workbook = set_part(canteen.workbook, SHEET, damage(content, chance))
        reading = canteen.read(workbook)
        assert reading.is_readable or reading.signals
        elsewhere = read_seats_elsewhere(workbook)
        if reading.is_readable and not reading.signals and elsewhere is not None:
            assert canteen.pick_number(reading, "kitchen.seats") == elsewhere


def read_seats_elsewhere(workbook: bytes) -> float | None:
    """The number of seats as another reader sees it; None where it refuses the workbook or finds no number."""
    try:
        value = openpyxl.load_workbook(io.BytesIO(workbook))["食堂概况"]["C5"].value
    except (ParseError, ValueError, TypeError, KeyError, IndexError):
        return None
    return float(value) if isinstance(value, int | float) else None
