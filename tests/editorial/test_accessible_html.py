"""HTML that staff write or paste: what shuts somebody out is refused with the reason, what is not kept is named."""

from __future__ import annotations

import pytest

from reports.editorial.accessible_html import SAYS_NOTHING, faults_in, left_out
from reports.editorial.rich_text import clean_html

WORD = (
    '<p class="MsoNormal" style="color:red"><b>'
    '<span lang="NL-BE" style="mso-ansi-language:NL">Vrede<o:p></o:p></span></b></p>'
    "<!--[if gte mso 9]><xml><w:WordDocument></w:WordDocument></xml><![endif]-->"
    '<font color="#ff0000">Nu</font><style>p.MsoNormal {margin:0}</style>'
)


@pytest.mark.parametrize(
    "html",
    [
        "",
        "plain words, 1 < 2 & more",
        "<h2>Why</h2><p>…</p><h3>Here</h3><h3>There</h3><h2>How</h2>",
        '<p>See <a href="https://x.example/">the report of 2024</a>.</p>',
        '<p>As they say, <span lang="ar" dir="rtl">سلام</span>.</p>',
        '<a href="https://x.example/">Here is what the court said</a>',
        "<h2>Never closed",
        "</p></span></h3>",
    ],
)
def test_what_everybody_can_use_is_taken(html: str) -> None:
    assert faults_in(html) == []


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<h3>First</h3>", "The first heading has to be an <h2>"),
        ("<h1>Title</h1>", "Change the <h1>"),
        ("<h2>A</h2><h4>Deep</h4>", "Change the <h4>"),
        ("<h2> </h2>", "A heading is empty"),
        ("<h2><strong>\n</strong></h2>", "A heading is empty"),
        ('<a href="https://x.example/">Click here</a>', "“Click here” does not say where it leads"),
        ('<a href="https://x.example/"><em>here</em>!</a>', "“here!” does not say"),
        ('<a href="https://x.example/">  </a>', "does not say where it leads"),
        ('<a href="https://x.example/">read more', "“read more” does not say"),
        ("<table><tr><td>1</td></tr></table>", "A table loses its rows"),
        ('<p><img src="x.png" alt="Words"></p>', "A picture cannot stand in a text"),
    ],
)
def test_what_shuts_somebody_out_is_refused_with_the_reason(html: str, told: str) -> None:
    assert [told in fault for fault in faults_in(html)] == [True]


@pytest.mark.parametrize("words", ["cliquez ici", "klik hier", "Haga clic aquí.", "اضغط هنا", "هنا"])
def test_links_without_a_name_are_known_in_every_language(words: str) -> None:
    assert words.casefold().strip(".") in SAYS_NOTHING
    assert len(faults_in(f'<a href="https://x.example/">{words}</a>')) == 1


def test_what_is_pasted_from_word_is_reduced_and_what_goes_is_named() -> None:
    assert clean_html(WORD) == '<p><span lang="NL-BE">Vrede</span></p>Nu'
    assert left_out(WORD) == ["<b>", "<font>", "<o:p>", "<style>", "class", "style"]


def test_what_cleaning_itself_writes_is_not_told_as_lost() -> None:
    stored = clean_html('<p>See <a href="https://x.example/">the report</a></p>')
    assert left_out(stored) == []


def test_thousands_of_open_elements_are_read_in_one_go() -> None:
    assert faults_in("<span>" * 20_000 + "x" * 20_000) == []
    assert len(faults_in('<a href="https://x.example/">here' * 5_000)) == 1
