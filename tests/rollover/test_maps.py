"""What a definition must say of its earlier forms: nothing changes its name, order or unit without a map."""

from __future__ import annotations

import numpy as np
import pytest

from flows.normalisers.records import FormBlock, lift_block, stack_readings
from flows.readers.reading import Identity, ListReading, Reading
from schemas.catalogue import Catalogue
from schemas.errors import DefinitionError
from schemas.forms import digest_form
from schemas.versions import order_version
from schemas.wording import Wording
from tests.rollover.conftest import Load
from tests.rollover.two_forms import HEAD, NEW_FORM, NEW_SHEETS, OLD, OLD_VERSION

LINES = """\
      books[rest]: books[other]
      books.opening: books.opening
      books.bought: books.bought
      books.damaged: ~
      room.digital: digital.digital_room
      room.stove: ~
      room.cost: {to: room.cost, factor: 0.0001}
"""

OWN_SHEETS = OLD.partition("sheets:\n")[2].partition("  - id: keeper")[0].replace("\n", "\n    ").rstrip(" ")

ENTRY = f"""\
forms:
  - version: "{OLD_VERSION}"
    since: "2024-2025"
    omits: [digital, "books[comics].*", "books[*].lent", keeper.trained]
    map:
{LINES.replace("books[rest]: books[other]", '"books[rest]": "books[other]"')}    sheets:
    {OWN_SHEETS}"""

MAPPED = HEAD + ENTRY + NEW_FORM + NEW_SHEETS


def test_the_definition_with_its_map_is_taken(load: Load) -> None:
    kept = load(MAPPED).build_layout("reading_rooms", OLD_VERSION)

    assert digest_form(kept) == digest_form(load(OLD).latest_layout("reading_rooms"))


def test_an_earlier_form_has_its_own_labels_and_places_under_the_references_of_the_latest(load: Load) -> None:
    kept = load(MAPPED).build_layout("reading_rooms", OLD_VERSION)
    cells = {cell.ref: (sheet.tab, cell.address, cell.label) for sheet in kept.sheets for cell in sheet.cells}

    assert cells["books[other].opening"] == ("藏书", "C8", "其他·年初藏书")
    assert cells["books[fiction].bought"] == ("藏书", "D6", "文学·本年购入")
    assert cells["digital.digital_room"] == ("馆舍", "C8", "有电子阅览室")
    assert cells["books[fiction].damaged"] == ("藏书", "G6", "文学·破损")
    assert "books[rest].opening" not in cells


def test_totals_of_an_earlier_form_are_reckoned_from_its_own_lines(load: Load) -> None:
    kept = load(MAPPED).build_layout("reading_rooms", OLD_VERSION)
    books = kept.find_sheet("books")
    assert books is not None
    targets = [ref for ref, _ in books.totals]

    assert "books[other].closing" in targets
    assert "books[rest].closing" not in targets
    assert len(targets) == len(books.columns) + 3


UNSAID = [
    # what is left out of the map or changed in the earlier form, key of the problem, what is named
    ('      "books[rest]": "books[other]"\n', "", "line_gone", "books[rest]"),
    ("      books.damaged: ~\n", "", "line_gone", "books.damaged"),
    ("      books.opening: books.opening\n", "", "line_renamed", "books.opening"),
    ("      books.bought: books.bought\n", "", "line_moved", "books.lost"),
    ("      room.cost: {to: room.cost, factor: 0.0001}\n", "", "other_unit", "room.cost"),
    ("{to: room.cost, factor: 0.0001}", "room.cost", "other_unit", "room.cost"),
    ('"books[comics].*", ', "", "line_inserted", "books[comics]"),
]


@pytest.mark.parametrize(("text", "instead", "key", "line"), UNSAID)
def test_what_was_renamed_moved_or_given_up_without_saying_so_stops_everything(
    text: str, instead: str, key: str, line: str, load: Load
) -> None:
    assert text in MAPPED
    with pytest.raises(DefinitionError) as caught:
        load(MAPPED.replace(text, instead, 1))

    assert not isinstance(caught.value.problem, str)
    assert caught.value.problem.key == key
    assert caught.value.problem.values["line"] == line
    assert caught.value.key.startswith(f"forms.{OLD_VERSION}")
    assert str(caught.value.file).endswith("L01.yaml")


