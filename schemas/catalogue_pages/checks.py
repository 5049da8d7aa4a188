"""The page of all checks, by level."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.catalogue import Catalogue, CheckEntry
from schemas.catalogue_pages.markdown import anchor, code, escape, heading, link, spell_limits, table
from schemas.definitions.checks import LEVELS, Check

HEADS = ("code", "severity", "title", "message", "remedy", "formula", "limits", "basis")


def build_checks_page(catalogue: Catalogue) -> str:
    """Every check with what is told to the school and how it is judged."""
    say = catalogue.message
    text = heading(1, say("pages.checks")) + link(say("pages.back"), "README.md") + "\n\n"
    for level in LEVELS:
        entries = [entry for _, entry in sorted(catalogue.checks.items()) if entry.check.level == level]
        if entries:
            text += heading(2, say(f"level.{level}")) + _list_checks(catalogue, entries)
    return text


def _list_checks(catalogue: Catalogue, entries: Sequence[CheckEntry]) -> str:
    heads = [catalogue.message(f"pages.{head}") for head in HEADS]
    return table(heads, (_build_row(catalogue, entry) for entry in entries))


def _build_row(catalogue: Catalogue, entry: CheckEntry) -> tuple[str, ...]:
    check = entry.check
    return (
        anchor(check.code) + check.code, spell_severity(catalogue, check), _name_returns(catalogue, entry),
        escape(check.message.zh), escape(check.remedy.zh), spell_rule(catalogue, check), spell_limits(check.limits),
        escape(check.basis),
    )  # fmt: skip


def spell_severity(catalogue: Catalogue, check: Check) -> str:
    """The severity, and whether the check is on trial."""
    severity = catalogue.message(f"severity.{check.severity}")
    return f"{severity}（{catalogue.message('pages.trial')}）" if check.trial else severity


def spell_rule(catalogue: Catalogue, check: Check) -> str:
    """The formulas or the kind, with the parameters, the condition and the periods that go with them."""
    say = catalogue.message
    pieces = [code(rule) for rule in check.rules or ((check.printed,) if check.printed else ())]
    if check.kind != "formula":
        pieces.append(f"{say('pages.kind')} {code(check.kind)}")
    pieces += [f"{code(name)} = {code(str(value))}" for name, value in check.parameters.items()]
    for name, choices in check.each.items():
        labels = "、".join(dict.fromkeys(choices.values()))
        pieces.append(f"{say('pages.for_each')} {code('{' + name + '}')}：{escape(labels)}")
    if check.when:
        pieces.append(f"{say('pages.when')} {code(check.when)}")
    if check.since or check.until:
        pieces.append(f"{say('pages.since')} {check.since or ''}–{check.until or ''}")
    return "<br>".join(pieces)


def _name_returns(catalogue: Catalogue, entry: CheckEntry) -> str:
    named = entry.check.returns or ((entry.return_id,) if entry.return_id else ())
    numbers = [catalogue.returns[return_id].no for return_id in named if return_id in catalogue.returns]
    return "、".join(link(number, f"returns/{number}.md") for number in numbers)
