"""README, changelog and the other pages: the commands they give exist, and their links lead somewhere."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator

import pytest

from flows.cli import GLOBAL_FLAGS, GLOBAL_VALUES, VERBS, build_command
from schemas.catalogue import Catalogue
from schemas.wording import Wording
from tests.docs.pages import list_blocks, list_code, read_page
from tests.house.source_files import ROOT

PAGES = (
    "README.md",
    "README.zh-CN.md",
    "CONTRIBUTING.md",
    "style.md",
    "command.md",
    "digest.md",
    "definitions.md",
    "expressions.md",
)
LINK = re.compile(r"\]\((?!http)([^)#]+)(?:#[^)]*)?\)")
REMARK = re.compile(r"\s{2,}#.*$")


def list_commands(page: str) -> Iterator[list[str]]:
    """Every call of huizong that a page shows, as words."""
    text = read_page(page)
    lines = [line for block in list_blocks(text) if not block.language for line in block.content.splitlines()]
    lines += [code for code in list_code(text) if "…" not in code and "[" not in code]
    for line in lines:
        words = shlex.split(REMARK.sub("", line.strip()))
        if len(words) > 1 and words[0] == "huizong":
            yield words[1:]


def find_unknown(words: list[str], wording: Wording) -> list[str]:
    """Verb and options that the command does not have."""
    verbs = [word for word in words if not word.startswith("-")]
    if not verbs:
        return [word for word in words if word not in {*GLOBAL_FLAGS, *GLOBAL_VALUES, "--help"}]
    if verbs[0] not in VERBS:
        return [verbs[0]]
    parameters = build_command(wording).get_command(None, verbs[0]).params
    known = {name for parameter in parameters for name in (*parameter.opts, *parameter.secondary_opts)}
    known |= {*GLOBAL_FLAGS, *GLOBAL_VALUES}
    return [word for word in words if word.startswith("-") and word.partition("=")[0] not in known]


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_is_shown_exists_with_its_options(page: str, wording: Wording) -> None:
    assert [(words, unknown) for words in list_commands(page) if (unknown := find_unknown(words, wording))] == []


def test_commands_are_found_in_the_readme() -> None:
    verbs = {words[0] for words in list_commands("README.md")}

    assert verbs >= {"init", "template", "check", "run", "status", "indicators", "explain"}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file(page: str) -> None:
    place = ROOT / "docs" / page if (ROOT / "docs" / page).is_file() else ROOT / page

    assert [link for link in LINK.findall(read_page(page)) if not (place.parent / link).exists()] == []


def test_the_readme_counts_what_is_there(catalogue: Catalogue) -> None:
    readme = read_page("README.md")

    assert f"{len(catalogue.returns)} returns" in readme
    assert f"{len(catalogue.checks)} checks" in readme
    assert f"{len(catalogue.indicators)} indicators" in readme


def test_the_changelog_has_an_entry_for_the_version() -> None:
    version = tomllib.loads(read_page("pyproject.toml"))["project"]["version"]

    entry = re.search(
        rf"^## {re.escape(version)}\b.*\n(?P<text>(?:(?!^## ).*\n?)+)", read_page("CHANGELOG.md"), re.MULTILINE
    )

    assert entry is not None
    assert "For statisticians" in entry["text"]
    assert "For IT" in entry["text"]


def test_every_goal_of_the_makefile_that_a_page_names_is_there() -> None:
    makefile = read_page("Makefile")
    named = {
        goal
        for page in PAGES
        for goal in re.findall(r"\bmake (demo|test[\w-]*|check|catalogue|bench|lock)\b", read_page(page))
    }

    assert named >= {"demo", "test", "check", "catalogue"}
    assert [goal for goal in named if not re.search(rf"^{goal}:", makefile, re.MULTILINE)] == []
