"""Two forms beside one another: every change by its kind and place, and the map proposed for the earlier one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schemas.catalogue import Catalogue
from schemas.drift.compare import Drift, compare_forms
from schemas.drift.propose import ASKED, find_factor, propose_entry
from schemas.drift.spell import spell_change, spell_entries, summarise
from schemas.errors import DefinitionError
from schemas.forms import digest_form
from schemas.wording import Wording
from schemas.yaml_files import load_yaml
from tests.rollover.conftest import Load
from tests.rollover.two_forms import HEAD, NEW_FORM, NEW_SHEETS, OLD, OLD_VERSION

NEW = HEAD + "forms:\n" + NEW_FORM + NEW_SHEETS


@pytest.fixture
def compare(load: Load) -> Callable[[str, str], Drift]:
    """The latest forms of two definitions side by side."""

    def compare_texts(before: str, after: str) -> Drift:
        layouts = [load(text).latest_layout("reading_rooms") for text in (before, after)]
        return compare_forms(layouts[0], layouts[1])

    return compare_texts


def _list(drift: Drift) -> list[tuple[str, str, str]]:
    return [(change.kind.value, change.ref, change.new_ref) for change in drift.changes]


def test_every_change_between_two_forms_is_told_once_by_its_kind(compare: Callable[[str, str], Drift]) -> None:
    assert _list(compare(OLD, NEW)) == [
        ("sheet_renamed", "books", "books"),
        ("sheet_added", "", "digital"),
        ("renamed", "books[rest]", "books[other]"),  # another id, the same label
        ("shifted", "books[rest]", "books[other]"),
        ("renamed", "books.opening", "books.opening"),  # the same id, another label
        ("moved", "books.bought", "books.bought"),
        ("shifted", "books.lost", "books.lost"),
        ("dropped", "books.damaged", ""),
        ("renamed", "room.digital", "digital.digital_room"),
        ("moved", "room.digital", "digital.digital_room"),  # to another sheet
        ("dropped", "room.stove", ""),
        ("added", "", "books[comics]"),
        ("added", "", "books.lent"),
        ("added", "", "keeper.trained"),
        ("altered", "room.cost", "room.cost"),
    ]


def test_a_change_says_where_it_is_on_both_forms(compare: Callable[[str, str], Drift], wording: Wording) -> None:
    told = [spell_change(change, wording.say) for change in compare(OLD, NEW).changes]

    assert "“年初藏书”(藏书 C3)改为“年初馆藏”(馆藏 C3)" in told
    assert "“本年购入”由 藏书 D3 移到 馆藏 E3" in told
    assert "“有电子阅览室”由 馆舍 A8 移到 数字化 A5" in told
    assert "取消“有取暖炉”(馆舍 A9)" in told
    assert "新增“连环画”(馆藏 A8)" in told
    assert "“年支出”(馆舍 A7)的计量单位由“元”改为“万元”" in told


def test_one_line_sums_up_what_changed(compare: Callable[[str, str], Drift], wording: Wording) -> None:
    assert summarise(compare(OLD, NEW), wording.say) == (
        "新增工作表 数字化；新增 连环画、外借册次、受过培训；取消 破损、有取暖炉；工作表改名 藏书→馆藏；"
        "改名 年初藏书→年初馆藏；移动 本年购入、有电子阅览室；口径有变 年支出"
    )


def test_a_form_beside_itself_has_not_changed(compare: Callable[[str, str], Drift], wording: Wording) -> None:
    assert _list(compare(OLD, OLD)) == []
    assert summarise(compare(OLD, OLD), wording.say) == ""


def test_lines_that_only_follow_others_are_shifted_and_the_one_taken_out_of_order_is_moved(
    compare: Callable[[str, str], Drift],
) -> None:
    """seats, area, cost, digital, stove → stove first: one line moved, the others made room."""
    text = "      stove: {label: 有取暖炉, type: yesno}\n"
    first = "      seats: {label: 阅览座位, type: count, unit: 个}\n"
    after = OLD.replace(text, "").replace(first, text + first)

    assert _list(compare(OLD, after)) == [
        ("shifted", "room.seats", "room.seats"),
        ("shifted", "room.area", "room.area"),
        ("shifted", "room.cost", "room.cost"),
        ("shifted", "room.digital", "room.digital"),
        ("moved", "room.stove", "room.stove"),
    ]


def test_a_label_much_alike_is_taken_for_the_renamed_one_and_said_to_be_a_guess(
    compare: Callable[[str, str], Drift], wording: Wording
) -> None:
    after = OLD.replace("stove: {label: 有取暖炉", "heating: {label: 有取暖设备")
    (change,) = compare(OLD, after).changes

    assert (change.kind.value, change.ref, change.new_ref, change.likeness) == (
        "renamed", "room.stove", "room.heating", 0.67,
    )  # fmt: skip
    assert spell_change(change, wording.say).endswith("(按名称相似 67% 推断，请核对)")


def test_labels_that_are_not_alike_are_one_given_up_and_one_added(compare: Callable[[str, str], Drift]) -> None:
    after = OLD.replace("stove: {label: 有取暖炉", "lift: {label: 电梯数")

    assert _list(compare(OLD, after)) == [("dropped", "room.stove", ""), ("added", "", "room.lift")]


@pytest.mark.parametrize(
    ("text", "instead", "told"),
    [
        ("馆舍面积, type: number", "馆舍面积, type: money", ("room.area", "type", "number")),
        ("unit: 平方米, decimals: 1", "unit: 平方米, decimals: 2", ("room.area", "decimals", "1")),
        ("cost: {label: 年支出, type: money", "cost: {label: 年支出, blank: optional, type: money",
         ("room.cost", "required", "True")),
        ("lost: 本年剔旧", "lost: {label: 本年剔旧, unit: 本}", ("books.lost", "unit", "册")),
        ("rest: 其他}", "rest: {label: 其他, unit: 本}}", ("books[rest]", "unit", "册")),
    ],
)  # fmt: skip
def test_what_is_altered_of_a_line_is_told_for_the_line_as_a_whole(
    text: str, instead: str, told: tuple[str, str, str], compare: Callable[[str, str], Drift]
) -> None:
    assert text in OLD
    altered = [c for c in compare(OLD, OLD.replace(text, instead)).changes if c.kind.value == "altered"]

    assert [(change.ref, change.trait, change.value) for change in altered] == [told]


def test_a_cell_that_is_no_longer_filled_is_given_up_alone(compare: Callable[[str, str], Drift]) -> None:
    after = OLD.replace("    totals:\n", '    blocked: ["[science].damaged"]\n    totals:\n', 1)

    assert _list(compare(OLD, after)) == [("dropped", "books[science].damaged", "")]
    assert _list(compare(after, OLD)) == [("added", "", "books[science].damaged")]


def _propose(before: Catalogue, drift: Drift) -> Any:
    definition = before.returns["reading_rooms"]
    return propose_entry(drift, definition.forms[-1], definition)


def test_the_proposed_map_says_what_became_of_every_line(load: Load, compare: Callable[[str, str], Drift]) -> None:
    before = load(OLD)
    content = _propose(before, compare(OLD, NEW)).content

    assert {key: content[key] for key in content if key != "sheets"} == {
        "version": OLD_VERSION,
        "since": "2024-2025",
        "afterwards": "upgraded",
        "digest": digest_form(before.latest_layout("reading_rooms")),
        "omits": ["digital", "books[comics].*", "books[*].lent", "keeper.trained"],
        "map": {
            "books[rest]": "books[other]",
            "books.opening": "books.opening",
            "books.bought": "books.bought",
            "books.damaged": None,
            "room.digital": "digital.digital_room",
            "room.stove": None,
            "room.cost": {"to": "room.cost", "factor": 0.0001},
        },
    }
    assert [sheet["id"] for sheet in content["sheets"]] == ["books", "room"]


def test_the_proposed_map_is_yaml_that_is_read_back_as_it_was(
    load: Load, compare: Callable[[str, str], Drift], wording: Wording, tmp_path: Path
) -> None:
    entry = _propose(load(OLD), compare(OLD, NEW))
    text = spell_entries([entry], wording.say)
    path = tmp_path / "map.yaml"
    path.write_text(text, encoding="utf-8")

    assert load_yaml(path) == {"forms": [entry.content]}
    assert '      "books[rest]": "books[other]"  # 编号改变，名称未变' in text
    assert "      books.opening: books.opening  # “年初藏书”改名“年初馆藏”" in text
    assert "      room.cost: {to: room.cost, factor: 0.0001}  # 单位由 元 改为 万元，请写明或核对换算系数" in text


def test_a_definition_with_the_proposed_map_is_taken_and_keeps_the_form_as_it_was_handed_out(
    load: Load, compare: Callable[[str, str], Drift], wording: Wording
) -> None:
    before = load(OLD)
    text = spell_entries([_propose(before, compare(OLD, NEW))], wording.say)
    after = load(HEAD + text + NEW_FORM + NEW_SHEETS)
    kept = after.build_layout("reading_rooms", OLD_VERSION)

    assert digest_form(kept) == digest_form(before.latest_layout("reading_rooms"))
    tabs = [sheet.tab for sheet in kept.sheets]
    assert tabs == ["藏书", "馆舍", "管理员"]


def test_what_was_only_added_and_relabelled_needs_no_sheets_of_its_own(
    load: Load, compare: Callable[[str, str], Drift]
) -> None:
    after = (
        OLD.replace("破损}", "破损, lent: 外借册次}").replace("阅览座位", "座位数").replace("name: 馆舍", "name: 场地")
    )
    content = _propose(load(OLD), compare(OLD, after)).content

    assert content["omits"] == ["books[*].lent"]
    assert content["labels"] == {"room.seats": "阅览座位"}
    assert content["names"] == {"room": "馆舍"}
    assert "map" not in content
    assert "sheets" not in content


def test_where_only_a_person_can_tell_the_map_is_refused_until_a_person_has(
    load: Load, compare: Callable[[str, str], Drift], wording: Wording
) -> None:
    """A mu is no multiple of a square metre that the word itself tells."""
    change = ("unit: 平方米, decimals: 1", "unit: 亩, decimals: 1")
    new_form = NEW_FORM.replace("2025.1", "2024.2")
    after = OLD.replace(*change).replace('  - {version: "2024.1", since: "2024-2025"}\n', new_form)
    entry = _propose(load(OLD), compare(OLD, after))
    text = spell_entries([entry], wording.say)

    assert entry.content["map"] == {"room.area": {"to": "room.area", "factor": ASKED}}
    head, _, sheets = after.partition("forms:\n")
    with pytest.raises(DefinitionError) as caught:
        load(head + text + sheets)
    assert "factor" in str(caught.value)
    told = load(head + text.replace('"?"', "0.0015") + sheets)
    cells = told.build_layout("reading_rooms", OLD_VERSION).sheets[1].cells
    assert {cell.ref: cell.factor for cell in cells if cell.factor != 1} == {"room.area": 0.0015}


@pytest.mark.parametrize(
    ("unit", "new", "factor"),
    [("元", "万元", 0.0001), ("万元", "元", 10_000), ("人", "千人", 0.001), ("亿元", "元", 1e8), ("元", "美元", None)],
)
def test_a_unit_written_as_a_multiple_tells_its_own_factor(unit: str, new: str, factor: float | None) -> None:
    assert find_factor(unit, new) == factor


def test_a_number_that_becomes_a_text_is_asked_another_id_for(load: Load, compare: Callable[[str, str], Drift]) -> None:
    after = OLD.replace(
        "seats: {label: 阅览座位, type: count, unit: 个}", "seats: {label: 阅览座位, type: text, unit: 个}"
    )
    entry = _propose(load(OLD), compare(OLD, after))

    assert entry.content["map"] == {"room.seats": None}
    assert entry.remarks["room.seats"].key == "remark_other_kind"


def test_another_code_list_is_asked_its_codes_for(load: Load, compare: Callable[[str, str], Drift]) -> None:
    kind = "      kind: {label: 馆舍类型, type: code, codelist: %s}\n"
    before, after = (OLD.replace("      seats:", kind % name + "      seats:") for name in ("LB-01", "LB-02"))
    entry = _propose(load(before), compare(before, after))

    assert entry.content["map"] == {"room.kind": {"to": "room.kind", "codes": {ASKED: ASKED}}}
    assert entry.remarks["room.kind"].values == {"value": "LB-01", "new_value": "LB-02"}
