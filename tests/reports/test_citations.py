"""Citations: each form holds what a reader needs to find the finding, and is read by the programs it is for."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import pytest
import rispy
from citeproc.source.json import CiteProcJSON
from pybtex.database import parse_string
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

from reports.citations import Citation, bibtex, csl_json, plain_text, ris
from reports.finding_reading import ReadSource
from reports.sources import Relation, SourceKind

REPORT = ReadSource(
    kind=SourceKind.REPORT,
    title="The State of the Rivers",
    publisher="River Watch",
    authors="",
    published_on=date(2024, 4, 24),
    url="https://watch.example/2024",
    archived_url="",
    doc_symbol="RW/2024",
    lang="en",
    licence="",
    locator="page 12",
    relation=Relation.SUPPORTS,
    note="",
)
CITATION = Citation(
    uid="0123456789",
    version=2,
    statement='50 % of rivers {all of them} are "brown" & $_#~^\\ foul.\nالنهر',
    lang="en",
    site="Upstander",
    url="https://site.example/f/0123456789/v2/",
    edition_title="The State of the Rivers",
    edition_label="2023/24",
    edition_url="https://watch.example/2024",
    publisher="River Watch",
    released_on=date(2024, 4, 24),
    sources=[REPORT],
    accessed=date(2026, 11, 23),
)


def test_plain_text_names_edition_place_address_and_day() -> None:
    text = plain_text(CITATION)
    for part in ("0123456789", "version 2", "River Watch, The State of the Rivers 2023/24", "page 12", CITATION.url):
        assert part in text
    assert "2026" in text
    assert "\n" not in text


def test_the_edition_is_said_once_even_under_its_title_in_another_language() -> None:
    translated = replace(CITATION, edition_title="L’état des rivières")
    assert plain_text(CITATION).count("River Watch") == plain_text(translated).count("River Watch") == 1
    minutes = replace(REPORT, kind=SourceKind.LAW, title="Minutes", publisher="The council", locator="item 3")
    assert replace(CITATION, sources=[minutes]).stands_on.split("; ")[1].startswith("The council, Minutes, ")


def test_bibtex_is_one_entry_with_balanced_braces_and_nothing_that_tex_would_obey() -> None:
    entry = bibtex(CITATION)
    assert entry.startswith("@online{upstander-0123456789-v2,\n")
    bare = re.sub(r"\\[{}]", "", entry)
    assert bare.count("{") == bare.count("}")
    fields = dict(re.findall(r"^  (\w+) = \{(.*)\},?$", entry, re.M))
    assert fields["url"] == CITATION.url
    assert fields["urldate"] == "2026-11-23"
    assert fields["year"] == "2024"
    assert fields["title"].startswith(r"{50 \% of rivers \{all of them\} are")
    assert r"\& \$\_\#\textasciitilde{}\textasciicircum{}\textbackslash{} foul. النهر" in fields["title"]
    assert "page 12" in fields["note"]


def test_ris_is_one_record_of_tagged_lines() -> None:
    lines = ris(CITATION).split("\r\n")
    assert lines.pop() == ""
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines), lines
    assert (lines[0], lines[-1]) == ("TY  - ELEC", "ER  - ")
    tags = dict(line.split("  - ", 1) for line in lines)
    assert tags["UR"] == CITATION.url
    assert tags["Y2"] == "2026/11/23"
    assert tags["PY"] == "2024"
    assert tags["TI"].endswith("foul. النهر")
    assert "page 12" in tags["N1"]


def test_csl_json_is_a_list_of_one_item_of_a_type_that_the_schema_knows() -> None:
    (item,) = json.loads(csl_json(CITATION))
    assert item["type"] == "webpage"
    assert item["URL"] == CITATION.url
    assert item["accessed"] == {"date-parts": [[2026, 11, 23]]}
    assert item["issued"] == {"date-parts": [[2024, 4, 24]]}
    assert item["author"] == [{"literal": "Upstander"}]
    assert "page 12" in item["note"]


@pytest.mark.parametrize("write", [plain_text, bibtex, ris, csl_json])
def test_every_form_leads_to_this_very_wording(write: object) -> None:
    assert callable(write)
    assert "https://site.example/f/0123456789/v2/" in write(CITATION)


NASTY = [
    '50 % of {rivers} & $_#~^\\ "foul"',
    "a } b { c",
    "{{{ never closed",
    "\\end{x} \\input{/etc/passwd}",
    "a backslash at the end \\",
    "النهر «ملوّث» 🌊 \u200fنعم",
    "a line\nbreak\r\nand\u2028more\ttabs\x1f\x07\x85",
    "@book{key, title = {x}},\nER  - \nTY  - JOUR",
    "<b>& &amp; </script>",
    "-- --- ``so'' <<so>> ?` 'so'",
    "e\u0301 é ß ﷺ",
    "#" * 600,
]


def one_line(text: str) -> str:
    """What a reference manager shows for it: control characters part words, no more."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text).split())


