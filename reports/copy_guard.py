"""The copy guard: no statement may carry ten words in a row of a source whose licence forbids to adapt it.

The site holds no copy of a source's text. `load_source_text` keeps a hash of every run of ten words, sorted, so that
neither the words nor their order can be read back; a statement is cut into runs of ten in the same way and looked up.
Words are compared after NFKC, case folding and without marks that do not make a word another one: accents, Arabic
vowel signs and tatweel. In scripts without spaces (Han, Kana, Thai, Lao, Khmer, Burmese) each letter counts as a word.
A run that is for the greater part the title of a source or an instrument is a name, and free.

An index is an array of 64-bit numbers, one for each run: 200,000 words are 1.6 MB.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from django.utils.translation import gettext as _

from reports.licences import may_be_carried_over
from reports.models import InstrumentText, Source, SourceRuns

RUN: Final = 10
"""Words in a row that make a copy."""
OWN_WORDS: Final = 5
"""So many of them must not belong to the name of a source or an instrument."""
SHOWN_WORDS: Final = 5
_ALONE: Final = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD: Final = re.compile(rf"[{_ALONE}]|[^\W_{_ALONE}]+")


@dataclass(frozen=True)
class Copy:
    """A run of a text that stands in a source word for word."""

    source: str
    position: int
    """Number of the run's first word in the text, from 1."""
    begins: str
    """The first words of the run, as the text has them."""

    def __str__(self) -> str:
        message = _(
            "From word %(position)s on (“%(begins)s …”) it has at least %(run)s words in a row as they stand in "
            "“%(source)s”, whose licence does not allow that: say it in your own words."
        )
        return message % {
            "position": self.position,
            "begins": self.begins,
            "run": RUN,
            "source": self.source,
        }


class CopyGuard:
    """The guarded sources in memory, for checking many texts; two queries when it is made."""

    def __init__(self) -> None:
        found = SourceRuns.objects.select_related("source")
        guarded = [one for one in found if not may_be_carried_over(one.source.licence)]
        self.runs = {one.source.title: _unpacked(bytes(one.runs)) for one in guarded}
        self.names: dict[str, list[list[str]]] = {}
        if self.runs:
            titles = [*Source.objects.values_list("title", flat=True)]
            titles += InstrumentText.objects.values_list("title", flat=True)
            for words in map(normalised_words, titles):
                if len(words) > OWN_WORDS:
                    self.names.setdefault(words[0], []).append(words)

    def copy_in(self, text: str) -> Copy | None:
        """The first run of the text that is copied; None if none is."""
        if not self.runs:
            return None
        words = normalised_words(text)
        for index, run in enumerate(_hashes(words)):
            for title, runs in self.runs.items():
                if run in runs and not self._is_name(words, index):
                    return Copy(title, index + 1, " ".join(_as_written(text)[index : index + SHOWN_WORDS]))
        return None

    def _is_name(self, words: list[str], index: int) -> bool:
        """Whether fewer than `OWN_WORDS` words of the run that begins here stand outside of names."""
        named: set[int] = set()
        for start, word in enumerate(words):
            for name in self.names.get(word, []):
                if words[start : start + len(name)] == name:
                    named.update(range(start, start + len(name)))
        return len(set(range(index, index + RUN)) - named) < OWN_WORDS


def keep_source_text(source: Source, text: str) -> int:
    """Keep the hashed runs of a source's text in place of those kept before; returns its number of words."""
    words = normalised_words(text)
    runs = array("Q", sorted(set(_hashes(words))))
    values = {"sha256": blake2b(text.encode(), digest_size=32).hexdigest(), "words": len(words), "runs": runs.tobytes()}
    SourceRuns.objects.update_or_create(source=source, defaults=values)
    return len(words)


def normalised_words(text: str) -> list[str]:
    """The words of a text in the form in which they are compared."""
    return [_normalised(word) for word in _as_written(text)]


def hashed_runs(text: str) -> Iterator[int]:
    """A number for each run of ten words, in the order of the text."""
    return _hashes(normalised_words(text))


def _hashes(words: list[str]) -> Iterator[int]:
    for start in range(len(words) - RUN + 1):
        run = " ".join(words[start : start + RUN])
        yield int.from_bytes(blake2b(run.encode(), digest_size=8, person=b"copy-guard").digest(), "little")


def _as_written(text: str) -> list[str]:
    """Words as they stand, without the marks that would split or hide a word."""
    return _WORD.findall(_plain(text))


def _plain(text: str) -> str:
    """Composed, without the marks that no letter has taken up, tatweel, and characters that show nothing."""
    return _unmarked(unicodedata.normalize("NFKC", text))


def _normalised(word: str) -> str:
    return _unmarked(unicodedata.normalize("NFKD", word)).casefold()


def _unmarked(text: str) -> str:
    return "".join(char for char in text if char != "\u0640" and unicodedata.category(char) not in {"Mn", "Cf"})


def _unpacked(runs: bytes) -> frozenset[int]:
    numbers = array("Q")
    numbers.frombytes(runs)
    return frozenset(numbers)
