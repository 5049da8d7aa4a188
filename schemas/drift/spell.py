"""Drift in words, and a proposed map as YAML. `say` gives a message of `drift` in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from textwrap import indent
from typing import Any

from schemas.drift.changes import Change, ChangeKind
from schemas.drift.compare import Drift
from schemas.drift.propose import Entry
from schemas.layout import fold_printed
from schemas.yaml_files import spell_yaml

Say = Callable[..., str]

MOST_NAMED = 6
"""Labels that a summary names of each kind of change."""

SUMMED = (
    (ChangeKind.SHEET_ADDED, "new"), (ChangeKind.ADDED, "new"), (ChangeKind.SHEET_DROPPED, "old"),
    (ChangeKind.DROPPED, "old"), (ChangeKind.SHEET_RENAMED, "tabs"), (ChangeKind.RENAMED, "both"),
    (ChangeKind.MOVED, "old"), (ChangeKind.ALTERED, "old"),
)  # fmt: skip
"""Kinds that a summary tells, and which label says what is meant. Mere shifts are not told."""


def summarise(drift: Drift, say: Say) -> str:
    """One line for a finding or a list: what was added, given up, renamed, moved and altered; empty if nothing was."""
    parts = []
    for kind, side in SUMMED:
        labels = list(dict.fromkeys(_name_change(change, side) for change in drift.list_kind(kind)))
        labels = [label for label in labels if label]
        if labels:
            shown = say("drift.and").join(labels[:MOST_NAMED])
            more = say("drift.and_more", count=len(labels)) if len(labels) > MOST_NAMED else ""
            parts.append(say(f"drift.{kind}_sum", labels=f"{shown}{more}"))
    return say("drift.then").join(parts)


def spell_change(change: Change, say: Say) -> str:
    """One change as a sentence, with its places."""
    sides = {
        name: getattr(change, name)
        for name in ("tab", "ref", "label", "address", "new_tab", "new_ref", "new_label", "new_address")
    }
    text = say(
        f"drift.{_choose_sentence(change)}", **sides, trait=say(f"drift.trait_{change.trait}") if change.trait else "",
        value=spell_trait(change.value, say), new_value=spell_trait(change.new_value, say),
    )  # fmt: skip
    return text if change.likeness == 1 else text + say("drift.alike", percent=round(100 * change.likeness))


def _choose_sentence(change: Change) -> str:
    """A line that kept its label was given another id; a sheet that kept its tab likewise."""
    is_named_alike = fold_printed(change.label) == fold_printed(change.new_label)
    return "renamed_id" if change.kind is ChangeKind.RENAMED and is_named_alike else str(change.kind)


def spell_trait(value: str, say: Say) -> str:
    """The value of a trait for people."""
    return say(f"drift.{value.casefold()}") if value in ("True", "False") else value or say("drift.nothing")


def spell_entries(entries: Sequence[Entry], say: Say) -> str:
    """The entries as YAML to be put under `forms`, remarks beside what a person has to look at."""
    items = [indent("\n".join(_spell_entry(entry, say)), "    ").replace("    ", "  - ", 1) for entry in entries]
    return "\n".join([f"# {say('drift.entry_head')}", "forms:", *items]) + "\n"


def _spell_entry(entry: Entry, say: Say) -> Iterable[str]:
    for key, value in entry.content.items():
        if key != "map":
            yield spell_yaml({key: value}).rstrip()
            continue
        yield "map:"
        for ref, to in value.items():
            remark = entry.remarks.get(ref)
            told = f"  # {say(f'drift.{remark.key}', **remark.values)}" if remark else ""
            yield f"  {_spell_scalar(ref)}: {_spell_destination(to)}{told}"


def _spell_destination(to: Any) -> str:
    if to is None:
        return "~"
    if isinstance(to, str):
        return _spell_scalar(to)
    return "{" + ", ".join(f"{key}: {_spell_value(value)}" for key, value in to.items()) + "}"


def _spell_value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in value.items()) + "}"
    return _spell_scalar(value) if isinstance(value, str) else f"{value:.12f}".rstrip("0").removesuffix(".")


def _spell_scalar(text: str) -> str:
    """References are plain but for their brackets, which mean a list inside braces."""
    return text if text.replace("_", "").replace(".", "").isalnum() else json.dumps(text, ensure_ascii=False)


def _name_change(change: Change, side: str) -> str:
    if side == "tabs":
        return f"{change.tab}→{change.new_tab}" if change.tab != change.new_tab else ""
    label, new = change.label or change.tab, change.new_label or change.new_tab
    if side == "both":
        return f"{label}→{new}" if fold_printed(label) != fold_printed(new) else ""
    return new if side == "new" else label
