"""Draws a social card: 1200 x 630 pixels, the look of a case file, from right to left where the language is.

Pillow shapes with raqm (HarfBuzz and FriBidi): Arabic letters join, and a line of both directions keeps its order.
Without raqm they would stand apart and backwards, so then nothing is drawn (`can_draw`) and the pictures in
`static/cards/` stand in. The font is ours (`campaigns/pages/fonts`): what a server has installed changes no picture.
"""

from __future__ import annotations

import io
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, Literal

from PIL import Image, ImageDraw, ImageFont, features

WIDTH, HEIGHT = 1200, 630
FONTS: Final = Path(__file__).resolve().parent.parent / "fonts"
PAPER, INK, MUTED, ACTION = "#fbf9f6", "#1b2330", "#525c6b", "#9c2f4a"
RULE, MARGIN_LINE = "#d9d1c6", "#dcb3bc"
EDGE: Final = 72
MARGIN: Final = 168
"""Where the words begin, after the margin line."""
TITLE_TOP, TITLE_BOTTOM = 164, 508
TITLE_LINES: Final = 4
SIZES: Final = (92, 80, 68, 58)
LEADING: Final = {"ltr": 1.16, "rtl": 1.46}
ELLIPSIS: Final = "…"
NOT_IN_ANY_FONT: Final = "\U0010fffe"

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True)
class Words:
    """What is written on a card. `direction` is the card's, `title_direction` the title's own."""

    kind: str
    title: str
    note: str
    site: str
    lang: str
    title_lang: str
    direction: Direction
    title_direction: Direction


def has_shaping() -> bool:
    """Whether this Pillow can shape Arabic."""
    return bool(features.check("raqm"))


def can_draw(text: str) -> bool:
    """Whether our font has every letter of these words, and Pillow can shape them."""
    return has_shaping() and all(_has_glyph(char) for char in set(text))


@lru_cache(maxsize=4096)
def _has_glyph(char: str) -> bool:
    if char.isspace() or unicodedata.category(char) in {"Cf", "Mn"}:
        return True
    return bytes(_plain().getmask(char)) != _missing_glyph()


@cache
def _missing_glyph() -> bytes:
    return bytes(_plain().getmask(NOT_IN_ANY_FONT))


@cache
def _plain() -> ImageFont.FreeTypeFont:
    """A font that is only asked which letters it has."""
    return ImageFont.truetype(FONTS / "Amiri-Bold.ttf", 24, layout_engine=ImageFont.Layout.BASIC)


def draw(words: Words) -> bytes:
    """The card as PNG, well under 300 kB."""
    canvas = _Canvas(words.direction)
    canvas.ruled_paper()
    canvas.mark()
    canvas.write(words.kind, y=96, size=34, weight="Bold", colour=ACTION, lang=words.lang)
    lines, size = fitted(words.title, words.title_direction, words.title_lang)
    step = round(size * LEADING[words.title_direction])
    top = TITLE_TOP + (TITLE_BOTTOM - TITLE_TOP - step * len(lines)) // 2
    for number, line in enumerate(lines):
        middle = top + step * number + step // 2
        canvas.write(
            line, y=middle, size=size, weight="Bold", colour=INK, lang=words.title_lang, spoken=words.title_direction
        )
    note = shortened(words.note, 30, WIDTH - MARGIN - EDGE - 300, words.direction, words.lang)
    canvas.write(note, y=570, size=30, weight="Regular", colour=MUTED, lang=words.lang)
    canvas.write_at_end(words.site, y=570, size=34, lang=words.lang)
    return canvas.png()


def fitted(title: str, direction: Direction, lang: str) -> tuple[list[str], int]:
    """The title in at most four lines, as large as they allow; past the smallest size an ellipsis ends it."""
    width = WIDTH - MARGIN - EDGE
    for size in SIZES:
        lines = _wrapped(title, _font("Bold", size), width, direction, lang)
        high = len(lines) * round(size * LEADING[direction])
        if len(lines) <= TITLE_LINES and high <= TITLE_BOTTOM - TITLE_TOP:
            return lines, size
    last = shortened(" ".join([*lines[TITLE_LINES - 1 :]]), size, width, direction, lang, weight="Bold", always=True)
    return [*lines[: TITLE_LINES - 1], last], size


