"""An outline in a file as the object that a JSON bundle holds, with the line that each of its values came from."""

from __future__ import annotations

import re
from typing import Any, Final

from reports.content_file import Problem
from reports.importing.encoding import NotUtf8, utf8_text
from reports.importing.forms import Form
from reports.importing.limits import ImportRefused, refused
from reports.importing.outline import read_outline
from reports.importing.outline_blocks import Blocks
from reports.importing.outline_docx import docx_blocks
from reports.importing.outline_html import html_blocks
from reports.importing.outline_markdown import markdown_blocks
from reports.importing.outline_rows import outline_rows
from reports.importing.positions import At, LineProblem, Positions
from reports.importing.table_rows import TableReader

DECLARED: Final = re.compile(rb"charset\s*=\s*[\"']?(windows-125[0-8]|iso-8859-1)\b", re.IGNORECASE)
"""Encodings of word processors that a page in HTML may say it is in."""
IN_THE_FIRST: Final = 4096
BELOW_A_FINDING: Final = {"evidence": "Source", "places": "Place"}


def read_outline_file(name: str, content: bytes, form: Form) -> tuple[dict[str, Any], Positions, list[LineProblem]]:
    """The report of an outline, where its values stand, and what cannot be taken. Raises ImportRefused."""
    outline = read_outline(_blocks(name, content, form))
    tables = outline_rows(outline)
    blocks = outline.blocks
    strays = [
        LineProblem(At(name, stray.number, stray.label, "", blocks.unit), "", stray.value, stray.advice)
        for stray in blocks.strays
    ]
    if outline.edition is None:
        raise ImportRefused(strays)
    problems: list[Problem] = []
    reader = TableReader(tables, problems)
    data = reader.report()
    for index, row in enumerate(tables["findings"]):
        for below, label in BELOW_A_FINDING.items():
            at = At(name, row.at.line, label, row.at.words, blocks.unit)
            reader.positions.by_path[f"findings[{index}].{below}"] = at
    return data, reader.positions, strays + [reader.positions.locate(problem) for problem in problems]


def _blocks(name: str, content: bytes, form: Form) -> Blocks:
    if form is Form.DOCX:
        return docx_blocks(name, content)
    text = _text(name, content, form).replace("\r\n", "\n").replace("\r", "\n")
    return html_blocks(name, text) if form is Form.HTML else markdown_blocks(name, text)


def _text(name: str, content: bytes, form: Form) -> str:
    """UTF-8, whatever HTML says it is; else what it says, as word processors save it."""
    try:
        return utf8_text(content)
    except NotUtf8 as error:
        declared = DECLARED.search(content[:IN_THE_FIRST]) if form is Form.HTML else None
        if declared and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
            try:
                return content.decode(declared[1].decode("ascii").replace("iso-8859-1", "windows-1252"))
            except UnicodeDecodeError:
                pass
        raise refused(name, f"{error}: save it as UTF-8") from None
