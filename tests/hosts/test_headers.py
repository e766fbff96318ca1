"""Every answer of every address carries the headers that protect its reader, whoever made it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from campaigns.petitions.petitions import Petition
from config.admission import Admission
from tests.hosts.conftest import DESK, PUBLIC, At
from tests.petitions_pages.cast import PAGE, SIGN, confirm_url, signed, typed
from tests.petitions_pages.visitor import Reply, Visitor

SAMPLES = {"int": "1", "str": "AAAA", "slug": "water", "uslug": "water", "path": "1", "uuid": "0" * 8 + "-0000" * 3}
PART = re.compile(r"<(?:(\w+):)?\w+>")
TOKENS = re.compile(r"^/en/(confirm|withdraw|no-more-mail|pledges)/")


def addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    """One address for each pattern."""
    for pattern in patterns:
        route = str(pattern.pattern)
        if route.startswith(("^", "(")):
            continue
        here = before + PART.sub(lambda found: SAMPLES.get(found[1] or "str", "water"), route)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, here)
        else:
            yield here


def protects(reply: Reply) -> bool:
    """The same on every answer; a browser that gets nothing to run still remembers HSTS."""
    policy = reply["Content-Security-Policy"]
    return (
        policy.startswith("default-src 'none'")
        and "frame-ancestors" in policy
        and "unsafe" not in policy
        and reply["X-Content-Type-Options"] == "nosniff"
        and reply["Referrer-Policy"] in {"same-origin", "no-referrer"}
        and reply["Strict-Transport-Security"] == "max-age=31536000"
        and reply["Cross-Origin-Opener-Policy"] == "same-origin"
        and reply["X-Frame-Options"] == "DENY"
        and reply["Permissions-Policy"] != ""
    )


ALL = sorted(set(addresses(get_resolver().url_patterns)))


def test_the_list_is_that_of_the_site() -> None:
    assert len(ALL) > 100
    assert {PAGE, SIGN, "/desk/", "/accounts/login/", "/healthz", "/en/confirm/AAAA/", "/data/"} <= set(ALL)


def test_every_address_answers_with_the_headers(at: At) -> None:
    visitor = at(PUBLIC)
    unprotected, telling = [], []
    for path in ALL:
        if path.startswith(("/accounts/", "/desk/")):
            continue  # sets cookies: below
        for reply in (visitor.get(path), visitor.post(path, {"name": "x"})):
            if not protects(reply):
                unprotected.append((path, reply.status, reply.headers))
            if TOKENS.match(path) and reply["Referrer-Policy"] != "no-referrer":
                telling.append((path, reply.status))
    assert (unprotected, telling) == ([], [])


@pytest.mark.usefixtures("own_desk")
@pytest.mark.parametrize("host", [PUBLIC, DESK])
def test_every_address_of_staff_answers_with_the_headers(at: At, host: str) -> None:
    visitor = at(host)
    asked = [path for path in ALL if path.startswith("/desk/")]
    assert len(asked) > 50
    assert [path for path in asked if not protects(visitor.get(path))] == []
    assert protects(visitor.get("/accounts/nothing/"))


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", PAGE, {"host": "elsewhere.example"}, 400),
        ("HEAD", PAGE, {"host": "elsewhere.example"}, 400),
        ("POST", SIGN, {"host": "elsewhere.example"}, 400),
        ("GET", "/healthz", {"host": "elsewhere.example"}, 400),
        ("GET", "/en/%00", {}, 400),
        ("GET", "/en/%FF", {}, 400),
        ("GET", "/en/?q=%FF", {}, 400),
        ("DELETE", SIGN, {}, 405),
        ("GET", "/static/nothing.css", {}, 404),
        ("GET", "/en/petitions/water", {}, 301),
        ("GET", "/", {}, 302),
    ],
)
def test_what_is_answered_before_any_view_too(
    at: At, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    reply = at(PUBLIC).send(method, path, b"", {}, headers)
    assert reply.status == status
    assert protects(reply), reply.headers
    assert method != "HEAD" or reply.body == b""


def test_a_kept_page_is_no_way_around_what_stands_in_front(at: At) -> None:
    visitor = at(PUBLIC)
    first, kept = visitor.get(PAGE), visitor.get(PAGE)
    assert (first.status, kept.status, kept.body) == (200, 200, first.body)
    for address in (f"{PAGE}?q=%FF", f"{PAGE}?q=%00", f"{PAGE}%00"):
        assert visitor.get(address).status == 400, address
    assert visitor.get(PAGE, host="elsewhere.example").status == 400


def test_what_is_too_long_or_no_form_too(at: At) -> None:
    visitor = at(PUBLIC)
    replies = [
        visitor.post(SIGN, b"a" * 70_000),
        visitor.post(SIGN, b"x", kind="text/plain"),
        visitor.post(SIGN, b"%0"),
    ]
    assert [reply.status for reply in replies[:2]] == [413, 415]
    assert all(map(protects, replies))


def test_who_is_told_to_come_back_later_too(at: At) -> None:
    reply = Visitor(Admission(at(PUBLIC).app, running=0, waiting=0), environ={"wsgi.url_scheme": "https"}).post(SIGN)
    assert reply.status == 503
    assert protects(reply)


def test_a_petition_tells_this_site_alone_and_a_token_page_nobody(at: At, petition: Petition) -> None:
    visitor = at(PUBLIC)
    assert visitor.get(PAGE)["Referrer-Policy"] == "same-origin"
    assert visitor.post(SIGN, typed(petition, email="nothing"))["Referrer-Policy"] == "same-origin"
    link = confirm_url(signed(visitor, petition))
    for reply in (
        visitor.get(link),
        visitor.post(link),
        visitor.post(link),
        visitor.get(link[:-1]),
        visitor.get(link[:-5]),
    ):
        assert reply["Referrer-Policy"] == "no-referrer"
        assert protects(reply)
