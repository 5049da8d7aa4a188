"""Template campaigns: which workbooks which schools get for a period, each filled with what is known of the school."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.assess import RecordShelf, Registers, build_offices
from flows.conductor import Watcher
from flows.errors import UsageError
from flows.files import write_whole
from flows.publishers.campaign import TemplateMaker, name_template_file
from flows.publishers.template import Addressee
from flows.register import RegisterView
from flows.sources import AcceptedBlock
from flows.warehouse.tables import Connection
from flows.workspace import Workspace
from schemas.catalogue import Catalogue
from schemas.definitions.returns import Return
from schemas.layout import FormLayout
from schemas.periods import PeriodError, find_bounds, find_parts, normalise_period, step_back


@dataclass(frozen=True, slots=True)
class Order:
    """One workbook to be made."""

    layout: FormLayout
    period: str
    addressee: Addressee


@dataclass(frozen=True)
class CampaignDesk:
    """What a campaign is made from: definitions, register and last year's figures."""

    workspace: Workspace
    catalogue: Catalogue
    registers: Registers
    shelf: RecordShelf

    @classmethod
    def open(cls, workspace: Workspace, catalogue: Catalogue, connection: Connection) -> CampaignDesk:
        registers = Registers(catalogue, connection)
        return cls(workspace, catalogue, registers, RecordShelf(catalogue, connection, registers))


def find_returns(catalogue: Catalogue, names: Sequence[str]) -> list[Return]:
    """Returns by number or id. Raises UsageError for a name that is none."""
    found = []
    for name in names:
        definition = catalogue.find_return(name)
        if definition is None:
            numbers = ", ".join(sorted(d.no for d in catalogue.returns.values()))
            raise UsageError("no_such_return", name=name, known=numbers)
        found.append(definition)
    return found


def read_period(text: str) -> str:
    """A period as typed, in its plain spelling. Raises UsageError if it is none."""
    period = normalise_period(text)
    if period is None:
        raise UsageError("no_such_period", name=text)
    return period


def list_orders(
    desk: CampaignDesk, returns: Sequence[Return], period: str, *, schools: Sequence[str], everyone: bool
) -> list[Order]:
    """The workbooks of a campaign: blank ones, those of some schools, or those of all that owe the return.

    Raises UsageError for a school the register does not know, or a return that is not filed for such a period.
    """
    orders: list[Order] = []
    for definition in returns:
        for part in _find_parts(desk, definition, period):
            layout = desk.catalogue.find_layout(definition.id, part)
            addressees = _list_addressees(desk, definition, part, schools, everyone=everyone)
            orders += [Order(layout, part, addressee) for addressee in addressees]
    return orders


def make_templates(desk: CampaignDesk, orders: Sequence[Order], folder: Path, watcher: Watcher) -> list[Path]:
    """Write the workbooks; with several schools each gets a folder of its own. Returns the paths in order."""
    maker = TemplateMaker(desk.catalogue)
    watcher.begin("fill", len(orders))
    paths = []
    for order in orders:
        path = folder / name_order(orders, order)
        write_whole(path, maker.make(order.layout, order.period, order.addressee))
        paths.append(path)
        watcher.advance()
    return paths


def name_order(orders: Sequence[Order], order: Order) -> Path:
    """Where the workbook of an order goes, below the folder of its campaign."""
    apart = len({other.addressee.code for other in orders}) > 1
    name = name_template_file(order.layout, order.period, order.addressee)
    return Path(_name_folder(order.addressee), name) if apart else Path(name)


def _find_parts(desk: CampaignDesk, definition: Return, period: str) -> list[str]:
    try:
        parts = find_parts(period, definition.period, months_of=desk.workspace.settings.months_of_year)
    except PeriodError:
        parts = []
    if not parts:
        raise UsageError("wrong_period_type", name=definition.no, period=period)
    return parts


def _list_addressees(
    desk: CampaignDesk, definition: Return, period: str, schools: Sequence[str], *, everyone: bool
) -> Iterator[Addressee]:
    settings = desk.workspace.settings
    if definition.scope != "school":
        for code, name in _list_offices(desk, definition):
            filed, earlier = _find_earlier(desk, definition, period, code)
            yield Addressee(
                code, name, settings.district_code, settings.district_name, earlier=filed, earlier_period=earlier
            )
        return
    if not schools and not everyone:
        yield Addressee(district_code=settings.district_code, district_name=settings.district_name)
        return
    register = desk.registers.find(period)
    for code in schools or register.expected_codes(definition.id):
        yield _address_school(desk, definition, period, register, code)


def _address_school(
    desk: CampaignDesk, definition: Return, period: str, register: RegisterView, code: str
) -> Addressee:
    row = register.find(code)
    if row is None:
        raise UsageError("no_such_school", code=code, period=period)
    settings = desk.workspace.settings
    attributes = register.describe(code)
    return Addressee(
        code, register.names[row], settings.district_code, settings.district_name, attributes,
        *_find_earlier(desk, definition, period, code),
    )  # fmt: skip


def _list_offices(desk: CampaignDesk, definition: Return) -> list[tuple[str, str]]:
    settings = desk.workspace.settings
    if definition.scope == "section" and settings.sections:
        return [(section.code, section.name) for section in settings.sections]
    bureau = build_offices(settings).bureau
    return [(bureau, desk.catalogue.message("template.bureau", district=settings.district_name))]


def _find_earlier(
    desk: CampaignDesk, definition: Return, period: str, code: str
) -> tuple[Mapping[str, float | str], str]:
    """What the unit filed for the period before, by reference, and that period.

    Of a school that has taken over others it is the sum of all of them; of one that shares its origin, nothing.
    """
    earlier = step_back(period)
    filed = desk.shelf.load(definition.id, earlier)
    origins = desk.registers.find(period).trace(find_bounds(earlier)[0]).get(code, (code,))
    owed = desk.registers.find(earlier).expected_codes(definition.id) if len(origins) > 1 else ()
    present = [school for school in origins if filed is not None and school in filed.schools]
    if filed is None or not present or set(origins).intersection(owed) - set(present):
        return {}, ""
    return _list_values(filed, [filed.schools.index(school) for school in present]), earlier


def _list_values(filed: AcceptedBlock, rows: list[int]) -> dict[str, float | str]:
    """Sums over the rows; texts only where there is one row."""
    block = filed.block
    numbers = {ref: float(block.numbers[rows, position].sum()) for ref, position in block.index.items()}
    texts = {ref: column[rows[0]] for ref, column in block.texts.items() if len(rows) == 1}
    known = {ref: value for ref, value in numbers.items() if not math.isnan(value)}
    return known | {ref: text for ref, text in texts.items() if text is not None}


def _name_folder(addressee: Addressee) -> str:
    name = re.sub(r"[\\/:*?\"<>|\s]", "", addressee.name)[:30]
    return "_".join(part for part in (addressee.code, name) if part) or "空白模板"
