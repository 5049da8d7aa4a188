"""Blank templates, made once for all tests of a worker."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from openpyxl.workbook import Workbook

from flows.publishers.campaign import TemplateMaker
from flows.publishers.template import Addressee
from flows.readers.reading_map import ReadingMap, build_reading_map
from schemas.catalogue import Catalogue
from tests.templates.sheets import open_workbook

MakeBlank = Callable[[str], bytes]
OpenBlank = Callable[[str], Workbook]


@pytest.fixture(scope="session")
def maker(catalogue: Catalogue) -> TemplateMaker:
    return TemplateMaker(catalogue)


@pytest.fixture(scope="session")
def reading_map(catalogue: Catalogue) -> ReadingMap:
    return build_reading_map(catalogue)


@pytest.fixture(scope="session")
def make_blank(catalogue: Catalogue, maker: TemplateMaker) -> MakeBlank:
    """Return id → its blank template for the first period of its latest form."""

    def make(return_id: str) -> bytes:
        layout = catalogue.latest_layout(return_id)
        return maker.make(layout, layout.since, Addressee())

    return make


@pytest.fixture(scope="session")
def open_blank(make_blank: MakeBlank) -> OpenBlank:
    opened: dict[str, Workbook] = {}

    def open_once(return_id: str) -> Workbook:
        if return_id not in opened:
            opened[return_id] = open_workbook(make_blank(return_id))
        return opened[return_id]

    return open_once
