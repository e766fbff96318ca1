"""Loading petitions from a file: checked wholly, by key, and signed through the front door."""

from __future__ import annotations

import copy
import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from campaigns.campaigning import Campaign
from campaigns.petitions import tallies
from campaigns.petitions.behind_token import opened
from campaigns.petitions.check_counts import check_counts
from campaigns.petitions.models import MailboxMail, Petition, PetitionText, PetitionTextVersion, PetitionUpdate
from campaigns.petitions.petition_file.demo_names import name_from
from campaigns.petitions.petitions import Linger, Stage
from campaigns.petitions.signable import load
from campaigns.petitions.signatures import Signature, State
from reports.editorial.models import Organisation
from reports.editorial.publishing import State as Publishing
from reports.editorial.texts import TextState
from tests.reports.making import give_demand

TEXT = {
    "slug": "water", "title": "Clean water", "addressee": "The city", "lede": "The river is brown.",
    "body": "<p>We drink it.</p>", "demands": ["Clean it.", "Keep it clean."],
}  # fmt: skip
NEWS: dict[str, Any] = {"in_days": -3, "texts": {"en": {"title": "Handed over", "text": "The mayor has it."}}}
DEMO: dict[str, Any] = {
    "confirmed": 12, "pending": 3, "countries": {"BE": 2, "ZZ": 1}, "languages": {"en": 2, "ar": 1},
}  # fmt: skip
OPEN: dict[str, Any] = {
    "key": "water", "campaign": "river", "stage": "open", "goal": 100, "opened_in_days": -10, "closes_in_days": 20,
    "texts": {"en": TEXT, "ar": {**TEXT, "slug": "ماء", "title": "ماء نظيف"}}, "outcome": None, "updates": [NEWS],
    "demo_signatures": DEMO,
}  # fmt: skip
CLOSED: dict[str, Any] = {
    **OPEN, "key": "fish", "stage": "closed", "opened_in_days": -90, "closes_in_days": -30, "updates": [],
    "texts": {"en": {**TEXT, "slug": "fish"}}, "outcome": {**NEWS, "in_days": -1},
    "demo_signatures": {"confirmed": 5, "pending": 0, "countries": {"NL": 1}, "languages": {"en": 1}},
}  # fmt: skip

SAFE: dict[str, Any] = {"safe_mode": True, "texts": {"en": {**TEXT, "slug": "k7m2"}}}


def write(tmp_path: Path, *petitions: dict[str, Any], **head: Any) -> Path:
    path = tmp_path / "petitions.json"
    path.write_text(json.dumps({"format": "upstander-petitions/1", "petitions": petitions, **head}), encoding="utf-8")
    return path


@pytest.fixture
def river(transactional_db: None) -> Campaign:
    friends = Organisation.objects.create(key="friends", name="Friends")
    with transaction.atomic():
        campaign = Campaign.objects.create(key="river", organisation=friends, state=Publishing.PUBLISHED, demo=True)
        give_demand(campaign)
    return campaign


def test_a_file_becomes_petitions_that_were_signed_like_any_other(river: Campaign, tmp_path: Path) -> None:
    call_command("load_petitions", str(write(tmp_path, OPEN, CLOSED)))
    water, fish = Petition.objects.get(key="water"), Petition.objects.get(key="fish")
    assert (water.stage_now, fish.stage_now) == (Stage.OPEN, Stage.CLOSED)
    assert (tallies.total(water.pk), tallies.total(fish.pk)) == (12, 5)
    assert tallies.by_country(water.pk) == {"BE": 8, "ZZ": 4}
    assert water.closes_at is not None
    assert (water.closes_at.date() - timezone.localdate()).days == 20
    assert fish.closed_at is not None
    assert (timezone.localdate() - fish.closed_at.date()).days == 30
    assert water.text.title == "Clean water"
    assert {text.lang: text.slug for text in water.texts.all()} == {"en": "water", "ar": "ماء"}
    assert not PetitionText.objects.exclude(state=TextState.PUBLISHED).exists()
    assert [(update.outcome, update.text.title) for update in fish.updates.all()] == [(True, "Handed over")]
    assert check_counts() == []


def test_a_file_says_which_languages_were_not_read(river: Campaign, tmp_path: Path) -> None:
    call_command("load_petitions", str(write(tmp_path, OPEN, needs_review=["ar"])))
    assert dict(PetitionText.objects.values_list("lang", "needs_review")) == {"en": False, "ar": True}


