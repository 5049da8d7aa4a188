"""The catalogue as Markdown for statisticians: every definition on a page, built from what the product itself uses.

Run `python -m schemas.catalogue_pages docs/catalogue` after a change to a definition.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from schemas.catalogue import Catalogue
from schemas.catalogue_pages.checks import build_checks_page
from schemas.catalogue_pages.codelists import build_codelists_page
from schemas.catalogue_pages.evaluations import build_evaluations_page, build_targets_page
from schemas.catalogue_pages.index import build_index_page
from schemas.catalogue_pages.indicators import build_domain_page
from schemas.catalogue_pages.markdown import is_generated, open_page
from schemas.catalogue_pages.mentions import find_mentions
from schemas.catalogue_pages.returns import build_return_page


def build_pages(catalogue: Catalogue) -> dict[str, str]:
    """Path below docs/catalogue → text, of every page."""
    mentions = find_mentions(catalogue)
    pages = {
        "README.md": build_index_page(catalogue),
        "checks.md": build_checks_page(catalogue),
        "targets.md": build_targets_page(catalogue),
        "evaluations.md": build_evaluations_page(catalogue),
        "codelists.md": build_codelists_page(catalogue),
    }
    for definition in catalogue.returns.values():
        pages[f"returns/{definition.no}.md"] = build_return_page(catalogue, definition, mentions[definition.id])
    for domain in catalogue.domains.values():
        pages[f"indicators/{domain.domain}.md"] = build_domain_page(catalogue, domain)
    return {path: open_page(catalogue) + text.rstrip() + "\n" for path, text in pages.items()}


def write_pages(pages: Mapping[str, str], folder: Path) -> None:
    """Write the pages, and remove those of definitions that are no more."""
    for path in sorted(folder.rglob("*.md")):
        if path.relative_to(folder).as_posix() not in pages and is_generated(path.read_text(encoding="utf-8")):
            path.unlink()
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