def printed(field: str) -> str:
    """What LaTeX prints for a field; three names as in its own table, tuenc.def, which the reader has otherwise."""
    known = {"textbraceleft": "{", "textbraceright": "}", "textasciicircum": "^"}
    context = get_default_latex_context_db()
    macros = [MacroTextSpec(name, char) for name, char in known.items()]
    context.add_context_category("tuenc", macros=macros, prepend=True)
    return str(LatexNodes2Text(latex_context=context).latex_to_text(field))


@pytest.mark.parametrize("words", NASTY)
def test_a_bibtex_parser_reads_every_field_back(words: str) -> None:
    citation = replace(CITATION, statement=words, sources=[replace(REPORT, locator=words, title="Minutes")])
    entries = parse_string(bibtex(citation), "bibtex").entries
    (entry,) = entries.values()
    assert (list(entries), entry.type) == (["upstander-0123456789-v2"], "online")
    fields = {name: printed(value) for name, value in entry.fields.items()}
    assert fields.pop("title") == one_line(words)
    assert fields.pop("note") == one_line(citation.stands_on)
    assert one_line(words) in one_line(citation.stands_on)
    assert "The State of the Rivers 2023/24" in citation.stands_on
    assert fields == {
        **{"year": "2024", "version": "2", "langid": "en"},
        **{"url": CITATION.url, "urldate": "2026-11-23"},
    }
    assert [str(author).strip("{}") for author in entry.persons["author"]] == ["Upstander"]


@pytest.mark.parametrize("words", NASTY)
def test_a_ris_parser_reads_every_field_back(words: str) -> None:
    citation = replace(CITATION, statement=words, sources=[replace(REPORT, locator=words, title="Minutes")])
    (record,) = rispy.loads(ris(citation))
    assert record == {
        **{"type_of_reference": "ELEC", "id": "upstander-0123456789-v2", "authors": ["Upstander,"]},
        **{"title": one_line(words), "year": "2024", "edition": "2", "notes": [one_line(citation.stands_on)]},
        **{"language": "en", "urls": [CITATION.url], "access_date": "2026/11/23"},
    }


@pytest.mark.filterwarnings("error")  # the reader warns of a type, variable or date that the schema does not have
@pytest.mark.parametrize("words", NASTY)
def test_a_csl_processor_reads_every_field_back(words: str) -> None:
    citation = replace(CITATION, statement=words, sources=[replace(REPORT, locator=words, title="Minutes")])
    ((key, item),) = CiteProcJSON(json.loads(csl_json(citation))).items()
    assert (key, item.type) == ("upstander-0123456789-v2", "webpage")
    assert (str(item["title"]), str(item["note"])) == (one_line(words), one_line(citation.stands_on))
    assert (str(item["URL"]), str(item["version"]), item["language"]) == (CITATION.url, "2", "en")
    assert [(item[name].year, item[name].month, item[name].day) for name in ("issued", "accessed")] == [
        (2024, 4, 24),
        (2026, 11, 23),
    ]
    assert [str(author.literal) for author in item["author"]] == ["Upstander"]
