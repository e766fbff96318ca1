"""Words of addresses that stand where others are given by people: nobody can give those."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError
from django.urls import URLPattern, get_resolver
from django.utils.regex_helper import normalize

from config import public_urls
from reports.editions import TAKEN_KEYS
from tests.reports.making import make_edition, put, report_json

GIVEN: Final = {"key", "slug", "code", "theme_key"}
"""Parts of addresses that people choose; the others are drawn by lot, counted or computed."""
SAMPLES: Final = {"number": "7", "form": "json", "code": "ZZ", "kind": "zz"}


def patterns(resolver: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """The name and the whole expression of every address."""
    for one in resolver.url_patterns:
        whole = before + str(one.pattern.regex.pattern).removeprefix("^")
        if isinstance(one, URLPattern):
            yield str(one.name), whole
        else:
            yield from patterns(one, whole)


def samples(whole: str) -> Iterator[str]:
    for template, names in normalize(whole):
        yield template % {name: SAMPLES.get(name, "zz-sample") for name in names}


def fixed_beside_given() -> dict[str, set[str]]:
    """By the name of an address, the words of other addresses that would be taken for its key or slug."""
    found: dict[str, set[str]] = defaultdict(set)
    every = list(patterns(get_resolver(public_urls.__name__)))
    for _name, whole in every:
        for path in samples(whole):
            for other, expression in every:
                match = re.compile(expression).match(path) if expression != whole else None
                words = {word for group, word in (match.groupdict() if match else {}).items() if group in GIVEN}
                found[other] |= words - {"zz-sample", *SAMPLES.values()}
    return {name: words for name, words in found.items() if words}


def test_every_fixed_word_that_could_be_taken_for_a_key_is_known() -> None:
    assert fixed_beside_given() == {"edition": set(TAKEN_KEYS), "archive": {"report-tables"}}


@pytest.mark.django_db
@pytest.mark.parametrize("key", TAKEN_KEYS)
def test_no_edition_takes_such_a_word_by_file_or_past_python(key: str, tmp_path: Any) -> None:
    file = tmp_path / "report.json"
    file.write_text(json.dumps(put(report_json(), "edition.key", key)), encoding="utf-8")
    with pytest.raises(CommandError, match="Choose another key: other files of open data"):
        call_command("load_report", str(file))
    with pytest.raises(IntegrityError, match="edition_key_free"):
        make_edition(key)
