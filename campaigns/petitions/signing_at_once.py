"""The quick way through `campaigns.petitions.sign_page`: a post in which everything is right is stored and answered.

Whatever else there is to say, the page says: a form that is wrong or old, a flood, a petition that is not open, a
database that is away. So the two ways never differ in what they store or tell, and whose signature it is makes no
difference to which way it takes.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest

from campaigns.keystore import KeystoreError
from campaigns.limit_rules import Pressure
from campaigns.petitions.flood_gate import admit, standing
from campaigns.petitions.refusals import NotOpen, UnknownText
from campaigns.petitions.signable import SigningPetition, open_petition
from campaigns.petitions.signing import sign
from campaigns.petitions.signing_form import read_at_once
from campaigns.saving import NotSaved
from config.body_gate import FORM
from config.cross_site import is_from_elsewhere

MOST_FIELDS = 20


def sign_at_once(request: HttpRequest, lang: str, slug: str) -> bool:
    """Whether the post was stored. False: nothing was stored or counted, and the page is to answer."""
    post = _posted(request)
    if post is None:
        return False
    try:
        petition = open_petition(slug, lang)
        return petition is not None and _sign(request, petition, post, lang)
    except (NotSaved, NotOpen, UnknownText, KeystoreError):
        return False


def _sign(request: HttpRequest, petition: SigningPetition, post: dict[str, str], lang: str) -> bool:
    if petition.safe_mode:
        return False  # its answers say more to the browser
    here = standing(request.META, petition)
    submission = read_at_once(post, petition.asks, lang)
    if here.pressure != Pressure.NONE or submission is None:
        return False
    sign(petition, submission)
    admit(here, post)
    return True


def _posted(request: HttpRequest) -> dict[str, str] | None:
    """The fields of a plain form from one of our own pages, the last of each name as Django has it; else None."""
    try:
        request.get_host()
        if request.content_type != FORM or request.content_params or is_from_elsewhere(request):
            return None
        return dict(parse_qsl(request.body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except (DisallowedHost, ValueError):
        return None
