"""Whether messages of checks ask only for what is filled in: {cell}, {a} and what else the kind of a check offers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from schemas.check_kinds import CELL_KINDS, CELL_OFFERS, DISTRICT_KINDS, FORMULA_OFFERS
from schemas.definitions.checks import Check
from schemas.errors import DefinitionError, problem
from schemas.notices import ALWAYS, OFFERS, Notice
from schemas.placeholders import refuse_other_names

if TYPE_CHECKING:
    from schemas.catalogue import CheckEntry


def refuse_unfilled(check: Check) -> None:
    """Raise DefinitionError at the first placeholder of a message or remedy that nothing fills."""
    offered = list_offered(check)
    for key, label in (("message", check.message), ("remedy", check.remedy)):
        for text in (label.zh, label.en):
            refuse_other_names(text, offered, key=f"{check.code}.{key}")


def list_offered(check: Check) -> frozenset[str]:
    """What messages of a check may name. Raises DefinitionError for a notice that nothing gives."""
    own = frozenset((*check.each, *check.values))
    if check.kind == "formula":
        return FORMULA_OFFERS | own
    if check.kind in CELL_KINDS:
        return CELL_OFFERS
    if check.kind == "signal":
        return ALWAYS | OFFERS.get(read_notice(check), frozenset())
    return DISTRICT_KINDS[check.kind].offers | {"subject"} | own


def read_notice(check: Check) -> Notice:
    """The notice that a check claims. Raises DefinitionError where it names none that there is."""
    name = str(check.parameters.get("notice", ""))
    try:
        return Notice(name)
    except ValueError:
        raise DefinitionError(
            problem("no_notice", name=name or "—", known=tuple(notice.value for notice in Notice)),
            key=f"{check.code}.parameters.notice",
        ) from None


def refuse_claimed_twice(entries: Iterable[CheckEntry]) -> None:
    """Raise DefinitionError where two checks claim the same notice: only one of them could speak."""
    claims: dict[Notice, str] = {}
    for entry in entries:
        if entry.check.kind == "signal":
            notice = read_notice(entry.check)
            if claims.setdefault(notice, entry.code) != entry.code:
                fault = problem("notice_claimed", name=notice.value, check=claims[notice])
                raise DefinitionError(fault, file=entry.file, key=entry.code)
