"""The list of signatories: for whom, what is in it, and that it is never held as a whole."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.utils import timezone

from campaigns.keystore import secrets_of
from campaigns.petitions import exporting
from campaigns.petitions.confirming import confirm
from campaigns.petitions.consent import publish_consent
from campaigns.petitions.exporting import cell
from campaigns.petitions.external_ids import external_id, row_behind_external_id
from campaigns.petitions.models import Petition, Signature
from campaigns.petitions.petitions import Linger
from campaigns.petitions.retention import erase
from campaigns.petitions.sequencing import sequence
from campaigns.petitions.signable import load
from campaigns.petitions.signing import sign
from campaigns.petitions.withdrawing import withdraw
from campaigns.petitions.withdrawn_rows import WithdrawnRow
from campaigns.tokens import Purpose
from reports.editorial.audit import Act, AuditEntry
from tests.desk.conftest import Cast, make_cast
from tests.desk.making import Objects, make_objects, make_signature
from tests.desk.test_roles import page
from tests.petitions.cast import link, make_petition, submission

# Rows are read on connections of their own: they must be committed.
pytestmark = pytest.mark.django_db(transaction=True)
PURPOSE = {"purpose": "Delivery to the ministry"}


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def objects(cast: Cast) -> Objects:
    return make_objects(cast.ours)


@pytest.fixture
def address(petition: Petition) -> str:
    return page("petitions.petition", "export", petition.pk)


@pytest.fixture
def organiser(cast: Cast) -> Client:
    return cast.client("organiser")


def download(client: Client, address: str, **values: str) -> list[bytes]:
    response: Any = client.post(address, PURPOSE | values)
    return list(response.streaming_content)


def rows_of(response: Any) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_confirmed_signatories_and_nobody_else(organiser: Client, petition: Petition, address: str) -> None:
    make_signature(petition, "مريم", "maryam@example.org")
    pending = make_signature(petition, "Pending", "pending@example.org")
    Signature.objects.filter(pk=pending.pk).update(state=0, slot=None, confirmed_at=None)
    response = organiser.post(address, PURPOSE)
    rows = rows_of(response)
    assert sorted((row["name"], row["email"]) for row in rows) == [
        ("Ada", "ada@example.org"),
        ("مريم", "maryam@example.org"),
    ]
    assert list(rows[0]) == list(exporting.ALL_COLUMNS)
    assert (*exporting.COLUMNS, "consent_on", "place", "comment") == exporting.ALL_COLUMNS
    assert {row["petition_text"] for row in rows} == {petition.text_versions.get().sha256}
    assert {(row["country"], row["language"], row["updates"]) for row in rows} == {("NL", "en", "no")}
    assert "no-store" in response["Cache-Control"]
    assert "ours" not in response["Content-Disposition"]


def test_the_byte_order_mark_is_asked_for(organiser: Client, address: str) -> None:
    assert download(organiser, address, bom="on")[0].startswith(b"\xef\xbb\xbfid,")
    assert download(organiser, address)[0].startswith(b"id,")


@pytest.mark.parametrize("first", list("=+-@\t\r\n＝＋－＠"))
def test_no_cell_starts_a_formula(first: str) -> None:
    assert cell(f'{first}HYPERLINK("x")') == f'"\'{first}HYPERLINK(""x"")"'


def test_a_purpose_is_required(organiser: Client, address: str) -> None:
    assert organiser.post(address, {}).status_code == 422
    assert not AuditEntry.objects.filter(act=Act.EXPORTED).exists()


def test_the_log_has_purpose_and_cut_off_before_the_first_byte(organiser: Client, address: str) -> None:
    organiser.post(address, PURPOSE)
    entry = AuditEntry.objects.get(act=Act.EXPORTED)
    assert entry.detail["purpose"] == PURPOSE["purpose"]
    assert entry.detail["cut_off"]
    assert "ada" not in str(entry.detail).lower()


def test_what_is_confirmed_after_the_cut_off_is_left_out(organiser: Client, petition: Petition, address: str) -> None:
    response = organiser.post(address, PURPOSE)
    make_signature(petition, "Late", "late@example.org")
    assert [row["name"] for row in rows_of(response)] == ["Ada"]


def test_a_wording_that_is_published_while_a_list_is_read_does_not_break_it_off(
    organiser: Client, petition: Petition, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "BATCH", 1)
    for number in range(4):
        make_signature(petition, "Somebody", f"person{number}@example.org")
    response: Any = organiser.post(address, PURPOSE)
    chunks = iter(response.streaming_content)
    first = [next(chunks), next(chunks)]
    consent = publish_consent(petition.campaign.organisation, "en", "Write to me about rivers.")
    Signature.objects.update(consent_text=consent, consent_at=timezone.now())
    text = b"".join([*first, *chunks]).decode()
    assert text.count("\r\n") == 6
    assert f"yes,en/{consent.version}," in text


def test_only_batches_are_held(
    organiser: Client, petition: Petition, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "BATCH", 3)
    for number in range(10):
        make_signature(petition, "Somebody", f"person{number}@example.org")
    chunks = download(organiser, address)
    assert [chunk.count(b"\r\n") for chunk in chunks] == [1, 3, 3, 3, 2]


def test_a_broken_off_download_leaves_nothing(
    organiser: Client, petition: Petition, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "BATCH", 1)
    for number in range(5):
        make_signature(petition, "Somebody", f"person{number}@example.org")
    response: Any = organiser.post(address, PURPOSE)
    chunks = iter(response.streaming_content)
    next(chunks), next(chunks)
    assert connection.connection is None  # whoever reads slowly keeps nobody from a place in the pool
    response.close()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND state <> 'idle'"
        )
        assert cursor.fetchone() == (0,)


def test_without_the_right_there_is_no_such_page(cast: Cast, address: str) -> None:
    for role in ("editor", "moderator", "auditor", "outsider", "nobody"):
        assert cast.client(role).get(address).status_code == 404, role
        assert cast.client(role).post(address, PURPOSE).status_code == 404, role


def test_without_a_second_factor_nothing_is_handed_out(cast: Cast, organiser: Client, address: str) -> None:
    Authenticator.objects.filter(user=cast.people["organiser"]).delete()
    response = organiser.post(address, PURPOSE)
    assert response.status_code == 403
    assert not response.streaming
    assert b"second factor" in response.content


def test_an_external_id_leads_back_to_its_row_and_to_no_other(petition: Petition) -> None:
    secrets = secrets_of(petition.uuid)
    name = external_id(secrets, 42)
    assert row_behind_external_id(secrets, name) == 42
    assert external_id(secrets, 43)[:8] != name[:8]
    assert row_behind_external_id(secrets, "0" * 32) is None
    assert row_behind_external_id(secrets, "x") is None


def test_a_signature_is_found_by_its_external_id(organiser: Client, petition: Petition, objects: Objects) -> None:
    signature = objects.of("petitions.signature")
    other = make_signature(petition, "Other", "other@example.org")
    name = external_id(secrets_of(petition.uuid), signature.pk)
    content = organiser.get(page("petitions.signature", "changelist"), {"q": name}).content.decode()
    assert name in content
    assert external_id(secrets_of(petition.uuid), other.pk) not in content


def test_place_and_comment_stand_at_the_end_and_start_no_formula(
    organiser: Client, petition: Petition, address: str
) -> None:
    Petition.objects.update(ask_place="city", ask_comment=True)
    signable = load(petition)
    said = submission(signable, "bea@example.org", "Bea")
    sign(signable, replace(said, place="Ghent", comment='=1+1 "yes"\nand no'))
    row = Signature.objects.latest("pk")
    assert confirm(link(row))
    rows = {row["email"]: row for row in rows_of(organiser.post(address, PURPOSE))}
    assert (rows["bea@example.org"]["place"], rows["bea@example.org"]["comment"]) == ("Ghent", '\'=1+1 "yes"\nand no')
    assert rows["ada@example.org"]["place"] == "", "signed before anybody asked"


def test_in_safe_mode_there_are_numbers_and_nobody(organiser: Client, cast: Cast) -> None:
    """They move with the log and in tens: two exports a minute apart must not tell when somebody signed, and where."""
    safe = make_petition("k7m2", safe_mode=True, linger=Linger.SAFE)
    safe.campaign.organisation = cast.ours
    safe.campaign.save()
    signable = load(safe)
    countries = ["NL"] * 10 + ["BE"] * 9 + ["XK"] * 3
    for number, country in enumerate(countries):
        sign(signable, submission(signable, f"qzmarker{number}@example.org", "", country=country))
    for row in Signature.objects.filter(petition=safe):
        assert confirm(link(row))
    address = page("petitions.petition", "export", safe.pk)
    assert b"safe mode" in organiser.get(address).content
    assert b"".join(download(organiser, address)) == b"country,language,signatures\r\n", "the log has none yet"
    sequence(safe.pk)
    told = b"country,language,signatures\r\nNL,en,10\r\n,,10\r\n"
    assert b"".join(download(organiser, address)) == told
    withdraw(link(Signature.objects.filter(petition=safe, country="NL").latest("pk"), Purpose.WITHDRAW))
    assert b"".join(download(organiser, address)) == told, "as long as the count does not tell it either"
    sequence(safe.pk)
    assert b"".join(download(organiser, address)) == b"country,language,signatures\r\n,,20\r\n"


def test_who_withdraws_after_an_export_is_named_to_organisers_by_the_id_in_their_list(
    cast: Cast, organiser: Client, petition: Petition, address: str
) -> None:
    early, late, other = (make_signature(petition, name, f"{name}@example.org") for name in ("early", "late", "other"))
    names = {row.pk: external_id(secrets_of(petition.uuid), row.pk) for row in (early, late, other)}
    withdraw(link(early, Purpose.WITHDRAW))
    assert not WithdrawnRow.objects.exists(), "no list holds it"
    ids = {row["id"] for row in rows_of(organiser.post(address, PURPOSE))}
    assert {names[late.pk], names[other.pk]} <= ids
    after = make_signature(petition, "after", "after@example.org")
    for row in (late, after):
        assert withdraw(link(row, Purpose.WITHDRAW))
    shown = organiser.get(address).content.decode()
    assert re.search(rf"<textarea[^>]*readonly>{names[late.pk]}\n</textarea>", shown)
    assert cast.client("moderator").get(address).status_code == 404
    petition.close()
    erase(Petition.objects.get(pk=petition.pk), timezone.now())
    assert not WithdrawnRow.objects.exists()


@pytest.mark.parametrize(("mark", "says"), [("erased_at", "were erased on"), ("shredded_at", "were destroyed on")])
def test_after_erasing_the_export_says_why_there_is_none(
    cast: Cast, petition: Petition, address: str, mark: str, says: str
) -> None:
    petition.close()
    Petition.objects.filter(pk=petition.pk).update(**{mark: petition.closed_at})
    organiser = cast.client("organiser")
    for answer in (organiser.get(address), organiser.post(address, PURPOSE)):
        assert answer.status_code == 410
        assert says in answer.content.decode()
    assert not AuditEntry.objects.filter(act=Act.EXPORTED).exists()
