"""An edition as a zip to keep: its pages in every language, its data, and a list of hashes to check them by.

Packing a large edition takes minutes of a processor, so it is done beside the requests: by the worker when something
has changed, or by `manage.py archive_edition`. A zip is named by the fingerprint of what it was made of, and is served
only while that is the edition's fingerprint: what is retracted or corrected is not in any zip from that moment on,
however long it takes to pack the next one.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
import zipfile
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.utils import timezone

from campaigns.pages.archive_pages import EditionPages, first_page, languages_of, style_sheets
from reports.edition_fingerprint import fingerprint, fingerprints
from reports.importing.csv_writing import pack
from reports.models import ReportEdition
from reports.open_data import FORMATS, DataSet, data_package
from reports.snapshots import one_snapshot
from reports.theme_reading import ReadEdition

HASHES = "SHA256SUMS"
LEFT_OVER_SECONDS = 6 * 60 * 60


def ready(edition: ReportEdition) -> Path | None:
    """The zip of a public edition as it is now; None while it is still to be packed. One query."""
    path = _path(edition)
    return path if path.exists() else None


def packed_keys(editions: Collection[ReadEdition]) -> set[str]:
    """The keys of those whose zip is there as they are now. One query."""
    now = fingerprints([edition.pk for edition in editions])
    return {edition.key for edition in editions if _path_of(edition.key, now[edition.pk]).exists()}


def was_packed(key: str) -> bool:
    """Whether there is a zip of an edition, of whatever day. No query: a page that tells of it may be a moment behind,
    and the address itself says so then."""
    return any((settings.ARCHIVES / key).glob("*.zip"))


def pack_edition(key: str, saved_on: date) -> Path:
    """Pack a public edition as it is now, in place of the zip there was; the same state and day give the same bytes.

    Raises ReportEdition.DoesNotExist where no such edition is public.
    """
    with one_snapshot():
        edition = ReportEdition.objects.stood_by().select_related("publisher").get(key=key)
        path = _path(edition)
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            part = Path(file.name)
        try:
            with zipfile.ZipFile(part, "w") as archive:
                _fill(archive, edition, saved_on)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    for other in path.parent.iterdir():
        if (other.suffix == ".zip" and other != path) or _is_left_over(other):
            other.unlink(missing_ok=True)
    return path


def _is_left_over(part: Path) -> bool:
    """Whether a packer was killed over it: no packing takes so long."""
    return part.suffix == ".part" and time.time() - part.stat().st_mtime > LEFT_OVER_SECONDS


def pack_what_changed() -> list[str]:
    """Pack every public edition whose zip is missing or of another state, and drop those of others; the packed keys."""
    editions = {edition.key: edition for edition in ReportEdition.objects.stood_by()}
    if settings.ARCHIVES.is_dir():
        for folder in settings.ARCHIVES.iterdir():
            if folder.name not in editions:
                shutil.rmtree(folder, ignore_errors=True)
    packed = [key for key, edition in editions.items() if ready(edition) is None]
    for key in packed:
        pack_edition(key, timezone.localdate())
    return packed


def _path(edition: ReportEdition) -> Path:
    return _path_of(edition.key, fingerprint(edition))


def _path_of(key: str, state: str) -> Path:
    path: Path = settings.ARCHIVES / key / f"{state}.zip"
    return path


def _fill(archive: zipfile.ZipFile, edition: ReportEdition, saved_on: date) -> None:
    """Every file as it is made, and the list of their hashes in the form that sha256sum reads."""
    hashes = []
    for path, content in _files(edition, saved_on):
        pack(archive, f"{edition.key}/{path}", content)
        hashes.append(f"{hashlib.sha256(content).hexdigest()}  {path}\n")
    pack(archive, f"{edition.key}/{HASHES}", "".join(hashes).encode())


def _files(edition: ReportEdition, saved_on: date) -> Iterator[tuple[str, bytes]]:
    languages = languages_of(edition)
    yield "index.html", first_page(edition, languages)
    yield from style_sheets()
    for lang in languages:
        yield from EditionPages(edition, lang, languages, saved_on).files()
    for form in FORMATS:
        yield f"data/{edition.key}.{form}", "".join(DataSet(edition).pieces(form)).encode()
    yield "data/datapackage.json", json.dumps(data_package(edition), ensure_ascii=False, indent=1).encode()
