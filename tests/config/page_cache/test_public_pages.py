"""What the page cache keeps and sends, and that it is the same for everyone."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from config.page_cache import PageIsNotPublic
from tests.config.page_cache.site import LONG, PAGE, Clock, Scene, Visitor, build, mirror

# --- Who asks makes no difference


def test_the_view_learns_nothing_of_who_asks(site: Visitor) -> None:
    secrets = {
        "Cookie": "sessionid=marker",
        "Authorization": "Bearer marker",
        "Accept_Language": "fr;q=0.9,marker",
        "Range": "bytes=0-9",
        "If_None_Match": '"marker"',
        "If_Modified_Since": "Mon, 01 Jan 2024 00:00:00 GMT",
        "If_Range": '"marker"',
        "X_Forwarded_Host": "marker.example",
        "X_Forwarded_For": "203.0.113.9",
        "X_Forwarded_Proto": "https",
        "Forwarded": "for=marker",
        "User_Agent": "marker",
        "Referer": "https://marker.example/",
        "Accept_Encoding": "identity",
        "Accept": "marker/html",
    }
    more = {"REMOTE_ADDR": "203.0.113.9", "REMOTE_USER": "marker", "UPSTANDER_KEYS": "marker"}
    reply = site.get("/en/mirror/?fbclid=marker&page=3", more, **secrets)
    assert reply.code == 200
    assert "marker" not in reply.text
    assert "203.0.113.9" not in reply.text
    assert reply.json["cookies"] == {}
    assert reply.json["lang"] == "en"
    headers = {name for name in reply.json["meta"] if name.startswith("HTTP_")}
    assert headers == {"HTTP_HOST"}
    assert site.get("/en/mirror/?page=3", Cookie="other=1").body == reply.body


def test_a_visitor_with_cookies_is_answered_from_the_cache(site: Visitor, scene: Scene) -> None:
    assert site.get(PAGE).text == LONG
    assert site.get(PAGE, Cookie="staff=1").text == LONG
    assert scene.runs["petition"] == 1


def test_each_language_is_its_own_page(site: Visitor) -> None:
    assert [site.get(f"/{code}/mirror/").json["lang"] for code in ("en", "ar", "fr")] == ["en", "ar", "fr"]


def test_undeclared_parameters_make_no_new_page(site: Visitor, scene: Scene) -> None:
    bodies = {
        site.get(f"/en/mirror/{query}").body for query in ("", "?utm_source=x", "?PAGE=2", "?page=&x", "?%00=%ff")
    }
    assert len(bodies) == 1
    assert scene.runs["mirror"] == 1


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("page=2", {"page": "2"}),
        ("page=002", {"page": "2"}),
        ("x=1&stage=open&page=2", {"page": "2", "stage": "open"}),
        ("page=9&page=2", {"page": "2"}),
        ("page=%D9%A2", {"page": "2"}),
        ("page=0", {}),
        ("page=501", {}),
        ("page=-1", {}),
        ("page=2a&stage=marker", {}),
        ("page=" + "1" * 5000, {}),
        ("words=+" + "w" * 200, {"words": "w" * 200}),
        ("words=" + "w" * 201, {}),
        ("page=2&x=" + "w" * 5000, {}),
    ],
)
def test_declared_parameters_reach_the_view_in_one_form(site: Visitor, query: str, seen: dict[str, str]) -> None:
    assert site.get(f"/en/mirror/?{query}").json["get"] == seen


def test_the_same_parameters_in_another_order_are_the_same_page(site: Visitor, scene: Scene) -> None:
    assert site.get("/en/mirror/?page=2&stage=open").body == site.get("/en/mirror/?stage=open&page=02").body
    assert scene.runs["mirror"] == 1


def test_a_path_cannot_pretend_to_be_a_query(site: Visitor) -> None:
    assert site.get("/en/mirror/?page=2").json["get"] == {"page": "2"}
    assert site.get("/en/mirror/", {"PATH_INFO": "/en/mirror/?page=2"}).code == 404


def test_a_slug_of_any_script_is_kept(site: Visitor, scene: Scene) -> None:
    assert [site.get("/ar/petitions/أوقفوا-التجسس/").code for _ in range(2)] == [200, 200]
    assert scene.runs["petition"] == 1


def test_the_view_drops_parameters_without_the_cache_too() -> None:
    request = RequestFactory().get("/mirror/?page=07&who=me")
    mirror(request)
    assert request.GET.dict() == {"page": "7"}
    assert request.get_full_path() == "/mirror/?page=7"


# --- Headers


def test_the_headers_of_a_page(site: Visitor, scene: Scene) -> None:
    scene.headers = {
        "Content-Security-Policy": "default-src 'none'",
        "Date": "now",
        "Connection": "close",
        "Expires": "0",
    }
    for _ in range(2):
        headers = site.get(PAGE).headers
        assert headers["Cache-Control"] == "public, max-age=2, stale-while-revalidate=10, stale-if-error=300"
        assert headers["Vary"] == "Accept-Encoding"
        assert headers["Content-Security-Policy"] == "default-src 'none'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Language"] == "en"
        assert headers["Content-Length"] == str(len(LONG))
        assert not {"Date", "Connection", "Expires", "Set-Cookie", "Cache-Status"} & headers.keys()


def test_a_page_no_browser_may_keep_is_kept_in_the_process(site: Visitor, scene: Scene) -> None:
    assert {site.get("/en/safe/").headers["Cache-Control"] for _ in range(3)} == {"no-store"}
    assert scene.runs["safe"] == 1


def test_no_browser_may_keep_that_such_a_page_is_missing(site: Visitor, scene: Scene) -> None:
    scene.status = 404
    assert {site.get("/en/safe/").headers["Cache-Control"] for _ in range(3)} == {"no-store"}
    assert scene.runs["safe"] == 1


def test_a_row_can_ask_for_no_store(site: Visitor, scene: Scene) -> None:
    scene.headers = {"Cache-Control": "no-store"}
    assert {site.get(PAGE).headers["Cache-Control"] for _ in range(3)} == {"no-store"}
    assert scene.runs["petition"] == 1


def test_what_a_view_calls_private_is_not_kept(site: Visitor, scene: Scene) -> None:
    scene.headers = {"Cache-Control": "private, max-age=0"}
    assert {site.get(PAGE).headers["Cache-Control"] for _ in range(3)} == {"private, max-age=0"}
    assert scene.runs["petition"] == 3


def test_head_is_answered_from_the_get(site: Visitor, scene: Scene) -> None:
    head = site.get(PAGE, {"REQUEST_METHOD": "HEAD"})
    assert (head.code, head.body) == (200, b"")
    full = site.get(PAGE)
    assert head.headers == full.headers
    assert full.text == LONG
    assert scene.runs["petition"] == 1


# --- What is not kept


@pytest.mark.parametrize("spoiler", [{"Vary": "Cookie"}, {"Vary": "accept-encoding, Accept-Language"}, {"Vary": "*"}])
def test_a_page_that_varies_is_never_kept_and_named(
    site: Visitor, scene: Scene, caplog: pytest.LogCaptureFixture, spoiler: dict[str, str]
) -> None:
    scene.headers = spoiler
    assert [site.get(PAGE).text for _ in range(2)] == [LONG, LONG]
    assert scene.runs["petition"] == 2
    assert "Route petition is marked @public_page but answered with Vary" in caplog.text
    assert "spyware" not in caplog.text


def test_a_page_that_sets_a_cookie_is_never_kept_and_named(
    site: Visitor, scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    site.get(PAGE)
    site.cache.clear()
    scene.cookie = True
    assert [site.get(PAGE).headers["Set-Cookie"].split(";")[0].strip() for _ in range(2)] == ["who=you"] * 2
    assert "Route petition is marked @public_page but answered with Set-Cookie" in caplog.text


def test_strict_raises_where_a_page_is_not_public(scene: Scene) -> None:
    scene.cookie = True
    with pytest.raises(PageIsNotPublic, match="petition"):
        build(strict=True).get(PAGE)


@pytest.mark.parametrize("status", [301, 302, 303, 400, 403, 410, 429, 500, 503])
def test_redirects_and_errors_are_never_kept(site: Visitor, scene: Scene, status: int) -> None:
    scene.status = status
    assert [site.get(PAGE).code for _ in range(2)] == [status, status]
    assert scene.runs["petition"] == 2


def test_a_page_that_is_gone_is_not_served_again(site: Visitor, scene: Scene, clock: Clock) -> None:
    site.get(PAGE)
    clock.now += 2
    scene.status = 410
    assert site.get(PAGE).code == 410
    scene.status = 503
    assert site.get(PAGE).code == 503


def test_posts_and_undeclared_views_pass_untouched(site: Visitor, scene: Scene) -> None:
    site.get(PAGE)
    posted = site.post(f"{PAGE}?x=1", b"name=Ana", Cookie="a=b")
    assert posted.json == {"posted": {"name": "Ana"}, "query": "x=1"}
    seen = [site.get("/private/?a=1", Cookie=f"a={n}").json for n in range(2)]
    assert seen == [{"cookies": {"a": str(n)}, "query": "a=1"} for n in range(2)]
    assert scene.runs == {"petition": 1, "post": 1, "private": 2}


def test_an_address_without_its_final_slash_is_redirected_by_django(site: Visitor) -> None:
    reply = site.get(PAGE.rstrip("/"))
    assert (reply.code, reply.headers["Location"]) == (301, PAGE)
