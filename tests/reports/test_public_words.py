"""Loading a file over words that the public reads: they change with a correction, as a slip of the pen, or not."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone

from campaigns.models import CampaignText, Demand, DemandEventText, DemandText
from campaigns.petitions.models import Petition, PetitionText
from reports.content_loading import NotSaid
from reports.editorial.corrections import Correction
from reports.models import Finding, FindingText, ReportEdition, ThemeInEdition
from tests.reports.making import (
    CAMPAIGNS,
    CORRECTED,
    DEMO,
    REPORT,
    campaigns_json,
    load_report,
    load_rivers,
    put,
    report_json,
)

pytestmark = pytest.mark.django_db
STATEMENT = "findings.0.texts.en.statement"
WORDS = {
    "edition.texts.en.headline": ("/en/editions/watch-2024/", "reports.reportedition"),
    "themes.0.texts.en.summary": ("/en/themes/fouled-rivers/", "reports.themeinedition"),
    STATEMENT: ("/en/themes/fouled-rivers/", "reports.finding"),
    "findings.0.places.1.locality.en": ("/en/places/PS/", "reports.finding"),
    "voices.0.texts.en.text": ("/en/themes/fouled-rivers/", "reports.themeinedition"),
    "instruments.0.links.0.texts.en.note": ("/en/themes/fouled-rivers/", "reports.themeinedition"),
}


@pytest.fixture
def loaded(tmp_path: Path) -> Path:
    load_rivers()
    return tmp_path / "again.json"


def changed(file: Path, path: str, value: Any = "Said anew.", of: Any = report_json) -> str:
    file.write_text(json.dumps(put(of(), path, value)), encoding="utf-8")
    return str(file)


def load(command: str, *given: str) -> str:
    printed = StringIO()
    call_command(command, *given, stdout=printed)
    return printed.getvalue()


def test_words_that_the_public_reads_stay_until_it_is_said_what_their_change_is(loaded: Path) -> None:
    with pytest.raises(CommandError) as refused:
        load("load_report", changed(loaded, STATEMENT))
    told = str(refused.value)
    assert told.startswith("Nothing was written.\nThe public reads these words, and the file changes them:\n")
    assert "  finding veto (en): “A veto stopped the clean-up.” → “Said anew.”" in told
    assert "--correction" in told
    assert "--minor" in told
    finding = Finding.objects.get(key="veto")
    assert (finding.version, finding.text.statement) == (1, "A veto stopped the clean-up.")
    assert not Correction.objects.exists()


@pytest.mark.parametrize("path", WORDS)
def test_a_correction_by_file_stands_where_one_of_the_desk_does(client: Client, loaded: Path, path: str) -> None:
    address, label = WORDS[path]
    load("load_report", changed(loaded, path), "--correction", "We  misread\nit.")
    told = Correction.objects.get()
    assert (told.object_type, told.lang, told.now, told.reason) == (label, "en", "Said anew.", "We misread it.")
    for page in (address, "/en/corrections/"):
        html = client.get(page).content.decode()
        assert "<ins>Said anew.</ins>" in html, page
        assert "We misread it." in html, page
    assert load("load_report", str(loaded)).startswith("0 changes, ")


def test_what_is_corrected_bears_the_numbers_of_its_wordings(loaded: Path) -> None:
    Finding.objects.update(version=7)  # not what its page counts
    data = put(put(report_json(), STATEMENT, "Said anew."), "findings.0.texts.fr.statement", "Dit autrement.")
    loaded.write_text(json.dumps(put(data, "themes.0.texts.en.summary", "Said anew.")), encoding="utf-8")
    load_report(loaded, CORRECTED)
    of_finding = Correction.objects.filter(object_type="reports.finding").values_list("version_from", "version_to")
    assert set(of_finding) == {(1, 2), (2, 3)}
    of_theme = Correction.objects.get(object_type="reports.themeinedition")
    assert (of_theme.version_from, of_theme.version_to) == (1, 2)


def test_a_slip_of_the_pen_is_told_nowhere_and_leaves_translations_current(loaded: Path) -> None:
    load("load_report", changed(loaded, STATEMENT), "--minor")
    assert not Correction.objects.exists()
    finding = Finding.objects.get(key="veto")
    assert (finding.version, finding.text.statement) == (1, "Said anew.")
    assert dict(finding.texts.values_list("lang", "source_version")) == {"en": 1, "fr": 1}


@pytest.mark.parametrize("given", [(), ("--correction", "Misread."), ("--minor",)])
def test_a_dry_run_lists_what_would_change_and_tells_nobody(loaded: Path, given: tuple[str, ...]) -> None:
    printed = load("load_report", changed(loaded, STATEMENT), "--dry-run", *given)
    assert "  finding veto (en): “A veto stopped the clean-up.” → “Said anew.”" in printed
    assert ("Say why they change" in printed) is (not given)
    assert not Correction.objects.exists()
    assert Finding.objects.get(key="veto").text.statement == "A veto stopped the clean-up."


@pytest.mark.parametrize("reason", ["", " \n", "x" * 601])
def test_a_correction_has_a_reason_that_its_table_can_hold(loaded: Path, reason: str) -> None:
    with pytest.raises(CommandError, match="correction"):
        load("load_report", changed(loaded, STATEMENT), "--correction", reason)
    with pytest.raises(CommandError, match="not allowed with"):
        load("load_report", str(REPORT), "--correction", "Misread.", "--minor")


def test_of_long_words_the_operator_sees_what_differs(loaded: Path) -> None:
    words = "word " * 150
    load("load_report", changed(loaded, "findings.0.texts.en.explanation", words + "old. " + words), "--minor")
    data = put(report_json(), "findings.0.texts.en.explanation", words + "new. " + words)
    loaded.write_text(json.dumps(data), encoding="utf-8")
    told = next(line for line in load("load_report", str(loaded), "--dry-run").splitlines() if "finding veto" in line)
    assert "old." in told
    assert "new." in told
    assert len(told) < 300


def hide_edition() -> None:
    ReportEdition.objects.update(release_at=timezone.now() + timedelta(hours=1))


def hide_finding() -> None:
    Finding.objects.filter(key="veto").update(state="removed")


def hide_text() -> None:
    FindingText.objects.filter(finding__key="veto", lang="fr").update(state="draft")


@pytest.mark.parametrize("hide", [hide_edition, hide_finding, hide_text])
def test_words_that_nobody_can_read_change_freely(tmp_path: Path, hide: Any) -> None:
    load_report()
    hide()
    path = STATEMENT.replace(".en.", ".fr.") if hide is hide_text else STATEMENT
    load("load_report", changed(tmp_path / "again.json", path))
    assert not Correction.objects.exists()
    assert FindingText.objects.filter(statement="Said anew.").exists()


def test_an_address_a_new_language_and_marks_alone_are_no_change_of_words(loaded: Path) -> None:
    load("load_report", changed(loaded, "themes.0.texts.en.slug", "foul-rivers"))
    load("load_report", changed(loaded, "findings.1.texts.nl", {"statement": "Olie.", "reply": "Geen antwoord."}))
    body = "<p><strong>Water</strong> <em>matters</em>.</p>"
    load("load_campaigns", changed(loaded, "campaigns.0.texts.en.body", body, campaigns_json))
    assert not Correction.objects.exists()
    assert "<strong>" in CampaignText.objects.get(lang="en").body


def test_a_locality_that_is_taken_out_is_told_of(loaded: Path) -> None:
    file = changed(loaded, "findings.0.places.1.locality", "")
    with pytest.raises(NotSaid, match="Gaza"):
        load_report(loaded)
    load("load_report", file, "--correction", "It was not there.")
    assert set(Correction.objects.values_list("lang", "was")) == {("en", "Gaza"), ("fr", "Gaza"), ("ar", "غزة")}
    assert Correction.objects.get(lang="en").now == "(taken out)"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("campaigns.0.texts.en.summary", CampaignText),
        ("demands.0.texts.en.text", DemandText),
        ("demands.1.events.1.texts.en.note", DemandEventText),
    ],
)
def test_campaigns_and_demands_are_held_to_the_same(client: Client, loaded: Path, path: str, text: Any) -> None:
    file = changed(loaded, path, of=campaigns_json)
    before = set(text.objects.values_list("pk", path.rpartition(".")[2]))
    with pytest.raises(CommandError, match="The public reads these words"):
        load("load_campaigns", file)
    assert set(text.objects.values_list("pk", path.rpartition(".")[2])) == before
    load("load_campaigns", file, "--correction", "We misread it.")
    told = Correction.objects.get()
    assert told.now == "Said anew."
    demand = Demand.objects.filter(pk=told.object_id).first()
    page = f"/en/demands/{demand.uid}/" if text is not CampaignText and demand else "/en/campaigns/clean-rivers/"
    assert "<ins>Said anew.</ins>" in client.get(page).content.decode()


def test_the_name_of_whoever_is_asked_is_held_to_the_same(client: Client, loaded: Path) -> None:
    file = changed(loaded, "addressees.0.texts.en.name", "Town council", campaigns_json)
    with pytest.raises(CommandError, match="addressee council \\(en\\): “City council” → “Town council”"):
        load("load_campaigns", file)
    load("load_campaigns", file, "--correction", "It is a town.")
    for demand in Demand.objects.all():
        assert "<ins>Town council</ins>" in client.get(f"/en/demands/{demand.uid}/").content.decode()


def test_petitions_and_demonstrations_are_held_to_the_same(loaded: Path, settings: Any, tmp_path: Path) -> None:
    settings.KEYSTORE = tmp_path / "keystore"
    data = json.loads((DEMO / "petitions.json").read_text(encoding="utf-8"))
    one = put(data["petitions"][0], "campaign", "clean-rivers")
    loaded.write_text(json.dumps({**data, "petitions": [one]}), encoding="utf-8")
    load("load_petitions", str(loaded))
    assert load("load_petitions", str(loaded)).startswith("0 changes, ")
    loaded.write_text(json.dumps({**data, "petitions": [put(one, "texts.en.lede", "Said anew.")]}), encoding="utf-8")
    with pytest.raises(CommandError, match="The public reads these words"):
        load("load_petitions", str(loaded))
    load("load_petitions", str(loaded), "--correction", "We misread it.")
    told = Correction.objects.get()
    assert (told.object_type, told.now, told.version_from, told.version_to) == (
        "petitions.petition",
        "Said anew.",
        1,
        2,
    )
    petition = Petition.objects.get()
    versions = dict(PetitionText.objects.filter(petition=petition).values_list("lang", "source_version"))
    assert (petition.version, versions["en"], versions["fr"]) == (2, 2, 1)


def test_what_is_there_already_needs_no_word(loaded: Path) -> None:
    assert load("load_report", str(REPORT)).startswith("0 changes, ")
    assert load("load_campaigns", str(CAMPAIGNS)).startswith("0 changes, ")
    assert not Correction.objects.exists()
    assert ThemeInEdition.objects.filter(version=1).count() == 2
