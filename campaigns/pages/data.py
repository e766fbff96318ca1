"""Addresses of open data: a page for people in each language, and files without a language below /data/."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, Concatenate, ParamSpec

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language, get_language_from_request
from django.views.decorators.http import require_safe

from campaigns.pages.demand_data import demands_file
from campaigns.pages.edition_archives import packed_keys, ready
from campaigns.pages.report_page import address, report_page
from campaigns.pages.structured_data import edition_dataset
from reports.edition_fingerprint import fingerprint
from reports.editorial.embargoes import kept_for
from reports.importing.csv_writing import template
from reports.models import ReportEdition
from reports.open_data import FORMATS, DataSet, Part, data_package, fields, places_with_data, themes_with_data
from reports.snapshots import one_snapshot
from reports.theme_reading import list_editions

P = ParamSpec("P")
PACKAGES = 32
PACKING_SECONDS = 900
SPOOLED_BYTES = 1024 * 1024
FRESH_SECONDS = 5
"""What is released or taken back shows in a file as soon as on a page."""
FILES = [*FORMATS, "datapackage.json"]


@report_page
def index(request: HttpRequest) -> HttpResponse:
    """What there is to download, of every edition."""
    lang = get_language() or "en"
    read_editions = list_editions(lang)
    themes, places, packed = themes_with_data(lang), places_with_data(), packed_keys(read_editions)
    editions = [
        {
            "key": read.key,
            "read": read,
            "themes": themes.get(read.pk, []),
            "places": places.get(read.pk, []),
            "packed": read.key in packed,
        }
        for read in read_editions
    ]
    licence = {"name": settings.DATA_LICENCE, "url": settings.DATA_LICENCES[settings.DATA_LICENCE]}
    structured = [edition_dataset(read) for read in read_editions]
    context = {"editions": editions, "licence": licence, "fields": fields(), "structured": structured}
    return render(request, "pages/data.html", context)


@require_safe
def to_best_language(request: HttpRequest) -> HttpResponse:
    """To the page in the reader's language; nothing about the reader is remembered."""
    response = HttpResponseRedirect(address(get_language_from_request(request), "pages:data"))
    patch_vary_headers(response, ["Accept-Language"])
    return response


