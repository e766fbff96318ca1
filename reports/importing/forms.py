"""What was handed in, by what it holds: a name can say anything."""

from __future__ import annotations

from enum import Enum
from pathlib import PurePath
from typing import Final

from reports.importing.archives import opened_zip
from reports.importing.limits import refused


class Form(Enum):
    """What can be read."""

    BUNDLE = "JSON bundle"
    TABLES = "zip of CSV tables"
    MARKDOWN = "outline in Markdown"
    HTML = "outline in HTML"
    DOCX = "outline in DOCX"


AS_DOCX: Final = "save it as .docx"
FOREIGN: Final = {
    b"\xd0\xcf\x11\xe0": f"is a document of Word before 2007 (.doc), or has a password: {AS_DOCX}, without a password",
    b"{\\rtf": f"is RTF: {AS_DOCX}",
    b"%PDF": f"is a PDF, which has lost its headings: take the document that it was made from and {AS_DOCX}",
    b"MIME-Version:": f"is a web archive (.mht): {AS_DOCX}",
}
"""What others begin with."""
BY_ENDING: Final = {
    ".json": Form.BUNDLE,
    ".md": Form.MARKDOWN,
    ".markdown": Form.MARKDOWN,
    ".txt": Form.MARKDOWN,
    ".html": Form.HTML,
    ".htm": Form.HTML,
    ".xhtml": Form.HTML,
}
"""Which text it is: Markdown may begin with HTML or a bracket."""
NO_TEXT: Final = {
    ".csv": "is one table: pack the tables of the set into one zip",
    ".docx": f"holds no Word document: {AS_DOCX} anew",
    ".zip": "is no zip: pack the tables anew",
}
"""Endings of what is no text inside; for one that is not what it says."""


def form_of(name: str, content: bytes) -> Form:
    """Which it is. Raises ImportRefused for what cannot be read, and says what to do."""
    for mark, advice in FOREIGN.items():
        if content.startswith(mark):
            raise refused(name, advice)
    if content.startswith(b"PK"):
        return _form_of_zip(name, content)
    ending = PurePath(name).suffix.casefold()
    if ending in NO_TEXT:
        raise refused(name, NO_TEXT[ending])
    return BY_ENDING.get(ending) or _form_of_text(content)


def _form_of_text(content: bytes) -> Form:
    """By the first character that is none of space."""
    first = content[:1000].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return {b"{": Form.BUNDLE, b"[": Form.BUNDLE, b"<": Form.HTML}.get(first, Form.MARKDOWN)


def _form_of_zip(name: str, content: bytes) -> Form:
    """Word processors and spreadsheets write zips too."""
    with opened_zip(name, content, "pack the tables anew, or save the document anew as .docx") as packed:
        names = set(packed.namelist())
        if "[Content_Types].xml" in names:
            if any(one.startswith("xl/") for one in names):
                raise refused(name, "is a workbook of Excel: save each sheet as “CSV UTF-8” and pack them into one zip")
            return Form.DOCX
        if "mimetype" in names:
            raise refused(name, f"is OpenDocument or an e-book: {AS_DOCX}, a sheet as “CSV UTF-8”")
        return Form.TABLES
