"""What the mail after signing says. It holds nothing that anybody typed into the form.

A name can be an address or a telephone number: quoted in a mail, it would be somebody's advertisement in our name.

In safe mode the mail names neither the petition nor what it is about, and its sender is a neutral one: whoever looks
over a shoulder or through a mailbox is not to learn from it what was signed.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from campaigns import tokens
from campaigns.mail_letters import Words
from campaigns.petitions import safe_mode
from campaigns.petitions.mailed_codes import shown_code
from campaigns.petitions.petitions import Petition
from campaigns.petitions.signatures import PENDING_LIFE, State
from campaigns.tokens import Purpose
from reports.editorial.texts import pick

SUBJECTS = {
    State.PENDING: _("Please confirm your signature"),
    State.HELD: _("Your signature has to wait"),
    State.CONFIRMED: _("Your signature is already counted"),
}
REMINDER = _("Reminder: please confirm your signature")
SAFE_SUBJECT = _("Please confirm")
TEMPLATES = {
    State.PENDING: "petitions/mail/confirm",
    State.HELD: "petitions/mail/held",
    State.CONFIRMED: "petitions/mail/already",
}


def words(
    petition: Petition,
    state: State,
    lang: str,
    signature_id: int,
    seed: bytes,
    code: str,
    *,
    code_only: bool = False,
    reminder: bool = False,
) -> Words:
    """The mail for a row in this state, in the signer's language or else the petition's: its links, and the code for
    whoever cannot follow them.

    `code_only`: the code stands in the place of the link to confirm. `reminder`: it follows a mail that asked the same.
    """
    lang = lang if lang in dict(settings.LANGUAGES) else petition.original_lang

    def link(purpose: Purpose) -> str:
        token = tokens.make(purpose, petition.pk, petition.uuid, signature_id, seed)
        return f"{settings.ORIGIN}/{lang}/{purpose}/{token}/"

    proofs = {
        "confirm_url": link(Purpose.CONFIRM),
        "withdraw_url": link(Purpose.WITHDRAW),
        "code": shown_code(code),
        "code_only": code_only,
    }
    if petition.safe_mode:  # the address is known while its row waits, so no other mail is ever written
        return Words(
            subject=SAFE_SUBJECT,
            templates="petitions/mail/safe",
            lang=lang,
            context={
                **proofs,
                "hours": safe_mode.PENDING_LIFE // timedelta(hours=1),
            },
            sender=settings.SAFE_FROM_EMAIL,
        )
    text = pick(petition, lang)
    return Words(
        subject=REMINDER if reminder else SUBJECTS[state],
        templates=TEMPLATES[state],
        lang=lang,
        context={
            "petition": text,
            **proofs,
            "code_url": f"{settings.ORIGIN}{_code_page(text.slug, lang)}",
            "days": PENDING_LIFE.days,
            "reminder": reminder,
            "origin": settings.ORIGIN,
        },
    )


def _code_page(slug: str, lang: str) -> str:
    with override(lang):
        return reverse("petitions:check_mail", args=[slug]) + "#code"
