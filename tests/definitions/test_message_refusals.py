"""A message that asks for what nothing fills is refused, and so is a signal that nothing gives or two checks claim."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from schemas.catalogue import load_catalogue
from schemas.check_kinds import DISTRICT_KINDS
from schemas.compile import refuse_unknown_names
from schemas.errors import DefinitionError
from schemas.notices import ALWAYS, OFFERS, Notice
from schemas.wording import load_shipped_wording
from tests.definitions import library
from tests.house.source_files import ROOT

FORMULA = """\
checks:
  - code: LB02
    level: table
    severity: error
    returns: [library_survey]
    for: {kind: {fiction: 文学}}
    formula: books[{kind}].closing <= books[total].closing
    values: {x: "books[{kind}].closing"}
    message: "{sheet}{row}{column}{label}{cell}：{kind}{a}>{b}，差{d}({p}%)，{x}册"
    remedy: 请核对{kind}册数。
"""

CELL = """\
checks:
  - code: LB02
    level: cell
    severity: error
    kind: plausible
    message: "{cell}{label}={got}{unit}，应在{lo}～{hi}之间，{n}位小数"
    remedy: 请核对{label}。
"""

SIGNAL = """\
checks:
  - code: LB02
    level: file
    severity: info
    kind: signal
    parameters: {notice: merged_cells}
    message: "{range}合并"
    remedy: 请取消合并{cell}。
"""

DISTRICT = """\
checks:
  - code: LB02
    level: district
    severity: query
    kind: movement
    limits: {points: 5, share: 0.2}
    message: "{subject}：{indicator}变动{d}{unit}"
    remedy: 请核对{indicator}。
"""


def load(folder: Path, content: str) -> None:
    library.lay_down(folder)
    (folder / "checks").mkdir()
    (folder / "checks" / "own.yaml").write_text(content, encoding="utf-8")
    refuse_unknown_names(load_catalogue([folder]))


@pytest.mark.parametrize("content", [FORMULA, CELL, SIGNAL, DISTRICT], ids=["formula", "cell", "signal", "district"])
def test_a_message_may_ask_for_all_that_its_kind_offers(content: str, tmp_path: Path) -> None:
    load(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "text", "instead", "key", "name"),
    [
        (FORMULA, "{x}册", "{y}册", "LB02.message", "y"),
        (FORMULA, "{x}册", "{got}册", "LB02.message", "got"),
        (FORMULA, "请核对{kind}册数", "请核对{kind.1}册数", "LB02.remedy", "kind.1"),
        (CELL, "={got}", "={a}", "LB02.message", "a"),
        (CELL, "请核对{label}", "请核对{ label }", "LB02.remedy", " label "),
        (SIGNAL, "{range}", "{days}", "LB02.message", "days"),
        (DISTRICT, "{d}", "{limit}", "LB02.message", "limit"),
    ],
)
def test_a_placeholder_that_nothing_fills_is_refused(
    content: str, text: str, instead: str, key: str, name: str, tmp_path: Path
) -> None:
    with pytest.raises(DefinitionError) as caught:
        load(tmp_path, content.replace(text, instead))
    assert (Path(str(caught.value.file)).name, caught.value.key) == ("own.yaml", key)
    assert f"{{{name}}} 没有内容可填" in str(caught.value)
    assert f"nothing fills {{{name}}}" in str(load_shipped_wording("en").spell(caught.value.problem))


def test_a_signal_that_nothing_gives_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as caught:
        load(tmp_path, SIGNAL.replace("merged_cells", "merged_lines"))
    assert caught.value.key == "LB02.parameters.notice"
    assert "没有名为 merged_lines 的读取信号" in str(caught.value)


def test_a_signal_that_another_check_claims_is_refused(tmp_path: Path) -> None:
    again = SIGNAL.partition("\n")[2].replace("LB02", "LB03")
    with pytest.raises(DefinitionError) as caught:
        load(tmp_path, SIGNAL + again)
    assert caught.value.key == "LB03"
    assert "读取信号 merged_cells 已由校验 LB02 使用" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "instead", "key"),
    [
        ("limits: {points: 5, share: 0.2}", "limits: {points: 5}", "LB02.limits.share"),
        ("kind: movement", "kind: unit_rule", "LB02.parameters.evaluation"),
    ],
)
def test_a_check_of_the_district_that_lacks_what_it_judges_by_is_refused(
    text: str, instead: str, key: str, tmp_path: Path
) -> None:
    content = DISTRICT.replace("{indicator}变动{d}{unit}", "").replace("{indicator}", "")
    with pytest.raises(DefinitionError) as caught:
        load(tmp_path, content.replace(text, instead))
    assert caught.value.key == key
    assert "缺少这个键" in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "chinese"),
    [
        ("kind: unit_rule\n    parameters: {evaluation: own}", "没有评估方案 own"),
        ("kind: district_formula\n    parameters: {formula: ind(books) > 0}", "没有指标 books"),
        ("kind: district_formula\n    parameters: {formula: sum(shelf.books) > 0}", "没有表 shelf"),
    ],
)
def test_a_check_of_the_district_that_names_what_is_not_there_is_refused(
    kind: str, chinese: str, tmp_path: Path
) -> None:
    content = DISTRICT.replace("{indicator}变动{d}{unit}", "").replace("{indicator}", "")
    with pytest.raises(DefinitionError) as caught:
        load(tmp_path, content.replace("kind: movement", kind))
    assert caught.value.key == "LB02"
    assert chinese in str(caught.value)


def test_a_message_in_place_of_another_may_not_ask_for_more(tmp_path: Path) -> None:
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    for folder, text in ((library.lay_down(shipped), "共{count}份"), (own, "{count}份，{total}所")):
        (folder / "messages").mkdir(parents=True)
        (folder / "messages" / "own.yaml").write_text(f'own:\n  counted: "{text}"\n', encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load_catalogue([shipped, own])
    assert (Path(str(caught.value.file)).parts[-3], caught.value.key) == ("own", "own.counted")
    assert "{total} 没有内容可填(可用：count)" in str(caught.value)


def test_every_kind_of_check_on_the_district_fills_what_it_offers() -> None:
    """The keys written in its module are those it is said to offer; a formula fills in its choices and values too."""
    modules = {path.stem: path for path in (ROOT / "flows" / "district" / "kinds").glob("*.py")}
    kinds = ast.parse((modules.pop("__init__")).read_text(encoding="utf-8"))
    used = {
        str(ast.literal_eval(key)): value.value.id
        for node in ast.walk(kinds) if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict)
        for key, value in zip(node.value.keys, node.value.values, strict=True)
        if key is not None and isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name)
    }  # fmt: skip
    written = {kind: frozenset(list_keys(modules[module])) for kind, module in used.items()}

    assert written | {"district_formula": frozenset({"school", "stage", "heirs"})} == {
        kind: offer.offers for kind, offer in DISTRICT_KINDS.items()
    }


def list_keys(path: Path) -> Iterator[str]:
    """Keys of the dictionaries that a module writes down."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Dict):
            yield from (str(key.value) for key in node.keys if isinstance(key, ast.Constant))


