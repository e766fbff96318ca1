"""Text that was handed in: UTF-8, with a byte order mark or without."""

from __future__ import annotations


class NotUtf8(Exception):
    """Another encoding; the text says which, or where it shows."""


def utf8_text(content: bytes) -> str:
    """The text. Raises NotUtf8."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotUtf8("is UTF-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NotUtf8(f"is not UTF-8 (line {line}, byte {error.start})") from None
