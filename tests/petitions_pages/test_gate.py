"""Before Django's parser: what is too long or no text gets an answer, a readable one, and goes no further."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from campaigns.petitions.petitions import Petition
from config.body_gate import FILES, KILOBYTE, MEGABYTE, BodyGate
from tests.petitions_pages.visitor import FORM, Reply, Visitor

FORM_PATH = "/en/petitions/water/sign/"
LIMIT = 64 * KILOBYTE


def echo(environ: Any, start_response: Any) -> list[bytes]:
    """Stands where Django does, and tells what it was given."""
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Length", environ.get("CONTENT_LENGTH") or "")])
    return [body]


@pytest.fixture
def gate() -> Visitor:
    return Visitor(BodyGate(echo))


def refused(reply: Reply, status: int, words: str) -> None:
    assert reply.status == status
    assert reply.title == words
    assert reply["Content-Type"] == "text/html; charset=utf-8"
    assert reply["Cache-Control"] == "no-store"
    assert "default-src 'none'" in reply["Content-Security-Policy"]
    assert reply["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"name=Ada+L&email=ada%40example.org",
        b"name=%D8%A3%D9%85%D9%8A%D9%86%D8%A9",
        "name=أمينة".encode(),
        b"name=100%&x=%zz",  # a lone per cent sign is text
        b"a=" + b"x" * (LIMIT - 2),
    ],
)
def test_a_form_goes_through_as_it_came(gate: Visitor, body: bytes) -> None:
    reply = gate.post(FORM_PATH, body)
    assert (reply.status, reply.body, reply["Length"]) == (200, body, str(len(body)))


@pytest.mark.parametrize(
    "body",
    [
        b"name=%00",
        b"name=a\0b",
        b"na%00me=a",
        b"name=%FF",
        b"name=\xff",
        b"name=%C3",  # the first half of a letter
        b"name=%C3&x=%A9",  # its two halves in two fields
        b"name=%ED%A0%80",  # half of a surrogate pair
        b"name=%C0%80",  # NUL, written too long
        b"name=%F4%90%80%80",  # past the last code point
    ],
)
def test_a_form_that_is_no_text_gets_400(gate: Visitor, body: bytes) -> None:
    refused(gate.post(FORM_PATH, body), 400, "We could not read what was sent")


@pytest.mark.parametrize(
    "path", ["/en/petitions/a%00b/", "/en/petitions/%FF/", "/en/?q=%00", "/en/?q=%FF", "/en/?%C3=1"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_an_address_that_is_no_text_gets_400(gate: Visitor, path: str, method: str) -> None:
    reply = gate.send(method, path, b"", {})
    assert reply.status == 400
    assert bool(reply.body) == (method != "HEAD")


@pytest.mark.parametrize("path", ["/ar/petitions/%D8%A3/?q=%D8%A3", "/en/?q=100%", "/en/?", "/"])
def test_an_address_in_any_script_goes_through(gate: Visitor, path: str) -> None:
    assert gate.get(path).status == 200


def test_a_long_form_gets_413_by_its_length_alone(gate: Visitor) -> None:
    source = BytesIO(b"x" * 10 * MEGABYTE)
    reply = gate.send(
        "POST", FORM_PATH, b"", {"CONTENT_TYPE": FORM, "CONTENT_LENGTH": str(10 * MEGABYTE), "wsgi.input": source}
    )
    refused(reply, 413, "That was more than this form takes")
    assert source.read() == b"", "what was sent is read to its end, so that the browser shows the answer"


@pytest.mark.parametrize("size", [LIMIT + 1, 10 * MEGABYTE])
def test_a_long_form_without_a_length_gets_413_while_it_is_read(gate: Visitor, size: int) -> None:
    reply = gate.send("POST", FORM_PATH, b"x" * size, {"CONTENT_TYPE": FORM, "HTTP_TRANSFER_ENCODING": "chunked"})
    refused(reply, 413, "That was more than this form takes")


def test_a_form_in_chunks_is_read_and_gets_a_length(gate: Visitor) -> None:
    reply = gate.send("POST", FORM_PATH, b"name=Ada", {"CONTENT_TYPE": FORM, "HTTP_TRANSFER_ENCODING": "chunked"})
    assert (reply.status, reply.body, reply["Length"]) == (200, b"name=Ada", "8")


@pytest.mark.parametrize("length", ["9", "99999999999999999999999999", "-1", "abc", "8, 8", "٨"])
def test_a_wrong_length_is_refused(gate: Visitor, length: str) -> None:
    reply = gate.send("POST", FORM_PATH, b"name=Ada", {"CONTENT_TYPE": FORM, "CONTENT_LENGTH": length})
    assert reply.status == (413 if length.startswith("9999") else 400)


@pytest.mark.parametrize("kind", [FILES + "; boundary=x", "text/plain", "application/json", "", "Multipart/Form-Data"])
def test_public_forms_take_no_other_kind_of_body(gate: Visitor, kind: str) -> None:
    refused(gate.post(FORM_PATH, b"--x", kind), 415, "This was not sent as our form sends it")


def test_the_desk_takes_files_up_to_its_own_limit(gate: Visitor) -> None:
    assert gate.post("/desk/media/", b"x" * 2 * MEGABYTE, FILES + "; boundary=x").body == b"x" * 2 * MEGABYTE
    assert gate.post("/desk/media/", b"x" * 17 * MEGABYTE, FILES + "; boundary=x").status == 413
    assert gate.post("/desk/media/", b"x=%FF").status == 400


@pytest.mark.parametrize(
    ("path", "lang", "dir_"), [("/ar/x/", "ar", "rtl"), ("/fr/x/", "fr", "ltr"), ("/x/", "en", "ltr")]
)
def test_the_answer_is_in_the_language_of_the_path(gate: Visitor, path: str, lang: str, dir_: str) -> None:
    page = gate.post(path, b"name=%00").text
    assert f'lang="{lang}"' in page
    assert f'dir="{dir_}"' in page


def test_the_answer_repeats_nothing_of_the_request(gate: Visitor) -> None:
    assert gate.post("/en/marker-path/", b"marker-body=%00").body == gate.post("/en/other/", b"other=%00").body


CLAIMS = [
    "; charset=hex",
    "; charset=utf-16",
    "; charset=\xff",
    "; charset*0=h; charset*1=ex",
    "; boundary*=hex'x'y",
    "; charset",
]


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_claimed_charset_changes_nothing(visitor: Visitor, petition: Petition, method: str, claim: str) -> None:
    """Django would read even the query by it, before anything of ours could answer."""
    url, sent = "/en/new-mail/?q=%D8%A3", b"petition=water&email=ada%40example.org"
    plain, claimed = (
        visitor.send(method, url, sent, {"CONTENT_TYPE": FORM + more, "CONTENT_LENGTH": str(len(sent))})
        for more in ("", claim)
    )
    assert claimed.everything == plain.everything
    assert claimed.status == (200 if method == "GET" else 303)
    desk = visitor.send(method, "/desk/?q=%D8%A3", b"", {"CONTENT_TYPE": f"{FILES}; boundary=x{claim}"})
    assert desk.status == (302 if method == "GET" else 403)


@pytest.mark.parametrize("boundary", ["x", '"x"', "----WebKitFormBoundaryx; charset=hex"])
def test_files_keep_their_boundary(boundary: str) -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Kind", environ["CONTENT_TYPE"])])
        return [b""]

    reply = Visitor(BodyGate(app)).post("/desk/media/", b"--x", f"{FILES}; boundary={boundary}")
    assert reply["Kind"] == f'{FILES}; boundary="{boundary.partition(";")[0].strip(chr(34))}"'