WRONG = [
    ("books.damaged: ~", "books.broken: ~", "map_source"),
    ("books.opening: books.opening", "books.opening: books.began", "map_destination"),
    ("books.opening: books.opening", "books.opening: books[total].opening", "map_shape"),
    ("books.opening: books.opening", 'books.opening: "books opening"', "map_reference"),
    ("books.bought: books.bought", "books.bought: books.opening", "map_meeting"),
    ("books.bought: books.bought", "books.bought: ~", "map_reused"),
    ("room.stove: ~", "room.stove: room.seats", "map_other_kind"),
]


@pytest.mark.parametrize(("text", "instead", "key"), WRONG)
def test_a_map_that_leads_nowhere_or_twice_to_one_place_is_refused(
    text: str, instead: str, key: str, load: Load
) -> None:
    assert text in MAPPED
    with pytest.raises(DefinitionError) as caught:
        load(MAPPED.replace(text, instead, 1))

    assert not isinstance(caught.value.problem, str)
    assert caught.value.problem.key == key


def test_a_sheet_of_another_kind_needs_another_id(load: Load) -> None:
    """Last year the keepers were counted on lines; now they are listed."""
    own = OWN_SHEETS.replace("id: room", "id: keeper")
    entry = ENTRY.replace(OWN_SHEETS, own).replace("      room.", "      keeper.")
    entry = entry.replace("omits: [digital", "omits: [room, digital")
    with pytest.raises(DefinitionError) as caught:
        load(HEAD + entry + NEW_FORM + NEW_SHEETS)

    assert "sheet_of_other_kind" in str(caught.value.problem)


def test_fields_of_a_list_do_not_go_to_another_sheet(load: Load) -> None:
    kept = OLD.partition("  - id: keeper")[2].replace("\n", "\n    ").rstrip(" ")
    entry = ENTRY.replace("    map:\n", "    map:\n      keeper.hours: room.area\n") + f"      - id: keeper{kept}"
    with pytest.raises(DefinitionError) as caught:
        load(HEAD + entry + NEW_FORM + NEW_SHEETS)

    assert "map_list" in str(caught.value.problem)


def test_values_of_a_sheet_that_is_gone_stand_among_the_records_of_where_they_went(load: Load) -> None:
    own = OWN_SHEETS.replace("id: room", "id: shelf").replace("name: 馆舍", "name: 书架")
    entry = ENTRY.replace(OWN_SHEETS, own).replace("      room.", "      shelf.")
    entry = entry.replace("omits: [digital", "omits: [room, digital")
    lines = "      shelf.seats: room.seats\n      shelf.area: room.area\n"
    text = HEAD + entry.replace("    map:\n", f"    map:\n{lines}") + NEW_FORM + NEW_SHEETS
    layout = load(text).build_layout("reading_rooms", OLD_VERSION)

    assert layout.list_records().keys() >= {"books", "room", "digital", "keeper"}
    assert [cell.ref for cell in layout.list_records()["room"]] == ["room.seats", "room.area", "room.cost"]


def test_every_problem_of_a_map_is_said_in_both_languages(wording: Wording) -> None:
    keys = {case[2] for case in (*UNSAID, *WRONG)} | {"form_altered", "versions_out_of_order", "sheet_of_other_kind"}
    unsaid = {key for key in keys if not wording.knows(f"problems.{key}") or not wording.messages[f"problems.{key}"].en}

    assert unsaid == set()


def test_lines_may_be_added_at_the_end_of_a_sheet_without_a_word(load: Load) -> None:
    load(MAPPED.replace('"books[*].lent", ', "", 1))


def test_a_form_that_was_handed_out_is_not_changed_afterwards(load: Load) -> None:
    digest = digest_form(load(OLD).latest_layout("reading_rooms"))
    sealed = OLD.replace('since: "2024-2025"}', f'since: "2024-2025", digest: "{digest}"}}')
    load(sealed)

    with pytest.raises(DefinitionError) as caught:
        load(sealed.replace("本年购入", "本年新购"))
    assert "form_altered" in str(caught.value.problem)
    assert caught.value.key == f"forms.{OLD_VERSION}.digest"


