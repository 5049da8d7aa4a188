"""A form beside another: two of one definition, a definition beside one to come, or a workbook beside its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flows.errors import UsageError
from flows.ingest import find_reading_limits
from flows.normalisers.text import fold_label
from flows.readers.reading_map import build_reading_map
from flows.readers.seen import SeenForm, SeenLabel, SeenSheet, read_seen_form
from flows.workspace import Workspace
from schemas.catalogue import Catalogue
from schemas.definitions.common import LabelModel
from schemas.definitions.returns import Form, Line, MatrixSheet, Return, Sheet
from schemas.drift.changes import Change, ChangeKind
from schemas.drift.compare import Drift, Pair, compare_forms
from schemas.drift.propose import Entry, propose_entry
from schemas.errors import DefinitionError, located
from schemas.forms import digest_form, judge_forms
from schemas.lay_out import build_form_layout, build_sheet_layout
from schemas.layout import FormLayout, Head, SheetLayout
from schemas.yaml_files import load_model

SEEN = "seen"
"""Prefix of the ids given to lines that only a workbook has."""


@dataclass(frozen=True, slots=True)
class FormRow:
    """A form of the definition: kept as it was handed out, altered, missing or new in a definition to come."""

    version: str
    since: str
    digest: str
    state: str


@dataclass(frozen=True)
class DriftReport:
    """What was compared, what came of it, and the entries proposed for the forms that need them."""

    definition: Return
    found: str
    expected: str
    drift: Drift
    forms: tuple[FormRow, ...]
    entries: tuple[Entry, ...] = ()
    problem: DefinitionError | None = None

    @property
    def needs_map(self) -> bool:
        """True if a form that was handed out is not told by the definition, or a workbook is on none."""
        return bool(self.entries) or self.problem is not None


def compare_installed(catalogue: Catalogue, definition: Return, found: str | None, expected: str | None) -> DriftReport:
    """Two forms of an installed definition; by default the latest and the one before.

    Raises UsageError for a version that the return has no form of.
    """
    versions = [form.version for form in definition.forms]
    later = _find_version(definition, expected or versions[-1])
    before = _find_version(definition, found or versions[max(versions.index(later) - 1, 0)])
    drift = compare_forms(catalogue.build_layout(definition.id, before), catalogue.build_layout(definition.id, later))
    return DriftReport(definition, before, later, drift, tuple(_list_forms(catalogue, definition)))


def compare_definition(catalogue: Catalogue, definition: Return, path: Path) -> DriftReport:
    """An installed definition beside one to come, with entries for the forms handed out that the new one does not tell.

    Raises DefinitionError where the file is no definition of a return, UsageError where it is of another one.
    """
    coming = load_model(path, Return)
    if coming.id != definition.id:
        raise UsageError("other_return", path=path, name=coming.no, wanted=definition.no)
    forms = {form.version: form for form in coming.forms}
    latest = coming.forms[-1]
    with located(file=path):
        after = build_form_layout(coming, latest)
    rows, entries = [], []
    for form in definition.forms:
        before = catalogue.build_layout(definition.id, form.version)
        state = _find_state(coming, forms.pop(form.version, None), digest_form(before))
        rows.append(FormRow(form.version, form.since, digest_form(before), state))
        if state != "kept":
            entries.append(propose_entry(compare_forms(before, after), form, definition))
    rows += [FormRow(f.version, f.since, _find_digest(coming, f), "new") for f in forms.values()]
    now = definition.forms[-1]
    drift = compare_forms(catalogue.build_layout(definition.id, now.version), after)
    problem = _find_problem(coming)
    return DriftReport(coming, now.version, latest.version, drift, tuple(rows), tuple(entries), problem)


def compare_workbook(workspace: Workspace, catalogue: Catalogue, path: Path, name: str | None) -> DriftReport:
    """The labels that stand in a workbook beside the latest form of its return.

    Raises UsageError for a file that is not there, cannot be read, or does not say which return it is.
    """
    if not path.is_file():
        raise UsageError("no_such_file", path=path)
    given = catalogue.find_return(name) if name else None
    layouts = {return_id: catalogue.latest_layout(return_id) for return_id in catalogue.returns}
    limits = find_reading_limits(workspace.settings)
    seen = read_seen_form(path, build_reading_map(catalogue), layouts, limits, given.id if given else "")
    if seen.refused:
        said = catalogue.messages.get(f"kinds.{seen.refused}")
        raise UsageError("file_not_read", path=path, reason=said.zh if said else seen.refused)
    definition = given or catalogue.returns.get(seen.identity.return_id)
    if definition is None:
        raise UsageError("return_not_told", path=path)
    return _compare_seen(catalogue, definition, seen)


def _find_version(definition: Return, version: str) -> str:
    known = [form.version for form in definition.forms]
    if version not in known:
        raise UsageError("no_such_form", name=definition.no, version=version, known=", ".join(known))
    return version


def _list_forms(catalogue: Catalogue, definition: Return) -> Sequence[FormRow]:
    return [
        FormRow(form.version, form.since, digest_form(catalogue.build_layout(definition.id, form.version)), "kept")
        for form in definition.forms
    ]


def _find_digest(definition: Return, form: Form) -> str:
    try:
        return digest_form(build_form_layout(definition, form))
    except DefinitionError:
        return ""


def _find_state(coming: Return, form: Form | None, digest: str) -> str:
    """Whether a form that was handed out is the same under the definition to come."""
    if form is None:
        return "missing"
    return "kept" if _find_digest(coming, form) == digest else "altered"


def _find_problem(coming: Return) -> DefinitionError | None:
    """What the definition would be refused for once it is installed."""
    forms = {form.version: form for form in coming.forms}
    try:
        judge_forms(coming, lambda version: build_form_layout(coming, forms[version]))
    except DefinitionError as error:
        return error
    return None


def _compare_seen(catalogue: Catalogue, definition: Return, seen: SeenForm) -> DriftReport:
    """A workbook on a form as it was handed out differs as that form does; any other has a form of its own."""
    rows = tuple(_list_forms(catalogue, definition))
    latest = catalogue.latest_layout(definition.id)
    own = next((form for form in definition.forms if form.version == seen.identity.version), None)
    extra = [Change(ChangeKind.SHEET_DROPPED, sheet.tab, label=sheet.tab) for sheet in seen.sheets if not sheet.sheet]
    if own is not None and _is_as_handed_out(catalogue.build_layout(definition.id, own.version), seen.own_sheets):
        drift = compare_forms(catalogue.build_layout(definition.id, own.version), latest)
        drift = replace(drift, changes=(*drift.changes, *extra))
        return DriftReport(definition, own.version, latest.version, drift, rows)
    (drift, form, as_seen), told = _hold_against(definition, latest, seen)
    entry = propose_entry(drift, form, as_seen)
    entries = [replace(entry, content={k: v for k, v in entry.content.items() if k != "digest"})] if told else []
    shown = [change for change in drift.changes if change.kind is ChangeKind.SHIFTED or change in told]
    drift = replace(drift, changes=(*shown, *extra))
    return DriftReport(definition, seen.identity.version, latest.version, drift, rows, tuple(entries))


def _is_as_handed_out(layout: FormLayout, seen: Sequence[SeenSheet]) -> bool:
    """True if every sheet has the labels of the form, in its order, and no others."""
    for found in seen:
        sheet = layout.find_sheet(found.sheet)
        if sheet is None:
            continue
        pairs = [(sheet.rows, found.rows)] if sheet.kind != "list" else []
        pairs += [(sheet.columns, found.columns)] if sheet.kind != "items" else []
        for heads, labels in pairs:
            if [fold_label(head.label) for head in heads] != [fold_label(label.label) for label in labels]:
                return False
    return any(found.sheet for found in seen)


def _hold_against(
    definition: Return, layout: FormLayout, seen: SeenForm
) -> tuple[tuple[Drift, Form, Return], list[Change]]:
    """The workbook as a form of its own beside a form, and the changes worth telling.

    Sheets that only some schools fill are not missed. A line taken for another by its likeness gets that one's id.
    """
    found = {sheet.sheet: sheet for sheet in seen.sheets if sheet.sheet}
    wanted = [s for s in layout.sheets if s.id in found or not (s.applies or all(c.applies for c in s.cells))]
    after = replace(layout, sheets=tuple(wanted), by_id={sheet.id: sheet for sheet in wanted})
    form = Form(version=_name_version(seen.identity.version), since=definition.forms[-1].since)
    drift = _compare_as_seen(definition, form, found, after, {})[0]
    adopted = {pair.before.ref: pair for pair in drift.pairs if pair.before.id.startswith(f"{SEEN}_")}
    drift, as_seen = _compare_as_seen(definition, form, found, after, adopted)
    told = [c for c in drift.changes if c.kind is not ChangeKind.SHIFTED and not _is_id_only(c)]
    return (drift, form, as_seen), told


def _compare_as_seen(
    definition: Return, form: Form, found: Mapping[str, SeenSheet], after: FormLayout, adopted: Mapping[str, Pair]
) -> tuple[Drift, Return]:
    sheets = tuple(_build_sheet(definition, s, found[s.id], adopted) for s in definition.sheets if s.id in found)
    as_seen = definition.model_copy(update={"sheets": sheets, "forms": (form,)})
    guesses = {pair.after.ref: pair.likeness for pair in adopted.values() if _stays(pair)}
    return compare_forms(_place_heads(build_form_layout(as_seen, form), found), after, guesses), as_seen


def _stays(pair: Pair) -> bool:
    return pair.before.sheet == pair.after.sheet


def _is_id_only(change: Change) -> bool:
    return change.kind is ChangeKind.RENAMED and fold_label(change.label) == fold_label(change.new_label)


def _name_version(text: str) -> str:
    """The version on the cover where it is one; else none that a form has."""
    parts = text.split(".")
    return text if text and all(part.isdigit() for part in parts) else "0"


def _build_sheet(definition: Return, sheet: Sheet, seen: SeenSheet, adopted: Mapping[str, Pair]) -> Sheet:
    """The sheet with the lines that the workbook has, in its order."""
    layout = build_sheet_layout(sheet)
    known = _KnownLines(definition, sheet.id, adopted)
    changes: dict[str, Any] = {"name": seen.tab[:31]}
    if isinstance(sheet, MatrixSheet):
        changes["rows"] = known.pick(sheet.rows, layout.rows, seen.rows, in_brackets=True)
        changes["columns"] = known.pick(sheet.columns, layout.columns, seen.columns)
        blocked = [cell.ref for cell in layout.cells if cell.blocked and _is_kept(cell.ref, changes)]
        changes["blocked"] = tuple(ref.removeprefix(sheet.id) for ref in blocked)
    else:
        heads, labels = (layout.rows, seen.rows) if layout.kind == "items" else (layout.columns, seen.columns)
        changes["fields"] = known.pick(sheet.fields, heads, labels)
    kept = sheet.model_copy(update=changes)
    totals = tuple(text for text in sheet.totals if _is_understood(kept, text))
    return kept.model_copy(update={"totals": totals})


@dataclass(frozen=True)
class _KnownLines:
    """What the labels of a sheet are known to be; `adopted` are lines taken for others by label or likeness."""

    definition: Return
    sheet: str
    adopted: Mapping[str, Pair]

    def pick(
        self, lines: Mapping[str, Line], heads: Sequence[Head], seen: Sequence[SeenLabel], *, in_brackets: bool = False
    ) -> dict[str, Line]:
        """Id → line for every label seen: that of the line so called, else a new one; unknown ones are texts."""
        picked: dict[str, Line] = {}
        for label, line_id in zip(seen, _name_lines(heads, seen), strict=True):
            pair = self.adopted.get(f"{self.sheet}[{line_id}]" if in_brackets else f"{self.sheet}.{line_id}")
            named = LabelModel(zh=label.label)
            if pair is not None and _stays(pair):
                picked[pair.after.id] = lines[pair.after.id].model_copy(update={"label": named})
                continue
            known = lines.get(line_id) or (self._find_elsewhere(pair) if pair is not None else None)
            unknown = Line(label=named, type="text", blank="optional")
            picked[line_id] = known.model_copy(update={"label": named}) if known else unknown
        return picked

    def _find_elsewhere(self, pair: Pair) -> Line | None:
        sheet = self.definition.find_sheet(pair.after.sheet)
        lines = {name: getattr(sheet, name, {}) for name in ("fields", "rows", "columns")}
        return next((found[pair.after.id] for found in lines.values() if pair.after.id in found), None)


def _is_kept(ref: str, lines: Mapping[str, Mapping[str, Line]]) -> bool:
    row, _, column = ref.partition("[")[2].partition("].")
    return row in lines["rows"] and column in lines["columns"]


def _is_understood(sheet: Sheet, total: str) -> bool:
    try:
        build_sheet_layout(sheet.model_copy(update={"totals": (total,)}))
    except DefinitionError:
        return False
    return True


def _name_lines(heads: Sequence[Head], seen: Sequence[SeenLabel]) -> list[str]:
    """The id of the line that a label is, each line once; a new id for a label that no line has."""
    names: list[str] = []
    for label in seen:
        called = fold_label(label.label)
        known = [h.id for h in heads if h.id not in names and called == fold_label(h.label)]
        known += [h.id for h in heads if h.id not in names and called in {fold_label(alias) for alias in h.aliases}]
        names.append(known[0] if known else f"{SEEN}_{label.position}")
    return names


def _place_heads(layout: FormLayout, found: Mapping[str, SeenSheet]) -> FormLayout:
    """The layout with its lines where the workbook has them, so that they can be looked up there."""
    sheets = tuple(_place_sheet(sheet, found[sheet.id]) for sheet in layout.sheets)
    return replace(layout, sheets=sheets, by_id={sheet.id: sheet for sheet in sheets})


def _place_sheet(sheet: SheetLayout, seen: SeenSheet) -> SheetLayout:
    rows = tuple(replace(h, position=s.position) for h, s in zip(sheet.rows, seen.rows, strict=True))
    if sheet.kind == "items":
        return replace(sheet, rows=rows)
    columns = tuple(replace(h, position=s.position) for h, s in zip(sheet.columns, seen.columns, strict=True))
    return replace(sheet, rows=rows, columns=columns)
