"""A release of templates: made aside, read back, rehearsed with last year's returns, and only then handed out.

Whatever stands against it is told, and keeps it back unless the operator gives a reason. What was handed out can be
held against its list of digests ever after, and the forms on it may not change under their version again.
"""

from __future__ import annotations

import fnmatch
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.campaigns import make_templates, name_order
from flows.collections_file import add_collections, remove_collections
from flows.conductor import Watcher
from flows.errors import UsageError
from flows.files import digest_file, write_whole
from flows.ingest import find_reading_limits
from flows.operations import OperatorDesk
from flows.publishers.fill import fill_workbook
from flows.publishers.release_sheets import ListedTemplate, Rehearsal, ReleaseFacts, build_release_sheets
from flows.publishers.rollover_sheets import Remark, build_rollover_workbook
from flows.publishers.template import find_open_cells, list_open_sheets
from flows.publishers.typing_in import type_lines
from flows.publishers.write import write_workbook
from flows.readers.child import FileToRead, read_files
from flows.readers.reading import Reading
from flows.readers.reading_map import build_reading_map
from flows.rehearsal import Stage, Template, rehearse
from flows.rollover import Rollover, RolloverDesk, find_roles
from flows.settings import Collection
from flows.warehouse.records import load_block
from flows.warehouse.releases import ReleasedForm, list_released_forms
from flows.workspace import MARKER, Workspace
from schemas.catalogue import Catalogue
from schemas.forms import digest_form
from schemas.periods import count_months, step_by_months

LIST_NAME = "SHA256SUMS"
"""The list of digests beside the templates, as `sha256sum -c` reads it."""


@dataclass(frozen=True)
class Release:
    """Templates that lie aside, and what is known of them. `objections` are what stands against handing them out."""

    forms: tuple[ReleasedForm, ...]
    templates: tuple[Template, ...]
    listed: tuple[ListedTemplate, ...]
    rehearsals: tuple[Rehearsal, ...]
    objections: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """A folder of templates held against the list that was released with them."""

    checked: int
    missing: tuple[str, ...]
    altered: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        return not (self.missing or self.altered or self.extra)


def prepare_release(desk: RolloverDesk, rollover: Rollover, aside: Path, watcher: Watcher) -> Release:
    """Make all templates in a folder aside, and find out whether they may be handed out."""
    templates = tuple(_make_templates(desk, rollover, aside / "templates", watcher))
    stage = Stage(
        _open_collections(desk.workspace, rollover), desk.catalogue, desk.connection, aside / "rehearsal", watcher
    )
    months = count_months(rollover.earlier, rollover.period)
    earlier = {order.period: step_by_months(order.period, -months) for order in rollover.orders}
    rehearsals = tuple(rehearse(stage, templates, earlier))
    forms = tuple(_list_forms(rollover))
    objections = (
        *_find_altered_forms(desk, forms),
        *find_unlike_templates(desk, templates, watcher),
        *_find_rejecting_checks(rehearsals),
    )
    return Release(forms, templates, tuple(_list_templates(templates, forms)), rehearsals, objections)


def find_unlike_templates(desk: RolloverDesk, templates: Sequence[Template], watcher: Watcher) -> Iterator[Remark]:
    """Templates that are not read as what they are."""
    settings = desk.workspace.settings
    by_path = {template.path: template for template in templates}
    jobs = [FileToRead(path, path.suffix) for path in by_path]
    watcher.begin("read", len(jobs))
    limits = find_reading_limits(settings)
    unlike = []
    for job, reading in read_files(jobs, build_reading_map(desk.catalogue), limits=limits, workers=settings.workers):
        if not _is_read_as_made(desk.catalogue, by_path[job.path], reading):
            unlike.append(by_path[job.path].name)
        watcher.advance()
    yield from (Remark("template_unlike", {"name": name}) for name in sorted(unlike))