def shortened(
    text: str, size: int, width: float, direction: Direction, lang: str, weight: str = "Regular", always: bool = False
) -> str:
    """As much of the text as fits into the width, with an ellipsis where something is left out."""
    font = _font(weight, size)
    if not always and _length(text, font, direction, lang) <= width:
        return text
    while text and _length(text + ELLIPSIS, font, direction, lang) > width:
        text = text.rpartition(" ")[0] or text[:-1]
    return text.rstrip(" ,.;:،؛") + ELLIPSIS


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: float, direction: Direction, lang: str) -> list[str]:
    lines, line = [], ""
    for word in _breakable(text.split(), font, width, direction, lang):
        longer = f"{line} {word}" if line else word
        if line and _length(longer, font, direction, lang) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]


def _breakable(
    words: list[str], font: ImageFont.FreeTypeFont, width: float, direction: Direction, lang: str
) -> list[str]:
    """The words, those that are wider than a line in pieces."""
    pieces = []
    for word in words:
        while _length(word, font, direction, lang) > width:
            kept = _letters_that_fit(word, font, width, direction, lang)
            pieces.append(word[:kept])
            word = word[kept:]
        pieces.append(word)
    return pieces


def _letters_that_fit(word: str, font: ImageFont.FreeTypeFont, width: float, direction: Direction, lang: str) -> int:
    def is_too_wide(count: int) -> bool:
        return _length(word[:count], font, direction, lang) > width

    return max(1, bisect_left(range(1, len(word) + 1), True, key=is_too_wide))


def _length(text: str, font: ImageFont.FreeTypeFont, direction: Direction, lang: str) -> float:
    return float(font.getlength(text, direction=direction, language=lang))


@cache
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"Amiri-{weight}.ttf", size, layout_engine=ImageFont.Layout.RAQM)


class _Canvas:
    """The paper of one card. Positions count from the side where its language begins."""

    def __init__(self, direction: Direction) -> None:
        self._rtl = direction == "rtl"
        self._direction: Direction = direction
        self._image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
        self._draw = ImageDraw.Draw(self._image)

    def ruled_paper(self) -> None:
        """Ink above and below the title, and the margin line."""
        self._line(MARGIN - 32, 0, MARGIN - 32, HEIGHT, MARGIN_LINE, 3)
        self._line(EDGE, 136, WIDTH - EDGE, 136, INK, 4)
        self._line(EDGE, 520, WIDTH - EDGE, 520, RULE, 2)

    def mark(self) -> None:
        """The site's mark in the margin: one line that stands up among ruled ones."""
        for row in range(3):
            y = 62 + 20 * row
            self._line(EDGE, y, EDGE + 16, y, ACTION, 6)
            self._line(EDGE + 40, y, EDGE + 56, y, ACTION, 6)
        self._line(EDGE + 28, 48, EDGE + 28, 116, ACTION, 10)

    def write(
        self, text: str, *, y: int, size: int, weight: str, colour: str, lang: str, spoken: Direction | None = None
    ) -> None:
        """One line that begins at the margin line, its middle at `y`. `spoken`: the direction of the text itself."""
        font, direction = _font(weight, size), spoken or self._direction
        x = MARGIN if not self._rtl else WIDTH - MARGIN - _length(text, font, direction, lang)
        self._draw.text((x, y), text, fill=colour, font=font, anchor="lm", direction=direction, language=lang)

    def write_at_end(self, text: str, *, y: int, size: int, lang: str) -> None:
        """One line that ends where the card does."""
        font = _font("Bold", size)
        x = EDGE if self._rtl else WIDTH - EDGE - _length(text, font, "ltr", lang)
        self._draw.text((x, y), text, fill=INK, font=font, anchor="lm", direction="ltr", language=lang)

    def png(self) -> bytes:
        """The picture in few colours, which is all that it has."""
        out = io.BytesIO()
        self._image.quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        return out.getvalue()

    def _line(self, x1: int, y1: int, x2: int, y2: int, colour: str, width: int) -> None:
        if self._rtl:
            x1, x2 = WIDTH - x1, WIDTH - x2
        self._draw.line((x1, y1, x2, y2), fill=colour, width=width)
