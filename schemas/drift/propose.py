"""The map proposed for files still on an earlier form: what a person confirms and puts into the definition.

Where a form differs by what was added and relabelled alone, `omits`, `labels` and `names` say so. Every other sheet of
it is kept whole, as it was handed out, with a map of what became of its lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from schemas.definitions.returns import Form, ListSheet, MatrixSheet, Return, Sheet
from schemas.drift.changes import Change, ChangeKind, list_lines
from schemas.drift.compare import Drift, Pair
from schemas.errors import DefinitionError
from schemas.forms import digest_form
from schemas.lay_out import build_sheet_layout
from schemas.layout import NUMERIC_TYPES, Head, SheetLayout, name_sheet

ASKED = "?"
"""Stands where only a person can tell: the definition is refused until it is replaced."""

MULTIPLES = {"十": 10.0, "百": 100.0, "千": 1e3, "万": 1e4, "亿": 1e8}
"""What a unit means that is written as a multiple of another."""

SIMPLE = frozenset({ChangeKind.ADDED, ChangeKind.SHEET_ADDED, ChangeKind.SHEET_RENAMED, ChangeKind.SHIFTED})


@dataclass(frozen=True)
class Entry:
    """The proposed entry under `forms`: its keys, and a remark beside each line of the map that asks for one."""

    content: dict[str, Any]
    remarks: Mapping[str, Remark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remark:
    """Why a line of the map is there: a message under `drift` in the messages, and what fills it."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)


def propose_entry(drift: Drift, form: Form, definition: Return) -> Entry:
    """The entry of an earlier form beside the later of a comparison; `definition` is the one the earlier is of."""
    plain = {sheet.id for sheet in drift.before.sheets if _is_plain(drift, sheet.id)}
    whole = [sheet.id for sheet in drift.before.sheets if sheet.id not in plain]
    content: dict[str, Any] = {"version": form.version, "since": form.since, "afterwards": "upgraded"}
    content |= {"digest": digest_form(drift.before)}
    omits = list(_list_omits(drift, plain))
    labels = {p.after.ref: p.before.head.label for p in drift.pairs if p.before.sheet in plain and _is_relabelled(p)}
    names = {change.new_ref: change.tab for change in drift.list_kind(ChangeKind.SHEET_RENAMED) if change.ref in plain}
    remarks: dict[str, Remark] = {}
    entries = {
        ref: told for sheet in whole for ref, told in _list_map(drift, sheet, remarks)
    }  # one after the other: a later sheet never says anything of an earlier one
    sheets = [_keep_sheet(definition, form, sheet) for sheet in whole]
    kept = {"omits": omits, "labels": labels, "names": names, "map": entries, "sheets": sheets}
    return Entry(content | {key: value for key, value in kept.items() if value}, remarks)


def _is_plain(drift: Drift, sheet_id: str) -> bool:
    """True for a sheet that only got more lines, other labels under the same ids, or another tab."""
    if sheet_id not in drift.sheets or drift.sheets[sheet_id] != sheet_id:
        return False
    concerning = [change for change in drift.changes if name_sheet(change.ref or change.new_ref) == sheet_id]
    renamed = [change for change in concerning if change.kind is ChangeKind.RENAMED]
    others = [change for change in concerning if change.kind not in (*SIMPLE, ChangeKind.RENAMED)]
    return not [change for change in renamed if change.ref != change.new_ref] and not _list_weighty(others)


def _list_weighty(changes: Sequence[Change]) -> list[Change]:
    """Changes that the latest form's own cells cannot stand for."""
    return [c for c in changes if c.kind is not ChangeKind.ALTERED or c.trait not in ("required", "decimals")]


def _is_relabelled(pair: Pair) -> bool:
    return pair.before.head.label != pair.after.head.label


