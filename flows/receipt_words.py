"""Receipts in words: what was found, how explanations stand, what changed from the version before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flows.changes import Changes
from flows.checks.explanations import ANSWERED, Answer
from flows.checks.findings import SEVERITIES
from flows.publishers.marking.listing import COLUMNS
from flows.publishers.marking.remark import Remark, order_remarks
from flows.publishers.receipt import Receipt, Words
from flows.warehouse.submissions import SubmissionRow
from schemas.catalogue import Catalogue

REMARK_FACTS = (
    "sheet", "cell", "severity", "code", "message", "remedy", "label", "found", "expected", "difference",
)  # fmt: skip
MOST_CHANGES = 12


def build_receipt(
    catalogue: Catalogue,
    row: SubmissionRow,
    state: str,
    remarks: Sequence[Remark],
    changes: Sequence[str] = (),
    more: str = "",
) -> Receipt:
    """What the receipt of a submission says. `changes` and `more` are in words."""
    definition = catalogue.returns.get(row.return_id)
    message = catalogue.message
    counts = Counter(remark.severity for remark in remarks)
    explained = sum(remark.is_answered for remark in remarks)
    return Receipt(
        message(
            "receipt.head", no=definition.no if definition else "", title=definition.title.zh if definition else "",
            period=row.period, school=row.school, name=row.cover.get("school_name", ""),
        ),
        message("receipt.file", file=row.file_name, received=row.received_at[:10]),
        message(
            "receipt.verdict", state=message(f"states.{state}"), errors=counts["error"],
            queries=counts["query"] - explained, explained=explained, infos=counts["info"],
        ),
        message(f"receipt.{state}") + more,
        order_remarks(remarks),
        (*changes, *_say_normalised(catalogue, remarks)),
    )  # fmt: skip


def _say_normalised(catalogue: Catalogue, remarks: Sequence[Remark]) -> Iterator[str]:
    """How many entries were read by rule rather than as they stood."""
    codes = {code for code, entry in catalogue.checks.items() if entry.check.level == "cell"}
    count = sum(remark.severity == "info" and remark.code in codes for remark in remarks)
    if count:
        yield catalogue.message("receipt.normalised", count=count)


def build_remark(catalogue: Catalogue, finding: Mapping[str, Any], answer: Answer | None) -> Remark:
    """A finding with how its explanation stands, in words."""
    facts = {name: str(finding[name]) for name in REMARK_FACTS}
    facts |= {"expected": ""} if facts["severity"] == "info" else {}
    remark = Remark(*facts.values(), count=finding["count"])
    if answer is None:
        return remark
    key = answer.problem or answer.state.value
    reason = answer.reply or catalogue.message("answers.none")
    reply = catalogue.message(f"answers.{key}", shortest=catalogue.explanations.shortest, reason=reason)
    return replace(
        remark, reply=reply, reason=answer.reason_code, explanation=answer.explanation,
        is_answered=answer.state in ANSWERED,
    )  # fmt: skip


def build_words(catalogue: Catalogue) -> Words:
    """The words of all receipts, as the definitions have them."""
    message = catalogue.message
    return Words(
        message("receipt.title"), tuple(message(f"receipt.{head}") for head in COLUMNS),
        {severity: message(f"severities.{severity}") for severity in SEVERITIES},
        message("receipt.advice"), catalogue.messages["receipt.line"].zh, catalogue.messages["receipt.more"].zh,
        catalogue.messages["receipt.repeated"].zh, catalogue.messages["receipt.more_listed"].zh,
        tuple(_list_reasons(catalogue)),
    )  # fmt: skip


def describe_changes(catalogue: Catalogue, changes: Changes) -> list[str]:
    """What changed from the version before, in words: how much, and the first of it."""

    def say(key: str, **values: object) -> str:
        return catalogue.message(f"receipt.{key}", "zh", **values)

    counts: dict[str, object] = {name: getattr(changes, name) for name in ("before", "count", "mended", "left", "new")}
    if not changes.count:
        return [say("unchanged", **counts)]
    lines = [say("changed", **counts)]
    for cell in changes.cells[:MOST_CHANGES]:
        place = {"sheet": cell.sheet, "cell": cell.cell, "label": cell.label}
        lines.append(say("changed_cell", **place, old=cell.before or say("blank"), new=cell.after or say("blank")))
    if len(changes.cells) > MOST_CHANGES:
        lines.append(say("more_changes", count=len(changes.cells) - MOST_CHANGES))
    return lines + [
        say("changed_lines", sheet=part.sheet, added=part.added, removed=part.removed) for part in changes.lines
    ]


def _list_reasons(catalogue: Catalogue) -> Iterator[str]:
    """Reasons to choose from: codes and labels of the code list that the explanations sheet names."""
    for cell in catalogue.notes.cells:
        if cell.codelist:
            labels = catalogue.codelists[cell.codelist].labels
            yield from (f"{code} {label}" for code, label in labels.items())
