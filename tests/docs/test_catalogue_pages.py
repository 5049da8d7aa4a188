"""docs/catalogue: the pages are those of the definitions, and say everything that a statistician looks up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas.catalogue import Catalogue
from schemas.catalogue_pages import build_pages, write_pages
from schemas.catalogue_pages.markdown import escape
from tests.docs.pages import CODE
from tests.house.source_files import ROOT

FOLDER = ROOT / "docs" / "catalogue"
LINK = re.compile(r"\]\(([^)#]*)(?:#([^)]+))?\)")


@pytest.fixture(scope="module")
def pages(catalogue: Catalogue) -> dict[str, str]:
    return build_pages(catalogue)


@pytest.mark.requirement("T-01", "V-08")
def test_the_pages_are_up_to_date(pages: dict[str, str]) -> None:
    written = {p.relative_to(FOLDER).as_posix(): p.read_text(encoding="utf-8") for p in FOLDER.rglob("*.md")}

    assert set(written) == set(pages), "run make catalogue"
    assert [path for path in pages if written[path] != pages[path]] == [], "run make catalogue"


def test_the_pages_are_the_same_however_often_they_are_built(catalogue: Catalogue, pages: dict[str, str]) -> None:
    assert build_pages(catalogue) == pages


def test_every_return_has_a_page_with_every_line_of_its_latest_form(
    catalogue: Catalogue, pages: dict[str, str]
) -> None:
    absent = [
        f"{definition.no} {sheet.id} {head.id}"
        for definition in catalogue.returns.values()
        for sheet in catalogue.latest_layout(definition.id).sheets
        for head in (*sheet.rows, *(sheet.columns if sheet.kind != "items" else ()))
        if f"| `{head.id}` | " not in pages[f"returns/{definition.no}.md"]
    ]

    assert absent == []


@pytest.mark.requirement("M-18")
def test_every_check_is_listed_with_message_and_remedy(catalogue: Catalogue, pages: dict[str, str]) -> None:
    page = pages["checks.md"]

    assert [
        code
        for code, entry in catalogue.checks.items()
        if f"</a>{code} |" not in page
        or escape(entry.check.message.zh) not in page
        or escape(entry.check.remedy.zh) not in page
    ] == []


def test_a_check_stands_on_the_page_of_every_return_it_looks_at(pages: dict[str, str]) -> None:
    assert "[XT01]" in pages["returns/J03.md"]
    assert "[XT01]" in pages["returns/J04.md"]
    assert "[XT01]" not in pages["returns/J06.md"]


def test_every_indicator_is_described_with_its_formula(catalogue: Catalogue, pages: dict[str, str]) -> None:
    absent = [
        indicator.id
        for domain in catalogue.domains.values()
        for indicator in domain.indicators
        if f'<a id="{indicator.id}"></a>{escape(indicator.name.zh)}' not in pages[f"indicators/{domain.domain}.md"]
        or " ".join(indicator.numerator.split()).replace("|", "\\|") not in pages[f"indicators/{domain.domain}.md"]
    ]

    assert absent == []


def test_every_code_is_listed(catalogue: Catalogue, pages: dict[str, str]) -> None:
    page = pages["codelists.md"]

    assert [
        f"{codelist.id} {code.code}"
        for codelist in catalogue.codelists.values()
        for code in codelist.codes
        if f"| `{code.code}` | {escape(code.zh)} |" not in page
    ] == []


def test_every_target_and_requirement_is_listed(catalogue: Catalogue, pages: dict[str, str]) -> None:
    targets = [t.text for target_set in catalogue.target_sets.values() for t in target_set.targets]
    requirements = [r.name.zh for evaluation in catalogue.evaluations.values() for r in evaluation.requirements]

    assert [text for text in targets if escape(text) not in pages["targets.md"]] == []
    assert [text for text in requirements if escape(text) not in pages["evaluations.md"]] == []


def test_every_link_leads_somewhere(pages: dict[str, str]) -> None:
    broken = []
    for path, text in pages.items():
        for target, anchor in LINK.findall(CODE.sub("", text)):
            place = (Path(path).parent / target).as_posix() if target else path
            leads_to = pages.get(_normalise(place))
            if leads_to is None or (anchor and f'<a id="{anchor}"></a>' not in leads_to):
                broken.append(f"{path}: {target}#{anchor}")

    assert broken == []


def test_writing_removes_pages_of_definitions_that_are_no_more(pages: dict[str, str], tmp_path: Path) -> None:
    gone, own = tmp_path / "returns" / "Z99.md", tmp_path / "notes.md"
    gone.parent.mkdir()
    gone.write_text(pages["returns/J03.md"], encoding="utf-8")
    own.write_text("# Notes of somebody\n", encoding="utf-8")

    write_pages(pages, tmp_path)

    assert not gone.exists()
    assert own.exists()
    assert (tmp_path / "returns" / "J03.md").read_text(encoding="utf-8") == pages["returns/J03.md"]


def _normalise(place: str) -> str:
    """A path without its ways up."""
    parts: list[str] = []
    for part in place.split("/"):
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
