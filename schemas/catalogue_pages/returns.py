"""The page of one return: who files it and when, its sheets with every line, and the checks that speak of it."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.catalogue import Catalogue, CheckEntry
from schemas.catalogue_pages.checks import spell_severity
from schemas.catalogue_pages.markdown import code, escape, facts, heading, link, table
from schemas.catalogue_pages.sheets import describe_sheet
from schemas.definitions.returns import Due, Form, Return

CHECK_HEADS = ("code", "severity", "message", "remedy")


def build_return_page(catalogue: Catalogue, definition: Return, checks: Sequence[CheckEntry]) -> str:
    """The return on its latest form."""
    say = catalogue.message
    text = heading(1, f"{definition.no} {escape(definition.title.zh)}") + link(say("pages.back"), "../README.md")
    text += "\n\n" + _list_facts(catalogue, definition)
    layout = catalogue.latest_layout(definition.id)
    for sheet in definition.sheets:
        laid_out = layout.find_sheet(sheet.id)
        if laid_out is not None:
            text += describe_sheet(catalogue, sheet, laid_out)
    return text + heading(2, say("pages.touching")) + _list_checks(catalogue, checks) + say("pages.general_checks")


def _list_facts(catalogue: Catalogue, definition: Return) -> str:
    say = catalogue.message
    values = {
        "id": code(definition.id),
        "english": escape(definition.title.en),
        "filed_by": escape(definition.filed_by.zh),
        "scope": say(f"scope.{definition.scope}"),
        "expected": _spell_expected(catalogue, definition),
        "period": say(f"periods.{definition.period}"),
        "accumulates": say(f"accumulates.{definition.accumulates}") if definition.accumulates != "each" else "",
        "reference": escape(definition.reference.zh) if definition.reference else "",
        "due": _spell_due(catalogue, definition.due),
        "basis": escape(definition.basis),
        "may_be_nil": say("pages.taken") if definition.may_be_nil else "",
        "forms": "；".join(_spell_form(catalogue, form) for form in definition.forms),
    }
    return facts({say(f"pages.{name}"): value for name, value in values.items()})


def _spell_expected(catalogue: Catalogue, definition: Return) -> str:
    if definition.scope != "school":
        return ""
    return code(definition.expected) if definition.expected else catalogue.message("pages.by_register")


def _spell_due(catalogue: Catalogue, due: Due) -> str:
    say = catalogue.message
    month = "due_same" if due.day else ""
    if due.months:
        month = "due_later" if due.months > 0 else "due_before"
    parts = [
        say(f"pages.due_{due.after}"),
        say(f"pages.{month}", months=abs(due.months)) if month else "",
        say("pages.due_day", day=due.day) if due.day else "",
        say("pages.due_days", days=due.days) if due.days else "",
    ]
    return "".join(parts)


def _spell_form(catalogue: Catalogue, form: Form) -> str:
    omits = "、".join(code(text) for text in form.omits)
    key = "pages.form_omits" if omits else "pages.form"
    return catalogue.message(key, version=form.version, since=form.since, omits=omits)


def _list_checks(catalogue: Catalogue, checks: Sequence[CheckEntry]) -> str:
    rows = (
        (
            link(entry.code, f"../checks.md#{entry.code}"), spell_severity(catalogue, entry.check),
            escape(entry.check.message.zh), escape(entry.check.remedy.zh),
        )
        for entry in checks
    )  # fmt: skip
    return table([catalogue.message(f"pages.{head}") for head in CHECK_HEADS], rows)
