"""Very many codes tried, or mails asked for, from one network: work is asked then, whoever's address it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from campaigns import suppression
from campaigns.petitions import signable
from campaigns.petitions.confirming import confirm
from campaigns.petitions.mail_requests import MailRequest
from campaigns.petitions.mailed_codes import shown_code
from campaigns.petitions.petitions import Petition
from campaigns.petitions.signatures import MailboxMail, Signature, State
from tests.limits.test_signing_under_attack import HARD, solved
from tests.petitions.cast import ADA, link, mailed, make_petition, post
from tests.petitions_pages.cast import sign
from tests.petitions_pages.visitor import Reply, Visitor

pytestmark = pytest.mark.usefixtures("low_limits")

Act = Callable[..., Reply]
CODE, NEW_MAIL = "/en/petitions/{}/code/", "/en/new-mail/"


def type_code(visitor: Visitor, email: str = ADA, slug: str = "water", code: str = "0000-0000", **more: str) -> Reply:
    return visitor.post(CODE.format(slug), {"email": email, "code": code, **more})


def ask(visitor: Visitor, email: str = ADA, slug: str = "water", **more: str) -> Reply:
    return visitor.post(NEW_MAIL, {"petition": slug, "email": email, **more})


ACTS = pytest.mark.parametrize(("act", "done"), [(type_code, 422), (ask, 303)])


@ACTS
def test_above_the_upper_limit_it_takes_work_and_loses_nothing(
    visitor: Visitor, petition: Petition, act: Act, done: int
) -> None:
    for number in range(HARD):
        assert act(visitor, f"somebody{number}@example.org").status == done
    asked = act(visitor)
    assert (asked.status, asked["Cache-Control"]) == (429, "no-store")
    assert 1 <= int(asked["Retry-After"]) <= 3600
    assert f'value="{ADA}"' in asked.text
    assert "Without JavaScript: please wait" in asked.text
    assert asked.text.count("data-challenge") == 1
    proof = solved(asked)
    assert act(visitor, proof=proof).status == done
    assert act(visitor, proof=proof).status == 429, "the same proof again"
    elsewhere = Visitor(visitor.app, environ={"REMOTE_ADDR": "198.51.100.7"})
    assert act(elsewhere).status == done


@ACTS
def test_each_petition_is_counted_by_itself_and_apart_from_signing(
    visitor: Visitor, petition: Petition, act: Act, done: int
) -> None:
    make_petition("wine")
    for number in range(HARD):
        act(visitor, f"somebody{number}@example.org")
    asked = act(visitor)
    assert asked.status == 429
    assert act(visitor, slug="wine").status == done
    assert sign(visitor, petition).status == 303, "nobody is kept from signing by it"
    for number in range(HARD):
        act(visitor, f"somebody{number}@example.org", slug="wine")
    assert act(visitor, slug="wine", proof=solved(asked)).status == 429, "the work for another petition"


def test_a_code_that_was_not_looked_at_uses_up_no_try(visitor: Visitor, petition: Petition) -> None:
    row = post(petition)
    code = shown_code(mailed(row))
    for number in range(HARD):
        type_code(visitor, f"somebody{number}@example.org")
    asked = type_code(visitor, code=code)
    assert asked.status == 429
    assert f'value="{code}"' in asked.text
    for _ in range(12):
        assert type_code(visitor, code="1111-1111").status == 429
    assert type_code(visitor, code=code, proof=solved(asked)).title == "Your signature counts"


@pytest.fixture
def remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A petition is read once and not again after two seconds, so that statements can be compared."""
    monkeypatch.setattr(signable, "FRESH_SECONDS", 1000)


def people(petition: Petition) -> list[str]:
    """Unknown, waiting, confirmed, held, suppressed, and over the cap of mails; all but the first are stored."""
    addresses = [f"{word}@example.org" for word in ("unknown", "waiting", "counted", "held", "stopped", "over")]
    rows = {address: post(petition, address) for address in addresses[1:]}
    confirm(link(rows["counted@example.org"]))
    Signature.objects.filter(pk=rows["held@example.org"].pk).update(state=State.HELD)
    suppression.suppress(suppression.digest_of("stopped@example.org"), suppression.Reason.COMPLAINED, timezone.now())
    for no in range(1, 6):
        mailed(rows["over@example.org"], no)
    MailboxMail.objects.update(refused_at=timezone.now())
    return addresses


@pytest.mark.usefixtures("remembered")
@pytest.mark.parametrize("already", [0, HARD], ids=["below the limit", "above it"])
@pytest.mark.parametrize("act", [type_code, ask])
def test_nothing_tells_whose_address_it_is(
    visitor: Visitor, petition: Petition, low_limits: Settings, act: Act, already: int
) -> None:
    addresses = people(petition)
    for number in range(already):
        act(visitor, f"somebody{number}@example.org")
    low_limits.LIMIT_HARD = already or 1000
    act(visitor, "warm@example.org")  # what is read once a day or process is read
    seen = set()
    for address in addresses:
        with CaptureQueriesContext(connection) as captured:
            reply = act(visitor, address)
        page = reply.body.replace(address.encode(), b"")
        if already:
            page = page.partition(b"data-challenge")[0]  # each challenge is its own
        headers = tuple((name, value) for name, value in reply.headers if name not in ("Content-Length", "Retry-After"))
        seen.add((reply.status, headers, page, len(captured.captured_queries)))
    assert len(seen) == 1


@pytest.mark.usefixtures("remembered")
@pytest.mark.parametrize("already", [0, 3], ids=["below the limit", "above it"])
def test_signing_tells_nothing_of_a_suppressed_or_overfull_mailbox(
    visitor: Visitor, petition: Petition, low_limits: Settings, already: int
) -> None:
    low_limits.LIMIT_HARD = 1000
    addresses = people(petition)
    for number in range(already):
        sign(visitor, petition, email=f"somebody{number}@example.org")
    seen = set()
    for number, address in enumerate(addresses):
        here = visitor if already else Visitor(visitor.app, environ={"REMOTE_ADDR": f"198.51.{number}.7"})
        for more in ({"way": "code"}, {}) if already else ({},):
            with CaptureQueriesContext(connection) as captured:
                reply = sign(here, petition, email=address, **more)
            page = reply.body.replace(address.encode(), b"").partition(b"data-challenge")[0]
            seen.add((reply.status, reply["Location"], page, len(captured.captured_queries), *more))
            if number == 0:
                seen.clear()  # the first of all reads what is read once
    assert len(seen) == (2 if already else 1)
    assert MailRequest.objects.count() == 0
