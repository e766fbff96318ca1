"""The petition, the people and the links that tests of petitions speak of."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connections, transaction
from django.utils import timezone

from campaigns.addresses import parse_address
from campaigns.campaigning import Campaign
from campaigns.keystore import secrets_of
from campaigns.names import parse_name
from campaigns.petitions import digests
from campaigns.petitions.mailed_codes import code_of
from campaigns.petitions.petitions import Petition, PetitionText, Stage, publish_text
from campaigns.petitions.signable import SigningPetition, load
from campaigns.petitions.signatures import OVERFLOW_NAME_KEY, MailboxMail, Signature, SignatureQuerySet
from campaigns.petitions.signing import Submission, sign
from campaigns.tokens import Purpose, make
from reports.editorial.models import Organisation
from reports.editorial.publishing import State as Publishing
from tests.reports.making import give_demand

ADA = "ada@example.org"


def make_petition(key: str = "water", *, stage: Stage = Stage.OPEN, lang: str = "en", **values: Any) -> Petition:
    """A public petition of the organisation `friends`, opened and then brought to a stage."""
    organisation, _ = Organisation.objects.get_or_create(key="friends", defaults={"name": "Friends of the River"})
    with transaction.atomic():
        campaign, _ = Campaign.objects.get_or_create(
            key=key, defaults={"organisation": organisation, "state": Publishing.PUBLISHED}
        )
        give_demand(campaign)
    values = {"state": Publishing.PUBLISHED, "original_lang": lang, **values}
    petition = Petition.objects.create(key=key, campaign=campaign, **values)
    make_text(petition, lang)
    petition.open()
    if stage == Stage.PAUSED:
        petition.pause()
    elif stage == Stage.CLOSED:
        petition.close()
    return petition


def make_text(petition: Petition, lang: str, title: str = "Clean water now", slug: str = "") -> PetitionText:
    text = PetitionText(
        petition=petition,
        lang=lang,
        slug=slug or petition.key,
        title=title,
        addressee="The city",
        lede="The river is brown.",
        body="<p>We drink it.</p>",
        demands=["Clean it."],
    )
    publish_text(text)
    return text


def submission(
    petition: SigningPetition,
    address: str = ADA,
    name: str = "Ada",
    country: str = "NL",
    lang: str = "en",
    updates: bool = False,
) -> Submission:
    return Submission(
        parse_name(name) if name else "", parse_address(address), country, lang, next(iter(petition.texts)), updates
    )


def post(petition: Petition, address: str = ADA, name: str = "Ada", **values: Any) -> Signature:
    """Sign, and the row that stands for it: its own, or the one of everybody past six."""
    signable = load(petition)
    said = submission(signable, address, name, **values)
    sign(signable, said)
    secrets = secrets_of(petition.uuid)
    mailbox = digests.email_key(secrets, said.address.under(petition.alias_domains))
    box = rows(petition).filter(email_key=mailbox)
    own: Signature | None = box.filter(name_key=digests.name_key(secrets, mailbox, said.name)).first()
    return own or box.get(name_key=OVERFLOW_NAME_KEY)


def rows(petition: Petition) -> SignatureQuerySet:
    return Signature.objects.filter(petition=petition)


def link(row: Signature, purpose: Purpose = Purpose.CONFIRM) -> str:
    """The link that a mail would carry."""
    petition = Petition.objects.get(pk=row.petition_id)
    return make(purpose, petition.pk, petition.uuid, row.pk, row.personal.seed)


def mailed(row: Signature, no: int = 1, when: datetime | None = None) -> str:
    """The code of mail `no`, once that mail has left for the row's mailbox."""
    petition, mailbox = Petition.objects.get(pk=row.petition_id), row.personal.email_key
    when = when or timezone.now()
    MailboxMail.objects.create(petition=petition, email_key=mailbox, no=no, signature_id=row.pk, sending_at=when)
    return code_of(petition.uuid, mailbox, row.personal.seed, no)


def at_once(*acts: Callable[[], object]) -> None:
    """Run the acts in threads of their own, all let go together, and fail with what any of them raises."""
    problems: list[BaseException] = []
    gate = threading.Barrier(len(acts))

    def guarded(act: Callable[[], object]) -> None:
        try:
            gate.wait(20)
            act()
        except BaseException as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=guarded, args=[act], daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    if problems:
        raise problems[0]