def open_file(view: Callable[Concatenate[HttpRequest, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A file for any site and program: the licence in a header, and no word on who fetched it."""

    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Referrer-Policy"] = "no-referrer"
        if response.status_code in (200, 304):
            response.headers["Link"] = f'<{settings.DATA_LICENCES[settings.DATA_LICENCE]}>; rel="license"'
            response.headers["Cache-Control"] = f"public, max-age={kept_for(FRESH_SECONDS)}"
        return response

    return answer


@open_file
def edition(request: HttpRequest, key: str, form: str) -> HttpResponseBase:
    """All of an edition."""
    return _file(request, key, form, Part(), key)


@open_file
def theme(request: HttpRequest, key: str, theme_key: str, form: str) -> HttpResponseBase:
    """The findings on one theme."""
    return _file(request, key, form, Part(theme=theme_key), f"{key}-{theme_key}")


@open_file
def place(request: HttpRequest, key: str, code: str, form: str) -> HttpResponseBase:
    """The findings on one place."""
    return _file(request, key, form, Part(place=code), f"{key}-{code}")


@open_file
def package(request: HttpRequest, key: str) -> HttpResponseBase:
    """Fields, licence, sources and hashes."""
    found = _edition(key)
    if found is None:
        return _missing()
    state = fingerprint(found)
    return _unless_known(request, state, lambda: HttpResponse(_package(key, state), content_type="application/json"))


@lru_cache(maxsize=PACKAGES)
def _package(key: str, state: str) -> str:
    """The package of a public edition in one state: it holds the hashes of whole files, so it is made once."""
    with one_snapshot():
        package = data_package(ReportEdition.objects.stood_by().select_related("publisher").get(key=key), _below())
    return json.dumps(package, ensure_ascii=False, indent=1)


def _below() -> str:
    return settings.ORIGIN + reverse("data:index")


@open_file
def archive(request: HttpRequest, key: str) -> HttpResponseBase:
    """The pages and the data of an edition to keep. 503 while what has changed is still to be packed."""
    found = _edition(key)
    if found is None:
        return _missing()
    packed = _opened(found)
    if packed is None:
        message = "The edition has changed and is being packed. Try again in a quarter of an hour. Its data are here:"
        response = _told(503, message, [f"{key}.{form}" for form in FORMATS])
        response.headers["Retry-After"] = str(PACKING_SECONDS)
        return response
    # Packed anew it says of which day it is.
    state = f"{Path(packed.name).stem}-{os.fstat(packed.fileno()).st_mtime_ns:x}"
    answered = _unless_known(request, state, lambda: _zip(packed, key))
    if answered.status_code != 200:
        packed.close()
    return answered


def _zip(packed: BinaryIO, key: str) -> FileResponse:
    return FileResponse(packed, as_attachment=True, filename=f"{key}.zip", content_type="application/zip")


def _opened(edition: ReportEdition) -> BinaryIO | None:
    """The zip of the edition as it is now; None while it is still to be packed. Who packs may take it away between two
    looks, so it is opened at once."""
    path = ready(edition)
    try:
        return path.open("rb") if path else None
    except FileNotFoundError:
        return None


@open_file
def demands(request: HttpRequest) -> HttpResponseBase:
    """What is asked, of whom and on which sources, and what came of it."""
    content = json.dumps(demands_file(), ensure_ascii=False, indent=1).encode()
    state = hashlib.sha256(content).hexdigest()
    return _unless_known(request, state, lambda: HttpResponse(content, content_type=FORMATS["json"]))


@open_file
def tables_template(request: HttpRequest) -> HttpResponseBase:
    """Empty tables to fill in, for an import."""
    response = HttpResponse(template(), content_type="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="report-tables.zip"'
    return response


def _file(request: HttpRequest, key: str, form: str, part: Part, name: str) -> HttpResponseBase:
    if form not in FORMATS:
        return _told(406, f"This is not offered as “{form}”. There are:", FORMATS)
    found = _edition(key)
    if found is None or (data := DataSet(found, part)).is_empty:
        return _missing()
    return _unless_known(
        request,
        fingerprint(found),
        lambda: FileResponse(_spooled(data, form), filename=f"{name}.{form}", content_type=FORMATS[form]),
    )


def _unless_known(request: HttpRequest, state: str, made: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The answer under a tag of the state it tells; 304, and nothing made, to who has it already (RFC 9110, 13.1.2).

    The tag is weak: the same state says the same, but a later release of this program may write it down otherwise.
    """
    etag = f'W/"{state}"'
    response: HttpResponseBase = get_conditional_response(request, etag=etag) or made()
    response.headers["ETag"] = etag
    return response


def _spooled(data: DataSet, form: str) -> IO[bytes]:
    """The file as it is at one moment. It is written down first: a slow reader must not hold the database's."""
    file = SpooledTemporaryFile(max_size=SPOOLED_BYTES)  # noqa: SIM115  # the response closes it
    with one_snapshot():
        for piece in data.pieces(form):
            file.write(piece.encode())
    file.seek(0)
    return file


def _edition(key: str) -> ReportEdition | None:
    return ReportEdition.objects.stood_by().select_related("publisher").filter(key=key).first()


def _missing() -> HttpResponse:
    keys = ReportEdition.objects.stood_by().order_by("-period_end").values_list("key", flat=True)
    return _told(404, "There is no such file. Editions are:", keys)


def _told(status: int, message: str, choices: Iterable[str]) -> HttpResponse:
    lines = [message, *(f"  {choice}" for choice in choices), f"See {settings.ORIGIN}{reverse('data:index')}", ""]
    return HttpResponse("\n".join(lines), status=status, content_type="text/plain; charset=utf-8")
