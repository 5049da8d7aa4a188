"""The parts of a workbook package, read and changed by name."""

from __future__ import annotations

import io
import posixpath
import zipfile
from dataclasses import dataclass, field

from lxml import etree

from flows.publishers.repack import repack

RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
CONTENT_TYPES = "[Content_Types].xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/"
"""Begins the names of the strict form of the standard, for which office programs have an entry of its own on saving."""
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_blank_text=False)


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of a part to another."""

    id: str
    kind: str
    target: str


@dataclass
class Package:
    """A package under change. Parts are parsed when first asked for; those changed are written at the end."""

    archive: bytes
    changed: dict[str, etree._Element] = field(default_factory=dict)
    replaced: dict[str, bytes | None] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        with zipfile.ZipFile(io.BytesIO(self.archive)) as archive:
            self.names = {info.filename.replace("\\", "/") for info in archive.infolist()}

    @property
    def main(self) -> str:
        """The space of names of sheets, comments and styles in this package."""
        return f"{STRICT}spreadsheetml/main" if self._is_strict else MAIN

    @property
    def office(self) -> str:
        """How types of relations begin in this package, and the space of the ids by which parts name them."""
        return f"{STRICT}officeDocument/relationships" if self._is_strict else OFFICE

    @property
    def _is_strict(self) -> bool:
        return STRICT.encode() in self.read(name_relations(""))

    def read(self, name: str) -> bytes:
        """The bytes of a part as they are now."""
        replaced = self.replaced.get(name)
        if replaced is not None:
            return replaced
        with zipfile.ZipFile(io.BytesIO(self.archive)) as archive:
            return archive.read(name)

    def look(self, name: str) -> etree._Element:
        """The root of an XML part, to be read only: the part keeps its bytes."""
        return self.changed[name] if name in self.changed else etree.fromstring(self.read(name), PARSER)

    def open(self, name: str) -> etree._Element:
        """The root of an XML part, to be changed in place."""
        if name not in self.changed:
            self.changed[name] = self.look(name)
        return self.changed[name]

    def add(self, name: str, content: bytes, content_type: str = "") -> None:
        """A new part, or a part in place of one. Its type is declared where one is given."""
        self.changed.pop(name, None)
        self.replaced[name] = content
        self.names.add(name)
        if content_type:
            self._declare(name, content_type)

    def remove(self, name: str) -> None:
        """Leave a part out, with its declaration and its own relations."""
        for part in (name, name_relations(name)):
            if part in self.names:
                self.changed.pop(part, None)
                self.replaced[part] = None
                self.names.discard(part)
        types = self.open(CONTENT_TYPES)
        for entry in types.findall(f"{{{TYPES}}}Override"):
            if entry.get("PartName") == f"/{name}":
                types.remove(entry)

    def list_relations(self, name: str) -> list[Relation]:
        """Relations of a part to parts of the package; targets are names from the root."""
        own = name_relations(name)
        if own not in self.names:
            return []
        found = []
        for entry in self.look(own).findall(f"{{{RELATIONS}}}Relationship"):
            if entry.get("TargetMode") != "External":
                kind = (entry.get("Type") or "").rpartition("/")[2]
                found.append(Relation(entry.get("Id") or "", kind, _resolve(name, entry.get("Target") or "")))
        return found

    def relate(self, name: str, kind: str, target: str) -> str:
        """A new relation of a part; the id is new. `kind` is a whole relation type."""
        own = name_relations(name)
        if own not in self.names:
            self.add(own, f'<Relationships xmlns="{RELATIONS}"/>'.encode())
        root = self.open(own)
        known = {entry.get("Id") for entry in root}
        number = next(n for n in range(1, len(known) + 2) if f"huizong{n}" not in known)
        entry = etree.SubElement(root, f"{{{RELATIONS}}}Relationship")
        entry.set("Id", f"huizong{number}")
        entry.set("Type", kind)
        entry.set("Target", f"/{target}")
        return f"huizong{number}"

    def unrelate(self, name: str, relation: Relation) -> None:
        """Take a relation away."""
        root = self.open(name_relations(name))
        for entry in root.findall(f"{{{RELATIONS}}}Relationship"):
            if entry.get("Id") == relation.id:
                root.remove(entry)

    def name_new(self, pattern: str) -> str:
        """A part name that is free; `pattern` has {} for a number."""
        return next(name for n in range(1, len(self.names) + 2) if (name := pattern.format(n)) not in self.names)

    def retype(self, name: str, content_type: str) -> None:
        """Declare a part that is there to be of another type."""
        self._declare(name, content_type)

    def declare_extension(self, extension: str, content_type: str) -> None:
        """The type of all parts with an extension."""
        types = self.open(CONTENT_TYPES)
        for entry in types.findall(f"{{{TYPES}}}Default"):
            if (entry.get("Extension") or "").lower() == extension:
                return
        entry = etree.Element(f"{{{TYPES}}}Default")
        entry.set("Extension", extension)
        entry.set("ContentType", content_type)
        types.insert(0, entry)

    def write(self) -> bytes:
        """The package with all changes; parts that were not touched keep their compressed bytes."""
        written = {name: _serialise(root) for name, root in self.changed.items()}
        return repack(self.archive, {**self.replaced, **written})

    def _declare(self, name: str, content_type: str) -> None:
        types = self.open(CONTENT_TYPES)
        for entry in types.findall(f"{{{TYPES}}}Override"):
            if entry.get("PartName") == f"/{name}":
                entry.set("ContentType", content_type)
                return
        entry = etree.SubElement(types, f"{{{TYPES}}}Override")
        entry.set("PartName", f"/{name}")
        entry.set("ContentType", content_type)


def name_relations(name: str) -> str:
    """The part that holds the relations of a part."""
    folder, _, file = name.rpartition("/")
    return f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels"


def _resolve(name: str, target: str) -> str:
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), target))


def _serialise(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
