"""What word processors and pages make of an outline, what is no outline at all, and how much of it is read."""

from __future__ import annotations

import zipfile
from functools import partial
from io import BytesIO
from typing import Any

import pytest

from reports.importing.files import Handed, open_handed
from reports.importing.outline_blocks import Kind
from reports.importing.outline_docx import docx_blocks
from reports.importing.outline_html import html_blocks
from tests.importing.making import bundle, refusals, said
from tests.importing.outlines import (
    NUMBERED,
    RIVERS,
    STYLES,
    docx,
    html,
    markdown,
    number_of,
    of_docx,
    of_html,
    packed,
    paragraph,
    problems_of,
    rewritten,
    rivers_without_voices,
    run,
    told,
    with_line,
)

pytestmark = pytest.mark.django_db
# --- Encodings and forms --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("notation", [markdown, html])
def test_a_byte_order_mark_and_line_ends_of_windows_are_read(notation: Any) -> None:
    text = b"\xef\xbb\xbf" + notation().content.replace(b"\n", b"\r\n")
    for name in (notation().name, "no-ending"):
        assert said(Handed(name, text)) == said(bundle(rivers_without_voices()))
    (line,) = refusals(Handed(notation().name, text.replace(b"Kind: violation", b"Kind: x")))
    assert 'Kind: "x"' in line
    if notation is markdown:
        assert f"line {number_of('Kind: violation')}," in line


@pytest.mark.parametrize("name", ["rivers.md", "rivers.html"])
def test_another_encoding_is_refused_with_its_name_or_its_place(name: str) -> None:
    assert refusals(Handed(name, RIVERS.encode("utf-16"))) == [f"{name}: is UTF-16: save it as UTF-8"]
    (line,) = refusals(Handed(name, RIVERS.encode("utf-8").replace("é".encode(), b"\xe9")))
    assert line.startswith(f"{name}: is not UTF-8 (line {number_of('Title (fr): L’état des rivières')}, byte ")


def test_a_page_of_a_word_processor_says_its_encoding() -> None:
    text = html().content.decode().replace("charset=utf-8", 'charset="windows-1252"').split("<h2>Fouled")[0]
    text = "".join(line for line in text.splitlines(keepends=True) if "(ar)" not in line)
    read = said(Handed("rivers.htm", text.encode("windows-1252")))
    assert read["edition"]["texts"]["fr"]["title"] == "L’état des rivières"
    assert said(Handed("rivers.htm", text.encode("utf-8"))) == read  # what it says of itself is wrong
    (line,) = refusals(Handed("rivers.htm", text.encode("windows-1252").replace(b"windows-1252", b"utf-8")))
    assert "is not UTF-8" in line


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is a document of Word before 2007 (.doc), or has a password"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "without a password"),
        ("a.rtf", b"{\\rtf1\\ansi", "is RTF: save it as .docx"),
        ("a.md", b"%PDF-1.7", "is a PDF, which has lost its headings"),
        ("a.doc", b"MIME-Version: 1.0", "is a web archive (.mht): save it as .docx"),
        ("a.docx", b"# Title", "holds no Word document: save it as .docx anew"),
        ("a.csv", b"key,name", "is one table: pack the tables of the set into one zip"),
        ("a.zip", b"key,name", "is no zip"),
    ],
)
def test_what_is_no_outline_is_named(name: str, content: bytes, told: str) -> None:
    (line,) = refusals(Handed(name, content))
    assert told in line


