"""The engine does not know its subject: what schools count stands in definitions, never in code.

`school` is a word of the engine (whoever files a return), as are area, period, stage and size.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.source_files import list_engine_files, name_place

STEMS = (
    "pupil", "student", "teach", "kindergarten", "preschool", "nursery", "classroom", "enrol", "gender", "textbook",
    "dormitor", "toilet", "curricul", "headmaster", "lesson", "playground", "township", "boarder", "boarding",
    "graduat", "tuition", "vocation", "migrant",
)  # fmt: skip
"""No word of the engine begins with one of these."""

WORDS = frozenset(
    {"grade", "grades", "sex", "girl", "girls", "boy", "boys", "staff", "junior", "senior", "exam", "exams"}
)
"""These would be the subject's as whole words only."""

CODE_WORDS = frozenset({"library", "libraries", "librarian", "kg"})
"""The subject's in names and texts; in remarks a library may be one of code."""

COMPOUNDS = ("school_type", "urban_rural", "school_age")
"""Fields of one subject's register whose words are innocent singly."""

CHINESE = (
    "学生", "教师", "教职工", "班", "幼儿", "园", "年级", "小学", "初中", "高中", "图书", "性别", "寄宿", "招生",
    "校舍", "课程", "教材", "乡镇", "随迁", "残疾", "职业", "体育", "食堂", "操场",
)  # fmt: skip


def find_subject_words(text: str, *, is_remark: bool = False) -> Iterator[str]:
    """Words of the subject in a name, a text or a remark."""
    words = [word.casefold() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", text)]
    yield from (word for word in words if word.startswith(STEMS) or word in WORDS)
    yield from (word for word in words if word in CODE_WORDS and not is_remark)
    yield from (compound for compound in COMPOUNDS if compound in text)
    yield from (word for word in CHINESE if word in text)


def list_pieces(path: Path) -> Iterator[tuple[int, str, bool]]:
    """Line, text and whether it is a remark, of every name, string and comment of a file."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield from ((number, line, True) for number, line in enumerate(source.splitlines(), start=1))
        return
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in (tokenize.NAME, tokenize.STRING, tokenize.COMMENT):
            is_remark = token.type == tokenize.COMMENT or '"""' in token.string
            yield token.start[0], token.string, is_remark


def test_the_engine_names_no_subject_word() -> None:
    found = [
        f"{name_place(path, line)} {word}"
        for path in list_engine_files()
        for line, text, is_remark in list_pieces(path)
        for word in find_subject_words(text, is_remark=is_remark)
    ]

    assert found == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pupils_expected", ["pupils"]),
        ("countTeachers", ["teachers"]),
        ("SEX", ["sex"]),
        ("'school_type'", ["school_type"]),
        ("学生覆盖率", ["学生"]),
        ("the reading library", ["library"]),
        ("school, area and period of an upgraded example", []),
    ],
)
def test_the_search_finds_the_subject_in_names_and_texts(text: str, words: list[str]) -> None:
    assert list(find_subject_words(text)) == words


def test_a_library_in_a_remark_is_one_of_code() -> None:
    assert list(find_subject_words("# what the library does not tell", is_remark=True)) == []
