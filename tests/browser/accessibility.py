"""What axe finds on a page, in light and in dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

AXE: Final = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
COLOURS: Final = ["color-contrast", "link-in-text-block"]
"""Rules of axe about colours: all that dark changes."""


def shuts_out(page: Page) -> list[str]:
    """What shuts somebody out, each with its first place. The context of the page bypasses the CSP, for axe to run."""
    page.emulate_media(color_scheme="light")
    page.evaluate(AXE)
    found = _serious(page, {})
    page.emulate_media(color_scheme="dark")
    return found + [f"dark: {one}" for one in _serious(page, {"runOnly": {"type": "rule", "values": COLOURS}})]


def _serious(page: Page, options: dict[str, Any]) -> list[str]:
    options = {"resultTypes": ["violations"], **options}
    violations = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [
        f"{violation['id']}: {violation['nodes'][0]['html'][:200]}"
        for violation in violations
        if violation["impact"] in {"serious", "critical"}
    ]
