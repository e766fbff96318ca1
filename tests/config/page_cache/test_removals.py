"""A removal shows at once, whatever is kept or under way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.config.page_cache.site import LONG, PAGE, Clock, Scene, Visitor, build


def test_a_removal_clears_every_page(scene: Scene) -> None:
    numbers = {"removals": 7}
    site = build(generation=lambda: numbers["removals"], poll_seconds=0.01, clock=Clock())
    try:
        wait_until(lambda: site.get(PAGE).text == LONG and scene.runs["petition"] >= 1 and kept(site, scene))
        scene.text = "removed"
        assert site.get(PAGE).text == LONG
        numbers["removals"] = 8
        wait_until(lambda: site.get(PAGE).text == "removed")
    finally:
        site.cache.close()


def test_a_number_that_stays_clears_nothing(scene: Scene) -> None:
    polls: list[str] = []

    def generation() -> int:
        polls.append("read")
        return 7

    site = build(generation=generation, poll_seconds=0.001, clock=Clock())
    try:
        site.get(PAGE)
        wait_until(lambda: len(polls) > 2)
        site.get(PAGE)
        runs, seen = scene.runs["petition"], len(polls)
        wait_until(lambda: len(polls) > seen + 20)
        assert site.get(PAGE).text == LONG
        assert scene.runs["petition"] == runs
    finally:
        site.cache.close()


def test_pages_are_served_while_the_number_of_removals_cannot_be_read(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    polls: list[str] = []

    def generation() -> int:
        polls.append("read")
        raise TimeoutError("marker")

    site = build(generation=generation, poll_seconds=0.01, clock=Clock())
    try:
        site.get(PAGE)
        wait_until(lambda: len(polls) > 5)
        assert site.get(PAGE).text == LONG
        assert scene.runs["petition"] == 1
    finally:
        site.cache.close()
    said = [record.getMessage() for record in caplog.records if record.name == "upstander.regular_work"]
    assert len(said) == 1
    assert "removals" in said[0]
    assert "TimeoutError" in said[0]
    assert "marker" not in said[0]


def test_what_was_read_before_a_removal_is_not_kept_after_it(site: Visitor, scene: Scene) -> None:
    scene.gate = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        early = threads.submit(site.get, PAGE)
        assert scene.entered.wait(10)
        site.cache.clear()
        scene.text = "removed"
        scene.gate.set()
        assert early.result(20).text == LONG
    assert site.get(PAGE).text == "removed"


def wait_until(true: Callable[[], bool]) -> None:
    """Until a condition holds, at most ten seconds."""
    for _ in range(1000):
        if true():
            return
        threading.Event().wait(0.01)
    pytest.fail("it did not come true within ten seconds")


def kept(site: Visitor, scene: Scene) -> bool:
    """Whether two requests in a row ran no view."""
    before = scene.runs["petition"]
    site.get(PAGE)
    return scene.runs["petition"] == before