def _list_omits(drift: Drift, plain: set[str]) -> Iterator[str]:
    """What the earlier form lacks: whole sheets, lines, and single cells of sheets that differ by these alone."""
    yield from (change.new_ref for change in drift.list_kind(ChangeKind.SHEET_ADDED))
    homes = {after: before for before, after in drift.sheets.items()}
    stayed = {pair.after.ref for pair in drift.pairs if drift.sheets.get(pair.before.sheet) == pair.after.sheet}
    for sheet in drift.after.sheets:
        if sheet.id in homes:
            lacking = [line.ref for line in list_lines(sheet) if line.ref not in stayed]
            yield from (_spell_omitted(sheet, ref) for ref in lacking)
    for change in drift.list_kind(ChangeKind.ADDED):
        if "]." in change.new_ref and homes[name_sheet(change.new_ref)] in plain:
            yield change.new_ref


def _spell_omitted(sheet: SheetLayout, ref: str) -> str:
    """A line as `omits` has it: `sheet[*].column`, `sheet[row].*`, or the field itself."""
    if sheet.kind != "matrix":
        return ref
    return f"{ref}.*" if ref.endswith("]") else ref.replace(".", "[*].", 1)


def _list_map(drift: Drift, sheet_id: str, remarks: dict[str, Remark]) -> Iterator[tuple[str, Any]]:
    """What became of the sheet and of each of its lines that is not simply where it was."""
    home = drift.sheets.get(sheet_id)
    if home is None and not [pair for pair in drift.pairs if pair.before.sheet == sheet_id]:
        remarks[sheet_id] = Remark("remark_dropped")
        yield sheet_id, None
        return
    if home is not None and home != sheet_id:
        remarks[sheet_id] = Remark("remark_sheet")
        yield sheet_id, home
    pairs = {pair.before.ref: pair for pair in drift.pairs}
    told: dict[str, list[Change]] = {}
    for change in drift.changes:
        if name_sheet(change.ref) == sheet_id and change.kind is not ChangeKind.SHIFTED:
            told.setdefault(change.ref, []).append(change)
    for ref, changes in told.items():
        entry = _tell_line(ref, changes, pairs.get(ref), remarks)
        if entry is not None:
            yield ref, entry["to"]
    yield from _give_up_rest(drift, sheet_id, home, pairs, remarks)


def _give_up_rest(
    drift: Drift, sheet_id: str, home: str | None, pairs: Mapping[str, Pair], remarks: dict[str, Remark]
) -> Iterator[tuple[str, Any]]:
    """Of a sheet that is gone, and some of whose lines went elsewhere: the lines that went nowhere."""
    sheet = drift.before.find_sheet(sheet_id)
    if home is not None or sheet is None:
        return
    for head in sheet.rows if sheet.kind == "items" else sheet.columns:
        ref = f"{sheet_id}.{head.id}"
        if ref not in pairs:
            remarks[ref] = Remark("remark_dropped")
            yield ref, None


def _tell_line(
    ref: str, changes: Sequence[Change], pair: Pair | None, remarks: dict[str, Remark]
) -> dict[str, Any] | None:
    kinds = {change.kind for change in changes}
    if ChangeKind.DROPPED in kinds:
        remarks[ref] = Remark("remark_dropped")
        return {"to": None}
    altered = {change.trait: change for change in changes if change.kind is ChangeKind.ALTERED}
    if "type" in altered and len({altered["type"].value, altered["type"].new_value} & NUMERIC_TYPES) == 1:
        remarks[ref] = Remark("remark_other_kind")
        return {"to": None}
    to = pair.after.ref if pair is not None else next((change.new_ref for change in changes if change.new_ref), ref)
    if "unit" in altered:
        unit = altered["unit"]
        remarks[ref] = Remark("remark_unit", {"value": unit.value or "—", "new_value": unit.new_value or "—"})
        return {"to": {"to": to, "factor": find_factor(unit.value, unit.new_value) or ASKED}}
    if "codelist" in altered:
        codes = altered["codelist"]
        remarks[ref] = Remark("remark_codes", {"value": codes.value or "—", "new_value": codes.new_value or "—"})
        return {"to": {"to": to, "codes": {ASKED: ASKED}}}
    if pair is None or not kinds & {ChangeKind.RENAMED, ChangeKind.MOVED}:
        return None
    remarks[ref] = _explain(kinds, pair)
    return {"to": to}


