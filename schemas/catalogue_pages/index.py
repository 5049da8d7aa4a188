"""The page that leads to all others."""

from __future__ import annotations

from schemas.catalogue import Catalogue
from schemas.catalogue_pages.markdown import code, escape, heading, link, table


def build_index_page(catalogue: Catalogue) -> str:
    """Returns and domains of indicators in tables, the other pages in a list."""
    say = catalogue.message
    counts = {
        "checks": len(catalogue.checks),
        "targets": sum(len(entry.targets) for entry in catalogue.target_sets.values()),
        "evaluations": len(catalogue.evaluations),
        "codelists": len(catalogue.codelists),
    }
    others = [f"- {link(say(f'pages.{page}'), f'{page}.md')}（{count}）" for page, count in counts.items()]
    return (
        heading(1, say("pages.index"))
        + say("pages.about") + "\n\n"
        + "\n".join(others) + "\n\n"
        + heading(2, f"{say('pages.returns')}（{len(catalogue.returns)}）") + _list_returns(catalogue)
        + heading(2, f"{say('pages.indicators')}（{len(catalogue.indicators)}）") + _list_domains(catalogue)
    )  # fmt: skip


def _list_returns(catalogue: Catalogue) -> str:
    say = catalogue.message
    rows = (
        (
            link(definition.no, f"returns/{definition.no}.md"), code(definition.id), escape(definition.title.zh),
            escape(definition.filed_by.zh), say(f"periods.{definition.period}"), str(len(definition.sheets)),
        )
        for definition in sorted(catalogue.returns.values(), key=lambda definition: definition.no)
    )  # fmt: skip
    heads = ("number", "id", "title", "filed_by", "period", "sheets")
    return table([say(f"pages.{head}") for head in heads], rows)


def _list_domains(catalogue: Catalogue) -> str:
    say = catalogue.message
    rows = (
        (link(domain.name.zh, f"indicators/{domain.domain}.md"), code(domain.domain), str(len(domain.indicators)))
        for domain in catalogue.domains.values()
    )
    return table([say(f"pages.{head}") for head in ("domains", "id", "count")], rows)
