"""Names and sizes: a module says what it is about, a function fits on a screen, nothing is put off."""

from __future__ import annotations

import ast
import re

from tests.house.source_files import ROOT, Function, find_functions, list_modules, name_place

DRAWERS = frozenset({"utils", "util", "helpers", "helper", "manager", "base", "misc", "common", "tools", "lib"})
"""Names of drawers: whatever is put there could be anything."""

KNOWN_DRAWERS = {
    "schemas/definitions/common.py": "what all models of definitions are built from: identifiers, labels, formulas",
}

MOST_LINES_OF_A_FILE = 450
MOST_LINES_OF_A_FUNCTION = 45

LONG_FUNCTIONS = {
    ("schemas/catalogue.py", "load_catalogue"): "the order in which definitions are read is one list",
}

FRAMES = re.compile(r"\b(?:pd\.)?DataFrame\b")
PUT_OFF = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")


def find_signature(function: Function) -> str:
    """The annotations of a function's arguments and result."""
    given = function.args
    arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    annotations = [argument.annotation for argument in arguments] + [function.returns]
    return " ".join(ast.unparse(annotation) for annotation in annotations if annotation is not None)


def measure_functions() -> dict[tuple[str, str], int]:
    """Module and name of every function → lines from its name to its end."""
    return {
        (name_place(path), function.name): (function.end_lineno or function.lineno) - function.lineno + 1
        for path in list_modules()
        for function in find_functions(path)
    }


def test_no_module_is_a_drawer() -> None:
    drawers = [path for path in list_modules() if DRAWERS.intersection(path.stem.split("_"))]

    assert [name_place(path) for path in drawers if name_place(path) not in KNOWN_DRAWERS] == []


def test_every_module_says_what_it_is_for() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in list_modules()}

    assert [
        name_place(p) for p, text in sources.items() if text.strip() and not ast.get_docstring(ast.parse(text))
    ] == []


def test_a_module_can_be_read_in_one_go() -> None:
    lengths = {name_place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in list_modules()}

    assert {place: lines for place, lines in lengths.items() if lines > MOST_LINES_OF_A_FILE} == {}


def test_a_function_fits_on_a_screen() -> None:
    long = {place: lines for place, lines in measure_functions().items() if lines > MOST_LINES_OF_A_FUNCTION}

    assert {place: lines for place, lines in long.items() if place not in LONG_FUNCTIONS} == {}


def test_a_public_function_on_tables_says_what_is_in_them() -> None:
    silent = [
        name_place(path, function.lineno)
        for path in list_modules()
        for function in find_functions(path)
        if not function.name.startswith("_")
        and FRAMES.search(find_signature(function))
        and not ast.get_docstring(function)
    ]

    assert silent == []


def test_nothing_is_put_off() -> None:
    paths = [*list_modules(), *sorted((ROOT / "schemas").rglob("*.yaml"))]

    assert [name_place(path) for path in paths if PUT_OFF.search(path.read_text(encoding="utf-8"))] == []


def test_every_exception_to_these_rules_is_still_needed() -> None:
    lengths = measure_functions()

    assert all(lengths.get(place, 0) > MOST_LINES_OF_A_FUNCTION for place in LONG_FUNCTIONS)
    assert all((ROOT / place).is_file() for place in KNOWN_DRAWERS)