def hand_out(operator: OperatorDesk, rollover: Rollover, release: Release, folder: Path, reason: str) -> list[Path]:
    """Write templates, list and review list to the folder, tell the journal, then open the collections.

    Returns the paths of the workbooks, the review list first. Raises UsageError where something stands against the
    release and no reason is given.
    """
    if not may_be_handed_out(release, reason):
        raise UsageError("release_refused", count=len(release.objections))
    paths = [
        _copy_whole(template, listed, folder)
        for template, listed in zip(release.templates, release.listed, strict=True)
    ]
    content = "".join(f"{listed.sha256}  {listed.name}\n" for listed in release.listed).encode()
    write_whole(folder / LIST_NAME, content)
    review = folder / name_review(operator.catalogue, rollover.facts.district, rollover.period)
    write_whole(review, build_review(operator.catalogue, rollover, release, reason))
    _record(operator, rollover, release, digest=hashlib.sha256(content).hexdigest(), reason=reason)
    add_collections(operator.workspace.root / MARKER, rollover.new_collections)
    return [review, *paths]


def may_be_handed_out(release: Release, reason: str) -> bool:
    """True if nothing stands against it, or there is a reason to do it all the same."""
    return not release.objections or bool(reason.strip())


def take_back(operator: OperatorDesk, period: str, collections: Sequence[str]) -> list[str]:
    """Close what was opened with a period: its forms may change again. Returns the collections closed.

    Raises UsageError where the settings have none of them as an entry that was added here.
    """
    gone = remove_collections(operator.workspace.root / MARKER, collections)
    if not gone:
        raise UsageError("undo_nothing", period=period)
    operator.record("release_undone", [{"done_by": operator.operator, "period": period}])
    return gone


def verify_release(folder: Path, review: str) -> Verification:
    """Hold the workbooks below a folder against the list beside them.

    `review` is a pattern for the name of the review list, which is not on it. Raises UsageError where there is no list.
    """
    path = folder / LIST_NAME
    if not path.is_file():
        raise UsageError("no_release_list", path=path)
    lines = [line.split("  ", 1) for line in path.read_text(encoding="utf-8").splitlines() if "  " in line]
    digests = {name: digest for digest, name in lines}
    present = {file.relative_to(folder).as_posix() for file in folder.rglob("*.xlsx") if not file.name.startswith(".")}
    own = set(fnmatch.filter(present, review))
    altered = [name for name in digests if name in present and digest_file(folder / name) != digests[name]]
    missing = [name for name in digests if name not in present]
    return Verification(len(digests), tuple(missing), tuple(altered), tuple(sorted(present - digests.keys() - own)))


def name_review(catalogue: Catalogue, district: str, period: str) -> str:
    """The file name of the workbook 结转清单."""
    return catalogue.message("review.file_name", district=district, period=period)


def build_review(catalogue: Catalogue, rollover: Rollover, release: Release, reason: str) -> bytes:
    """The workbook 结转清单."""
    assert catalogue.theme is not None
    facts = ReleaseFacts(release.listed, release.rehearsals, release.objections, reason.strip())
    sheets = build_release_sheets(catalogue, rollover.facts, facts)
    return write_workbook(build_rollover_workbook(catalogue, rollover.facts, sheets), catalogue.theme)


def _make_templates(desk: RolloverDesk, rollover: Rollover, folder: Path, watcher: Watcher) -> Iterator[Template]:
    paths = make_templates(desk.campaign, rollover.orders, folder, watcher)
    _fill_register(desk, rollover, folder)
    for order, path in zip(rollover.orders, paths, strict=True):
        yield Template(order, path.relative_to(folder).as_posix(), path)


def _fill_register(desk: RolloverDesk, rollover: Rollover, folder: Path) -> None:
    """The register's own template gets the lines of the last one, to be gone through rather than typed again."""
    register = desk.catalogue.register
    order = next((o for o in rollover.orders if register and o.layout.return_id == register.id), None)
    submission = next(reversed(desk.campaign.registers.list_submissions(order.period)), None) if order else None
    sheet = order.layout.find_sheet(find_roles(desk.catalogue).sheet) if order else None
    if order is None or submission is None or sheet is None:
        return
    path = folder / name_order(rollover.orders, order)
    lines = load_block(desk.connection, order.layout, [submission]).lists[sheet.id]
    write_whole(path, fill_workbook(path.read_bytes(), {sheet.tab: type_lines(desk.catalogue, sheet, lines, 0)}))


