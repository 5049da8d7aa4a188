"""A setting that cannot be used is refused with file and key, in the operator's language."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.errors import WorkspaceError
from flows.workspace import open_workspace
from schemas.wording import load_shipped_wording


@pytest.mark.parametrize(
    ("line", "chinese", "english"),
    [
        ('workers = "many"', "workers：应为整数(写的是 'many')", "workers: this must be a whole number (found 'many')"),
        ("wokers = 2", "wokers：没有这个键", "wokers: there is no such key"),
        ("small_cell = -3", "small_cell：数值太小，界限为 0", "small_cell: this is too small for the limit 0"),
        ('language = "fr"', "language：只能是 'zh' or 'en'", "language: this must be one of 'zh' or 'en'"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused(line: str, chinese: str, english: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.huizong]\n{line}\n", encoding="utf-8")
    with pytest.raises(WorkspaceError) as caught:
        open_workspace(tmp_path)
    assert f"{tmp_path / 'pyproject.toml'} 中的设置有误：[tool.huizong] {chinese}" in str(caught.value)
    assert english in caught.value.spell(load_shipped_wording("en"))
