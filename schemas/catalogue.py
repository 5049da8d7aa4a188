"""The catalogue: all definitions of a workspace, loaded once, frozen, checked against each other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from pydantic import Field

from schemas.definitions.checks import Check
from schemas.definitions.codelists import CodeList
from schemas.definitions.common import FormulaText, Identifier, LabelModel, Model
from schemas.definitions.evaluations import Evaluation
from schemas.definitions.indicators import Domain, Indicator, TargetSet
from schemas.definitions.returns import Form, ItemsSheet, ListSheet, Return
from schemas.definitions.workbooks import Theme, WorkbookDefinition
from schemas.errors import DefinitionError, located, problem
from schemas.lay_out import build_form_layout, build_sheet_layout
from schemas.layout import FormLayout, SheetLayout
from schemas.periods import compare_periods
from schemas.references import refuse_stray_names
from schemas.sheet_parameters import refuse_stray_sheets
from schemas.wording import load_messages
from schemas.yaml_files import build_model, load_model, load_rows

SHIPPED = Path(__file__).parent
"""The definitions that come with the product; a workspace adds its own."""

LIMITS = "[tool.huizong.limits]"
"""Where a district's own limits stand."""

RETURNS_ONLY = frozenset({"returns"})
EVERYTHING = frozenset({"returns", "indicators", "workbooks"})

AnyModel = TypeVar("AnyModel", bound=Model)
Definition = TypeVar("Definition")
Result = TypeVar("Result")
Limits = Mapping[str, Mapping[str, float | str]]


class Digest(Protocol):
    """What tells one set of definitions from another."""

    def update(self, data: bytes, /) -> None: ...


class SplitShare(Model):
    """A stage's claim on what a school's stages share: its size times its weight."""

    weight: float
    size: FormulaText


class ExplanationRules(Model):
    """What counts as an explanation: so many characters, and more than phrases that say nothing."""

    shortest: int = Field(1, ge=1)
    empty_phrases: tuple[str, ...] = ()


class Common(Model):
    """The cover and the notes that every return has, and what holds for all schools."""

    cover: ItemsSheet
    notes: ListSheet
    split: dict[Identifier, SplitShare] = Field(default_factory=dict)
    size: FormulaText | None = None
    ungrouped: tuple[Identifier, ...] = ()
    explanations: ExplanationRules = ExplanationRules()
    nothing: tuple[str, ...] = Field((), description="words that alone on a line of a list say that it has no lines")


class CheckFile(Model):
    """A file of checks that belong to no single return."""

    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class CheckEntry:
    """A check with the return whose file holds it (None: a file under checks/)."""

    check: Check
    return_id: str | None
    file: Path

    @property
    def code(self) -> str:
        return self.check.code


