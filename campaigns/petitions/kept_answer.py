"""The page that most people get after confirming, made once for all of them: what is somebody's own is put in.

At a peak that page cost more than all else together that one signature needs. It is made by its template, for made-up
values that occur nowhere else; then it is cut at them, and what stands between is kept with the petition, so it is
never older than what this process knows of the petition. Nothing personal is kept.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.html import escape
from django.utils.translation import get_language

from campaigns.petitions.confirming import Confirmation
from campaigns.petitions.signable import petition_of

MOST_KEPT: Final = 100  # pages of one petition: languages times countries
_MARK: Final = secrets.token_hex(8)
BLANKS: Final = {name: f"{name}-{_MARK}" for name in ("link", "confirm", "withdraw", "name")}
BLANK_ID: Final = 10**18 + secrets.randbelow(10**17)
_CUT: Final = re.compile("|".join([*BLANKS.values(), str(BLANK_ID)]))

Made = Callable[[HttpRequest, Confirmation], HttpResponse]
"""How the page is made."""


@dataclass(frozen=True, slots=True)
class KeptPage:
    """What stands between the blanks, and which blank follows each piece but the last."""

    pieces: Sequence[str]
    blanks: Sequence[str]

    def filled(self, own: dict[str, str]) -> str:
        """The page of one person; `own` is HTML already."""
        ends = [own[blank] for blank in self.blanks]
        return "".join(part for pair in zip(self.pieces, [*ends, ""], strict=True) for part in pair)


def answered(request: HttpRequest, link: str, found: Confirmation, made: Made) -> HttpResponse:
    """What `made` makes of a confirmation. `link` is the part of the request's path that is the person's own."""
    petition = petition_of(found.petition_id)
    if petition is None or petition.safe_mode or found.status != "confirmed" or found.people or found.counted:
        return made(request, found)
    key = (get_language(), found.lang, found.own.country, found.own.wished_updates, found.own.consented)
    page = petition.answers.get(key)
    if page is None:
        page = _cut(made(_blank_request(request, link), _blank(found)))
        if len(petition.answers) < MOST_KEPT:
            petition.answers[key] = page
    own = {
        BLANKS["link"]: link,
        BLANKS["confirm"]: found.confirm_token,
        BLANKS["withdraw"]: found.withdraw_token,
        BLANKS["name"]: escape(found.own.name),
        str(BLANK_ID): str(found.signature_id),
    }
    return HttpResponse(page.filled(own))


def _blank_request(request: HttpRequest, link: str) -> HttpRequest:
    blank = copy(request)
    blank.path = request.path.replace(link, BLANKS["link"])
    return blank


def _blank(found: Confirmation) -> Confirmation:
    return replace(
        found,
        signature_id=BLANK_ID,
        own=replace(found.own, name=BLANKS["name"]),
        confirm_token=BLANKS["confirm"],
        withdraw_token=BLANKS["withdraw"],
    )


def _cut(response: HttpResponse) -> KeptPage:
    page = response.content.decode()
    return KeptPage(_CUT.split(page), _CUT.findall(page))
