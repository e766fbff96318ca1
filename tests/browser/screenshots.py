"""Full-page pictures of a running site: phone and desk, light and dark, any language.

    uv run python -m tests.browser.screenshots http://127.0.0.1:8000 style/ --lang en ar

Paths stand below the language; without any, the home page is taken. Ends with 1 if a page cannot be loaded with
status 200 (or the one given as `--status`), or if it can be scrolled sideways.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Error, sync_playwright

from tests.browser.conftest import CHROMIUM, QUIET

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


@dataclass(frozen=True)
class Shot:
    """One picture to take."""

    site: str
    language: str
    path: str
    width: int
    scheme: Scheme

    @property
    def address(self) -> str:
        """Where the page stands."""
        return f"{self.site.rstrip('/')}/{self.language}/{self.path.lstrip('/')}"

    @property
    def file_name(self) -> str:
        """`en-style-360-dark.png`."""
        page = re.sub(r"\W+", "-", self.path).strip("-") or "home"
        return f"{self.language}-{page}-{self.width}-{self.scheme}.png"


def take(browser: Browser, shot: Shot, folder: Path, status: int) -> Iterator[str]:
    """Write the picture; yield what is wrong with the page, in words."""
    page = browser.new_page(viewport={"width": shot.width, "height": 800}, color_scheme=shot.scheme)
    try:
        response = page.goto(shot.address)
        if response is None or response.status != status:
            yield f"{shot.address} answered {response.status if response else 'nothing'}"
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if overflow > 0:
            yield f"{shot.address} can be scrolled {overflow} px sideways at {shot.width} px"
        # On a screen as tall as the page nothing sticks to an edge, and the picture shows the page at rest.
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": shot.width, "height": height})
        page.screenshot(path=folder / shot.file_name, full_page=True)
    except Error as error:
        yield f"{shot.address} cannot be loaded: {error.message.splitlines()[0]}"
    finally:
        page.close()


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", metavar="URL")
    parser.add_argument("paths", metavar="PATH", nargs="*", default=[""])
    parser.add_argument("--out", type=Path, default=Path("var/screenshots"))
    parser.add_argument("--lang", nargs="+", default=["en", "ar"])
    parser.add_argument("--width", nargs="+", type=int, default=[360, 1280])
    parser.add_argument("--scheme", nargs="+", choices=SCHEMES, default=SCHEMES)
    parser.add_argument("--status", type=int, default=200)
    return parser.parse_args(arguments)


def main() -> int:
    """Take every picture that was asked for and print where each one is."""
    options = parse()
    options.out.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for language, path, width, scheme in product(options.lang, options.paths, options.width, options.scheme):
            shot = Shot(options.site, language, path, width, scheme)
            wrong += take(browser, shot, options.out, options.status)
            print(options.out / shot.file_name)
        browser.close()
    print(*wrong, sep="\n", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
