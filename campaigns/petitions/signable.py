"""Petitions as the acts on signatures need them, kept in each process for two seconds: a post asks nothing first."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from campaigns.addresses import Address
from campaigns.keystore import PetitionSecrets, SecretsDestroyed, secrets_of
from campaigns.petitions import digests
from campaigns.petitions.asking import Asks
from campaigns.petitions.petitions import Petition, PetitionQuerySet, Stage, stage_at
from campaigns.saving import NotSaved, saving
from campaigns.sealing import key_version
from reports.editorial.publishing import READ_ONLY, together
from reports.editorial.slugs import MAX_LENGTH

FRESH_SECONDS = 2.0
STALE_SECONDS = 60.0  # how long an answer may serve while the database is away
REMEMBERED = 1024


@dataclass(frozen=True)
class SigningPetition:
    """What a process must know of a petition. `texts` leads from the SHA-256 of a wording, in hexadecimal, to its
    version's id and language; `opened` says whether it ever was; `ends_at` is when it closed or will."""

    id: int
    uuid: UUID
    public: bool
    stage: Stage
    closes_at: datetime | None
    ends_at: datetime | None
    organisation_id: int
    original_lang: str
    safe_mode: bool
    asks: Asks
    texts: Mapping[str, tuple[int, str]]
    aliases: Mapping[str, str] = field(repr=False)
    seal_version: int
    opened: bool
    answers: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    """Pages of it that others made, which go when it is read anew; see `campaigns.petitions.kept_answer`."""

    @property
    def secrets(self) -> PetitionSecrets | None:
        """Its open secrets, kept by the keystore alone; None until the petition was opened. Raises KeystoreError."""
        return secrets_of(self.uuid) if self.opened else None

    @property
    def stage_now(self) -> Stage:
        """The stage that counts at this moment."""
        return stage_at(self.stage, self.closes_at, timezone.now())


@dataclass(frozen=True, slots=True)
class _Remembered:
    petition: SigningPetition | None
    since: float


Key = int | tuple[str, str]
_petitions: OrderedDict[Key, _Remembered] = OrderedDict()
_loading: set[Key] = set()
_guard = threading.Lock()


def open_petition(slug: str, lang: str) -> SigningPetition | None:
    """The public petition behind an address, at most two seconds old; None where there is none.

    Raises NotSaved where the database is away and nothing is remembered.
    """
    if len(slug) > MAX_LENGTH or "\0" in slug:
        return None  # no column holds it
    return _kept((slug, lang), lambda: Petition.objects.visible().behind(slug, lang))


def petition_of(petition_id: int) -> SigningPetition | None:
    """The petition of a signature, public or not, at most two seconds old. Raises NotSaved likewise."""
    return _kept(petition_id, lambda: Petition.objects.filter(pk=petition_id))


def forget_petitions() -> None:
    """Look at the database next time."""
    with _guard:
        _petitions.clear()


def mailbox_key(petition: SigningPetition, address: Address) -> bytes | None:
    """What finds the mailbox of an address in a petition. None where no mailbox can be found, whichever it is: before
    the petition first opened, and after its index was destroyed. Raises KeystoreError."""
    try:
        secrets = petition.secrets
        return None if secrets is None else digests.email_key(secrets, address.under(petition.aliases))
    except SecretsDestroyed:
        return None


def load(petition: Petition) -> SigningPetition:
    """What the acts on signatures must know of a petition, as stored now."""
    versions = petition.text_versions.values_list("sha256", "pk", "lang")
    return SigningPetition(
        id=petition.pk,
        uuid=petition.uuid,
        public=Petition.objects.visible().filter(pk=petition.pk).exists(),
        stage=Stage.CLOSED if together(petition.state, petition.campaign.state) in READ_ONLY else Stage(petition.stage),
        closes_at=petition.closes_at,
        ends_at=petition.closed_at or petition.closes_at,
        organisation_id=petition.campaign.organisation_id,
        original_lang=petition.original_lang,
        safe_mode=petition.safe_mode,
        asks=Asks.of(petition),
        texts={sha256: (pk, lang) for sha256, pk, lang in versions},
        aliases=petition.alias_domains,
        seal_version=key_version(_seals_made()),
        opened=petition.opened_at is not None,
    )


def _kept(key: Key, find: Callable[[], PetitionQuerySet]) -> SigningPetition | None:
    """Whoever finds it too old renews it, while others go on with the old one."""
    now = time.monotonic()
    with _guard:
        remembered = _petitions.get(key)
        if remembered is not None and (now - remembered.since < FRESH_SECONDS or key in _loading):
            return remembered.petition
        _loading.add(key)
    try:
        return _renew(key, find, now)
    except NotSaved:
        if remembered is None or now - remembered.since > STALE_SECONDS:
            raise
        return remembered.petition
    finally:
        _loading.discard(key)


def _renew(key: Key, find: Callable[[], PetitionQuerySet], now: float) -> SigningPetition | None:
    with saving():
        found = find().select_related("campaign").first()
        fresh = None if found is None else load(found)
    with _guard:
        _petitions[key] = _Remembered(fresh, now)
        _petitions.move_to_end(key)
        while len(_petitions) > REMEMBERED:
            _petitions.popitem(last=False)
    return fresh


def _seals_made() -> int:
    """How many seals this installation made at most: every post draws a number, new or repeated."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM signature_id_seq")
        (last,) = cursor.fetchone()
    return int(last)
