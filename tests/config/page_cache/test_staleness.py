"""Who runs the view, who gets a copy meanwhile, and what is sent while the view fails."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.config.page_cache.site import LONG, PAGE, Clock, Scene, Visitor, build

# --- One filler


def test_twenty_at_once_run_the_view_once(site: Visitor, scene: Scene) -> None:
    scene.gate = threading.Event()
    with ThreadPoolExecutor(20) as threads:
        futures = [threads.submit(site.get, PAGE) for _ in range(20)]
        assert scene.entered.wait(10)
        scene.gate.set()
        assert {future.result(20).text for future in futures} == {LONG}
    assert scene.runs["petition"] == 1


def test_who_waited_too_long_runs_the_view_itself(clock: Clock, scene: Scene) -> None:
    site = build(clock=clock, patience=0.05)
    scene.gate = threading.Event()
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(site.get, PAGE)
        assert scene.entered.wait(10)
        scene.entered.clear()
        second = threads.submit(site.get, PAGE)
        assert scene.entered.wait(10)
        scene.gate.set()
        assert {first.result(20).text, second.result(20).text} == {LONG}
    assert scene.runs["petition"] == 2


def renewing(site: Visitor, scene: Scene, clock: Clock, age: float, others: int) -> list[str]:
    """What others get while one renews a page of this age; the renewed one says "new"."""
    site.get(PAGE)
    scene.text, scene.gate = "new", threading.Event()
    scene.entered.clear()
    clock.now += age
    with ThreadPoolExecutor(others + 1) as threads:
        first = threads.submit(site.get, PAGE)
        assert scene.entered.wait(10)
        rest = [threads.submit(site.get, PAGE) for _ in range(others)]
        if age <= 62:  # they must not have to wait
            texts = [future.result(20).text for future in rest]
            scene.gate.set()
        else:
            threading.Timer(0.2, scene.gate.set).start()
            texts = [future.result(20).text for future in rest]
        assert first.result(20).text == "new"
    return texts


@pytest.mark.parametrize("age", [2, 30, 62])
def test_others_get_the_stale_copy_while_one_renews(site: Visitor, scene: Scene, clock: Clock, age: float) -> None:
    assert renewing(site, scene, clock, age, 5) == [LONG] * 5
    assert scene.runs["petition"] == 2
    assert site.get(PAGE).text == "new"


def test_a_copy_stale_for_over_a_minute_is_not_sent_while_one_renews(site: Visitor, scene: Scene, clock: Clock) -> None:
    assert renewing(site, scene, clock, 63, 5) == ["new"] * 5
    assert scene.runs["petition"] == 2


def test_a_hanging_database_does_not_take_every_thread(site: Visitor, scene: Scene, clock: Clock) -> None:
    pages = [f"/en/petitions/{n}/" for n in range(10)]
    for page in pages:
        site.get(page)
    clock.now += 10
    scene.gate = threading.Event()
    with ThreadPoolExecutor(10) as threads:
        futures = [threads.submit(site.get, page) for page in pages]
        while sum(future.done() for future in futures) < 6:
            assert not threading.Event().wait(0.01)
        assert scene.runs["petition"] == 14
        scene.gate.set()
        assert {future.result(20).code for future in futures} == {200}


# --- While the view fails


@pytest.mark.parametrize("failure", [{"status": 503}, {"status": 500}, {"error": RuntimeError("marker")}])
def test_the_last_copy_is_served_for_five_minutes_while_the_view_fails(
    site: Visitor, scene: Scene, clock: Clock, failure: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    site.get(PAGE)
    for name, value in failure.items():
        setattr(scene, name, value)
    for seconds in (2, 60, 100, 140):  # 302 in all: 300 after its two fresh seconds
        clock.now += seconds
        reply = site.get(PAGE)
        assert (reply.code, reply.text) == (200, LONG)
        assert reply.headers["Cache-Status"] == "upstander; hit; detail=stale-on-error"
    clock.now += 1
    assert site.get(PAGE).code >= 500
    assert "marker" not in "".join(record.getMessage() for record in caplog.records if record.name[:9] == "upstander")


def test_an_application_that_raises_is_stood_in_for(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    site = build(clock=clock)
    site.get(PAGE)
    clock.now += 5

    def broken(*_: object) -> list[bytes]:
        raise ConnectionError("marker")

    site.cache._app = broken
    assert site.get(PAGE).text == LONG
    assert "Route petition failed (ConnectionError)" in caplog.text
    assert "marker" not in caplog.text
    with pytest.raises(ConnectionError):
        site.get("/en/petitions/other/")


def test_a_failing_view_is_tried_once_a_second(site: Visitor, scene: Scene, clock: Clock) -> None:
    site.get(PAGE)
    scene.status = 503
    clock.now += 200
    assert {site.get(PAGE).code for _ in range(20)} == {200}
    assert scene.runs["petition"] == 2
    clock.now += 1
    scene.status, scene.text = 200, "back"
    reply = site.get(PAGE)
    assert reply.text == "back"
    assert "Cache-Status" not in reply.headers


def test_nobody_is_told_to_keep_a_page_past_the_next_release(clock: Clock, scene: Scene) -> None:
    left: list[float | None] = [None]
    site = build(clock=clock, release=lambda: left[0])
    assert "stale-while-revalidate" in site.get(PAGE).headers["Cache-Control"]
    clock.now += 100
    left[0] = 1.4
    assert site.get(PAGE).headers["Cache-Control"] == "public, max-age=1"
    clock.now += 1.1
    site.get(PAGE)
    assert scene.runs["petition"] == 3
