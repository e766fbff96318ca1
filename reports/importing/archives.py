"""Reading a zip within limits that do not trust its own headers: so many entries, so many bytes, no ratio above
`HIGHEST_RATIO`, no password. Nothing is unpacked to disk.
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from reports.importing.limits import refused

MOST_ENTRIES: Final = 100
LARGEST_UNPACKED: Final = 40 * 1024 * 1024
HIGHEST_RATIO: Final = 100
BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(RuntimeError, NotImplementedError, EOFError, OSError, ValueError),
)
"""What the standard library raises for an archive that is none."""


@contextmanager
def opened_zip(name: str, content: bytes, advice: str) -> Iterator[zipfile.ZipFile]:
    """The archive; what is broken in it is refused with the advice. Raises ImportRefused."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            yield packed
    except BROKEN as error:
        raise refused(name, f"cannot be read as a zip ({error}): {advice}") from None


def refuse_excess(name: str, entries: list[zipfile.ZipInfo]) -> None:
    """Raises ImportRefused for more files or bytes than are read."""
    if len(entries) > MOST_ENTRIES:
        raise refused(name, f"holds {len(entries)} files: at most {MOST_ENTRIES} are read")
    if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise refused(name, f"unpacks to more than {LARGEST_UNPACKED >> 20} MB: split it")


def read_entry(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Read no further than the size that the directory admits, whatever the stream would give. Raises ImportRefused."""
    if entry.flag_bits & 0x1:
        raise refused(entry.filename, "is encrypted: pack it without a password")
    if entry.file_size > HIGHEST_RATIO * max(entry.compress_size, 1):
        raise refused(entry.filename, f"is packed more than {HIGHEST_RATIO} times smaller: pack it anew")
    with packed.open(entry) as stream:
        content = stream.read(entry.file_size + 1)
    if len(content) > entry.file_size:
        raise refused(entry.filename, "unpacks to more than it says: pack it anew")
    return content
