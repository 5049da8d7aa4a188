"""Records of fixed sheets come back as they were stored, on whatever form, and can be looked up with SQL."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from flows.normalisers.records import FormBlock, index_numbers
from flows.warehouse.records import load_typed_block, store_block
from flows.warehouse.tables import Connection
from flows.warehouse.warehouse import open_empty
from schemas.layout import FormLayout
from tests.rollover.conftest import Load
from tests.rollover.two_forms import OLD


@pytest.fixture
def connection() -> Connection:
    return open_empty()


@pytest.fixture
def survey(load: Load) -> FormLayout:
    """Books by row and column, a room with a yes and a no, and a list of keepers."""
    return load(OLD).latest_layout("reading_rooms")


def _build_block(layout: FormLayout, submissions: Sequence[int]) -> FormBlock:
    """Every number another one, the first blank in every second submission; one text filled, the other not."""
    index = index_numbers(layout)
    numbers = np.arange(len(submissions) * len(index), dtype=float).reshape(len(submissions), len(index))
    numbers[::2, 0] = np.nan
    texts = {
        cell.ref: np.array(["Y" if cell.ref.endswith("digital") else None for _ in submissions], dtype=object)
        for sheet in layout.sheets
        if not sheet.is_list
        for cell in sheet.cells
        if not cell.is_numeric
    }
    empty = load_typed_block(open_empty(), layout, submissions)
    return FormBlock(layout, list(submissions), numbers, texts, empty.lists, index)


def test_what_is_stored_comes_back_in_the_order_asked_for(connection: Connection, survey: FormLayout) -> None:
    block = _build_block(survey, [7, 3, 12])
    store_block(connection, block)

    loaded = load_typed_block(connection, survey, [12, 7])

    np.testing.assert_array_equal(loaded.numbers, block.numbers[[2, 0]])
    assert {ref: column.tolist() for ref, column in loaded.texts.items()} == {
        ref: column[[2, 0]].tolist() for ref, column in block.texts.items()
    }


def test_submissions_of_which_nothing_is_stored_are_blank(connection: Connection, survey: FormLayout) -> None:
    store_block(connection, _build_block(survey, [7]))

    loaded = load_typed_block(connection, survey, [8, 7])

    assert np.isnan(loaded.numbers[0]).all()
    assert not np.isnan(loaded.numbers[1, 1:]).any()
    assert {ref: column[0] for ref, column in loaded.texts.items()} == dict.fromkeys(loaded.texts)


def test_storing_again_replaces(connection: Connection, survey: FormLayout) -> None:
    store_block(connection, _build_block(survey, [7, 8]))
    again = _build_block(survey, [8])
    store_block(connection, again)

    np.testing.assert_array_equal(load_typed_block(connection, survey, [8]).numbers, again.numbers)
    (counted,) = connection.execute("SELECT count(*) FROM fixed_records WHERE submission = 8").fetchall()
    assert counted == (len([sheet for sheet in survey.sheets if not sheet.is_list]),)


def test_cells_that_a_later_form_adds_are_blank_for_those_before(connection: Connection, load: Load) -> None:
    earlier = load(OLD).latest_layout("reading_rooms")
    added = "heated: {label: 有暖气, type: yesno}\n      beds: {label: 床位, type: count}\n      stove:"
    grown = load(OLD.replace("stove:", added)).latest_layout("reading_rooms")
    store_block(connection, _build_block(earlier, [1]))
    store_block(connection, _build_block(grown, [2]))

    loaded = load_typed_block(connection, grown, [1, 2])

    assert np.isnan(loaded.numbers[:, loaded.index["room.beds"]]).tolist() == [True, False]
    assert loaded.texts["room.digital"].tolist() == ["Y", "Y"]
    np.testing.assert_array_equal(
        load_typed_block(connection, earlier, [1]).numbers, _build_block(earlier, [1]).numbers
    )


def test_sql_finds_a_figure_by_the_name_of_its_cell(connection: Connection, survey: FormLayout) -> None:
    block = _build_block(survey, [7, 8])
    store_block(connection, block)
    asked = "SELECT number FROM recorded_numbers WHERE sheet = 'books' AND cell = 'fiction.bought' ORDER BY submission"

    found = [row[0] for row in connection.execute(asked).fetchall()]

    assert found == block.numbers[:, block.index["books[fiction].bought"]].tolist()
    assert connection.execute(
        "SELECT submission, text FROM recorded_texts WHERE cell = 'digital' ORDER BY 1"
    ).fetchall() == [(7, "Y"), (8, "Y")]
