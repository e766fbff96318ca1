"""A large edition, made up from a seed: as many places and findings as a test or a measure asks for.

Its sentences are numbered nonsense: it is for counting rows and queries, never for reading.
"""

from __future__ import annotations

import random
from typing import Any

from reports.iso_codes import ISO_CODES

LANGUAGES = ("en", "fr", "nl", "es", "ar")
WORDS = ["river", "court", "law", "gate", "paper", "witness", "road", "order", "school", "night", "border", "record"]
THEMES = 11


def large_edition(places: int = 155, findings: int = 2000, seed: int = 7) -> dict[str, Any]:
    """A report file with so many places and findings, on eleven themes, in five languages."""
    chance = random.Random(seed)
    codes = sorted(ISO_CODES)[:places]
    return {
        "format": "upstander-report/1",
        "publisher": {"key": "large", "name": "Large", "url": "https://large.example/", "licence": "CC-BY-4.0"},
        "edition": {
            **{"key": "large-2024", "year": 2024, "label": "large", "places_examined": places},
            **{"period_start": "2023-01-01", "period_end": "2023-12-31", "released_on": "2024-04-01"},
            **{"source_url": "https://large.example/report", "licence": "CC-BY-4.0"},
            "texts": {lang: {"title": f"Large ({lang})", "headline": "Numbers."} for lang in LANGUAGES},
        },
        "places": [{"code": code, "kind": "state", "parent": None, "status": "examined"} for code in codes],
        "sources": [_source(number) for number in range(max(findings // 10, 1))],
        "themes": [_theme(number) for number in range(THEMES)],
        "findings": [_finding(number, codes, max(findings // 10, 1), chance) for number in range(findings)],
        "people": [],
        "voices": [],
        "instruments": [],
    }


def _source(number: int) -> dict[str, Any]:
    return {"key": f"source-{number}", "kind": "report", "title": f"Source {number}", "url": f"https://s.example/{number}",
            "licence": "CC-BY-4.0"}  # fmt: skip


def _theme(number: int) -> dict[str, Any]:
    texts = {
        lang: {"slug": f"large-{lang}-{number}", "title": f"Theme {number} ({lang})", "summary": "About it."}
        for lang in LANGUAGES
    }
    return {"key": f"theme-{number}", "position": number, "texts": texts}


def _finding(number: int, codes: list[str], sources: int, chance: random.Random) -> dict[str, Any]:
    here, there = chance.sample(codes, 2)
    themes = chance.sample(range(THEMES), 2)
    return {
        "key": f"finding-{number}",
        "kind": chance.choice(["violation", "trend", "context", "progress", "warning"]),
        **{"attribution": "reported_by", "occurred_from": "2023-01-01", "occurred_to": None, "precision": "year"},
        "scope": "places",
        "themes": [f"theme-{theme}" for theme in themes],
        "places": [{"code": here, "role": "where"}, {"code": there, "role": chance.choice(["actor", "affected"])}],
        "evidence": [
            {
                "source": f"source-{chance.randrange(sources)}",
                "locator": f"p. {number}",
                "relation": "supports",
                "note": "",
            }
        ],
        "texts": {
            lang: {
                "statement": f"Finding {number} ({lang}): {' '.join(chance.choices(WORDS, k=18))}.",
                "explanation": " ".join(chance.choices(WORDS, k=30)),
            }
            for lang in LANGUAGES
        },
    }