def test_nobody_in_the_demonstration_gets_mail(river: Campaign, tmp_path: Path) -> None:
    call_command("load_petitions", str(write(tmp_path, OPEN)))
    states = list(Signature.objects.values_list("state", flat=True))
    assert (states.count(State.CONFIRMED), states.count(State.PENDING)) == (12, 3)
    assert not Signature.objects.filter(mail_due_at__isnull=False).exists()
    assert MailboxMail.objects.count() == 0
    petition = load(Petition.objects.get())
    people = [opened(row, petition).said for row in Signature.objects.all()]
    assert all(re.fullmatch(r"signer\d+\.petition\d+@example\.org", person["email"]) for person in people)
    assert len({person["email"] for person in people}) == 15


def test_loading_again_changes_nothing(river: Campaign, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(write(tmp_path, OPEN, CLOSED))
    call_command("load_petitions", path)
    before = [
        list(model.objects.order_by("pk").values()) for model in (Petition, PetitionText, PetitionUpdate, Signature)
    ]
    capsys.readouterr()
    call_command("load_petitions", path)
    assert capsys.readouterr().out.startswith("0 changes")
    after = [
        list(model.objects.order_by("pk").values()) for model in (Petition, PetitionText, PetitionUpdate, Signature)
    ]
    assert before == after


def test_a_new_wording_becomes_a_new_version_and_nobody_signs_twice(river: Campaign, tmp_path: Path) -> None:
    call_command("load_petitions", str(write(tmp_path, OPEN)))
    changed = copy.deepcopy(OPEN)
    changed["texts"]["en"]["title"] = "Clean water by May"
    call_command("load_petitions", str(write(tmp_path, changed)), correction="A day was set.")
    assert PetitionTextVersion.objects.filter(lang="en").count() == 2
    text = PetitionText.objects.get(lang="en")
    assert text.published_version is not None
    assert text.published_version.words["title"] == text.title == "Clean water by May"
    assert Signature.objects.count() == 15


def test_a_dry_run_writes_nothing(river: Campaign, tmp_path: Path, keystore: Path) -> None:
    call_command("load_petitions", str(write(tmp_path, OPEN)), dry_run=True)
    assert Petition.objects.count() == 0
    assert not keystore.exists()


def test_nobody_is_invented_for_a_real_campaign(river: Campaign, tmp_path: Path) -> None:
    Campaign.objects.update(demo=False)
    with pytest.raises(CommandError, match="belongs to demonstrations only"):
        call_command("load_petitions", str(write(tmp_path, OPEN)))
    real = {key: value for key, value in OPEN.items() if key != "demo_signatures"}
    call_command("load_petitions", str(write(tmp_path, real)))
    assert Petition.objects.get().stage == Stage.OPEN
    assert Signature.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        ({"campaign": "rivr"}, '"rivr": is not the key of a loaded campaign: did you mean "river"'),
        ({"stage": "won"}, 'petitions[0].stage: "won": is none of open, paused, closed'),
        ({"goal": 0}, "petitions[0].goal: A goal is at least 1"),
        ({"goal": "many"}, "petitions[0].goal"),
        ({"closes_in_days": -2}, "must be in the past for a closed petition, and only for one"),
        ({"stage": "closed"}, "must be in the past for a closed petition, and only for one"),
        ({"opened_in_days": 3}, "petitions[0].opened_in_days: lies in the future"),
        ({"opened_on": "2999-01-01"}, "petitions[0].opened_on: lies in the future"),
        ({"closes_on": "yesterday"}, 'petitions[0].closes_on: "yesterday": must be a date'),
        ({"closes_in_days": -20}, "petitions[0].closes_in_days: comes before the petition opens"),
        ({"texts": {"fr": TEXT}}, 'petitions[0].texts: holds no text in the original language: add "en"'),
        ({"texts": {"en": {**TEXT, "demands": []}}}, "petitions[0].texts.en.demands: must hold at least one text"),
        ({"texts": {"en": {**TEXT, "demands": [""]}}}, "petitions[0].texts.en.demands: must hold at least one text"),
        ({"texts": {"en": {**TEXT, "slug": "a b"}}}, "petitions[0].texts.en.slug"),
        ({"texts": {"en": {**TEXT, "titel": "x"}}}, 'en.titel: is an unknown key: remove it; did you mean "title"'),
        ({"texts": {"en": TEXT, "xx": TEXT}}, "petitions[0].texts.xx: is no language of this site"),
        ({"updates": [{**NEWS, "in_days": 1}]}, "petitions[0].updates[0].in_days: lies in the future"),
        ({"outcome": {"texts": {}}}, "petitions[0].outcome"),
        ({"demo_signatures": {**DEMO, "confirmed": -1}}, "demo_signatures.confirmed: -1: must be from 0"),
        ({"demo_signatures": {**DEMO, "countries": {"EN": 1}}}, "countries.EN: is not a country code"),
        ({"demo_signatures": {**DEMO, "languages": {"en": 0}}}, "languages: needs at least one entry"),
        ({"owner": 1}, "petitions[0].owner: is an unknown key"),
        ({"safe_mode": "yes"}, "petitions[0].safe_mode"),
        ({"ask_place": "street"}, "petitions[0].ask_place"),
        ({"keep_months": 25}, "petitions[0].keep_months: Names and addresses are kept for 0 to 24 months"),
        ({**SAFE, "ask_place": "city"}, 'petitions[0].ask_place: "city": does not go with safe mode'),
        ({**SAFE, "ask_comment": True}, "petitions[0].ask_comment: true: does not go with safe mode"),
        ({"safe_mode": True}, 'petitions[0].texts.en.slug: "water": repeats words of the title'),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place_and_nothing_is_written(
    river: Campaign, tmp_path: Path, change: dict[str, Any], advice: str
) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("load_petitions", str(write(tmp_path, {**OPEN, **change})))
    assert advice in str(refusal.value)
    assert Petition.objects.count() == 0


def test_a_petition_in_safe_mode_is_signed_without_a_name_and_forgets_who_counts(
    river: Campaign, tmp_path: Path
) -> None:
    call_command("load_petitions", str(write(tmp_path, {**OPEN, **SAFE})))
    petition = Petition.objects.get()
    assert (petition.safe_mode, petition.linger) == (True, Linger.SAFE)
    assert tallies.total(petition.pk) == 12
    assert {bytes(row.blob or b"") for row in Signature.objects.filter(state=State.CONFIRMED)} == {b""}
    waiting = [opened(row, load(petition)).said for row in Signature.objects.filter(state=State.PENDING)]
    assert [person.get("name", "") for person in waiting] == ["", "", ""]


def test_whether_it_is_safe_is_decided_once(river: Campaign, tmp_path: Path) -> None:
    call_command("load_petitions", str(write(tmp_path, {**OPEN, **SAFE})))
    with pytest.raises(CommandError, match=r"safe_mode: false: can never be changed once a petition was opened"):
        call_command("load_petitions", str(write(tmp_path, {**OPEN, **SAFE, "safe_mode": False})))
    left_out = {name: value for name, value in {**OPEN, **SAFE}.items() if name != "safe_mode"}
    call_command("load_petitions", str(write(tmp_path, left_out)))
    assert Petition.objects.get().safe_mode


def test_what_is_asked_beside_the_name_and_how_long_it_is_kept_comes_from_the_file(
    river: Campaign, tmp_path: Path
) -> None:
    further = {"ask_place": "postcode", "ask_comment": True, "keep_months": 3}
    call_command("load_petitions", str(write(tmp_path, {**OPEN, **further})))
    petition = Petition.objects.get()
    assert (petition.ask_place, petition.ask_comment, petition.keep_months) == ("postcode", True, 3)
    assert not petition.safe_mode


def test_the_address_of_another_petition_is_refused(river: Campaign, tmp_path: Path) -> None:
    call_command("load_petitions", str(write(tmp_path, OPEN)))
    with pytest.raises(CommandError, match=r"petitions\[0\]\.texts\.en\.slug.*another petition has this address"):
        call_command("load_petitions", str(write(tmp_path, {**CLOSED, "texts": {"en": TEXT}})))


def test_names_come_in_many_scripts() -> None:
    chance = random.Random(1)
    names = " ".join(name_from(country, "en", chance) for country in ("IN", "AM", "RS", "UA", "LB", "PL") * 20)
    for script in (r"[\u0900-\u097f]", r"[\u0530-\u058f]", r"[\u0400-\u04ff]", r"[\u0600-\u06ff]", r"[łśż]", r"[A-Z]"):
        assert re.search(script, names), script
