"""The product's own source files, as the tests of the house read them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

Function = ast.FunctionDef | ast.AsyncFunctionDef


def list_modules() -> list[Path]:
    """Every module of the product."""
    return sorted(path for folder in ("flows", "schemas") for path in (ROOT / folder).rglob("*.py"))


def list_engine_files() -> list[Path]:
    """The files that must work for any subject: all code but the sample's, and the grammar."""
    sample = ROOT / "schemas" / "sample"
    grammars = (ROOT / "schemas" / "expressions").glob("*.lark")
    return [*(path for path in list_modules() if not path.is_relative_to(sample)), *sorted(grammars)]


def find_functions(path: Path) -> Iterator[Function]:
    """Functions and methods of a module, inner ones included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            yield node


def name_place(path: Path, line: int | None = None) -> str:
    """Where something stands, from the root of the repository."""
    place = path.relative_to(ROOT).as_posix()
    return f"{place}:{line}" if line else place