@dataclass(frozen=True)
class Catalogue:
    """Every definition by its id. Build with `load_catalogue`."""

    returns: Mapping[str, Return]
    files: Mapping[str, Path]
    codelists: Mapping[str, CodeList]
    cover: SheetLayout
    notes: SheetLayout
    checks: Mapping[str, CheckEntry]
    domains: Mapping[str, Domain]
    indicators: Mapping[str, Indicator]
    target_sets: Mapping[str, TargetSet]
    evaluations: Mapping[str, Evaluation]
    workbooks: Mapping[str, WorkbookDefinition]
    theme: Theme | None
    messages: Mapping[str, LabelModel]
    split: Mapping[str, SplitShare]
    size: str | None
    ungrouped: frozenset[str]
    explanations: ExplanationRules
    nothing: tuple[str, ...]
    overlapping: frozenset[str]
    """Groupings in which a school may belong to several groups."""
    sheet_owners: Mapping[str, str]
    fingerprint: str
    whole_fingerprint: str
    reading_fingerprints: Mapping[str, str]
    places: Mapping[tuple[str, str], Path] = field(default_factory=dict)
    """Kind and id of an indicator, target set, evaluation or workbook → the file it stands in."""
    _worked_out: dict[tuple[str, ...], Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    _layouts: dict[tuple[str, str], FormLayout] = field(default_factory=dict, repr=False, compare=False)

    def find_return(self, name: str) -> Return | None:
        """A return by id or number, whatever the case."""
        wanted = name.strip().casefold()
        return next((r for r in self.returns.values() if wanted in (r.id.casefold(), r.no.casefold())), None)

    @property
    def register(self) -> Return | None:
        """The return that lists the schools, if the catalogue has one."""
        return next((definition for definition in self.returns.values() if definition.roles), None)

    @property
    def area_breakdown(self) -> str:
        """What a breakdown by area is called in indicators and workbooks."""
        register = self.register
        return register.roles.area_breakdown if register is not None and register.roles is not None else "area"

    @property
    def grouping_codes(self) -> CodeList | None:
        """What schools are grouped by beside the area: the code list of the register's list of members."""
        register = self.register
        roles = register.roles.membership if register is not None and register.roles is not None else None
        sheet = register.find_sheet(roles.sheet) if register is not None and roles is not None else None
        if roles is None or not isinstance(sheet, ListSheet):
            return None
        return self.codelists.get(sheet.fields[roles.grouping].codelist or "")

    @property
    def groupings(self) -> Mapping[str, str]:
        """Groupings of schools beside the area: name of the breakdown → what it is called in print."""
        kinds = self.grouping_codes
        return {entry.key or entry.code: entry.zh for entry in kinds.codes} if kinds is not None else {}

    def label_stage(self, stage: str) -> str:
        """A stage as printed: its label in the code list that has the stages which assets are split among."""
        for codelist in self.codelists.values():
            if stage in codelist.labels and any(name in codelist.labels for name in self.split):
                return codelist.labels[stage]
        return stage

    def says_empty(self, sheet: SheetLayout) -> bool:
        """True for a list that may have no lines if the school says so on its first."""
        is_asked = sheet.is_list and sheet.may_be_empty and not sheet.may_be_absent
        return bool(self.nothing) and is_asked and sheet is not self.notes

    def work_out_once(self, key: tuple[str, ...], work: Callable[[], Result]) -> Result:
        """What follows from the definitions alone, worked out for the first who asks; `key` begins with what it is."""
        if key not in self._worked_out:
            self._worked_out[key] = work()
        known: Result = self._worked_out[key]
        return known

    def build_layout(self, return_id: str, version: str) -> FormLayout:
        """The layout of a return on a form. Raises KeyError if there is no such form."""
        key = (return_id, version)
        if key not in self._layouts:
            definition = self.returns[return_id]
            form = next((form for form in definition.forms if form.version == version), None)
            if form is None:
                raise KeyError(version)
            with located(file=self.files[return_id]):
                self._layouts[key] = build_form_layout(definition, form)
        return self._layouts[key]

    def find_form(self, return_id: str, period: str) -> Form:
        """The form in force for a period; the first form serves all earlier periods."""
        forms = self.returns[return_id].forms
        in_force = [form for form in forms if compare_periods(form.since, period) <= 0]
        return in_force[-1] if in_force else forms[0]

    def find_layout(self, return_id: str, period: str) -> FormLayout:
        """The layout in force for a period."""
        return self.build_layout(return_id, self.find_form(return_id, period).version)

    def latest_layout(self, return_id: str) -> FormLayout:
        """The layout of the latest form: it has every line that can be referred to."""
        return self.build_layout(return_id, self.returns[return_id].forms[-1].version)

    def message(self, key: str, language: str = "zh", **values: object) -> str:
        """A message of the catalogue with its placeholders filled."""
        return self.messages[key].text(language).format(**values)


def load_catalogue(
    folders: Sequence[Path] = (SHIPPED,),
    *,
    parts: frozenset[str] = EVERYTHING,
    limits: Limits | None = None,
    overlapping: Collection[str] = (),
) -> Catalogue:
    """Load all definitions under the folders; later folders add to earlier ones.

    Raises DefinitionError with file and key on the first thing that is wrong: nothing runs on half a catalogue.
    """
    digest = hashlib.sha256()
    returns, files = _load_returns(folders, digest)
    checks = _apply_limits(_collect_checks(returns, files, folders, digest), limits or {}, digest)
    codelists = _load_codelists(folders, digest)
    digest.update(repr(sorted(overlapping)).encode())
    common = _load_common(folders)
    domains = _load_many(folders, "indicators", Domain) if "indicators" in parts else []
    indicators = [(indicator, file) for domain, file in domains for indicator in domain.indicators]
    workbooks = _load_many(folders, "workbooks", WorkbookDefinition) if "workbooks" in parts else []
    evaluations = _load_many(folders, "evaluations", Evaluation) if "indicators" in parts else []
    targets = _load_many(folders, "targets", TargetSet) if "indicators" in parts else []
    catalogue = Catalogue(
        returns=MappingProxyType(returns),
        files=MappingProxyType(files),
        codelists=MappingProxyType(codelists),
        cover=build_sheet_layout(common.cover),
        notes=build_sheet_layout(common.notes),
        checks=MappingProxyType(checks),
        domains=_index([(domain.domain, domain, file) for domain, file in domains], "domain"),
        indicators=_index([(i.id, _limit_indicator(i, limits or {}), file) for i, file in indicators], "indicator"),
        target_sets=_index([(targets.id, targets, file) for targets, file in targets], "target_set"),
        evaluations=_index([(evaluation.id, evaluation, file) for evaluation, file in evaluations], "evaluation"),
        workbooks=_index([(workbook.id, workbook, file) for workbook, file in workbooks], "workbook"),
        theme=_load_theme(folders) if "workbooks" in parts else None,
        messages=MappingProxyType(load_messages(folders)),
        split=MappingProxyType(dict(common.split)),
        size=common.size,
        ungrouped=frozenset(common.ungrouped),
        explanations=common.explanations,
        nothing=common.nothing,
        overlapping=frozenset(overlapping),
        sheet_owners=MappingProxyType(_index_sheets(returns, files)),
        fingerprint=digest.hexdigest()[:16],
        whole_fingerprint=_fingerprint_all(folders, limits or {}),
        reading_fingerprints=MappingProxyType(_fingerprint_reading(folders, files)),
        places=MappingProxyType(
            {("indicator", indicator.id): file for indicator, file in indicators}
            | {("target_set", target_set.id): file for target_set, file in targets}
            | {("evaluation", evaluation.id): file for evaluation, file in evaluations}
            | {("workbook", workbook.id): file for workbook, file in workbooks}
        ),
    )
    refuse_stray_names(catalogue)
    if "indicators" in parts:
        _refuse_stray_limits(catalogue, limits or {})
        refuse_stray_sheets(catalogue)
    return catalogue


def _find_files(folders: Iterable[Path], kind: str, pattern: str = "*.yaml") -> list[Path]:
    return [path for folder in folders for path in sorted((folder / kind).glob(pattern)) if path.is_file()]


def _load_many(folders: Sequence[Path], kind: str, model: type[AnyModel]) -> list[tuple[AnyModel, Path]]:
    return [(load_model(path, model), path) for path in _find_files(folders, kind)]


def _load_returns(folders: Sequence[Path], digest: Digest) -> tuple[dict[str, Return], dict[str, Path]]:
    returns: dict[str, Return] = {}
    files: dict[str, Path] = {}
    for definition, path in _load_many(folders, "returns", Return):
        if definition.id in returns:
            raise _defined_twice("return", definition.id, files[definition.id], path)
        returns[definition.id], files[definition.id] = definition, path
        digest.update(path.read_bytes())
    return returns, files


def _collect_checks(
    returns: Mapping[str, Return], files: Mapping[str, Path], folders: Sequence[Path], digest: Digest
) -> dict[str, CheckEntry]:
    entries = [
        CheckEntry(check, definition.id, files[definition.id])
        for definition in returns.values()
        for check in definition.checks
    ]
    for file, path in _load_many(folders, "checks", CheckFile):
        entries += [CheckEntry(check, None, path) for check in file.checks]
        digest.update(path.read_bytes())
    checks: dict[str, CheckEntry] = {}
    for entry in entries:
        if entry.code in checks:
            raise _defined_twice("check", entry.code, checks[entry.code].file, entry.file)
        checks[entry.code] = entry
    return checks


def _apply_limits(checks: dict[str, CheckEntry], limits: Limits, digest: Digest) -> dict[str, CheckEntry]:
    """The checks with the district's own limits in place of the printed ones."""
    for code, values in limits.items():
        entry = checks.get(code)
        if entry is None:
            continue
        _refuse_unknown_limits(code, values, entry.check.limits)
        checks[code] = replace(
            entry, check=entry.check.model_copy(update={"limits": entry.check.limits | dict(values)})
        )
        digest.update(repr((code, sorted(values.items()))).encode())
    return checks


def _limit_indicator(indicator: Indicator, limits: Limits) -> Indicator:
    own = limits.get(indicator.id, {})
    _refuse_unknown_limits(indicator.id, own, indicator.limits)
    return indicator.model_copy(update={"limits": indicator.limits | dict(own)}) if own else indicator


def _refuse_unknown_limits(name: str, own: Iterable[str], known: Iterable[str]) -> None:
    unknown = tuple(sorted(set(own) - set(known)))
    if unknown:
        raise DefinitionError(problem("no_limit", owner=name, name=unknown), file=LIMITS, key=name)


def _refuse_stray_limits(catalogue: Catalogue, limits: Limits) -> None:
    """Raise DefinitionError for limits of what is neither a check nor an indicator."""
    for name in limits:
        if name not in catalogue.checks and name not in catalogue.indicators:
            raise DefinitionError(problem("nothing_to_limit", name=name), file=LIMITS, key=name)


def _load_codelists(folders: Sequence[Path], digest: Digest) -> dict[str, CodeList]:
    """All code lists; a later folder adds codes to a list and may not give one another meaning."""
    lists: dict[str, CodeList] = {}
    for index in _find_files(folders, "codelists", "index.csv"):
        for row in load_rows(index):
            path = index.with_name(f"{row['list']}.csv")
            digest.update(path.read_bytes())
            content = {"id": row.pop("list"), **row, "codes": [_split_synonyms(code) for code in load_rows(path)]}
            codelist = build_model(content, CodeList, file=path)
            lists[codelist.id] = _extend_codelist(lists.get(codelist.id), codelist, path)
    return lists


def _split_synonyms(row: dict[str, str]) -> dict[str, object]:
    return {**row, "synonyms": [part for part in row.get("synonyms", "").split(";") if part]}


def _extend_codelist(known: CodeList | None, added: CodeList, path: Path) -> CodeList:
    codes = [*(known.codes if known else ()), *added.codes]
    seen: dict[str, str] = {}
    for code in codes:
        if seen.setdefault(code.code, code.zh) != code.zh:
            raise DefinitionError(
                problem("code_means_else", code=code.code, meaning=seen[code.code]), file=path, key=code.code
            )
    return added.model_copy(update={"codes": tuple({code.code: code for code in codes}.values())})


def _load_common(folders: Sequence[Path]) -> Common:
    return load_model([folder / "common.yaml" for folder in folders if (folder / "common.yaml").is_file()][-1], Common)


def _load_theme(folders: Sequence[Path]) -> Theme | None:
    themes = [folder / "theme.yaml" for folder in folders if (folder / "theme.yaml").is_file()]
    return load_model(themes[-1], Theme) if themes else None


def _index(entries: list[tuple[str, Definition, Path]], what: str) -> Mapping[str, Definition]:
    index: dict[str, Definition] = {}
    files: dict[str, Path] = {}
    for entry_id, definition, path in entries:
        if entry_id in index:
            raise _defined_twice(what, entry_id, files[entry_id], path)
        index[entry_id], files[entry_id] = definition, path
    return MappingProxyType(index)


def _defined_twice(what: str, name: str, first: Path, path: Path) -> DefinitionError:
    return DefinitionError(
        problem("defined_twice", what=problem(f"kind_{what}"), name=name, first=first), file=path, key=name
    )


def _index_sheets(returns: Mapping[str, Return], files: Mapping[str, Path]) -> dict[str, str]:
    owners: dict[str, str] = {}
    for definition in returns.values():
        for sheet in definition.sheets:
            if sheet.id in owners:
                raise DefinitionError(
                    problem("sheet_taken", sheet=sheet.id, owner=owners[sheet.id]),
                    file=files[definition.id],
                    key=f"sheets.{sheet.id}",
                )
            owners[sheet.id] = definition.id
    return owners


def _fingerprint_all(folders: Sequence[Path], limits: Limits) -> str:
    """What figures and publications depend on: every definition file, and the district's own limits."""
    own = sorted((code, sorted(values.items())) for code, values in limits.items())
    digest = hashlib.sha256(f"{version('huizong')}{own!r}".encode())
    for folder in folders:
        for path in sorted((*folder.rglob("*.yaml"), *folder.rglob("*.csv"))):
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _fingerprint_reading(folders: Sequence[Path], files: Mapping[str, Path]) -> dict[str, str]:
    """Return id → what its reading depends on; under '' what the reading of an unknown file depends on."""
    shared = hashlib.sha256(version("huizong").encode())
    for path in (*_find_files(folders, "codelists", "*.csv"), *(folder / "common.yaml" for folder in folders)):
        shared.update(path.read_bytes() if path.is_file() else b"")
    own = {
        return_id: hashlib.sha256(shared.digest() + path.read_bytes()).hexdigest()[:16]
        for return_id, path in files.items()
    }
    return own | {"": hashlib.sha256("".join(own.values()).encode()).hexdigest()[:16]}
