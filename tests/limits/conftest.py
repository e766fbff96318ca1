"""No key of a day remembered from the test before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from campaigns.limits import forget_day_key


@pytest.fixture(autouse=True)
def no_known_key() -> Iterator[None]:
    forget_day_key()
    yield
    forget_day_key()
