"""What is hidden is at no address of the URLconf, page, file or feed: words are planted and sought.

Every address is asked once while all is public. Then each thing is hidden, by an embargo and as a draft, and every
address that told of it is asked again; at last its release comes, and it is told of as before. Of pictures and papers
what is sought is what goes into them.
"""

from __future__ import annotations

import html
import itertools
import json
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlencode

import pytest
from django.db import transaction
from django.urls import URLResolver, get_resolver
from django.utils import translation

from campaigns.demonstrations.demonstrations import Demonstration
from campaigns.models import Campaign, Demand
from campaigns.pages.sitemap import KINDS, WHOLE
from campaigns.petitions.petitions import Petition
from campaigns.petitions.signable import forget_petitions
from reports.editorial.corrections import Change, CorrectionKind, record_correction
from reports.editorial.publishing import State
from reports.models import Finding, Instrument, ReportEdition, ThemeInEdition, Voice
from tests.demonstrations.cast import make_demonstration
from tests.petitions_pages.conftest import keystore, site, visitor
from tests.petitions_pages.visitor import Visitor
from tests.reports.making import load_rivers, make_petition

__all__ = ["keystore", "site", "visitor"]

pytestmark = pytest.mark.django_db
LEFT_OUT = ("desk/", "accounts/", "hooks/", "metrics", "healthz", "demo/")
"""Behind a sign-in, or for programs of ours."""

THEME = ["Fouled rivers", "Rivières souillées", "rivières-souillées", "About rivers."]
FINDING = ["A veto stopped", "Un veto a empêché", "One vote was enough", "Mistaken for another"]
DEMAND = ["Publish what is in it", "The first table is out"]
PETITION = ["Sign for the river", "clean-rivers-petition"]
DEMONSTRATION = ["Rally for the river", "a glass of it", "brussels.ics"]
CAMPAIGN = ["Clean rivers", "Rivières propres", "rivières-propres", "They are brown"]
EDITION = ["State of the Rivers", "fouled in the open", "2023/24", "Oil is said", "Anglers who speak up"]
PLANTED: list[tuple[Any, dict[str, str], list[str]]] = [
    (ReportEdition, {}, [*EDITION, *THEME, *FINDING]),
    (ThemeInEdition, {"theme__key": "fouled-rivers"}, [*THEME, "She warns of dead", "It helps a little"]),
    (Finding, {"key": "veto"}, FINDING),
    (Voice, {"key": "ada-warns"}, ["She warns of dead"]),
    (Instrument, {}, ["Directive on water", "Water Act", "It helps a little", "Renamed by its council"]),
    (Campaign, {"key": "clean-rivers"}, [*CAMPAIGN, *PETITION, *DEMONSTRATION]),
    (Demand, {"key": "publish-it"}, DEMAND),
    (Petition, {}, PETITION),
    (Demonstration, {}, DEMONSTRATION),
]
SOUGHT = {canary for _model, _which, canaries in PLANTED for canary in canaries}
HIDDEN: list[tuple[dict[str, Any], Collection[str]]] = [
    ({"release_at": datetime(2999, 1, 1, tzinfo=UTC)}, ("", "en", "fr")),
    ({"state": State.DRAFT}, ("", "en")),
]
"""How, and in which languages it is asked: no view tells one from the other."""
RELEASED = {"state": State.PUBLISHED, "release_at": datetime(2020, 1, 1, tzinfo=UTC)}


