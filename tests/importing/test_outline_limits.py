"""How much of an outline is read, in what time, and that nothing makes it fall over."""

from __future__ import annotations

import re
from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.importing.files import Handed, open_handed
from reports.importing.html_scanning import marks
from reports.importing.limits import ImportRefused
from reports.importing.outline_blocks import Kind
from reports.importing.outline_docx import docx_blocks
from reports.importing.outline_html import html_blocks
from reports.importing.outline_markdown import MOST_MARKS, markdown_blocks
from tests.importing.making import refusals
from tests.importing.outlines import docx, of_docx, of_html, packed, paragraph, problems_of, rewritten, run

pytestmark = pytest.mark.django_db


# --- Size -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "handed",
    [
        Handed("x.md", b"# T\n\n" + b"a\n\n" * 20_000),
        Handed("x.html", b"<h1>T</h1>" + b"<p>a" * 20_000),
        Handed("x.html", b"<img>" * 20_001),
        packed("".join(paragraph(run(sha256(b"%d" % n).hexdigest()[:9])) for n in range(20_001))),
    ],
    ids=["markdown", "html", "pictures", "docx"],
)
def test_more_lines_than_the_limit_are_refused(handed: Handed) -> None:
    (line,) = refusals(handed)
    assert re.search("holds (more than 20000|20001) (lines|paragraphs): at most .* are read at once", line)


@pytest.mark.parametrize(
    ("handed", "told"),
    [
        (Handed("x.docx", b"PK" + b" " * (10 * 1024 * 1024)), "x.docx: is larger than 10 MB: split it"),
        (Handed("x.md", b"# T\n" + b"\n" * 200_000), "holds 200001 lines with the empty ones: at most 200000"),
        (Handed("x.md", b"# T\n" + b"[" * 200_001), "holds 200001 marks such as * and [: at most 200000"),
        (Handed("x.html", b"<" * 1_000_001), "holds 1000001 tags: at most 1000000"),
        (packed("".join(f"<w:p/><!--{n * 7919}-->" for n in range(1_000_000))), "holds more than 1000000 elements"),
    ],
    ids=["bytes", "empty", "marks", "tags", "elements"],
)
def test_what_takes_time_to_read_and_says_nothing_is_counted(handed: Handed, told: str) -> None:
    (line,) = refusals(handed)
    assert told in line


def test_a_paragraph_with_more_marks_than_can_be_read_in_time_is_refused() -> None:
    blocks = markdown_blocks("x.md", "[" * (MOST_MARKS + 1) + "\n\n" + "*a " * MOST_MARKS)
    assert [stray.number for stray in blocks.strays] == [1]
    with pytest.raises(ImportRefused):
        markdown_blocks("x.md", "[[[[[[[[[[\n\n" * 20_000 + "*")
    assert markdown_blocks("x.md", "x" * 20_001).strays[0].advice.startswith("has more than 20000 characters")
    assert html_blocks("x.html", "x" * 20_001).strays[0].advice.startswith("is longer than 20000 characters")


def test_depth_costs_nothing() -> None:
    assert of_html("<div>" * 10_000 + "a" + "</div>" * 10_000) == [(Kind.TEXT, 0, ["a"])]
    assert of_html("<ul>" * 10_000 + "<li>a") == [(Kind.ITEM, 10_000, ["a"])]
    deep = "<w:sdt><w:sdtContent>" * 10_000 + paragraph(run("a")) + "</w:sdtContent></w:sdt>" * 10_000
    assert of_docx(deep + "".join(f"<!--{n * 7919}-->" for n in range(9000))) == [(Kind.TEXT, 0, ["a"])]
    for mark in ("> ", "- ", "* ", "[", "<div>"):
        markdown_blocks("x.md", mark * 400 + "a")
    found = refusals(Handed("x.md", b"# T\n\n" + b"- " * 60 + b"a"))
    assert any("line 3: is a list in a list in a list" in line for line in found)


@pytest.mark.parametrize("unit", ["<!--", "<a ", '<a b="', "<![", "</", "<", "<p x=' ", "<script>", "&#", "= ", '"'])
def test_what_is_never_closed_is_read_once(unit: str) -> None:
    """Each character belongs to one mark at most, and a million of them make no more marks than there are units."""
    text = unit * (1_000_000 // len(unit))
    found = list(marks(text))
    assert len(found) <= text.count("<") + 1
    assert all(one.at + len(one.source) <= after.at for one, after in pairwise(found))


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
@settings(max_examples=300)
def test_every_character_of_html_is_read_once_at_most(text: str) -> None:
    at = 0
    for mark in marks(text):
        assert mark.at >= at
        assert mark.source == text[mark.at : mark.at + len(mark.source)] != ""
        at = mark.at + len(mark.source)
    assert at <= len(text)


# --- Whatever comes -------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *("# ", "## ", "### ", "\n", "\n\n", "- ", "  - ", "Key: ", "Kind: ", "When: ", "Place: ", "Source: ", "(fr)"),
        *("2023", "-10", "PS (where)", "annual", "[a](https://x.example)", "https://", "&#99999999999;", "&#x0;", ", "),
        *(
            "## Sources\n",
            "## Places\n",
            "watch-2024",
            "<p>",
            "<h1>",
            "<h2>",
            "<li>",
            "</p>",
            "<br>",
            "<table>",
            "<!--",
        ),
        *("\u200f", "\ufeff", "\u2028", "**", "`", ">", "|", "Title (ar): ", "Locality: ", "Source note: ", "\x00"),
        *("\N{SNOWMAN}", "\ud7ff", "a" * 90, "Statement: ", "Position: ", "Year: ", "Language: ", "Needs review: "),
        *("Also in: ", "</p>"),
    ]
)
LOOSE = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(st.lists(PIECES | st.text(max_size=5), max_size=60), st.sampled_from(["x.md", "x.html", "x"]))
@LOOSE
def test_any_text_is_read_or_refused(pieces: list[str], name: str) -> None:
    content = b"# T\n\nKey: watch-2024\n\n" + "".join(pieces).encode("utf-8", "ignore")
    assert all(problem.advice for problem in problems_of(lambda: open_handed(Handed(name, content))))


@given(st.binary(max_size=200), st.sampled_from(["x.md", "x.html", "x", "x.docx"]))
@LOOSE
def test_any_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    for handed in (Handed(name, content), rewritten(docx(), {"word/document.xml": content or b" "})):
        with pytest.raises(ImportRefused):
            open_handed(handed)


@given(st.lists(st.sampled_from([
    *("<w:p>", "</w:p>", "<w:pPr>", "</w:pPr>", '<w:pStyle w:val="berschrift1"/>', "<w:r>", "</w:r>", "<w:t>a</w:t>"),
    *("<w:rPr>", "</w:rPr>", "<w:del/>", "<w:vanish/>", "<w:br/>", '<w:fldChar w:fldCharType="end"/>', "<w:tbl>"),
    *("</w:tbl>", '<w:hyperlink r:id="x">', "</w:hyperlink>", '<w:ilvl w:val="99"/>', "<w:numPr>", "</w:numPr>"),
]), max_size=40))  # fmt: skip
@LOOSE
def test_any_document_is_read_or_refused(pieces: list[str]) -> None:
    problems_of(lambda: docx_blocks("x.docx", packed("".join(pieces)).content))