def zip_of(*names: str) -> Handed:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return Handed("x.docx", out.getvalue())


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["[Content_Types].xml", "xl/workbook.xml"], "is a workbook of Excel: save each sheet as “CSV UTF-8”"),
        (["mimetype", "content.xml"], "is OpenDocument or an e-book: save it as .docx"),
        (["[Content_Types].xml", "ppt/presentation.xml"], "holds no text document"),
        (["[Content_Types].xml"] * 2, "holds two parts of one name"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_is_known_by_what_it_holds(names: list[str], told: str) -> None:
    (line,) = refusals(zip_of(*names))
    assert told in line


# --- HTML -----------------------------------------------------------------------------------------------------------

PASTED = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>
<meta http-equiv=Content-Type content="text/html; charset=windows-1252"><title>Not this</title>
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- p.MsoNormal {margin:0cm} --></style></head><body lang=EN-GB style='tab-interval:35.4pt'>
<p class=MsoTitle>The <span
style='mso-spacerun:yes'>  </span>Rivers<o:p></o:p></p>
<p class=MsoToc1><a href="#_Toc1">Fouled rivers</a></p>
<h1 style='margin-top:0cm'><a name="_Toc1"></a>Fouled&nbsp;rivers</h1>
<p class=MsoNormal><b><span lang=FR>Key&nbsp;:</span></b> fouled<o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level2 lfo1'><![if !supportLists]><span
style='font-family:Symbol;mso-list:Ignore'>·<span style='font:7.0pt'>&nbsp;&nbsp;</span></span><![endif]>Kind:
<del>law</del><ins>report</ins></p>
<script>alert("<p>no</p>")</script>
</body></html>"""  # fmt: skip


def test_html_of_word_is_read() -> None:
    assert of_html(PASTED) == [
        (Kind.HEADING, 1, ["The Rivers"]),
        (Kind.HEADING, 2, ["Fouled\u00a0rivers"]),
        (Kind.TEXT, 0, ["Key\u00a0: fouled"]),
        (Kind.ITEM, 2, ["Kind: report"]),
    ]


def test_lists_definitions_and_breaks_of_html_are_read() -> None:
    text = "<ul><li>A<br>Kind: law<ul><li><p>B<p>C</ul>D<li>E</ul>F<dl><dt>Kind:<dd>law<dt>Alone</dl>G &amp; H &#233;"
    assert of_html(text) == [
        (Kind.ITEM, 1, ["A", "Kind: law"]),
        (Kind.ITEM, 2, ["B"]),
        (Kind.ITEM, 3, ["C"]),
        (Kind.ITEM, 2, ["D"]),
        (Kind.ITEM, 1, ["E"]),
        (Kind.TEXT, 0, ["F"]),
        (Kind.TEXT, 0, ["Kind:: law"]),
        (Kind.TEXT, 0, ["Alone"]),
        (Kind.TEXT, 0, ["G & H é"]),
    ]


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("<p>a\n<table><tr><td>x<table></table></table><p>b", 2, "is a table: hand tables in as CSV"),
        ("<p>a</p>\n\n<img src=x alt='a map'><p>b", 3, "is a picture"),
        ("<p>a<blockquote>x</blockquote><p>b", 1, "is a quotation"),
        ("<p>a<p style='display: none'>x</p><p>b", 1, "is hidden: show it or take it out"),
        ("<p>a<p>b\n<del>c", 2, "is not closed, and what follows was not read"),
    ],
)
def test_what_html_holds_besides_is_told(text: str, line: int, told: str) -> None:
    blocks = html_blocks("x.html", text)
    assert [block.text for block in blocks.found] == ["a", "b"]
    (stray,) = blocks.strays
    assert stray.number == line
    assert told in stray.advice


# --- DOCX -----------------------------------------------------------------------------------------------------------


def test_styles_make_headings_in_any_language_of_word() -> None:
    body = paragraph(run("Title"), "Titel") + paragraph(run("Theme"), "berschrift1")
    body += paragraph(run("Theme 1"), "Verzeichnis1") + paragraph(run("Finding"), "berschrift2")
    body += paragraph(run("Level"), "Standard", '<w:outlineLvl w:val="0"/>') + paragraph(run("Item"), more=NUMBERED)
    body += paragraph(run("No item"), more='<w:numPr><w:numId w:val="0"/></w:numPr>') + paragraph("")
    expected = [
        (Kind.HEADING, 1, ["Title"]),
        (Kind.HEADING, 2, ["Theme"]),
        (Kind.HEADING, 3, ["Finding"]),
        (Kind.HEADING, 2, ["Level"]),
        (Kind.ITEM, 1, ["Item"]),
        (Kind.TEXT, 0, ["No item"]),
    ]
    assert of_docx(body) == expected
    assert of_docx(paragraph(run("A"), "Heading1") + paragraph(run("B"), "Eigene"))[:1] == [(Kind.HEADING, 1, ["A"])]


def test_tracked_changes_are_read_as_accepted() -> None:
    deleted = '<w:del w:id="1"><w:r><w:delText>no</w:delText></w:r></w:del>'
    moved = f'<w:moveFrom w:id="2">{run("gone")}</w:moveFrom><w:moveTo w:id="3">{run("moved ")}</w:moveTo>'
    body = paragraph(run("It is ") + deleted + f'<w:ins w:id="4">{run("not ")}</w:ins>' + moved + run("so."))
    body += paragraph(run("Joined "), more='<w:rPr><w:del w:id="5"/></w:rPr>') + paragraph(run("again"))
    assert of_docx(body) == [(Kind.TEXT, 0, ["It is not moved so."]), (Kind.TEXT, 0, ["Joined again"])]


def test_breaks_tabs_fields_and_controls_are_read() -> None:
    link = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    link += '<w:r><w:instrText> HYPERLINK "https://a.example" </w:instrText></w:r>'
    link += f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("words")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    body = paragraph(
        "<w:r><w:t>Kind:</w:t><w:tab/><w:t>law</w:t><w:br/><w:t>a</w:t><w:noBreakHyphen/><w:t>b</w:t></w:r>"
    )
    body += f"<w:sdt><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent>{paragraph(link)}</w:sdtContent></w:sdt>"
    body = body.replace("<w:pPr>", '<w:pPr><w:tabs><w:tab w:val="left" w:pos="1"/></w:tabs>')
    blocks = docx_blocks("x.docx", packed(body).content)
    assert told(blocks) == [(Kind.TEXT, 0, ["Kind: law", "a‑b"]), (Kind.TEXT, 0, ["words"])]
    assert [(link.words, link.address) for link in blocks.found[1].lines[0].links] == [("words", "https://a.example")]


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ("<w:tbl><w:tr><w:tc><w:p>x</w:p></w:tc></w:tr></w:tbl>", "is a table: hand tables in as CSV"),
        (paragraph("<w:r><w:drawing><w:t>x</w:t></w:drawing></w:r>"), "is a picture or a text box"),
        (paragraph('<w:r><w:footnoteReference w:id="2"/></w:r>'), "is a footnote: write what it says in a line"),
        (paragraph("<w:r><w:rPr><w:vanish/></w:rPr><w:t/></w:r>"), "is hidden text: show it or take it out"),
        (paragraph('<w:r><w:sym w:font="Wingdings" w:char="F0E0"/></w:r>'), "is a letter of a font of symbols"),
    ],
)
def test_what_a_document_holds_besides_is_told(inside: str, told: str) -> None:
    blocks = docx_blocks("x.docx", packed(paragraph(run("a")) + inside + paragraph(run("b"))).content)
    assert [block.text for block in blocks.found] == ["a", "b"]
    (stray,) = blocks.strays
    assert (stray.number, told in stray.advice) == (2, True)


@pytest.mark.parametrize("part", ["document", "styles", "_rels/document.xml.rels"])
def test_a_document_type_is_refused_before_it_is_read(part: str) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
    name = part if part.endswith("rels") else f"{part}.xml"
    handed = rewritten(docx(), {f"word/{name}": bomb.encode()})
    (line,) = refusals(handed)
    assert "holds a document type (DTD), which no word processor writes" in line
    encoded = f'<?xml version="1.0" encoding="UTF-16"?>{bomb}'.encode("utf-16")
    assert refusals(rewritten(docx(), {f"word/{name}": encoded})) == [line]


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"word/document.xml": b"<w:document"}, "cannot be read as XML"),
        ({"word/document.xml": b'<?xml version="1.0" encoding="klingon"?><x/>'}, "cannot be read as XML"),
        ({"word/document.xml": b"<x>" + b"a" * 3_000_000 + b"</x>"}, "is packed more than 100 times smaller"),
        ({f"word/media/{n}.png": b"x" for n in range(100)}, "holds 105 files: at most 100 are read"),
    ],
)
def test_a_document_is_read_within_the_limits_of_a_zip(parts: dict[str, bytes], told: str) -> None:
    (line,) = refusals(rewritten(docx(), parts))
    assert told in line


def test_a_spoiled_zip_is_told_wherever_the_byte_is() -> None:
    content = docx().content
    for at in range(0, len(content), 97):
        spoiled = content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :]
        problems_of(partial(open_handed, Handed("x.docx", spoiled)))


def test_a_style_based_on_itself_is_the_body() -> None:
    styles = STYLES.replace('<w:name w:val="Befund"/><w:basedOn w:val="berschrift3"/>', '<w:basedOn w:val="Eigene"/>')
    assert of_docx(paragraph(run("a"), "Eigene"), styles=styles) == [(Kind.TEXT, 0, ["a"])]


def test_the_name_of_a_form_is_no_promise() -> None:
    assert said(Handed("rivers.zip", docx().content)) == said(docx())
    assert said(Handed("rivers", html().content)) == said(html())
    assert said(Handed("rivers", markdown().content)) == said(markdown())
    text = with_line("One vote was enough.", "One vote <!-- of five --> was<br>enough.")
    assert said(markdown("<!-- draft\n\n2 -->\n\n" + text)) == said(markdown())
