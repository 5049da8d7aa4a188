"""The page of code lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from schemas.catalogue import Catalogue
from schemas.catalogue_pages.markdown import anchor, code, escape, facts, heading, link, table
from schemas.definitions.codelists import CodeList

HEADS = ("code", "meaning", "english", "code_key", "synonyms", "group", "since")


def build_codelists_page(catalogue: Catalogue) -> str:
    """Every code list with what may be written for a code, and the fields that use it."""
    say = catalogue.message
    users = _find_users(catalogue)
    text = heading(1, say("pages.codelists")) + link(say("pages.back"), "README.md") + "\n\n"
    for codelist in catalogue.codelists.values():
        text += heading(2, f"{anchor(codelist.id)}{codelist.id} {escape(codelist.zh)}")
        text += _describe(catalogue, codelist, users.get(codelist.id, {}))
    return text


def _describe(catalogue: Catalogue, codelist: CodeList, users: Mapping[str, str]) -> str:
    say = catalogue.message
    listed = "、".join(f"{link(no, f'returns/{no}.md')} {code(ref)}" for ref, no in users.items())
    values = {
        say("pages.english"): escape(codelist.en),
        say("pages.basis"): escape(codelist.source),
        say("pages.used_by"): listed,
        say("pages.note"): say("pages.other_codes", pattern=code(codelist.pattern)) if codelist.pattern else "",
    }
    rows = (
        (
            code(entry.code), escape(entry.zh), escape(entry.en), code(entry.key), escape("、".join(entry.synonyms)),
            escape(entry.group), f"{entry.since}–{entry.until}" if entry.since or entry.until else "",
        )
        for entry in codelist.codes
    )  # fmt: skip
    return facts(values) + table([say(f"pages.{head}") for head in HEADS], rows)


def _find_users(catalogue: Catalogue) -> Mapping[str, dict[str, str]]:
    """Code list → the fields that use it, each with its return's number; of a matrix one cell stands for all."""
    users: dict[str, dict[str, str]] = defaultdict(dict)
    for definition in catalogue.returns.values():
        for sheet in catalogue.latest_layout(definition.id).sheets:
            for cell in sheet.cells:
                if cell.codelist:
                    users[cell.codelist][cell.ref] = definition.no
    return users
