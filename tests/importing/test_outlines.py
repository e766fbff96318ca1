"""Outlines in Markdown, HTML and DOCX: read as the bundle is, and what cannot be read is named where it stands."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.core.management.base import CommandError

from reports.copy_guard import keep_source_text
from reports.editorial.publishing import State
from reports.editorial.texts import TextState
from reports.importing.applying import apply, check
from reports.importing.files import Handed, open_handed
from reports.importing.limits import ImportRefused
from reports.importing.undoing import undo
from reports.models import (
    Evidence,
    Finding,
    FindingText,
    ImportRun,
    ReportEdition,
    Source,
    ThemeInEdition,
    ThemeText,
    Voice,
)
from tests.importing.making import bundle, refusals, said, told
from tests.importing.outlines import (
    RIVERS,
    docx,
    html,
    markdown,
    number_of,
    paragraph_of,
    rivers_without_voices,
    with_line,
)
from tests.importing.test_applying import stored
from tests.reports.making import put, report_json

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()
NOTATIONS = pytest.mark.parametrize("notation", [markdown, html, docx])


def one(text: str) -> str:
    """The only thing that is wrong with an outline."""
    (line,) = refusals(markdown(text))
    return line


# --- The same report ------------------------------------------------------------------------------------------------


@NOTATIONS
def test_an_outline_and_a_bundle_of_the_same_report_are_read_alike(notation: Any) -> None:
    assert said(notation()) == said(bundle(rivers_without_voices()))


@NOTATIONS
def test_a_check_writes_nothing_and_says_what_would_change(notation: Any) -> None:
    before = stored()
    outcome = check(notation())
    assert stored() == before
    assert {(one.key, one.action) for one in outcome.differences} == {
        (finding["key"], "added") for finding in report_json()["findings"]
    }


@NOTATIONS
def test_what_an_outline_brings_is_drafts_once_and_can_be_taken_back(notation: Any) -> None:
    before = stored()
    run, outcome = apply(notation(), NOBODY)
    assert outcome.total > 0
    for model in (ReportEdition, ThemeInEdition, Finding):
        assert set(model._default_manager.values_list("state", flat=True)) == {State.DRAFT}
    assert set(FindingText.objects.values_list("state", flat=True)) == {TextState.DRAFT}
    assert apply(notation(), NOBODY)[1].total == 0
    assert apply(bundle(rivers_without_voices()), NOBODY)[1].total == 0
    undo(run, NOBODY)
    kept = {"ImportRun", "ImportLine", "AuditEntry"}
    assert {name: rows for name, rows in stored().items() if name not in kept} == {
        name: rows for name, rows in before.items() if name not in kept
    }


def test_a_changed_line_is_a_changed_column() -> None:
    apply(markdown(), NOBODY)
    text = with_line("A veto stopped the clean-up.", "A single veto stopped the clean-up.")
    outcome = check(docx(with_line("When: 2023", "When: 2022", text)))
    assert {one.key: one.columns for one in outcome.differences} == {
        "veto": ("en: statement",),
        "oil": ("occurred_from", "occurred_to"),
    }


def test_what_an_outline_does_not_mention_stays() -> None:
    apply(bundle(), NOBODY)
    before = stored()
    outline = "# The State of the Rivers\n\nKey: watch-2024\n\n## Fouled rivers\n\n### Foam\n\nKind: trend\n"
    outline += "Attribution: established\nScope: world\nSource: annual\n\nFoam lies on the water.\n"
    _run, outcome = apply(markdown(outline), NOBODY)
    assert [one.key for one in outcome.differences] == ["foam"]
    assert (outcome.counts["changed"], outcome.counts["removed"]) == ({}, {})
    after = stored()
    for model in (Voice, ThemeText, ReportEdition, Source, ThemeInEdition):
        assert after[model.__name__] == before[model.__name__]


def test_a_stored_theme_keeps_its_address_and_its_place_under_a_new_title() -> None:
    apply(bundle(), NOBODY)
    outline = "# The State of the Rivers\n\nKey: watch-2024\n\n## Anglers who are silenced\n\nKey: silenced-anglers\n"
    assert check(markdown(outline)).counts["changed"] == {str(ThemeText._meta.verbose_name_plural): 1}
    theme = said(markdown(outline))["themes"][0]
    assert (theme["columns"]["position"], theme["texts"]["en"]["slug"]) == (2, "silenced-anglers")


def test_the_next_edition_of_a_stored_publisher_names_it_by_key() -> None:
    apply(bundle(), NOBODY)
    text = RIVERS.replace("watch-2024", "watch-2025").replace("Label: 2023/24", "Label: 2024/25")
    text = "\n".join(line for line in text.splitlines() if not line.startswith("Publisher ")) + "\n"
    text = text.replace("## Fouled", "## Still fouled").replace("## Silenced", "## Still silenced")
    text = text.replace("Also in: silenced", "Also in: still-silenced")
    text = text.replace("rivières\nSummary", "rivières 2025\nSummary").replace(
        "souillées\nSummary", "souillées 2025\nSummary"
    )
    text = text.replace("أنهار ملوثة", "أنهار ملوثة 2025")
    assert said(markdown(text))["publisher"] == said(bundle())["publisher"]


@pytest.mark.parametrize("added", ["Zzyzx is a word.", "- Zzyzx", "### Zzyzx", "## Zzyzx", "Zzyzx: a word"])
def test_nothing_that_is_written_anywhere_is_left_out_in_silence(added: str) -> None:
    parts = RIVERS.split("\n\n")
    for at in range(len(parts) + 1):
        text = "\n\n".join([*parts[:at], added, *parts[at:]])
        with suppress(ImportRefused):
            taken = open_handed((markdown, docx)[at % 2](text)).report
            assert "zzyzx" in str(taken).casefold(), at


# --- What is wrong, and where ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Kind: violation", "Kind: violatoin", 'Kind: "violatoin": is none of violation, trend'),
        ("Kind: violation", "Knid: violation", '"Knid:": is nothing that is said of a finding: did you mean “Kind:”?'),
        ("Kind: violation", "", "Kind: \"Fines\": is missing: add it"),
        ("Kind: violation", "Kind:", "Kind: says nothing"),
        ("Kind: violation", "Kind: violation\nKind: trend", 'Kind: "trend": is said twice'),
        ("Kind: violation", "Kind (fr): violation", "is the same in every language: write “Kind:”"),
        ("Statement (fr): Un veto a empêché le nettoyage.", "Statement (tlh): nuq", "names no language of this site"),
        ("When: 2023-10-18", "When: 18/10/2023", 'When: "18/10/2023": is no date: write 2023-10-18, 2023-10, 2023'),
        ("When: 2023-10-18", "When: 2023-02-30", "is no date"),
        ("When: 2023-10-18", "When: 2023-10 to 2023-11-02", "is no date"),
        ("When: 2023-10-18", "When: 2023-11 to 2023-10", "It cannot end before it began."),
        ("Place: US (actor)", "Place: UX (actor)", 'Place: "UX": is not the key of a place'),
        ("Place: US (actor)", "Place: US (actress)", 'Place: "actress": is none of where, actor'),
        ("Place: US (actor)", "Place: US", "is no place with its role: write a code and roles"),
        ("Place: US (actor)\nPlace: PS (where)", "", "belongs to nothing: it comes after the line of the place"),
        ("Locality: Gaza", "Locality: Gaza\nLocality: Rafah", 'Locality: "Rafah": is said twice'),
        ("Source note: The vote by name.", "Source note: A\nSource note: B", 'Source note: "B": is said twice'),
        ("Source note: The vote by name.", "Locality: Gaza", "belongs to nothing"),
        ("Also in: silenced-anglers", "Also in: silenced-angler", 'did you mean "silenced-anglers"?'),
        ("Source: minutes", "Source: minuets", "none that is stored: did you mean “minutes”?"),
        ("Source: minutes", "", 'Source: "Fines": needs at least one source whose relation is "supports"'),
        ("Source: minutes", "Source: minutes (context)", "needs at least one source whose relation"),
        ("Source: minutes", "Source: minutes, https://watch.example/2024", "that is not that of this source"),
        ("Reply: The company did not answer.", "", "what is alleged needs the reply of the accused side"),
        ("Year: 2024", "Year: MMXXIV", 'Year: "MMXXIV": must be a whole number'),
        ("Licence: CC-BY-NC-ND-4.0", "", "Licence: \"The State of the Rivers\": is missing: add it"),
        ("Symbol: C/12", "", "A source needs an address or a document symbol"),
        ("Two sentences. About rivers.", "", "Summary: \"Fouled rivers\": is missing: add it"),
        ("### Fines", "### Veto", "is the key of another one on line"),
        ("### Fines", "### Ψάρια", "gives no key in small Latin letters"),
        ("### Fines", "#### Fines", "is a heading of level 4: headings go to level 3"),
        ("## Silenced anglers", "# Silenced anglers", "is a second title: an outline holds one edition"),
        ("## Silenced anglers", "## Voices", "come as CSV or JSON, or are added at the desk"),
        ("- US", "- US is big", '"US is big"'),
        ("One vote was enough.", "- One vote was enough.", "is an item of a list: write a paragraph"),
        ("One vote was enough.", "One vote. [More](https://x.example)", "leads to https://x.example"),
        ("One vote was enough.", "> One vote was enough.", "is a quotation: what people said comes as a voice"),
        ("One vote was enough.", "| a | b |\n|---|---|", "looks like a table"),
        ("One vote was enough.", "    One vote was enough.", "is code (four spaces stand before it"),
        ("One vote was enough.", "![the vote](v.png)", "is a picture"),
        ("One vote was enough.", "<div>One vote</div>", "is HTML: write Markdown"),
        ("One vote was enough.", "One vote of <name>.", '"<name>": is HTML: write Markdown'),
        ("One vote was enough.", "[1]: https://x.example", "defines a link elsewhere"),
        ("One vote was enough.", "Note: one vote.", "if it begins a sentence, put “Statement:” before it"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named_with_what_to_do(old: str, new: str, told: str) -> None:
    found = refusals(markdown(with_line(old, new)))
    assert any(told in line for line in found), found
    assert all(line.startswith("rivers.md, line ") for line in found), found


@NOTATIONS
def test_a_wrong_line_is_named_by_its_place_in_the_file(notation: Any) -> None:
    handed = notation(with_line("Kind: violation", "Kind: violatoin"))
    (line,) = refusals(handed)
    unit, number = "line", number_of("Kind: violation")
    if notation is docx:
        unit, number = "paragraph", paragraph_of("Kind: violation")
    if notation is html:
        number = handed.content.decode().splitlines().index("<p>Kind: violatoin<br>") + 1
    assert line.startswith(f'{handed.name}, {unit} {number}, Kind: "violatoin": is none of violation')


def test_one_wrong_line_hides_no_other() -> None:
    text = with_line("Kind: violation", "Kind: x", with_line("Year: 2024", "Year: y", RIVERS))
    text = with_line("### Fines", "### أسماك", with_line("Source: minutes", "Source: minuets", text))
    found = refusals(markdown(with_line("When: 2023", "When: z", text)))
    assert [line.split(": ")[0] for line in found] == [
        f"rivers.md, line {number_of('Year: 2024')}, Year",
        f"rivers.md, line {number_of('When: 2023')}, When",
        f"rivers.md, line {number_of('### Fines')}, Key",
        f"rivers.md, line {number_of('Kind: violation')}, Kind",
        f"rivers.md, line {number_of('Source: minutes')}, Source",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "holds no title: begin with a heading of level 1"),
        ("Words.\n\n# Title\n", "stands before the title"),
        ("## Theme\n", "is a heading of level 2 before any other: make it level 1"),
        ("# Title\n\n### Finding\n", "is a heading of level 3 below one of level 1: make it level 2"),
        ("# Title\n\n## Sources\n\nKey: a\n", "belongs to nothing: begin a source by an item"),
        ("# Title\n\n## Sources\n\n- A\n  - B\n    - C\n      - Key: a\n", "stands deeper than 3 lists"),
        ("# Title\n\n## Sources\n\n- A\n\n  Words.\n", "says nothing of a source: write “Key: value” lines"),
        ("# Title\n\nHeadline: A\n\nB\n", "is one paragraph too many"),
    ],
)
def test_a_wrong_order_is_told(text: str, told: str) -> None:
    found = refusals(markdown(text))
    assert any(told in line for line in found), found


def test_a_source_is_found_by_what_it_is_called() -> None:
    ways = ["annual", "The State of the Rivers", "https://watch.example/2024", "<https://watch.example/2024>", "ANNUAL",
            "The State of the Rivers, https://watch.example/2024", "[click](https://watch.example/2024)",
            "[the state of the rivers](https://watch.example/2024)"]  # fmt: skip
    for way in ways:
        for more, relation in ((", page 3, note 4", "supports"), (" (contests), page 3, note 4", "contests")):
            text = with_line("Source: minutes", f"Source: minutes\nSource: {way}{more}")
            evidence = said(markdown(text))["findings"][2]["evidence"][1]
            assert evidence == {"source": "annual", "columns": {"locator": "page 3, note 4", "relation": relation}}, way


def test_a_stored_source_need_not_be_listed_and_a_title_of_two_is_told() -> None:
    apply(bundle(), NOBODY)
    text = RIVERS[: RIVERS.index("## Sources")] + RIVERS[RIVERS.index("## Fouled") :]
    assert check(markdown(text)).total == 0
    Source.objects.create(key="other", kind="law", title="The State of the Rivers", doc_symbol="X")
    found = refusals(markdown(with_line("Source: The State of the Rivers", "Source: the state of the rivers", text)))
    assert any("is the name of 2 sources (annual, other): write the key" in line for line in found)


def test_words_are_kept_as_they_are_written() -> None:
    words = "‏في «2023» قُتلوا‏ = 5"
    formula = '=HYPERLINK("https://evil.example","x")'
    text = with_line("Statement (fr): Un veto a empêché le nettoyage.", f"Statement (ar): {words}")
    text = with_line("One vote was enough.", formula, with_line("Kind: context", "‏Kind: ‏context‎", text))
    for notation in (markdown, html, docx):
        finding = said(notation(text))["findings"][0]
        assert (finding["texts"]["ar"]["statement"], finding["columns"]["kind"]) == (words, "context")
        assert finding["texts"]["en"]["explanation"] == formula


def test_an_outline_in_another_language_says_so() -> None:
    text = with_line("Key: watch-2024", "Key: watch-2024\nLanguage: fr", RIVERS.replace("(fr)", "(en)"))
    read = said(markdown(text))
    assert (read["original_lang"], read["findings"][0]["texts"]["fr"]["statement"]) == (
        "fr",
        "A veto stopped the clean-up.",
    )
    assert read["themes"][0]["texts"]["en"]["title"] == "Rivières souillées"


def test_a_locality_is_that_of_the_last_place_before_it() -> None:
    text = with_line("Place: US (actor)\nPlace: PS (where)", "Place: US (actor), PS (where, affected)")
    places = said(markdown(text))["findings"][0]["places"]
    assert [(place["code"], place["role"], "texts" in place) for place in places] == [
        ("US", "actor", False),
        ("PS", "where", True),
        ("PS", "affected", True),
    ]


def test_a_heading_is_the_statement_only_where_no_line_is() -> None:
    text = with_line(
        "### Oil is said to reach every river.", "### Oil\n\nStatement (en): Oil is said to reach every river."
    )
    assert said(markdown(text)) == said(markdown())


def test_two_findings_on_one_line_of_html_are_two() -> None:
    page = html(with_line("### Fines", "### Veto")).content.replace(b"\n", b" ")
    (line,) = refusals(Handed("rivers.html", page))
    assert 'rivers.html, line 1, Key: "veto": is the key of another one on line 1' in line


def test_longer_prose_is_explanation_and_keeps_its_paragraphs() -> None:
    text = with_line("One vote was enough.", "One *vote*\nwas **enough**.\n\nAnother would have been.")
    assert said(markdown(text))["findings"][0]["texts"]["en"]["explanation"] == (
        "One vote was enough.\n\nAnother would have been."
    )


def test_copied_words_are_refused_where_they_stand() -> None:
    Source.objects.create(key="annual", kind="report", title="The State of the Rivers", url="https://watch.example/2024",
                          licence="CC-BY-NC-ND-4.0")  # fmt: skip
    copied = "the water of every river in the land has turned to oil and foam"
    keep_source_text(Source.objects.get(key="annual"), f"We say that {copied} by now.")
    line = f"Now {copied}."
    for notation, where in ((markdown, f"rivers.md, line {number_of('A veto stopped the clean-up.')}, Statement"),
                            (docx, "rivers.docx, paragraph ")):  # fmt: skip
        found = refusals(notation(with_line("A veto stopped the clean-up.", line)))
        assert len(found) == 1
        assert found[0].startswith(where)


def test_an_edition_that_is_released_is_not_imported_over() -> None:
    apply(bundle(), NOBODY)
    ReportEdition.objects.update(state=State.PUBLISHED)
    with pytest.raises(ImportRefused) as refusal:
        apply(markdown(with_line("When: 2023", "When: 2022")), NOBODY)
    assert any("correct single statements at the desk" in line for line in told(refusal.value))


def test_the_command_takes_an_outline(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "rivers.docx"
    path.write_bytes(docx().content)
    call_command("import_report", str(path), "--dry-run")
    assert not ImportRun.objects.exists()
    assert "added finding veto" in capsys.readouterr().out
    call_command("import_report", str(path))
    call_command("import_report", str(path))
    assert "0 changes" in capsys.readouterr().out
    assert Evidence.objects.count() == sum(len(one["evidence"]) for one in report_json()["findings"])
    path.write_bytes(docx(with_line("Kind: violation", "Kind: x")).content)
    with pytest.raises(CommandError, match=rf'paragraph {paragraph_of("Kind: violation")}, Kind: "x": is none of'):
        call_command("import_report", str(path), "--dry-run")


def test_the_same_findings_in_tables_and_outline_have_the_same_keys() -> None:
    apply(markdown(), NOBODY)
    data = put(rivers_without_voices(), "findings.2.kind", "trend")
    assert {one.key: one.columns for one in check(bundle(json.loads(json.dumps(data)))).differences} == {
        "fines": ("kind",)
    }


def test_the_outline_of_the_documentation_can_be_imported() -> None:
    apply(bundle(), NOBODY)
    lines = (Path(__file__).parents[2] / "docs" / "report-file.md").read_text(encoding="utf-8").splitlines()
    begin = lines.index("    # The State of the Rivers")
    end = next(n for n in range(begin, len(lines)) if lines[n].startswith("- **"))
    outcome = check(markdown("\n".join(line.removeprefix("    ") for line in lines[begin:end])))
    assert [(one.key, one.action) for one in outcome.differences] == [("oil-in-every-river", "added")]