def test_every_signal_brings_what_its_notice_offers() -> None:
    """Where a signal is made with figures of its own, they are those that messages may ask for."""
    brought: dict[Notice, set[str]] = {}
    for path in sorted((ROOT / "flows").rglob("*.py")):
        for notice, keys in list_signals(path):
            brought.setdefault(notice, set()).update(keys)
    own = {notice: keys - ALWAYS for notice, keys in brought.items()}

    assert {notice: keys for notice, keys in own.items() if keys} == {
        notice: set(OFFERS[notice]) for notice, keys in own.items() if keys
    }
    assert set(OFFERS) - {notice for notice, keys in own.items() if keys} <= MADE_ELSEWHERE


MADE_ELSEWHERE = {
    # of cells as they are read: unit, list, value of each
    Notice.NUMBER_AS_TEXT, Notice.FULL_WIDTH, Notice.SPACES, Notice.THOUSANDS, Notice.UNIT_REMOVED, Notice.NONE_MARK,
    Notice.WORDS_IN_NUMBER, Notice.NO_NUMBER, Notice.BLOCKED_FILLED, Notice.BAD_TEXT, Notice.UNKNOWN_CODE,
    Notice.CODE_READ_AS, Notice.DAMAGED_CODE, Notice.BAD_DATE, Notice.DATE_READ_AS, Notice.BAD_PERCENT,
    Notice.PERCENT_READ_AS, Notice.BAD_YES_NO, Notice.PERSONAL_DATA,
    # of files that are refused: ext, real, what of each
    Notice.UNREADABLE, Notice.ENCRYPTED, Notice.WRONG_FORMAT, Notice.UNSAFE,
    # of sheets that are left over: sheets
    Notice.EXTRA_SHEET,
    # of the register's lists, shown in tests/register: what is wrong with a line and the schools near to it
    Notice.LINES_OVERLAP, Notice.SUCCESSOR_UNKNOWN, Notice.SUCCESSOR_NOT_OPEN, Notice.ORIGIN_UNKNOWN,
    Notice.ORIGIN_NOT_OPEN, Notice.SUCCESSION_CYCLE, Notice.MEMBER_UNKNOWN, Notice.GROUP_UNKNOWN, Notice.GROUPS_OVERLAP,
    Notice.SCHOOL_UNKNOWN, Notice.SCHOOL_CLOSED, Notice.SCHOOL_NOT_YET_OPEN, Notice.SCHOOL_TAKEN_OVER,
    Notice.EARLIER_SHARED, Notice.EARLIER_OF_OTHERS, Notice.SCHOOLS_DROPPED,
    # put together before, shown in tests/returning, tests/rollover and tests/readers: notes, forms, what is beside a
    # table; in tests/checks: what there is nothing of
    Notice.IDLE_EXPLANATION, Notice.COLLECTION_LOCKED, Notice.DUPLICATE, Notice.FORM_UPGRADED, Notice.STRAY_TEXT,
    Notice.STRAY_CONTENT, Notice.EMPTY_LIST, Notice.EMPTY_LIST_BEFORE, Notice.NIL_NOT_TAKEN,
}  # fmt: skip


def list_signals(path: Path) -> Iterator[tuple[Notice, Mapping[str, None]]]:
    """Notice and keys of the figures of every signal that a module makes of a notice it names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "Signal":
            continue
        first = node.args[0] if node.args else None
        if isinstance(first, ast.Attribute) and isinstance(first.value, ast.Name) and first.value.id == "Notice":
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            dicts = [part for part in given if isinstance(part, ast.Dict)]
            keys = [str(key.value) for part in dicts for key in part.keys if isinstance(key, ast.Constant)]
            yield Notice[first.attr], dict.fromkeys(keys)
