"""Corrections as pages show them, beside the words that were changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import models
from django.db.models import OuterRef
from django.db.models.expressions import Combinable
from django.utils.translation import get_language, get_language_info

from reports.editorial.corrections import Correction, CorrectionKind
from reports.reading import Row, as_time, below

COLUMNS: Final = ("pk", "lang", "at", "kind", "was", "now", "reason", "version_from", "version_to")


@dataclass(frozen=True)
class ReadCorrection:
    """A change to public words: what they said, what they say now, and why; all in the language of the words."""

    pk: int
    lang: str
    at: datetime
    kind: CorrectionKind
    was: str
    now: str
    reason: str
    version_from: int | None
    version_to: int | None

    @property
    def dir(self) -> str:
        """Writing direction of the words."""
        return "rtl" if get_language_info(self.lang)["bidi"] else "ltr"

    @property
    def foreign(self) -> bool:
        """Whether the words are in another language than the page around them."""
        return self.lang != get_language()

    @property
    def language(self) -> str:
        """The language of the words, in the language of the page."""
        return str(get_language_info(self.lang)["name_translated"])

    @property
    def kind_label(self) -> str:
        """What sort of change it was, in one word."""
        return str(self.kind.label).partition(":")[0]


def corrections(model: type[models.Model], *, of: str = "pk") -> Combinable:
    """The corrections of the row at hand, or of the one its column `of` points to, newest first; as a column."""
    found = Correction.objects.filter(object_type=model._meta.label_lower, object_id=OuterRef(of)).order_by("-pk")
    return below(found, {name: name for name in COLUMNS})


def read_corrections(found: list[Row], lang: str) -> list[ReadCorrection]:
    """What `corrections` found that concerns a text in this language.

    A correction of another language's text is told as long as none of this one's followed it: then this text still
    says what was corrected there.
    """
    told = [as_correction(row) for row in found]
    latest = max((one.at for one in told if one.lang == lang), default=None)
    return [one for one in told if one.lang == lang or latest is None or one.at > latest]


def as_correction(row: dict[str, Any]) -> ReadCorrection:
    """A row of the columns above."""
    at = row["at"] if isinstance(row["at"], datetime) else as_time(row["at"])
    return ReadCorrection(**{**row, "at": at, "kind": CorrectionKind(row["kind"])})
