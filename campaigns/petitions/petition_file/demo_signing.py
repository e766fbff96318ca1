"""Signatures of a demonstration: invented people who sign and confirm through the same doors as everybody.

Nothing is written past `sign`, `confirm` and the sequencer, so what the demonstration shows is what the product does.
No mail leaves: confirming clears what was due, and the rest is cleared here. Addresses are at example.org (RFC 2606).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random

from campaigns import tokens
from campaigns.addresses import parse_address
from campaigns.petitions.confirming import confirm
from campaigns.petitions.petition_file.demo_names import name_from
from campaigns.petitions.petition_file.parts import DemoSignatures
from campaigns.petitions.petitions import Petition
from campaigns.petitions.sequencing import sequence
from campaigns.petitions.signable import SigningPetition, load
from campaigns.petitions.signatures import Signature, State
from campaigns.petitions.signing import Submission, sign
from campaigns.tokens import Purpose


def sign_as_demonstration(petition: Petition, wanted: DemoSignatures) -> None:
    """Sign for everyone, confirm those who are to count, and let them enter the count."""
    signable = load(petition)
    people = _people(signable, petition.key, wanted)
    for _ in range(wanted.confirmed):
        sign(signable, next(people))
    for row in Signature.objects.filter(petition=petition, state=State.PENDING).order_by("pk"):
        confirm(tokens.make(Purpose.CONFIRM, petition.pk, petition.uuid, row.pk, row.personal.seed))
    for _ in range(wanted.pending):
        sign(signable, next(people))
    Signature.objects.filter(petition=petition, mail_due_at__isnull=False).update(mail_due_at=None)
    sequence(petition.pk)


def _people(petition: SigningPetition, key: str, wanted: DemoSignatures) -> Iterator[Submission]:
    """The same people at every load of the same file."""
    chance = Random(key)  # noqa: S311  nothing is protected by it
    total = wanted.confirmed + wanted.pending
    countries = _spread(wanted.countries, wanted.confirmed, chance) + _spread(wanted.countries, wanted.pending, chance)
    languages = _spread(wanted.languages, total, chance)
    wordings = {lang: sha256 for sha256, (_version, lang) in petition.texts.items()}
    for number, (country, lang) in enumerate(zip(countries, languages, strict=True), start=1):
        yield Submission(
            name="" if petition.safe_mode else name_from(country, lang, chance),
            address=parse_address(f"signer{number}.petition{petition.id}@example.org"),
            country=country,
            lang=lang,
            text_sha256=wordings.get(lang) or next(iter(wordings.values())),
            updates=chance.random() < 0.3 and not petition.safe_mode,
        )


def _spread(weights: Mapping[str, int], number: int, chance: Random) -> list[str]:
    """So many codes in proportion to their weights, as exactly as whole people allow, in no order."""
    if not number:
        return []
    exact = {code: number * weight / sum(weights.values()) for code, weight in weights.items()}
    spread = [code for code, share in exact.items() for _ in range(int(share))]
    rest = sorted(exact, key=lambda code: int(exact[code]) - exact[code])
    spread += rest[: number - len(spread)]
    chance.shuffle(spread)
    return spread
