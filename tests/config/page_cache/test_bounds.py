"""Whatever is asked for, the memory of the cache stays within its bounds, and only our own hosts are answered."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from config.page_cache import PageCache
from config.page_cache import cache as bounds
from config.page_cache.pages import PageStore, make_page
from config.page_cache.wanted import REMEMBERED
from tests.config.page_cache.site import HOSTS, LONG, PAGE, Clock, Scene, Visitor, build

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


def test_memory_stays_within_its_bound_and_drops_what_was_used_least(clock: Clock, scene: Scene) -> None:
    site = build(clock=clock, max_bytes=100_000)
    site.get("/en/petitions/loved/")
    for n in range(100):
        site.get(f"/en/petitions/{n}/")
        site.get("/en/petitions/loved/")
    assert site.cache._pages.weight <= 100_000
    assert 2 < len(site.cache._pages) < 20
    runs = scene.runs["petition"]
    assert runs == 101
    site.get("/en/petitions/99/")
    assert scene.runs["petition"] == runs
    site.get("/en/petitions/0/")
    assert scene.runs["petition"] == runs + 1


def test_the_weight_of_a_page_covers_its_bodies_and_returns_to_nothing() -> None:
    store = PageStore(1 << 20, 10)
    body = secrets.token_hex(20_000).encode()
    page = make_page("200 OK", [("X", "y")], body, "public", 0)
    assert page.weight > len(body) + len(page.variants["br"].body) + len(page.variants["gzip"].body)
    for n in range(25):
        store.put(n % 12, page)
    assert len(store) == 10
    for n in range(12):
        store.drop(n)
    assert (len(store), store.weight) == (0, 0)


def test_ten_thousand_odd_requests_leave_a_bounded_memory(site: Visitor, scene: Scene) -> None:
    for _ in range(10_000):
        odd = secrets.token_hex(8)
        assert site.get(f"{PAGE}?{odd}={odd}", Accept_Encoding=f"gzip, {odd}").text == LONG
    assert scene.runs["petition"] == 1
    assert len(site.cache._wishes) <= REMEMBERED
    assert len(site.cache._pages) == 1


def test_ten_thousand_odd_paths_leave_a_bounded_memory() -> None:
    def nowhere(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("404 Not Found", [])
        return []

    site = Visitor(PageCache(nowhere, hosts=HOSTS))
    for n in range(10_000):
        assert site.get(f"/xx/{n}/{secrets.token_hex(8)}/").code == 404
    assert len(site.cache._wishes) <= REMEMBERED
    assert len(site.cache._pages) == len(site.cache._missing) == 0
    site.get(f"/en/petitions/{'long' * 5000}/?{'long' * 5000}", Accept_Encoding="gzip," * 5000)
    assert all(len(path) <= 1024 for path in site.cache._wishes._routes)
    assert not site.cache._wishes._known


def test_a_page_over_its_size_is_sent_and_not_kept(site: Visitor, scene: Scene) -> None:
    scene.text = secrets.token_hex(2500)
    assert [site.get("/en/small/").text for _ in range(2)] == [scene.text] * 2
    assert scene.runs["small"] == 2
    scene.text = "short"
    assert [site.get("/en/small/").text for _ in range(2)] == ["short"] * 2
    assert scene.runs["small"] == 3


def test_a_page_over_512_kb_is_streamed_through(site: Visitor, scene: Scene) -> None:
    chunks = iter(site.cache(site.environ("/en/stream/"), lambda *_: len))
    assert len(next(chunks)) == 65536
    assert scene.runs["chunk"] < 12, "a long answer must not be gathered in memory"
    scene.runs.clear()
    assert [len(site.get("/en/stream/").body) for _ in range(2)] == [20 * 65536] * 2
    assert site.get("/en/stream/", {"REQUEST_METHOD": "HEAD"}).body == b""
    assert scene.runs["stream"] == 3
    scene.text = secrets.token_hex(200_000)  # 400 kB as it is, over 512 with its compressed forms
    assert [site.get(PAGE).text for _ in range(2)] == [scene.text] * 2
    assert scene.runs["petition"] == 2
    assert len(site.cache._pages) == 0


def test_many_threads_leave_the_memory_in_order(scene: Scene) -> None:
    site = build(max_bytes=50_000)
    store = site.cache._pages

    def ask(start: int) -> None:
        for n in range(start, start + 400):
            assert site.get(f"/en/petitions/{n % 37}/").text == LONG
            if n % 100 == 0:
                site.cache.clear()

    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(ask, start) for start in range(8)]:
            done.result(30)
    assert store.weight == sum(page.weight for page in store._pages.values()) <= 50_000
    assert not site.cache._fills


# --- Addresses that lead nowhere


def test_a_missing_page_is_looked_for_every_two_seconds(site: Visitor, scene: Scene, clock: Clock) -> None:
    missing = "/en/petitions/missing/"
    first = site.get(missing)
    assert (first.code, first.headers["Cache-Control"]) == (404, "public, max-age=2")
    assert site.get(missing, Cookie="a=b", Accept_Encoding="br", If_None_Match="*").body == first.body
    clock.now += 1.9
    assert site.get(missing).code == 404
    assert scene.runs["missing"] == 1
    clock.now += 0.1
    assert site.get(missing).code == 404
    assert scene.runs["missing"] == 2


def test_a_page_that_appears_is_shown_after_two_seconds(site: Visitor, scene: Scene, clock: Clock) -> None:
    scene.status = 404
    assert site.get(PAGE).code == 404
    clock.now += 2
    scene.status = 200
    assert site.get(PAGE).text == LONG


def test_missing_pages_are_remembered_within_a_bound(site: Visitor, scene: Scene) -> None:
    site.get(PAGE)
    scene.status = 404
    for n in range(1500):
        assert site.get(f"/en/petitions/{n}/").code == 404
    assert len(site.cache._missing) <= bounds.MISSING
    assert site.cache._missing.weight <= bounds.MISSING_BYTES
    assert site.get(PAGE).text == LONG, "missing pages push out no page that exists"


def test_a_404_that_says_no_store_is_not_kept(site: Visitor, scene: Scene) -> None:
    scene.status, scene.headers = 404, {"Cache-Control": "no-store"}
    assert [site.get(PAGE).headers["Cache-Control"] for _ in range(2)] == ["no-store"] * 2
    assert scene.runs["petition"] == 2


# --- Hosts


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver@evil", "", "a" * 300, "testserver:99999", "[::1]"]
)
def test_another_host_is_refused_before_the_page_is_looked_up(site: Visitor, scene: Scene, host: str) -> None:
    site.get(PAGE)
    reply = site.get(PAGE, Host=host, X_Forwarded_Host="testserver")
    assert reply.code == 400
    assert "Check the address you opened" in reply.text
    assert reply.headers["Cache-Control"] == "no-store"
    assert scene.runs["petition"] == 1


def test_a_request_without_a_host_is_refused(site: Visitor) -> None:
    assert site.get(PAGE, {"HTTP_HOST": None}).code == 400


def test_one_host_written_in_many_ways_is_one_page(site: Visitor, scene: Scene) -> None:
    for host in ("TestServer:80", "testserver", "testserver:80", "testserver:080", "testserver."):
        assert site.get("/en/mirror/", Host=host).json["meta"]["HTTP_HOST"] == "testserver"
    assert scene.runs["mirror"] == 1


def test_host_and_scheme_tell_pages_apart(site: Visitor) -> None:
    hosts = ("testserver", "a.example.org", "testserver:8000")
    assert [site.get("/en/mirror/", Host=host).json["meta"]["HTTP_HOST"] for host in hosts] == list(hosts)
    secure = site.get("/en/mirror/", {"wsgi.url_scheme": "https"}).json["meta"]
    plain = site.get("/en/mirror/", X_Forwarded_Proto="https").json["meta"]
    assert (secure["wsgi.url_scheme"], plain["wsgi.url_scheme"]) == ("https", "http")


def test_the_host_of_an_undeclared_view_is_left_to_django(site: Visitor) -> None:
    refusal = site.get("/private/", Host="evil.example")
    assert (refusal.code, refusal.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
