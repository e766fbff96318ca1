"""Notices removals: a number that changes whenever something must vanish from public pages at once."""

from __future__ import annotations

from collections.abc import Callable

from config.regular_work import RegularWork


class Removals:
    """Reads ``generation`` at each call and calls ``on_change`` when the number is new. The first one counts as new,
    since nobody knows what was before it. Where it cannot be read nothing is called, and kept pages are served."""

    def __init__(self, generation: Callable[[], int], on_change: Callable[[], None]) -> None:
        self._generation, self._on_change = generation, on_change
        self._known: int | None = None

    def __call__(self) -> None:
        """Raises what ``generation`` raises."""
        number = self._generation()
        if number != self._known:
            self._known = number
            self._on_change()


def removal_watch(generation: Callable[[], int], on_change: Callable[[], None], seconds: float) -> RegularWork:
    """Looks for removals every ``seconds`` in a thread of its own."""
    return RegularWork([Removals(generation, on_change)], seconds=seconds, name="removals")