@pytest.fixture
def _plain_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes into a picture or a paper, in the place of the file."""
    monkeypatch.setattr("campaigns.pages.social_cards.pages.draw", lambda words: plain(asdict(words)))
    monkeypatch.setattr("campaigns.pages.printing.pages.typeset", plain)


def plain(words: Any) -> bytes:
    return json.dumps(words, ensure_ascii=False).encode()


def plant() -> None:
    """The rivers, a petition, a demonstration, and a correction whose reason is told in public."""
    load_rivers()
    campaign = Campaign.objects.get()
    make_petition(campaign)
    make_demonstration(campaign=campaign)
    told = Change(CorrectionKind.CORRECTION, "Mistaken for another.")
    record_correction(Finding.objects.get(key="veto"), "en", told, "It passed.", "A veto stopped it.")
    renamed = Change(CorrectionKind.CORRECTION, "Renamed by its council.")
    record_correction(Instrument.objects.get(), "en", renamed, "Water Bill", "Water Act")


def routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    """Every route of the site, as a form to be filled with its parameters."""
    for one in patterns:
        route = before + str(one.pattern)
        if route.startswith(LEFT_OUT):
            continue
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, route)
        else:
            named = re.sub(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)", r"{\1\2}", route)
            yield re.sub(r"[\^$\\]", "", named)


def pool() -> dict[str, list[Any]]:
    """What may stand for a parameter: by its name, or where a part of the site has its own, by both."""
    slugs = {
        "themes": ["fouled-rivers", "rivières-souillées"],
        "campaigns": ["clean-rivers", "rivières-propres"],
        "petitions": ["clean-rivers-petition"],
        "demonstrations": ["brussels"],
        "places": ["PS"],
        "findings": list(Finding.objects.filter(key__in=["veto", "oil"]).values_list("uid", flat=True)),
        "demands": list(Demand.objects.values_list("uid", flat=True)),
        "instruments": list(Instrument.objects.values_list("uid", flat=True)),
    }
    own = {f"{part} {name}": [*known, "none"] for part, known in slugs.items() for name in ("slug", "key", "uid")}
    return {
        **own,
        "slug": [slug for known in slugs.values() for slug in known],
        "uid": [*slugs["findings"], *slugs["demands"], *slugs["instruments"]],
        "key": [*ReportEdition.objects.values_list("key", flat=True), "none"],
        "theme_key": ["fouled-rivers", "none"],
        "code": ["PS", "ZZ"],
        "form": ["json", "csv"],
        "ending": ["txt", "json"],
        "kind": [*WHOLE, *KINDS],
        "number": [1],
        "digest": ["0"],
        "token": ["none"],
    }


def addresses() -> Iterator[str]:
    """All that the routes and the pool give, and pages that a question or a choice makes."""
    known = pool()
    for lang in ("en", "fr"):
        with translation.override(lang):
            for form in routes(get_resolver().url_patterns):
                part = form.removeprefix(f"{lang}/").partition("/")[0]
                names = re.findall(r"{(\w+)}", form)
                unknown = [name for name in names if name not in known]
                assert not unknown, f"say in `pool` what stands for {unknown} of {form}"
                for values in itertools.product(*(known.get(f"{part} {name}", known[name]) for name in names)):
                    yield "/" + form.format(**dict(zip(names, values, strict=True)))
        for word in {max(canary.split(), key=len) for canary in SOUGHT}:
            yield f"/{lang}/search/?{urlencode({'q': word})}"
        for choice in ("map/?theme=fouled-rivers", "map/?edition=none", "compare/?a=none&b=watch-2024"):
            yield f"/{lang}/{choice}"
        yield f"/{lang}/demonstrations/?theme=fouled-rivers"


Question = tuple[str, str]
"""A method and an address."""


def questions() -> Iterator[Question]:
    """Each address once, and what each says to a post without anything in it."""
    every = dict.fromkeys(addresses())
    yield from (("GET", address) for address in every)
    yield from (("POST", address) for address in every if not address.startswith("/fr/"))


def language_of(question: Question) -> str:
    """Of the address; empty where it has none."""
    found = re.match(r"/(en|fr)/", question[1])
    return found[1] if found else ""


@contextmanager
def asked_anew() -> Iterator[None]:
    """No process remembers what it found before, and nothing of this stays."""
    with transaction.atomic():
        forget_petitions()
        yield
        transaction.set_rollback(True)
    forget_petitions()


def text_at(visitor: Visitor, method: str, address: str) -> str:
    """What a page, a file or a card says, or where it leads."""
    reply = visitor.get(address) if method == "GET" else visitor.post(address)
    if reply.status in (301, 302) and ".png" in reply["Location"]:
        reply = visitor.get(reply["Location"])
    return html.unescape(unquote(reply["Location"] + reply.body.decode(errors="replace")))


def told_at(visitor: Visitor, method: str, address: str, canaries: Iterable[str]) -> set[str]:
    """Which of them are told there; of those that the address itself holds a page may repeat each."""
    text, asked = text_at(visitor, method, address), unquote(address)
    return {canary for canary in canaries if canary in text and canary not in asked}


@pytest.mark.usefixtures("_plain_files")
def test_what_is_hidden_is_at_no_address(visitor: Visitor) -> None:
    plant()
    told = {at: found for at in questions() if (found := told_at(visitor, *at, SOUGHT))}
    assert SOUGHT.difference(*told.values()) == set(), "on no page at all"
    for model, which, canaries in PLANTED:
        telling = [at for at, found in told.items() if found.intersection(canaries)]
        for hidden, languages in HIDDEN:
            with asked_anew():
                assert model.objects.filter(**which).update(**hidden)
                asked = [at for at in telling if language_of(at) in languages]
                still = {at: found for at in asked if (found := told_at(visitor, *at, canaries))}
            assert still == {}, f"{model.__name__} with {hidden}"
        with asked_anew():
            model.objects.filter(**which).update(state=State.DRAFT)
            model.objects.filter(**which).update(**RELEASED)
            for canary in canaries:
                assert any(canary in told_at(visitor, *at, canaries) for at in telling), f"{canary} did not come out"
