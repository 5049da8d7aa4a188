"""Collections in pyproject.toml: entries are added and cut out, and every other byte stays."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from flows.collections_file import NewCollection, add_collections, remove_collections
from flows.errors import WorkspaceError

NEW = NewCollection(
    "2026-2027", ("J00", "J03"), {"J00": date(2026, 8, 31), "J03": date(2026, 9, 20)}, "由 2025-2026 结转",
    {"J00": "名录"},
)  # fmt: skip

WRITTEN = """
# huizong rollover: 由 2025-2026 结转
[[tool.huizong.collections]]
period = "2026-2027"
returns = ["J00", "J03"]
[tool.huizong.collections.due]
J00 = 2026-08-31  # 名录
J03 = 2026-09-20
"""

PLAIN = """\
# 本区的设置    do not touch
[tool.huizong]
district_code = "320199"   # 六位
  indented = "odd but legal"

[[tool.huizong.collections]]
period = "2025-2026"
due = {J00 = 2025-08-31}   # 一行写完

# 界限
[tool.huizong.limits]
XP01 = {share = 0.3}

[project]
name = "x"
description = '''
[[tool.huizong.collections]]
is only text here'''
"""

WITHOUT = '[tool.huizong]\ndistrict_code = "320199"\n'

SPREAD = """
[[tool.huizong.collections]]
period = "2025-2026"
returns = [
  "J00",
]
"""

FILES = {
    "as people write it": PLAIN,
    "no collection yet": WITHOUT,
    "no line at the end": PLAIN.rstrip("\n"),
    "Windows lines": PLAIN.replace("\n", "\r\n"),
    "with a byte order mark": "\ufeff" + PLAIN,
    "an entry of several lines": WITHOUT
    + '\n[[tool.huizong.collections]]\nperiod = "2025-2026"\nreturns = [\n  "J00",\n]\n',
}


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return tmp_path / "pyproject.toml"


@pytest.mark.parametrize("name", FILES)
def test_an_entry_is_added_and_nothing_else_is_touched(name: str, settings: Path) -> None:
    before = FILES[name].encode()
    settings.write_bytes(before)

    add_collections(settings, [NEW])

    after = settings.read_bytes()
    newline = b"\r\n" if b"\r\n" in before else b"\n"
    gap = b"" if before.endswith(b"\n") else newline
    assert after == before + gap + WRITTEN.encode().replace(b"\n", newline)
    entries = tomllib.loads(after.decode("utf-8-sig"))["tool"]["huizong"]["collections"]
    assert entries[-1] == {"period": "2026-2027", "returns": ["J00", "J03"], "due": dict(NEW.due)}


@pytest.mark.parametrize("name", FILES)
def test_an_entry_that_is_taken_out_again_leaves_the_file_as_it_was(name: str, settings: Path) -> None:
    before = FILES[name].encode()
    settings.write_bytes(before)
    add_collections(settings, [NEW])

    assert remove_collections(settings, ["2026-2027"]) == ["2026-2027"]

    newline = b"\r\n" if b"\r\n" in before else b"\n"
    assert settings.read_bytes() == (before if before.endswith(b"\n") else before + newline)


def test_a_period_that_is_there_already_is_not_added_again(settings: Path) -> None:
    settings.write_text(PLAIN, encoding="utf-8")
    add_collections(settings, [NEW])
    once = settings.read_bytes()

    add_collections(settings, [NEW])

    assert settings.read_bytes() == once


def test_of_several_entries_only_those_asked_for_are_taken_out(settings: Path) -> None:
    settings.write_text(PLAIN, encoding="utf-8")
    later = NewCollection("2027")
    add_collections(settings, [NEW, later])

    assert remove_collections(settings, ["2026-2027"]) == ["2026-2027"]

    entries = tomllib.loads(settings.read_text(encoding="utf-8"))["tool"]["huizong"]["collections"]
    assert [entry["period"] for entry in entries] == ["2025-2026", "2027"]


def test_an_entry_changed_by_hand_since_is_taken_out_whole(settings: Path) -> None:
    settings.write_text(PLAIN, encoding="utf-8")
    add_collections(settings, [NEW])
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace("J03 = 2026-09-20", "J03 = 2026-09-30  # 顺延\n# 另行通知\nJ05 = 2026-10-01"), "utf-8"
    )

    assert remove_collections(settings, ["2026-2027"]) == ["2026-2027"]
    assert settings.read_text(encoding="utf-8") == PLAIN


def test_an_entry_written_by_hand_is_never_taken_out(settings: Path) -> None:
    settings.write_text(PLAIN, encoding="utf-8")

    assert remove_collections(settings, ["2025-2026", "2026-2027"]) == []
    assert settings.read_text(encoding="utf-8") == PLAIN


def test_a_file_that_names_collections_in_one_line_is_left_alone_and_says_so(settings: Path) -> None:
    text = '[tool.huizong]\ncollections = [{period = "2025-2026"}]\n'
    settings.write_text(text, encoding="utf-8")

    with pytest.raises(WorkspaceError) as caught:
        add_collections(settings, [NEW])

    assert caught.value.key == "collections_not_edited"
    assert settings.read_text(encoding="utf-8") == text