def _open_collections(workspace: Workspace, rollover: Rollover) -> Workspace:
    """The workspace as it will be."""
    new = rollover.new_collections
    opened = [Collection(period=c.period, returns=list(c.returns), due=dict(c.due)) for c in new]
    settings = workspace.settings
    return replace(workspace, settings=settings.model_copy(update={"collections": [*settings.collections, *opened]}))


def _list_forms(rollover: Rollover) -> Iterator[ReleasedForm]:
    layouts = {(o.layout.return_id, o.layout.version): o.layout for o in rollover.orders}
    yield from (ReleasedForm(rollover.period, *key, digest_form(layout)) for key, layout in sorted(layouts.items()))


def _find_altered_forms(desk: RolloverDesk, forms: Iterable[ReleasedForm]) -> Iterator[Remark]:
    """Forms that were handed out under the same version and looked otherwise."""
    released = {(form.return_id, form.version): form for form in list_released_forms(desk.connection)}
    for form in forms:
        before = released.get((form.return_id, form.version))
        if before is not None and before.digest != form.digest:
            yield Remark(
                "form_altered",
                {
                    "no": desk.catalogue.returns[form.return_id].no, "version": form.version,
                    "period": before.period, "digest": before.digest, "found": form.digest,
                },
            )  # fmt: skip


def _is_read_as_made(catalogue: Catalogue, template: Template, reading: Reading) -> bool:
    layout, identity, addressee = template.order.layout, reading.identity, template.order.addressee
    said = (identity.return_id, identity.version, identity.period, identity.school_code)
    sheets = {sheet.id for sheet in list_open_sheets(layout, find_open_cells(catalogue, layout, addressee))}
    made = (layout.return_id, layout.version, template.order.period, addressee.code)
    return reading.is_readable and said == made and sheets <= reading.present


def _find_rejecting_checks(rehearsals: Iterable[Rehearsal]) -> Iterator[Remark]:
    """Errors in what was accepted last year and is on the new form too."""
    for rehearsal in rehearsals:
        for check in rehearsal.checks:
            if check.severity == "error" and not check.is_new:
                yield Remark(
                    "would_reject",
                    {
                        "no": rehearsal.no, "count": str(check.count), "code": check.code, "message": check.message,
                        "school": check.school, "place": f"{check.sheet} {check.cell}".strip() or "—",
                    },
                )  # fmt: skip


def _list_templates(templates: Iterable[Template], forms: Iterable[ReleasedForm]) -> Iterator[ListedTemplate]:
    digests = {(form.return_id, form.version): form.digest for form in forms}
    for template in templates:
        order, content = template.order, template.path.read_bytes()
        form = digests[order.layout.return_id, order.layout.version]
        yield ListedTemplate(
            order.layout.no, order.period, order.addressee.code, order.addressee.name, order.layout.version, form,
            template.name, len(content), hashlib.sha256(content).hexdigest(),
        )  # fmt: skip


def _copy_whole(template: Template, listed: ListedTemplate, folder: Path) -> Path:
    """The template where it is handed out, read again from there."""
    path = folder / template.name
    write_whole(path, template.path.read_bytes())
    if digest_file(path) != listed.sha256:
        raise UsageError("template_not_written", path=path)
    return path


def _record(operator: OperatorDesk, rollover: Rollover, release: Release, *, digest: str, reason: str) -> None:
    forms = [{"return_id": form.return_id, "version": form.version, "digest": form.digest} for form in release.forms]
    facts = {
        "done_by": operator.operator, "period": rollover.period, "forms": forms, "templates": len(release.templates),
        "list_sha256": digest, "objections": len(release.objections), "reason": reason.strip(),
    }  # fmt: skip
    operator.record("released", [facts])
