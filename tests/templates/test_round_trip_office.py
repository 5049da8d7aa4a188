"""A filled template that LibreOffice saved again, in its own or another format, is read as it was filled."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from flows.publishers.fill import fill_workbook
from flows.readers.reading_map import ReadingMap
from schemas.catalogue import Catalogue
from tests.templates.conftest import MakeBlank
from tests.templates.every_return import EVERY_RETURN
from tests.templates.office import needs_office, save_again
from tests.templates.reading_back import read_back
from tests.templates.test_round_trip import number_every_cell

FORMATS = pytest.mark.parametrize("extension", ["xlsx", "xls", "ods"])
OF_EVERY_KIND = ["special", "premises", "lifelong"]
"""A matrix with totals, lists with dates and codes, and items beside a list."""


@pytest.mark.requirement("T-06")
@needs_office
@FORMATS
def test_a_few_returns_saved_again_are_read_as_they_were_filled(
    extension: str, catalogue: Catalogue, make_blank: MakeBlank, reading_map: ReadingMap, tmp_path: Path
) -> None:
    _save_and_read_back(OF_EVERY_KIND, extension, catalogue, make_blank, reading_map, tmp_path)


@pytest.mark.long
@pytest.mark.sampled(1)
@needs_office
@FORMATS
def test_every_return_saved_again_is_read_as_it_was_filled(
    extension: str, catalogue: Catalogue, make_blank: MakeBlank, reading_map: ReadingMap, tmp_path: Path
) -> None:
    _save_and_read_back(EVERY_RETURN, extension, catalogue, make_blank, reading_map, tmp_path)


def _save_and_read_back(
    returns: Sequence[str],
    extension: str,
    catalogue: Catalogue,
    make_blank: MakeBlank,
    reading_map: ReadingMap,
    folder: Path,
) -> None:
    layouts = {return_id: catalogue.latest_layout(return_id) for return_id in returns}
    filled = {return_id: number_every_cell(catalogue, layout) for return_id, layout in layouts.items()}
    workbooks = {return_id: fill_workbook(make_blank(return_id), filled[return_id].typed) for return_id in returns}
    saved = save_again(workbooks, extension, folder)
    for return_id, layout in layouts.items():
        content = read_back(saved[return_id], f".{extension}", layout, reading_map)
        assert content == filled[return_id].expected, return_id
