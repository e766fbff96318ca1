"""What each web process counts of its own work, for whichever of them is asked for metrics.

Each writes a small file of its own every few seconds; a file that is written no more belongs to a process that ended.
The numbers are of the process alone, never of a person or a page.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

logger = logging.getLogger("upstander.process_numbers")

WRITE_SECONDS: Final = 5.0
GONE_SECONDS: Final = 60.0

Numbers = Mapping[str, float]


class ProcessNumbers:
    """Tells the numbers of this process. `sources` are asked at each writing, in any thread."""

    def __init__(self, directory: Path, *sources: Callable[[], Numbers]) -> None:
        self._directory, self._sources = directory, sources
        self._written_at = -WRITE_SECONDS

    def tell(self) -> None:
        """Write the file anew if it is time. Raises OSError."""
        if time.monotonic() - self._written_at < WRITE_SECONDS:
            return
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        numbers = {name: value for source in self._sources for name, value in source().items()}
        draft = self._directory / f"{os.getpid()}.new"
        draft.write_text(json.dumps(numbers), encoding="ascii")
        draft.replace(self._directory / f"{os.getpid()}.json")
        self._written_at = time.monotonic()


def told(directory: Path) -> dict[str, dict[str, float]]:
    """The numbers of every process that lives, by its id. What ended processes left is deleted."""
    found: dict[str, dict[str, float]] = {}
    for file in sorted(directory.glob("*.json")):
        try:
            if time.time() - file.stat().st_mtime > GONE_SECONDS:
                file.unlink()
            else:
                found[file.stem] = json.loads(file.read_text(encoding="ascii"))
        except (OSError, ValueError) as problem:
            logger.warning("The numbers of a process cannot be read: %s", type(problem).__name__)
    return found
