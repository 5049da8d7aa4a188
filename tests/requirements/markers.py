"""Requirements by the tests that name them: read from the source of the tests, none of which is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent.parent
MARKER = "requirement"


def index_proofs(folder: Path = TESTS) -> dict[str, list[str]]:
    """Requirement → the tests that name it, as pytest calls them, in order of their files."""
    proofs: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*.py")):
        module = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        for requirement, test in _list_proofs(module):
            name = f"{path.relative_to(folder.parent).as_posix()}::{test}"
            proofs.setdefault(requirement, []).append(name)
    return proofs


def list_stray_markers(folder: Path = TESTS) -> list[str]:
    """Markers that stand on something other than a test, so that nothing runs for them."""
    return [
        f"{path.relative_to(folder.parent).as_posix()}::{node.name}"
        for path in sorted(folder.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not _is_test(node)
        and any(_read_marker(decorator) for decorator in node.decorator_list)
    ]


def _list_proofs(module: ast.Module) -> Iterator[tuple[str, str]]:
    everywhere = [name for value in _list_module_marks(module) for name in _read_marker(value)]
    for node in module.body:
        if _is_test(node):
            own = [name for decorator in node.decorator_list for name in _read_marker(decorator)]
            yield from ((name, node.name) for name in dict.fromkeys([*everywhere, *own]))


def _is_test(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test_")


def _list_module_marks(module: ast.Module) -> Iterator[ast.expr]:
    """What `pytestmark` holds: one mark, or a list of them."""
    for node in module.body:
        if isinstance(node, ast.Assign) and any(ast.unparse(target) == "pytestmark" for target in node.targets):
            yield from node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else (node.value,)


def _read_marker(mark: ast.expr) -> list[str]:
    """The requirements that a mark names; none for a mark of another kind. They stand there as plain texts."""
    if not isinstance(mark, ast.Call) or ast.unparse(mark.func) != f"pytest.mark.{MARKER}":
        return []
    return [str(ast.literal_eval(argument)) for argument in mark.args]
