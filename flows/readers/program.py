"""Which program wrote a workbook, as the file itself says; empty where it does not. No file is refused for it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from flows.normalisers.text import escape_text
from flows.readers.archive import parse_part

OFFICE, OWN = "docProps/app.xml", "docProps/custom.xml"
WPS_BUILD = "KSOProductBuildVer"
"""A property of its own by which WPS is known: for the rest it says that it is Excel."""

NAMED = re.compile(r"([^\d/$]*[^\d/$\s])(?:[\s/]+(\d+(?:\.\d+)?))?")
WITHIN = re.compile(r"(?i)compatible\s*/\s*(.+)")
LONGEST = 40


def name_program(parts: Mapping[str, bytes]) -> str:
    """Name and version of the program that wrote an Open XML workbook."""
    try:
        build = _find_own(parts.get(OWN, b""), WPS_BUILD)
        if build:
            return _spell("WPS", build.rpartition("-")[2])
        name, version = (_find_text(parts.get(OFFICE, b""), tag) for tag in ("Application", "AppVersion"))
    except (etree.XMLSyntaxError, ValueError):
        return ""
    return _spell(name, version)


def name_open_document_program(meta: bytes) -> str:
    """Name and version of the program that wrote an .ods workbook."""
    try:
        return _spell(_find_text(meta, "generator"), "")
    except (etree.XMLSyntaxError, ValueError):
        return ""


def _spell(said: str, version: str) -> str:
    """Name and first two numbers of the version: "LibreOffice/24.2.7.2$Linux" is "LibreOffice 24.2"."""
    inner = WITHIN.search(said)
    found = NAMED.match((inner[1] if inner else said).strip())
    if found is None:
        return ""
    numbers = re.match(r"\d+(?:\.\d+)?", found[2] or version)
    number = re.sub(r"\.0\d*$", "", numbers[0]) if numbers else ""
    return escape_text(f"{found[1]} {number}".strip(), limit=LONGEST)


def _find_text(part: bytes, tag: str) -> str:
    if not part:
        return ""
    return next((element.text or "" for element in parse_part(part).iter(f"{{*}}{tag}")), "")


def _find_own(part: bytes, name: str) -> str:
    if not part:
        return ""
    properties = [each for each in parse_part(part).iter("{*}property") if each.get("name") == name]
    return next(("".join(map(str, each.itertext())) for each in properties), "").strip()
