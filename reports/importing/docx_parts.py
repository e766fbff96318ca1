"""The parts of a DOCX that an outline is read from (ECMA-376, part 2): where they lie, and their XML.

The package is a zip, read within the limits of `archives`. A document type or an entity is refused before it is read
(Python manual, XML vulnerabilities), and elements are passed on one by one, so that depth costs nothing.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from xml.parsers import expat

from reports.importing.archives import opened_zip, read_entry, refuse_excess
from reports.importing.limits import MOST_MARKS, refused

DOCUMENT, STYLES, HYPERLINK = "officeDocument", "styles", "hyperlink"
"""Last words of relationship types, of both the transitional and the strict form."""
Attributes = Mapping[str, str]


@dataclass(frozen=True)
class Relationship:
    """A part or address that another part refers to."""

    kind: str
    target: str
    is_outside: bool


@dataclass(frozen=True)
class Parts:
    """XML of the text and of its styles (empty if there are none), and what its links lead to."""

    document: bytes
    styles: bytes
    addresses: dict[str, str]


class Elements:
    """What is called for each element, by its name without namespace; attributes likewise."""

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """It ends."""

    def text(self, data: str) -> None:
        """Text inside it."""


def read_parts(name: str, content: bytes) -> Parts:
    """The parts of a document. Raises ImportRefused."""
    with opened_zip(name, content, "save the document anew as .docx") as packed:
        entries = packed.infolist()
        refuse_excess(name, entries)
        by_name = {entry.filename: entry for entry in entries}
        if len(by_name) < len(entries):
            raise refused(name, "holds two parts of one name: save the document anew as .docx")
        read = _reader(packed, by_name)
        document = next((one.target for one in _related(read, "").values() if one.kind == DOCUMENT), "")
        if document not in by_name:
            raise refused(name, "holds no text document: save it anew as .docx")
        related = _related(read, document)
        styles = next((one.target for one in related.values() if one.kind == STYLES), "")
        links = {key: one.target for key, one in related.items() if one.kind == HYPERLINK and one.is_outside}
        return Parts(read(document), read(styles), links)


def walk(name: str, xml: bytes, elements: Elements) -> None:
    """Call `elements` for each element of a part. Raises ImportRefused."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    count = iter(range(MOST_MARKS))

    def start(tag: str, attributes: dict[str, str]) -> None:
        if next(count, None) is None:
            raise refused(name, f"holds more than {MOST_MARKS} elements: split it")
        elements.start(_local(tag), {_local(key): value for key, value in attributes.items()})

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda tag: elements.end(_local(tag))
    parser.CharacterDataHandler = elements.text
    parser.StartDoctypeDeclHandler = _refuse_document_type(name)
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise refused(name, f"cannot be read as XML ({error}): save the document anew as .docx") from None


def _refuse_document_type(name: str) -> Callable[..., None]:
    def refuse(*_declared: object) -> None:
        raise refused(name, "holds a document type (DTD), which no word processor writes: save it anew as .docx")

    return refuse


def _reader(packed: zipfile.ZipFile, by_name: Mapping[str, zipfile.ZipInfo]) -> Callable[[str], bytes]:
    return lambda part: read_entry(packed, by_name[part]) if part in by_name else b""


def _related(read: Callable[[str], bytes], part: str) -> dict[str, Relationship]:
    """What a part refers to; the package itself is the part without a name."""
    path = PurePosixPath(part)
    file = str(path.parent / "_rels" / f"{path.name}.rels")
    found = _Relationships(path.parent)
    if xml := read(file):
        walk(file, xml, found)
    return found.by_id


class _Relationships(Elements):
    def __init__(self, folder: PurePosixPath) -> None:
        self.folder = folder
        self.by_id: dict[str, Relationship] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            target, is_outside = attributes.get("Target", ""), attributes.get("TargetMode") == "External"
            if not is_outside:
                target = target[1:] if target.startswith("/") else str(self.folder / target)
            self.by_id[attributes.get("Id", "")] = Relationship(kind, target, is_outside)


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
