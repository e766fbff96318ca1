"""Taking something off the site at once: every process drops its cached pages within a second or two.

The number stands in one row and moves in the transaction of the removal itself, so no process can drop its pages
before the removal is visible and fill them again with what was removed.
"""

from __future__ import annotations

from django.db import connection, models


class PageGeneration(models.Model):
    """One row; its number grows with each removal."""

    only = models.BooleanField(primary_key=True, default=True)
    number = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="page_generation_only")]

    def __str__(self) -> str:
        return str(self.number)


def drop_cached_pages() -> None:
    """Make every process forget its cached pages once the transaction at hand commits."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO editorial_pagegeneration AS g ("only", number) VALUES (true, 1)
               ON CONFLICT ("only") DO UPDATE SET number = g.number + 1"""
        )


def page_generation() -> int:
    """The number that the page cache polls from a thread of its own; gives its connection back after each look."""
    try:
        return PageGeneration.objects.values_list("number", flat=True).first() or 0
    finally:
        connection.close()
