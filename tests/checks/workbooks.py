"""Examples as real workbooks: the product's template filled, spoilt where the example says so, and read."""

from __future__ import annotations

from functools import cache

from flows.publishers.campaign import TemplateMaker
from flows.readers.limits import ReadingLimits
from flows.readers.read import read_return
from flows.readers.reading import Reading
from flows.readers.reading_map import ReadingMap, build_reading_map
from flows.sampling import Attributes, MadeFile, make_file, read_attributes
from schemas.sample.filings import Filing
from tests.checks.cases import Example
from tests.checks.filings import load_definitions, load_sample
from tests.checks.spoilt_files import SPOILT_FILES

LIMITS = ReadingLimits()


@cache
def load_maker() -> TemplateMaker:
    return TemplateMaker(load_definitions())


@cache
def load_map() -> ReadingMap:
    return build_reading_map(load_definitions())


def fill_template(filing: Filing) -> MadeFile:
    """The workbook a clerk would send."""
    return make_file(load_maker(), load_sample(), _read_register(), filing)


@cache
def _read_register() -> Attributes:
    return read_attributes(load_sample(), load_definitions())


def spoil(content: bytes, example: Example) -> bytes:
    return SPOILT_FILES[example.spoilt](content) if example.spoilt else content


def read_as_file(filing: Filing, example: Example) -> tuple[str, Reading]:
    """The name under which the workbook comes, and what reading it gives."""
    made = fill_template(filing)
    reading = read_return(spoil(made.content, example), example.extension, load_map(), LIMITS)
    return made.name.removesuffix(".xlsx") + example.extension, reading
