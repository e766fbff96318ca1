"""Loading a report: what is wrong is told in full, what is right is written once."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from reports.content_file import ContentFileError
from reports.editorial.corrections import Change
from reports.editorial.publishing import State
from reports.models import (
    Evidence,
    Finding,
    FindingPlace,
    FindingText,
    FindingTheme,
    Instrument,
    NamingNote,
    Place,
    PlaceName,
    ReportEdition,
    Theme,
    ThemeInEdition,
    ThemeText,
    Voice,
)
from reports.report_file.reading import read_report
from tests.reports.making import CORRECTED, DEMO, REPORT, load_demo_reports, load_report, put, report_json

pytestmark = pytest.mark.django_db


def refused(tmp_path: Path, data: Any) -> list[str]:
    """The problems of a file, as an operator reads them."""
    path = tmp_path / "report.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(ContentFileError) as error:
        read_report(path)
    return [str(problem) for problem in error.value.problems]


BROKEN = [
    ("format", "upstander-report/2", 'format: "upstander-report/2": this loader reads "upstander-report/1"'),
    ("original_lang", "xx", 'original_lang: "xx": is no language of this site: use en, fr, nl, es, ar'),
    ("edition.license", "x", 'edition.license: is an unknown key: remove it; did you mean "licence"?'),
    ("edition.licence", ..., "edition.licence: is missing: add it"),
    ("edition.licence", "", 'edition.licence: "": must not be empty'),
    ("edition.year", "2024", 'edition.year: "2024": must be a whole number'),
    ("edition.year", True, "edition.year: true: must be a whole number"),
    ("edition.demo", "yes", 'edition.demo: "yes": must be true or false'),
    ("edition.period_end", "2023-02-30", "edition.period_end"),
    ("edition.period_end", "2024-12-31", "edition: A report covers a period that ends before the report comes out."),
    ("edition.release_at", "2024-04-24T00:01:00", "needs its zone"),
    ("edition.source_url", "ftp://watch.example/", "edition.source_url"),
    ("edition.texts.en", ..., 'edition.texts: holds no text in the original language: add "en"'),
    ("edition.texts.de", {"title": "x", "headline": "y"}, "edition.texts.de: is no language of this site"),
    ("edition.texts.fr.headline", "x" * 601, "edition.texts.fr.headline"),
    ("places.1.code", "ZZ", 'places[1].code: "ZZ": ZZ is no code of ISO 3166-1'),
    ("places.1.code", "X-", "places[1].code"),
    ("places.1.code", "MM", 'places[2].code: "MM": is used twice: places[1] has it already'),
    ("places.0.parent", None, "places[0].parent: a city needs the place it belongs to"),
    ("places.0.parent", "BEL", 'places[0].parent: "BEL": is not the key of a place: did you mean "BE"?'),
    ("places.1.parent", "X-GENT", "leads back to the place itself"),
    ("places.0.names", ..., 'places[0].names: CLDR does not know this code: give a name, at least in "en"'),
    ("places.0.names.en", "x" * 121, "places[0].names.en"),
    ("places.2.notes.en.text", "", 'places[2].notes.en.text: "": must not be empty'),
    ("places.2.status", "fine", 'places[2].status: "fine": is none of examined, not_examined, unknown'),
    ("sources.1.doc_symbol", "", "sources[1]: A source needs an address or a document symbol."),
    ("sources.0.url", "javascript:alert(1)", "sources[0].url"),
    ("sources.0.key", "Annual", 'sources[0].key: "Annual": must be small letters a-z'),
    ("themes.1.texts.en.slug", "fouled-rivers", 'themes[1].texts.en.slug: "fouled-rivers": is used twice'),
    ("themes.1.texts.en.slug", "two words", "themes[1].texts.en.slug"),
    ("themes.1.key", "fouled-rivers", 'themes[1].key: "fouled-rivers": is used twice'),
    ("findings.0.kind", "crime", 'findings[0].kind: "crime": is none of violation, trend, context, progress, warning'),
    ("findings.0.texts.en.statement", "x" * 601, "is 601 characters long: shorten it to 600"),
    ("findings.0.texts.en.statement", "a\x00b", "holds a character that is no text"),
    ("findings.0.texts.en.statement", "   ", "must not be empty"),
    ("findings.0.texts.en", "words", 'findings[0].texts.en: "words": must be an object'),
    ("findings.0.themes", [], "findings[0].themes: needs at least 1 key of a theme of this file"),
    ("findings.0.themes.0", "fouled-river", 'is not the key of a theme of this file: did you mean "fouled-rivers"?'),
    (
        "findings.0.themes",
        ["fouled-rivers", "fouled-rivers"],
        'findings[0].themes[1]: "fouled-rivers": stands there twice',
    ),
    (
        "findings.0.places",
        [{"code": "US", "role": "mentioned"}],
        'findings[0].places: a finding of scope "places" needs one',
    ),
    ("findings.0.places.0.role", "culprit", "findings[0].places[0].role"),
    ("findings.0.places.1.locality", {"fr": "Gaza"}, "findings[0].places[1].locality: holds no text in the original"),
    ("findings.0.evidence.0.relation", "context", 'needs at least one source whose relation is "supports"'),
    ("findings.0.evidence.0.source", "gossip", 'findings[0].evidence[0].source: "gossip": is not the key of a source'),
    ("findings.0.evidence", "none", 'findings[0].evidence: "none": must be a list of objects'),
    ("findings.0.occurred_to", "2022-01-01", "findings[0]: It cannot end before it began."),
    ("findings.0.precision", "unknown", "findings[0]: Say how exactly the date is known"),
    ("findings.1.texts.en.reply", ..., "findings[1].texts.en.reply: what is alleged needs the reply"),
    ("voices.1.permission_basis", "", "voices[1]: A quotation needs the basis of the permission"),
    ("voices.1.texts.en.text", "word " * 61, "a quotation has at most 60 words"),
    ("voices.0.person", "eve", 'voices[0].person: "eve": is not the key of a person'),
    ("instruments.0.in_force_on", "1999-01-01", "instruments[0]: A rule is adopted, then in force, then ended."),
    ("instruments.0.links.0.stance", "good", "instruments[0].links[0].stance"),
    ("findings.3", {}, "findings[3].kind: is missing: add it"),
    ("findings.3", 7, "findings[3]: 7: must be an object"),
]


@pytest.mark.parametrize(("path", "value", "told"), BROKEN, ids=[f"{path}={value!r:.20}" for path, value, _ in BROKEN])
def test_a_problem_is_told_with_its_path_and_what_to_do(tmp_path: Path, path: str, value: Any, told: str) -> None:
    data = report_json()
    if path == "findings.3":
        data["findings"].append(value)
    else:
        data = put(data, path, value)
    problems = refused(tmp_path, data)
    assert any(told in problem for problem in problems), problems


def test_every_problem_is_told_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    data = put(put(put(report_json(), "edition.year", "x"), "findings.0.kind", "x"), "voices.0.person", "x")
    path = tmp_path / "report.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(CommandError) as error:
        call_command("load_report", str(path))
    lines = str(error.value).splitlines()
    assert lines[0] == "Nothing was written. 3 to correct in the file:"
    assert [line.split(":")[0].strip() for line in lines[1:]] == [
        "edition.year",
        "findings[0].kind",
        "voices[0].person",
    ]
    assert not Place.objects.exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "line 1, column 2: is not JSON"),
        ("[]", "must hold one JSON object"),
        ('{"format": NaN}', "NaN is no value of JSON"),
        ('{"a": 1, "a": 2}', '"a" stands twice in one object'),
        ("[" * 100_000, "cannot be read as JSON"),
    ],
)
def test_what_is_no_json_is_told(tmp_path: Path, content: str, told: str) -> None:
    assert told in refused(tmp_path, content)[0]


def test_another_encoding_is_told_and_a_byte_order_mark_is_not_minded(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(REPORT.read_text(encoding="utf-8").encode("utf-16"))
    with pytest.raises(ContentFileError, match="1 problems") as error:
        read_report(path)
    assert "is not UTF-8" in str(error.value.problems[0])
    path.write_bytes(b"\xef\xbb\xbf" + REPORT.read_bytes())
    assert read_report(path).edition.key == "watch-2024"


def test_a_missing_file_is_told() -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("load_report", "nowhere.json")


def test_the_report_is_public_with_all_its_texts() -> None:
    load_report()
    assert ReportEdition.objects.visible().count() == 1
    assert ThemeInEdition.objects.visible().count() == 2
    assert Finding.objects.visible().count() == 3
    assert set(ThemeText.objects.filter(theme__theme__key="fouled-rivers").values_list("lang", "state")) == {
        ("en", "published"),
        ("fr", "published"),
        ("ar", "published"),
    }
    assert Voice.objects.visible().count() == 2
    assert Instrument.objects.visible().count() == 1
    homes = (
        FindingTheme.objects.filter(finding__key="oil").order_by("-primary").values_list("theme__theme__key", "primary")
    )
    assert list(homes) == [("fouled-rivers", True), ("silenced-anglers", False)]


def test_loading_twice_changes_nothing() -> None:
    printed = StringIO()
    call_command("load_report", str(REPORT), stdout=printed)
    before = printed.getvalue()
    call_command("load_report", str(REPORT), stdout=printed)
    assert printed.getvalue().removeprefix(before).startswith("0 changes, ")


def test_a_dry_run_counts_and_writes_nothing() -> None:
    printed = StringIO()
    call_command("load_report", str(REPORT), "--dry-run", stdout=printed)
    assert "2 themes of editions added" in printed.getvalue()
    assert printed.getvalue().endswith("Dry run: nothing was written.\n")
    assert not ReportEdition.objects.exists()


@pytest.fixture
def loaded(tmp_path: Path) -> Path:
    load_report()
    return tmp_path / "again.json"


def load_changed(path: Path, *changes: tuple[str, Any], said: Change | None = None) -> Any:
    data = report_json()
    for at, value in changes:
        data = put(data, at, value)
    path.write_text(json.dumps(data), encoding="utf-8")
    return load_report(path, said)


def test_what_differs_is_changed_and_the_state_of_an_object_is_left_to_the_desk(loaded: Path) -> None:
    Finding.objects.filter(key="veto").update(state=State.RETRACTED)
    changes = load_changed(loaded, ("findings.0.kind", "warning"))
    assert (changes.total, changes.changed.total()) == (1, 1)
    finding = Finding.objects.get(key="veto")
    assert (finding.kind, finding.state) == ("warning", State.RETRACTED)


def test_a_new_wording_of_the_original_leaves_translations_behind(loaded: Path) -> None:
    load_changed(loaded, ("findings.0.texts.en.statement", "A single veto stopped it."), said=CORRECTED)
    finding = Finding.objects.get(key="veto")
    assert finding.version == 2
    assert dict(finding.texts.values_list("lang", "source_version")) == {"en": 2, "fr": 1}


def test_lists_of_a_finding_become_those_of_the_file(loaded: Path) -> None:
    load_changed(
        loaded,
        ("findings.0.evidence.1", ...),
        ("findings.2.places.2", ...),
        ("findings.1.themes", ["silenced-anglers", "fouled-rivers"]),
        ("findings.0.places.1.locality", ""),
        said=CORRECTED,
    )
    assert Evidence.objects.filter(finding__key="veto").count() == 1
    assert FindingPlace.objects.filter(finding__key="fines").count() == 2
    assert FindingTheme.objects.get(finding__key="oil", primary=True).theme.theme.key == "silenced-anglers"
    assert not FindingPlace.objects.get(finding__key="veto", role="where").texts.exists()


def test_texts_and_objects_that_the_file_does_not_mention_stay(loaded: Path) -> None:
    finding = Finding.objects.get(key="oil")
    FindingText.objects.create(finding=finding, lang="nl", statement="Olie.", state="published")
    data = report_json()
    del data["findings"][2]
    loaded.write_text(json.dumps(data), encoding="utf-8")
    assert load_report(loaded).total == 0
    assert finding.texts.filter(lang="nl").exists()
    assert Finding.objects.filter(key="fines").exists()


def test_names_come_from_the_file_then_from_an_editor_then_from_cldr(loaded: Path) -> None:
    def shown(code: str) -> dict[str, str]:
        return dict(PlaceName.objects.filter(place__code=code, kind="display").values_list("lang", "name"))

    assert shown("PS") == {
        "en": "Palestine",
        "fr": "Palestine",
        "ar": "فلسطين",
        "nl": "Palestijnse gebieden",
        "es": "Territorios Palestinos",
    }
    assert shown("X-EU")["nl"] == "Europese Unie"
    assert shown("X-GENT") == {"en": "Ghent", "fr": "Gand"}
    PlaceName.objects.filter(place__code="US", lang="nl", kind="display").update(name="VS", source="")
    assert load_report().added == {"names of places": 1}
    assert shown("US")["nl"] == "VS"
    assert PlaceName.objects.get(place__code="US", lang="nl", kind="alias").name == "Verenigde Staten"


@pytest.mark.parametrize("name", ["Burma", "Birma", "Birmanie", "Birmania", "بورما", "Myanmar"])
def test_other_names_lead_to_a_place(loaded: Path, name: str) -> None:
    assert set(PlaceName.objects.filter(name=name).values_list("place__code", flat=True)) == {"MM"}


def test_the_name_that_was_overridden_still_leads_to_the_place(loaded: Path) -> None:
    assert PlaceName.objects.filter(name="Palestinian Territories", kind="alias").get().place.code == "PS"
    assert NamingNote.objects.get(place__code="MM").text.startswith("Two names")


def test_another_edition_cannot_take_the_address_or_year_of_one_that_is_there(loaded: Path) -> None:
    data = put(report_json(), "edition.key", "watch-again")
    loaded.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ContentFileError) as error:
        read_report(loaded)
    told = [str(problem) for problem in error.value.problems]
    assert any('loaded under the key "watch-2024"' in problem for problem in told)
    assert any("another theme or edition has this address" in problem for problem in told)


def test_the_demo_report_loads() -> None:
    assert load_demo_reports().total > 400
    assert ThemeInEdition.objects.visible().filter(edition__key="amnesty-2024").count() == 11
    assert load_report(DEMO / "report.json").total == 0


def test_the_demo_has_an_earlier_edition_of_some_of_the_same_themes() -> None:
    load_demo_reports()
    assert load_report(DEMO / "earlier_report.json").total == 0
    assert load_report(DEMO / "report.json").total == 0  # neither takes the other's places or names
    newer, earlier, _first = ReportEdition.objects.order_by("-period_end")
    assert (newer.label, earlier.label, earlier.demo) == ("2023/24", "2022/23", True)
    both = Theme.objects.filter(in_editions__edition=newer).filter(in_editions__edition=earlier)
    assert both.count() == 8
    for lang in ("en", "fr", "nl", "es", "ar"):
        assert FindingText.objects.filter(finding__edition=earlier, lang=lang).count() == 11
