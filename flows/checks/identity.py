"""Whose a return is: the school that its cover names, held against the register of the period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flows.lineage import find_closing_day, find_heirs
from flows.normalisers.text import escape_text, fold_label
from flows.register import RegisterView
from flows.signals import Notice, Signal
from schemas.catalogue import Catalogue
from schemas.definitions.returns import Return

MOST_LIKELY = 5
"""So many schools are offered for a code that nobody has; more would be no help."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a cover says of who files, and for when."""

    school: str
    period: str
    cover: Mapping[str, str]


def check_school(claim: Claim, definition: Return, catalogue: Catalogue, register: RegisterView) -> Iterator[Signal]:
    """What is wrong with the school of a return that schools file: nobody's, closed, not asked, or another's name."""
    if not register.spans:
        yield Signal(Notice.NO_REGISTER)
        return
    row = register.find(claim.school)
    if row is None or not register.is_open[row]:
        yield _tell_absent(claim, catalogue, register)
        return
    yield from _check_name(claim, catalogue, register, row)
    yield from _check_district(claim, catalogue, register, row)
    if not register.expects[definition.id][row]:
        yield Signal(Notice.NOT_EXPECTED, found=definition.no)


def point_at_cover(
    catalogue: Catalogue, field: str, notice: Notice, values: Mapping[str, str], *, found: str = "", expected: str = ""
) -> Signal:
    """A signal at a field of the cover."""
    cover = catalogue.cover
    cell = next((cell for cell in cover.cells if cell.ref.endswith(f".{field}")), None)
    address, ref = (cell.address, cell.ref) if cell else ("", "")
    return Signal(notice, cover.tab, address, ref, found, expected, values)


def tell_unknown(catalogue: Catalogue, code: str, *, expected: str = "", likely: str = "") -> Signal:
    """A code that nobody has, at its cell on the cover, with those it may have been meant for."""
    shown = escape_text(code)
    values = {"code": shown, "likely": likely}
    return point_at_cover(catalogue, "school_code", Notice.SCHOOL_UNKNOWN, values, found=shown, expected=expected)


def list_likely(register: RegisterView, code: str, name: str) -> list[str]:
    """Open schools that may be meant: of that name and nearly that code, else of that name, else of nearly that code.

    Nothing where too many codes are alike to be of help.
    """
    open_schools = register.list_open()
    named = [school for school in open_schools if name and fold_label(name) in _fold_names(register, school)]
    near = list_near(code, open_schools)
    both = [school for school in near if school in named]
    chosen = both or named or near
    return chosen if len(chosen) <= MOST_LIKELY else []


def list_near(code: str, codes: Iterable[str]) -> list[str]:
    """Codes that differ by one digit, lack one or have one too many, or have two neighbours in the other order."""
    return [other for other in codes if _is_near(code, other)]


def _tell_absent(claim: Claim, catalogue: Catalogue, register: RegisterView) -> Signal:
    """The school is not open: never, not yet, not any more, or no more because others carry on for it."""
    code, spans, day = claim.school, register.spans.get(claim.school, ()), register.day.isoformat()
    values = {"code": code, "name": register.find_name(code), "period": claim.period}
    if spans and spans[0].start > day:
        values["day"] = spans[0].start
        return point_at_cover(catalogue, "school_code", Notice.SCHOOL_NOT_YET_OPEN, values, found=code)
    closed_on = find_closing_day(spans, day)
    if closed_on is None:
        likely = list_likely(register, code, claim.cover.get("school_name", ""))
        return tell_unknown(catalogue, code, likely=offer(catalogue, name_schools(register, likely)))
    values["day"] = closed_on
    heirs = find_heirs(register.changes, code, register.list_open())
    if not heirs:
        return point_at_cover(catalogue, "school_code", Notice.SCHOOL_CLOSED, values, found=code)
    values["heirs"] = name_schools(register, heirs)
    return point_at_cover(
        catalogue, "school_code", Notice.SCHOOL_TAKEN_OVER, values, found=code, expected="、".join(heirs)
    )


def _check_name(claim: Claim, catalogue: Catalogue, register: RegisterView, row: int) -> Iterator[Signal]:
    """The name is one that the school goes or went by; if it is another school's, that one is named."""
    written = claim.cover.get("school_name", "")
    if fold_label(written) in _fold_names(register, claim.school):
        return
    others = [code for code in register.list_open() if fold_label(written) in _fold_names(register, code)]
    likely = offer(catalogue, name_schools(register, others[:MOST_LIKELY]))
    yield Signal(
        Notice.SCHOOL_NAME_DIFFERS, found=escape_text(written), expected=register.names[row], values={"likely": likely}
    )


def _check_district(claim: Claim, catalogue: Catalogue, register: RegisterView, row: int) -> Iterator[Signal]:
    roles = catalogue.register.roles if catalogue.register is not None else None
    written = claim.cover.get("district_code", "")
    if roles is None or roles.district is None or not written:
        return
    own = str(register.attributes.columns[roles.district][row] or "")
    if own and written != own:
        shown = escape_text(written)
        yield point_at_cover(catalogue, "district_code", Notice.DISTRICT_DIFFERS, {}, found=shown, expected=own)


def name_schools(register: RegisterView, codes: Iterable[str]) -> str:
    """Codes with the names of the period."""
    return "、".join(f"{code} {register.find_name(code)}".rstrip() for code in codes)


def offer(catalogue: Catalogue, schools: str) -> str:
    """The end of a message that names schools which may be meant; nothing where there are none."""
    return catalogue.message("register.likely", schools=schools) if schools else ""


def _fold_names(register: RegisterView, code: str) -> set[str]:
    return {fold_label(name) for name in register.known_names.get(code, ()) if name}


def _is_near(code: str, other: str) -> bool:
    if len(code) != len(other):
        shorter, longer = sorted((code, other), key=len)
        return len(longer) - len(shorter) == 1 and any(
            longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer))
        )
    places = [place for place, (one, two) in enumerate(zip(code, other, strict=True)) if one != two]
    if len(places) == 1:
        return True
    if len(places) != 2 or places[1] != places[0] + 1:  # noqa: PLR2004  a pair
        return False
    return code[places[0]] == other[places[1]] and code[places[1]] == other[places[0]]