@pytest.mark.parametrize(("first", "second"), [("1.2.9", "1.2.10"), ("2024.1", "2024.1.1"), ("2024.9", "2025.1")])
def test_versions_rise_by_their_numbers(first: str, second: str, load: Load) -> None:
    forms = f'forms:\n  - {{version: "{first}", since: "2024-2025"}}\n  - {{version: "{second}", since: "2025-2026"}}\n'
    text = OLD.replace(OLD[OLD.index("forms:") : OLD.index("sheets:")], forms)

    assert order_version(first) < order_version(second)
    load(text)
    with pytest.raises(DefinitionError) as caught:
        load(text.replace(f'"{first}"', '"x"').replace(f'"{second}"', f'"{first}"').replace('"x"', f'"{second}"'))
    assert "versions_out_of_order" in str(caught.value.problem)


def test_no_formula_of_any_definition_reads_the_version_of_a_form(catalogue: Catalogue) -> None:
    formulas = [rule for entry in catalogue.checks.values() for rule in (*entry.check.rules, entry.check.when or "")]
    formulas += [text for i in catalogue.indicators.values() for text in (i.numerator, i.denominator or "")]

    assert [text for text in formulas if "version" in text] == []


def _stack(load: Load) -> tuple[FormBlock, FormBlock]:
    """One submission on the earlier form whose numbers are 1, 2, 3 …; and what it is on the latest form."""
    catalogue = load(MAPPED)
    layout = catalogue.build_layout("reading_rooms", OLD_VERSION)
    cells = [cell for sheet in layout.sheets if not sheet.is_list for cell in sheet.cells]
    numeric = [cell for cell in cells if cell.is_numeric]
    lines = ListReading(np.array([5]), np.array([[22.5]]), [["007", "2019-09-01"]])
    reading = Reading(Identity(), numbers=np.arange(1.0, len(numeric) + 1), texts=["Y", "N"], lists={"keeper": lines})
    block = stack_readings(layout, [1], [reading])
    return block, lift_block(block, catalogue.latest_layout("reading_rooms"))


def test_values_of_an_earlier_form_land_where_the_latest_has_them(load: Load) -> None:
    block, lifted = _stack(load)
    place = {cell.address: cell.ref for cell in block.layout.sheets[0].cells}
    bought = float(block.numbers[0, block.index[place["D6"]]])

    assert place["D6"] == "books[fiction].bought"
    assert float(lifted.numbers[0, lifted.index["books[fiction].bought"]]) == bought
    assert lifted.texts["digital.digital_room"].tolist() == ["Y"]
    assert lifted.lists["keeper"].columns["hours"].tolist() == [22.5]
    assert lifted.lists["keeper"].columns["trained"].tolist() == [None]


def test_values_in_another_unit_are_those_of_the_latest(load: Load) -> None:
    block, lifted = _stack(load)
    room = block.layout.sheets[1]
    typed = (
        1.0
        + sum(cell.is_numeric for cell in block.layout.sheets[0].cells)
        + [c.ref for c in room.cells].index("room.cost")
    )

    assert float(lifted.numbers[0, lifted.index["room.cost"]]) == pytest.approx(typed * 0.0001)


def test_what_the_latest_adds_is_blank_and_what_it_gave_up_is_left_behind(load: Load) -> None:
    _, lifted = _stack(load)

    assert np.isnan(lifted.numbers[0, lifted.index["books[fiction].lent"]])
    assert not [ref for ref in (*lifted.index, *lifted.texts) if "damaged" in ref or "stove" in ref]


def test_codes_that_others_took_the_place_of_are_translated(load: Load) -> None:
    kind = "      kind: {label: 馆舍类型, type: code, codelist: LB-0%s}\n"
    seats = "      seats: {label: 阅览座位"
    new = NEW_SHEETS.replace(seats, kind % 2 + seats, 1)
    own = OWN_SHEETS.replace(f"    {seats}", f"    {kind % 1}    {seats}", 1)
    lines = '      room.kind: {to: room.kind, codes: {"1": "10", "2": "20"}}\n'
    entry = ENTRY.replace(OWN_SHEETS, own).replace("    map:\n", f"    map:\n{lines}")
    catalogue = load(HEAD + entry + NEW_FORM + new)
    layout = catalogue.build_layout("reading_rooms", OLD_VERSION)
    numeric = sum(cell.is_numeric for sheet in layout.sheets if not sheet.is_list for cell in sheet.cells)
    reading = Reading(Identity(), numbers=np.full(numeric, np.nan), texts=["2", "Y", "N"])

    assert stack_readings(layout, [1], [reading]).texts["room.kind"].tolist() == ["20"]