def _explain(kinds: set[ChangeKind], pair: Pair) -> Remark:
    labels = {"label": pair.before.label, "new_label": pair.after.label}
    if pair.likeness < 1:
        return Remark("remark_alike", labels | {"percent": str(round(100 * pair.likeness))})
    if ChangeKind.RENAMED in kinds and pair.before.label != pair.after.label:
        return Remark("remark_renamed", labels)
    return Remark("remark_moved" if ChangeKind.MOVED in kinds else "remark_new_id")


def find_factor(unit: str, new: str) -> float | None:
    """What a value in one unit is multiplied by to be in another, if the one is written as a multiple of the other."""
    for multiple, times in MULTIPLES.items():
        if new == f"{multiple}{unit}":
            return 1 / times
        if unit == f"{multiple}{new}":
            return times
    return None


def _keep_sheet(definition: Return, form: Form, sheet_id: str) -> dict[str, Any]:
    """A sheet as the form had it, as a definition file writes it."""
    own = next((sheet for sheet in form.sheets if sheet.id == sheet_id), None)
    sheet = own or definition.find_sheet(sheet_id)
    assert sheet is not None
    return spell_sheet(sheet if own is not None else _apply_form(sheet, form))


def _apply_form(sheet: Sheet, form: Form) -> Sheet:
    """The sheet without what the form omits, under the labels and the tab that the form prints."""
    layout = build_sheet_layout(sheet, form=form)
    changes: dict[str, Any] = {"name": layout.tab}
    if isinstance(sheet, MatrixSheet):
        changes |= {
            "rows": _keep_lines(sheet.rows, layout.rows), "columns": _keep_lines(sheet.columns, layout.columns),
            "blocked": tuple(cell.ref.removeprefix(sheet.id) for cell in layout.cells if cell.blocked),
        }  # fmt: skip
    else:
        heads = layout.columns if isinstance(sheet, ListSheet) else layout.rows
        changes["fields"] = _keep_lines(sheet.fields, heads)
    kept = sheet.model_copy(update=changes)
    totals = tuple(text for text in sheet.totals if _is_understood(kept.model_copy(update={"totals": (text,)})))
    return kept.model_copy(update={"totals": totals})


def _keep_lines(lines: Mapping[str, Any], heads: Sequence[Head]) -> dict[str, Any]:
    return {
        head.id: lines[head.id].model_copy(update={"label": lines[head.id].label.model_copy(update={"zh": head.label})})
        for head in heads
    }


def _is_understood(sheet: Sheet) -> bool:
    try:
        build_sheet_layout(sheet)
    except DefinitionError:
        return False
    return True


def spell_sheet(sheet: Sheet) -> dict[str, Any]:
    """A sheet as plain content of a YAML file: what is not said is left out, a label alone is its text."""
    content: dict[str, Any] = sheet.model_dump(exclude_defaults=True)
    for name in ("title", "note"):
        if name in content:
            content[name] = _spell_label(content[name])
    for name in ("rows", "columns", "fields"):
        if name in content:
            content[name] = {line_id: _spell_line(line) for line_id, line in content[name].items()}
    spelled = {name: list(value) if isinstance(value, tuple) else value for name, value in content.items()}
    return {"id": spelled.pop("id"), "name": spelled.pop("name"), "kind": sheet.kind} | {
        name: value for name, value in spelled.items() if name != "kind"
    }


def _spell_line(line: dict[str, Any]) -> Any:
    label = _spell_label(line["label"])
    rest: dict[str, Any] = {name: value for name, value in line.items() if name != "label"}
    rest = {name: list(value) if isinstance(value, tuple) else value for name, value in rest.items()}
    if rest.get("hint"):
        rest["hint"] = _spell_label(rest["hint"])
    return {"label": label} | rest if rest or not isinstance(label, str) else label


def _spell_label(label: dict[str, Any]) -> Any:
    return label["zh"] if set(label) == {"zh"} else label
