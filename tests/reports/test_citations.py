"""Citations: each form holds what a reader needs to find the finding, and is read by the programs it is for."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import pytest

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
