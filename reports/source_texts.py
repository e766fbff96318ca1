"""What is kept of the text of a source: nothing that can be read, only what tells a copy."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.sources import Source


class SourceRuns(models.Model):
    """The hashed runs of ten words of a source's text: sorted numbers of eight bytes; see `reports.copy_guard`."""

    source = models.OneToOneField(Source, models.CASCADE, related_name="runs", primary_key=True)
    sha256 = models.CharField(max_length=64)
    words = models.PositiveIntegerField(_("words"))
    runs = models.BinaryField()

    def __str__(self) -> str:
        return str(self.source)
