"""A definition that cannot be used is refused with its file, its key and what is wrong, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.cli import spell_error
from schemas.catalogue import load_catalogue
from schemas.compile import refuse_unknown_names
from schemas.errors import DefinitionError
from schemas.wording import load_shipped_wording
from tests.definitions import library

Refuse = Callable[[str, str, str], DefinitionError]
"""Kind of definition, the text in it and what stands there instead → the error."""

CONTENTS = {
    "returns": library.RETURN, "indicators": library.INDICATORS, "targets": library.TARGETS,
    "codelists": library.CODELIST_INDEX,
}  # fmt: skip


@pytest.fixture
def refuse(tmp_path: Path) -> Refuse:
    def load(kind: str, text: str, instead: str) -> DefinitionError:
        assert text in CONTENTS[kind]
        folder = library.lay_down(tmp_path, **{kind: CONTENTS[kind].replace(text, instead)})
        with pytest.raises(DefinitionError) as caught:
            refuse_unknown_names(load_catalogue([folder]))
        return caught.value

    return load


def test_the_survey_as_it_stands_is_taken(tmp_path: Path) -> None:
    refuse_unknown_names(load_catalogue([library.lay_down(tmp_path)]))


RETURN_CASES = [
    # what is written, what stands there instead, key, Chinese, English
    ("filed_by:", "filled_by:", "filed_by", "缺少这个键", "this key is missing"),
    ("basis:", "bassis:", "bassis", "没有这个键", "there is no such key"),
    ("scope: school", "scope: world", "scope", "只能是 'school', 'district' or 'section'", "must be one of 'school'"),
    ("no: L01", "no: library", "no", "写法应符合", "must match"),
    ("kind: matrix", "kind: table", "sheets.0", "只能是 'items', 'matrix', 'list'", "must be one of 'items'"),
    ("unit: 册\n", "units: 册\n", "sheets.0.matrix.units", "没有这个键", "there is no such key"),
    (
        "decimals: 1}\n      digital",
        "decimals: 9}\n      digital",
        "sheets.1.items.fields.area.decimals",
        "界限为 6",
        "limit 6",
    ),
    ("type: yesno", "type: bool", "sheets.1.items.fields.digital.type", "只能是", "must be one of"),
    (
        "capacity: 20",
        "capacity: many",
        "sheets.2.list.capacity",
        "应为整数(写的是 'many')",
        "whole number (found 'many')",
    ),
    ("name: 馆舍", "name: 藏书", "", "藏书 写了两次", "藏书 is there twice"),
    ("id: room", "id: books", "", "books 写了两次", "books is there twice"),
    ("[fiction..other].*)", "[fiction..poetry].*)", "sheets.books.totals", "没有行或列 poetry", "there is no poetry"),
    ("books[*].closing =", "room[*].closing =", "sheets.books.totals", "写到了表 room", "speaks of the sheet room"),
    ("sum(books[fiction..other].*)", "sum(books", "sheets.books.totals", "读不懂：", "cannot read the expression"),
    ("books[total].* = sum", "sum", "sheets.books.totals", "合计应写作", "a total is written"),
    ("codelist: LB-01", "codelist: LB-02", "room.housing", "没有代码表 LB-02", "no code list LB-02"),
    (", codelist: LB-01", "", "room.housing", "代码字段缺少 codelist", "needs a codelist"),
    ("key: [card_no]", "key: [card]", "sheets.librarian.key", "没有行或列 card(", "there is no card ("),
    ('since: "2025-2026"', 'since: "2025-09"', "forms.2025.1.since", "2025-09 不是学年", "2025-09 is no school year"),
    (
        'since: "2025-2026"',
        'since: "2025-2027"',
        "forms.2025.1.since",
        "2025-2027 不是报告期",
        "2025-2027 is no period",
    ),
    ('since: "2025-2026"', "since: 2025", "forms.0.since", "应为文字(写的是 2025)", "this must be a text (found 2025)"),
    ('since: "2025-2026"}', 'since: "2025-2026", omits: ["shelf"]}', "forms.2025.1", "没有表 shelf", "no sheet shelf"),
    (
        'since: "2025-2026"}',
        'since: "2025-2026", omits: ["room.lift"]}',
        "forms.2025.1.omits",
        "没有行或列 lift",
        "no lift",
    ),
    ("    formula:", "    formule:", "checks.0.formule", "没有这个键", "there is no such key"),
    (
        "formula: books[*].discarded <= books[*].opening + books[*].bought",
        "kind: table",
        "LB01",
        "没有校验类型 table",
        "no kind of check table",
    ),
    (
        "    formula:",
        "    kind: sign\n    formula:",
        "checks.0",
        "sign 类校验用 parameters",
        "of kind sign takes parameters",
    ),
    ("    formula:", "    printed: (1)=(2)\n    formula:", "checks.0", "写且只写一个", "give exactly one of"),
    (
        "books[*].bought\n    rows",
        "shelves[*].bought\n    rows",
        "LB01",
        "没有表 shelves",
        "there is no sheet shelves",
    ),
    (
        "books[*].bought\n    rows",
        "books[*].borrowed\n    rows",
        "LB01",
        "没有行或列 borrowed",
        "there is no borrowed",
    ),
    (
        "books[*].bought\n    rows",
        "books[*].opening..bought\n    rows",
        "LB01",
        "请用 sum(…)",
        "several cells need sum",
    ),
    ("books[*].bought\n    rows", "summ(books[*].bought)\n    rows", "LB01", "没有函数 summ", "no function summ"),
    ("books[*].bought\n    rows", "sum()\n    rows", "LB01", "括号里没有内容", "sum is given nothing"),
    ("books[*].bought\n    rows", "books[*].bought +\n    rows", "LB01", "读不懂", "cannot read the expression"),
    ("    remedy:", "    returns: [J99]\n    remedy:", "LB01", "没有报表 J99", "there is no return J99"),
    ("    remedy:", "    since: 去年\n    remedy:", "LB01", "去年 不是报告期", "去年 is no period"),
    ("code: LB01", "code: lb-1", "checks.0.code", "写法应符合", "must match"),
]


@pytest.mark.parametrize(("text", "instead", "key", "chinese", "english"), RETURN_CASES)
def test_a_return_that_cannot_be_used_is_refused_by_file_and_key(
    text: str, instead: str, key: str, chinese: str, english: str, refuse: Refuse
) -> None:
    error = refuse("returns", text, instead)
    _assert_said(error, "L01_library.yaml", key, chinese, english)


@pytest.mark.parametrize(
    ("kind", "text", "instead", "key", "chinese", "english"),
    [
        (
            "indicators",
            "numerator: books",
            "numerator: shelves",
            "books_per_seat",
            "没有表 shelves",
            "no sheet shelves",
        ),
        ("indicators", "room.seats", "room.chairs", "books_per_seat", "没有行或列 chairs", "there is no chairs"),
        ("indicators", "room.seats", "ind(seats)", "books_per_seat", "没有指标 seats", "there is no indicator seats"),
        ("indicators", "room.seats", "rooms(room.seats)", "books_per_seat", "没有函数 rooms", "no function rooms"),
        ("indicators", "room.seats", "room.seats * ", "books_per_seat", "读不懂", "cannot read the expression"),
        ("indicators", "books[total].closing", "books.closing", "books_per_seat", "books[行].列", "books[row].column"),
        ("indicators", "kind: average", "kind: mean", "indicators.0.kind", "只能是", "must be one of"),
        ("indicators", "decimals: 1", "decimals: one", "indicators.0.decimals", "应为整数", "whole number"),
        ("indicators", "direction:", "direktion:", "indicators.0.direktion", "没有这个键", "no such key"),
        (
            "targets",
            "indicator: books_per_seat",
            "indicator: books",
            "library_rules",
            "没有指标 books",
            "no indicator books",
        ),
        ("targets", 'op: ">="', 'op: "=>"', "targets.0.op", "只能是", "must be one of"),
        ("targets", "official: true", 'period: "28"', "period", "写法应符合", "must match"),
        ("targets", 'op: ">="', 'period: "2028-2026", op: ">="', "targets.0.period", "不是报告期", "is no period"),
        ("targets", "value: 20", "value: many", "targets.0.value", "应为数(写的是 'many')", "must be a number"),
    ],
)
def test_an_indicator_or_target_that_cannot_be_used_is_refused_by_file_and_key(
    kind: str, text: str, instead: str, key: str, chinese: str, english: str, refuse: Refuse
) -> None:
    _assert_said(refuse(kind, text, instead), f"{kind}/library.yaml", key, chinese, english)


@pytest.mark.parametrize(
    ("text", "instead", "chinese", "english"),
    [
        ("rows: {", "rows: &lines {", "第 16 行：这里不用锚点和别名", "line 16: anchors and aliases are not used"),
        ("rows:", "rows: &lines\n     ", "第 16 行：这里不用锚点和别名", "line 16: anchors and aliases are not used"),
        ("unit: 册", "unit: *lines", "这里不用锚点和别名", "anchors and aliases are not used"),
        ("no: L01", "no: L01\nno: L02", "第 3 行：no 写了两次", "line 3: no is there twice"),
        ("scope: school", "scope: [school", "不是有效的 YAML", "not readable as YAML at line"),
    ],
)
def test_a_file_that_is_no_plain_yaml_is_refused_by_its_line(
    text: str, instead: str, chinese: str, english: str, refuse: Refuse
) -> None:
    _assert_said(refuse("returns", text, instead), "L01_library.yaml", "", chinese, english)


def test_several_faults_of_a_file_are_counted(refuse: Refuse) -> None:
    error = refuse("returns", "scope: school\n", "scope: world\ncolour: red\nsize: 3\n")
    _assert_said(error, "L01_library.yaml", "scope", "(另有 2 处)", "(and 2 more)")


def test_a_code_that_means_something_else_already_is_refused(tmp_path: Path) -> None:
    shipped, own = library.lay_down(tmp_path / "shipped"), library.lay_down(tmp_path / "own")
    (own / "returns" / "L01_library.yaml").unlink()
    (own / "codelists" / "LB-01.csv").write_text("code,zh\n1,地下室\n", encoding="utf-8")
    _assert_said(
        _refuse_both(shipped, own), "own/codelists/LB-01.csv", "1", "已表示 独立馆舍", "already means 独立馆舍"
    )


@pytest.mark.requirement("C-02")
@pytest.mark.parametrize(
    ("place", "name", "chinese", "english"),
    [
        (
            "returns/L01_library.yaml",
            "library_survey",
            "报表 library_survey 已在",
            "the return library_survey is already",
        ),
        ("indicators/library.yaml", "books_per_seat", "指标 books_per_seat 已在", "the indicator books_per_seat is"),
        ("targets/library.yaml", "library_rules", "目标 library_rules 已在", "the target set library_rules is"),
    ],
)
def test_what_is_defined_already_is_refused_with_both_places(
    place: str, name: str, chinese: str, english: str, tmp_path: Path
) -> None:
    shipped = library.lay_down(tmp_path / "shipped")
    copy = tmp_path / "own" / place
    copy.parent.mkdir(parents=True)
    copy.write_text(library.FILES[place].replace("domain: library", "domain: library2"), encoding="utf-8")
    error = _refuse_both(shipped, tmp_path / "own")
    _assert_said(error, f"own/{place}", name, chinese, english)
    assert str(shipped / place) in str(error)


@pytest.mark.parametrize(
    ("changes", "key", "chinese"),
    [
        ({"library_survey": "reading"}, "LB01", "校验 LB01 已在"),
        ({"library_survey": "reading", "LB01": "LB02"}, "sheets.books", "表 books 已属于 library_survey"),
        (
            {"library_survey": "reading", "LB01": "LB02", "books": "b2", "room": "r2", "librarian": "l2"},
            "no",
            "编号 L01 已用于报表 library_survey",
        ),
    ],
)
def test_a_second_return_takes_no_code_sheet_or_number_of_the_first(
    changes: dict[str, str], key: str, chinese: str, tmp_path: Path
) -> None:
    content = library.RETURN
    for old, new in changes.items():
        content = content.replace(old, new)
    folder = library.lay_down(tmp_path)
    (folder / "returns" / "L02_reading.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load_catalogue([folder])
    assert (Path(str(caught.value.file)).name, caught.value.key) == ("L02_reading.yaml", key)
    assert chinese in str(caught.value)


def test_a_condition_that_asks_for_an_unknown_attribute_is_refused(tmp_path: Path) -> None:
    """Without a register nothing is known of a school."""
    content = library.RETURN.replace("    name: 馆舍\n", '    name: 馆舍\n    applies: "storeys > 2"\n')
    folder = library.lay_down(tmp_path, returns=content)
    with pytest.raises(DefinitionError) as caught:
        refuse_unknown_names(load_catalogue([folder]))
    _assert_said(caught.value, "L01_library.yaml", "sheets.room.applies", "没有名为 storeys", "limit storeys")


def test_a_limit_that_a_check_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as caught:
        load_catalogue([library.lay_down(tmp_path)], limits={"LB01": {"share": 0.5}})
    _assert_said(caught.value, "[tool.huizong.limits]", "LB01", "没有界限 share", "has no limit share")


@pytest.mark.parametrize(
    ("name", "chinese", "english"),
    [
        ("books_per_seat", "books_per_seat 没有界限 share", "books_per_seat has no limit share"),
        ("LB99", "没有名为 LB99 的校验或指标", "there is no check or indicator LB99"),
    ],
)
def test_a_limit_of_what_has_none_is_refused(name: str, chinese: str, english: str, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as caught:
        load_catalogue([library.lay_down(tmp_path)], limits={name: {"share": 0.5}})
    _assert_said(caught.value, "[tool.huizong.limits]", name, chinese, english)


@pytest.mark.requirement("V-04")
def test_forms_stand_in_the_order_in_which_they_came_into_force(refuse: Refuse) -> None:
    error = refuse("returns", "sheets:\n", '  - {version: "2024.1", since: "2024-2025"}\nsheets:\n')
    _assert_said(error, "L01_library.yaml", "forms.2024.1.since", "按启用先后排列", "the order in which they came")


def test_a_sheet_is_not_called_what_every_return_has(refuse: Refuse) -> None:
    error = refuse("returns", "id: librarian", "id: notes")
    _assert_said(error, "L01_library.yaml", "sheets.notes", "表 notes 已属于", "the sheet notes belongs to")


def test_an_evaluation_of_an_indicator_that_is_not_there_is_refused(tmp_path: Path) -> None:
    folder = library.lay_down(tmp_path)
    (folder / "evaluations").mkdir()
    (folder / "evaluations" / "own.yaml").write_text(
        "id: own\nname: 评估\ncriteria:\n  - {id: books, name: 图书, indicators: {primary: books_per_pupil}}\n",
        encoding="utf-8",
    )
    with pytest.raises(DefinitionError) as caught:
        load_catalogue([folder])
    _assert_said(caught.value, "own.yaml", "own", "没有指标 books_per_pupil", "no indicator books_per_pupil")


def test_a_message_without_chinese_is_refused(tmp_path: Path) -> None:
    folder = library.lay_down(tmp_path)
    (folder / "messages").mkdir()
    (folder / "messages" / "own.yaml").write_text("own:\n  greeting: {en: hello}\n", encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load_catalogue([folder])
    _assert_said(caught.value, "own.yaml", "own.greeting", "提示语应为文字", "a message is a text")


def _refuse_both(first: Path, second: Path) -> DefinitionError:
    with pytest.raises(DefinitionError) as caught:
        load_catalogue([first, second])
    return caught.value


def _assert_said(error: DefinitionError, file: str, key: str, chinese: str, english: str) -> None:
    assert str(error.file).endswith(file)
    assert error.key.startswith(key) if key else not error.key
    for language, part in (("zh", chinese), ("en", english)):
        said = spell_error(error, load_shipped_wording(language))  # type: ignore[arg-type]
        assert file in said
        assert key in said
        assert part in said, said


@pytest.mark.parametrize("given", ["!!seq 册", "!!str {册: 1}"])
def test_a_value_that_is_not_what_its_tag_says_is_no_yaml(given: str, refuse: Refuse) -> None:
    error = refuse("returns", "unit: 册\n", f"unit: {given}\n")

    assert "不是有效的 YAML" in str(error)
