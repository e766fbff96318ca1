"""Every heading, label and choice of the desk is in the language of who works there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.utils.translation import override

from reports.editorial.desk_access import DeskAdmin

PAGES = [page for page in admin.site._registry.values() if isinstance(page, DeskAdmin)]
ALIKE = {"URL"}  # in whatever language


def words(page: DeskAdmin) -> Iterator[str]:
    """What its lists and forms are headed with, as the active language has it."""
    yield str(page.opts.verbose_name)
    yield str(page.opts.verbose_name_plural)
    own_fields = [name for field in page.fields or () for name in ([field] if isinstance(field, str) else field)]
    for name in [*page.list_display, *own_fields]:
        yield str(label_for_field(name, page.model, page))
    for choices in page.list_filter:
        field: Any = isinstance(choices, str) and page.opts.get_field(choices)
        yield str(field.verbose_name if field else choices.title)  # type: ignore[union-attr]
        yield from [str(label) for _value, label in (field and field.choices) or []]
    for inline in page.inlines:
        yield str(inline.verbose_name or inline.model._meta.verbose_name)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.opts.label)
def test_a_page_of_the_desk_is_in_the_language_of_who_works_there(page: DeskAdmin) -> None:
    with override("en"):
        english = list(words(page))
    with override("ar"):
        arabic = list(words(page))
    left = [one for one, other in zip(english, arabic, strict=True) if one == other and one not in ALIKE]
    assert not left
