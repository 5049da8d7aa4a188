"""docs/expressions.md: nothing of the language is left out, and every example is a real one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import product

import pytest

from schemas.catalogue import Catalogue
from schemas.catalogue_pages.mentions import list_texts
from schemas.definitions.evaluations import Evaluation
from schemas.definitions.indicators import Indicator
from schemas.definitions.returns import Return
from schemas.expressions.functions import FUNCTIONS
from schemas.expressions.parse import GRAMMAR, SPELLINGS, parse_expression, parse_printed
from tests.definitions.figures import Answer, Figures, answer
from tests.docs.pages import list_code, read_page, split_sections

PAGE = read_page("expressions.md")
ROW = re.compile(r"^\|(?P<cells>.+)\|$", re.MULTILINE)
EXAMPLE = re.compile(r"^\|.*\| `(?P<text>[^`]+)` \| (?P<source>\w+) \|$", re.MULTILINE)
EXAMPLES = [(match["source"], match["text"]) for match in EXAMPLE.finditer(PAGE)]
ANSWERS: Mapping[str, Answer] = {"yes": True, "no": False, "?": None}
UNKNOWN = re.findall(r"^\| (yes|no|\?) \| (yes|no|\?) \| (\S+) \| (\S+) \| (\S+) \|$", PAGE, re.MULTILINE)
ATTRIBUTE: Mapping[str, str | None] = {"yes": "1", "no": "2", "?": None}


def list_definition_texts(catalogue: Catalogue) -> Mapping[str, set[str]]:
    """Code, id or number of a definition → its expressions as they are parsed, spaces apart."""
    texts: dict[str, set[str]] = defaultdict(set)
    for code, entry in catalogue.checks.items():
        texts[code] |= set(list_texts(entry.check)) | {entry.check.printed or ""}
    for indicator in catalogue.indicators.values():
        for stage in indicator.stages or ("",):
            texts[indicator.id] |= {text.replace("{stage}", stage) for text in list_indicator_texts(indicator)}
    for definition in catalogue.returns.values():
        texts[definition.no] |= set(list_values(definition))
    for evaluation in catalogue.evaluations.values():
        texts[evaluation.id] |= set(list_values(evaluation))
    return {name: {squeeze(text) for text in found} for name, found in texts.items()}


def list_indicator_texts(indicator: Indicator) -> list[str]:
    return [indicator.numerator, indicator.denominator or ""]


def list_values(model: Return | Evaluation) -> Iterator[str]:
    """Every text inside a definition."""
    yield from _list_strings(model.model_dump(exclude={"checks"}))


def _list_strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _list_strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _list_strings(inner)


def squeeze(text: str) -> str:
    """A formula without its spaces."""
    return "".join(text.split())


def test_every_function_of_the_language_has_a_line_of_its_own() -> None:
    heads = [cells.split(" | ")[0] for cells in ROW.findall(PAGE)]
    described = {name for head in heads for name in re.findall(r"`(\w+)\(", head)}

    assert described == FUNCTIONS


def test_every_function_is_shown_at_work() -> None:
    shown = {name for _, text in EXAMPLES for name in re.findall(r"(\w+)\(", text)}

    assert FUNCTIONS - shown - {"avg", "mean", "min"} == set()


def test_every_word_of_the_grammar_is_described() -> None:
    words = set(re.findall(r"^_([A-Z]+)\.2: /([a-z]+)", GRAMMAR.read_text(encoding="utf-8"), re.MULTILINE))
    described = " ".join(cells.split(" | ")[0] for cells in ROW.findall(PAGE))

    assert [word for _, word in words if not re.search(rf"\b{word}\b", described)] == []


def test_every_other_spelling_of_a_sign_is_named() -> None:
    unnamed = {chr(sign) for sign in SPELLINGS} - {"…", "‘", "’", "–", "＋", "－"}

    assert {sign for sign in unnamed if sign not in PAGE} == set()


@pytest.mark.parametrize(("source", "text"), EXAMPLES)
def test_every_example_parses(source: str, text: str) -> None:
    assert parse_expression(text), source


def test_every_example_stands_in_the_definition_named_beside_it(library_catalogue: Catalogue) -> None:
    texts = list_definition_texts(library_catalogue)

    assert [
        (source, text)
        for source, text in EXAMPLES
        if not any(squeeze(text) in written for written in texts.get(source, ()))
    ] == []


@pytest.mark.parametrize(("left", "right", "both", "either", "implied"), UNKNOWN)
def test_the_table_of_unknown_answers_is_what_the_language_answers(
    left: str, right: str, both: str, either: str, implied: str
) -> None:
    figures = Figures(now={}, attributes={"a": [ATTRIBUTE[left], "1"], "b": [ATTRIBUTE[right], "1"]})

    answers = [answer(f"a = '1' {word} b = '1'", figures)[0] for word in ("and", "or", "implies")]

    assert answers == [ANSWERS[cell] for cell in (both, either, implied)]


def test_the_table_of_unknown_answers_is_complete() -> None:
    assert {(left, right) for left, right, *_ in UNKNOWN} == set(product(ANSWERS, ANSWERS))


def test_the_printed_notation_shown_is_read() -> None:
    shown = [code for code in list_code(split_sections(PAGE, 2)["Printed notation"]) if code.startswith("(")]

    assert len(shown) == 3
    assert all(parse_printed(code) for code in shown)
