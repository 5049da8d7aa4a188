"""No text for people is built in code: it stands under schemas/messages, and what is left is accounted for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house.source_files import ROOT

CHINESE = re.compile("[\u4e00-\u9fff]")

RECOGNISED = "what people write, and is recognised"
NAME = "the name of a file, folder or sheet, by which it is known again"
TYPOGRAPHY = "a font, or a mark in print"
DESCRIPTION = "a column of a published table or page, in two languages at once"

NOT_FROM_THE_CATALOGUE = {
    "flows/campaigns.py": NAME, "flows/commands/init.py": NAME,
    "flows/indicators/groups.py": NAME, "flows/normalisers/codes.py": RECOGNISED,
    "flows/normalisers/dates.py": RECOGNISED, "flows/normalisers/numbers.py": RECOGNISED, "flows/publish.py": NAME,
    "flows/publishers/marking/mark.py": TYPOGRAPHY, "flows/publishers/sheets.py": TYPOGRAPHY,
    "flows/publishers/summary_collection.py": DESCRIPTION, "flows/publishers/tidy.py": DESCRIPTION,
    "flows/publishers/write.py": TYPOGRAPHY, "flows/readers/extract.py": RECOGNISED,
    "flows/readers/identify.py": NAME, "flows/readers/locate.py": NAME, "flows/readers/ods_scan.py": RECOGNISED,
    "flows/receipts.py": NAME, "flows/settings.py": NAME,
}  # fmt: skip
"""Modules with Chinese of their own, and why."""


def list_texts(module: ast.Module) -> Iterator[str]:
    """Texts of a module, its docstrings left out."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(module)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and _begins_with_text(node)
    }
    bare = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings | bare:
            yield node.value


def _begins_with_text(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> bool:
    return bool(node.body) and isinstance(node.body[0], ast.Expr)


def find_modules_with_chinese() -> dict[str, list[str]]:
    found = {}
    for path in sorted((ROOT / "flows").rglob("*.py")):
        texts = [text for text in list_texts(ast.parse(path.read_text(encoding="utf-8"))) if CHINESE.search(text)]
        if texts:
            found[path.relative_to(ROOT).as_posix()] = texts
    return found


@pytest.mark.requirement("M-08")
def test_no_module_builds_texts_for_people() -> None:
    found = find_modules_with_chinese()
    assert {name: texts for name, texts in found.items() if name not in NOT_FROM_THE_CATALOGUE} == {}


def test_every_exception_is_still_needed() -> None:
    assert sorted(set(NOT_FROM_THE_CATALOGUE) - set(find_modules_with_chinese())) == []


@pytest.mark.requirement("M-08")
@pytest.mark.parametrize("name", ["flows/checks", "flows/district/kinds"])
def test_what_is_said_of_a_return_comes_from_the_catalogue(name: str) -> None:
    assert [module for module in find_modules_with_chinese() if module.startswith(name)] == []
