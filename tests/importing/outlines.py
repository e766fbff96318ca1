"""The river report as an outline in Markdown, HTML and DOCX; what an outline has no place for is left out."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reports.importing.files import Handed
from reports.importing.limits import ImportRefused
from reports.importing.outline_blocks import Kind
from reports.importing.outline_docx import docx_blocks
from reports.importing.outline_html import html_blocks
from reports.importing.positions import LineProblem
from tests.reports.making import report_json

RIVERS = (Path(__file__).parent / "rivers.md").read_text(encoding="utf-8")
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
Told = list[tuple[Kind, int, list[str]]]


def rivers_without_voices() -> dict[str, Any]:
    """The bundle that says the same as the outline."""
    return {**report_json(), "people": [], "voices": [], "instruments": []}


def markdown(text: str = RIVERS, name: str = "rivers.md") -> Handed:
    return Handed(name, text.encode())


def with_line(old: str, new: str, text: str = RIVERS) -> str:
    """The outline with another line, which has to be there."""
    assert f"{old}\n" in text, old
    return text.replace(f"{old}\n", f"{new}\n" if new else "", 1)


def number_of(line: str, text: str = RIVERS) -> int:
    return text.splitlines().index(line) + 1


def blocks(text: str) -> Iterable[tuple[str, list[str]]]:
    """Tag and lines of each block of the Markdown that these tests write."""
    for block in re.split(r"\n\s*\n", text.strip()):
        if heading := re.fullmatch(r"(#+) (.*)", block):
            yield f"h{len(heading[1])}", [heading[2]]
        elif block.startswith("- "):
            for item in re.split(r"\n(?=- )", block):
                yield "li", [line.removeprefix("- ").strip() for line in item.splitlines()]
        else:
            yield "p", block.splitlines()


def paragraph_of(line: str, text: str = RIVERS) -> int:
    """The number of its paragraph in the DOCX."""
    return next(number for number, (_tag, lines) in enumerate(blocks(text), 1) if line in lines)


def html(text: str = RIVERS, name: str = "rivers.html") -> Handed:
    """As an editor of pages saves it."""
    parts = ["<!DOCTYPE html>\n<html><head><meta charset=utf-8><title>Rivers</title><style>p {}</style></head>\n<body>"]
    before = ""
    for tag, lines in blocks(text):
        words = "<br>\n".join(LINK.sub(r'<a href="\2">\1</a>', escape(line)) for line in lines)
        parts += ["<ul>"] if tag == "li" != before else ["</ul>"] if before == "li" != tag else []
        parts.append(f"<{tag}>{words}</{tag}>")
        before = tag
    return Handed(name, "\n".join([*parts, "</body></html>"]).encode())


# --- DOCX, as Word writes it: styles by id, a style for each heading, links by relationship -------------------------


def docx(text: str = RIVERS, name: str = "rivers.docx", **parts: str) -> Handed:
    """The outline as a document; other parts stand in for those of the same name."""
    links: list[str] = []
    body = "".join(_paragraph(tag, lines, links) for tag, lines in blocks(text))
    return packed(body, links, name, **parts)


def packed(body: str, links: list[str] | None = None, name: str = "rivers.docx", **parts: str) -> Handed:
    """A document with this body."""
    related = "".join(
        f'<Relationship Id="link{n}" Type="{OFFICE}/hyperlink" Target="{escape(link)}" TargetMode="External"/>'
        for n, link in enumerate(links or [])
    )
    files = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" '
        f'Type="{OFFICE}/styles" Target="styles.xml"/>{related}</Relationships>',
        "word/styles.xml": STYLES,
        "word/document.xml": f'<w:document xmlns:w="{WORD}" xmlns:r="{OFFICE}"><w:body>{body}<w:sectPr/></w:body>'
        "</w:document>",
        **{f"word/{part}.xml": content for part, content in parts.items()},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in files.items():
            archive.writestr(file, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{content}')
    return Handed(name, out.getvalue())


STYLES = f"""<w:styles xmlns:w="{WORD}">
<w:style w:type="paragraph" w:styleId="Standard"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/><w:basedOn w:val="Standard"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/><w:basedOn w:val="Standard"/>
 <w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style>
<w:style w:type="paragraph" w:styleId="Eigene"><w:name w:val="Befund"/><w:basedOn w:val="berschrift3"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift3"><w:name w:val="heading 3"/>
 <w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Verzeichnis1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Listenabsatz"><w:name w:val="List Paragraph"/></w:style>
<w:style w:type="character" w:styleId="Link"><w:name w:val="Hyperlink"/></w:style>
</w:styles>"""
IDS = {"h1": "berschrift1", "h2": "berschrift2", "h3": "Eigene", "li": "Listenabsatz", "p": "Standard"}
NUMBERED = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr>'


def paragraph(inside: str, style: str = "Standard", more: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>{inside}</w:p>'


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _paragraph(tag: str, lines: list[str], links: list[str]) -> str:
    inside = "<w:r><w:br/></w:r>".join(_line(line, links) for line in lines)
    return paragraph(inside, IDS[tag], NUMBERED if tag == "li" else "")


def _line(line: str, links: list[str]) -> str:
    parts = LINK.split(line)
    inside = run(parts[0])
    for words, address, after in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        inside += f'<w:hyperlink r:id="link{len(links)}" w:history="1">{run(words)}</w:hyperlink>{run(after)}'
        links.append(address)
    return inside


def rewritten(handed: Handed, parts: dict[str, bytes]) -> Handed:
    """The document with other bytes for some of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(handed.content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {**dict.fromkeys(old.namelist()), **parts}:
            new.writestr(name, parts.get(name) or old.read(name))
    return Handed(handed.name, out.getvalue())


def told(blocks: Any) -> Told:
    return [(block.kind, block.level, [line.text for line in block.lines]) for block in blocks.found]


def of_html(text: str) -> Told:
    blocks = html_blocks("x.html", text)
    assert blocks.strays == []
    return told(blocks)


def of_docx(body: str, styles: str = STYLES) -> Told:
    blocks = docx_blocks("x.docx", packed(body, styles=styles).content)
    assert blocks.strays == []
    return told(blocks)


def problems_of(step: Callable[[], object]) -> list[LineProblem]:
    """Of what is read or refused, and nothing else."""
    try:
        step()
    except ImportRefused as refusal:
        assert refusal.problems  # noqa: PT017  # either way is right
        return refusal.problems
    return []
