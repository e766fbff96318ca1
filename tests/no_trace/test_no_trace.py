"""After a hundred signings on the real thing, nothing leads to anybody: no dump, file, log, mail, page or queue.

The stores are searched as whoever seizes the machine would search them, for names, addresses and networks in several
encodings. Only the form that somebody has just posted, the recipient of a mail and the export hold what was typed.
A dozen more sign in safe mode; some come past the proxy, straight from a network of their own.
"""

from __future__ import annotations

import base64
import re
import subprocess
import time
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.embedded_programs import program
from config.rehearsal.stack import LOOPBACK, SLUG
from tests.config.server_users import open_directory
from tests.no_trace.disguises import disguises
from tests.no_trace.site import Answer, Browser, KeptStack
from tests.smtp_server import SmtpServer, running

PEOPLE = 100
PETITION = f"/en/petitions/{SLUG}/"
SIGN = f"{PETITION}sign/"
SAFE_PETITION = "/en/petitions/k7m2/"
SAFE = {
    "key": "k7m2",
    "campaign": SLUG,
    "stage": "open",
    "goal": 100,
    "safe_mode": True,
    "opened_in_days": -1,
    "closes_in_days": 10,
    "texts": {
        "en": {
            "slug": "k7m2",
            "title": "Clean water now",
            "addressee": "The city",
            "lede": "The river is brown.",
            "body": "<p>We drink it.</p>",
            "demands": ["Clean it."],
        }
    },
    "outcome": None,
    "updates": [],
}
SAFE_PEOPLE = 12
DIRECT = "127.66.7.8"  # a peer that is no proxy of ours
WORDS = ("zqmarker", "203.0.113.", "198.51.100.", "2001:db8:5a5a:", "127.66.7.")
FORMS = [form for word in WORDS for form in disguises(word)]
NETWORKS = re.compile(rb"(?i)\\x(cb0071|c63364|20010db85a5a|7f4207)")  # stored as bytes


@dataclass
class Signed:
    """The site after everybody has been there."""

    stack: KeptStack
    server: SmtpServer
    answers: list[Answer]
    tokens: list[str]
    codes: list[str]
    exported: bytes


def person(number: int, text: str, **changed: str) -> bytes:
    said = {
        "name": f"Zqmarker Nº{number}",
        "email": f"zqmarker{number}@zqmarker.example",
        "country": "NL",
        "text": text,
    }
    return urllib.parse.urlencode({**said, "updates": "on", **changed}).encode()


def coming_from(number: int) -> dict[str, str]:
    """Through the trusted proxy, with the header a client adds on top."""
    places = [f"203.0.113.{number}", f"2001:db8:5a5a:{number}::1"]
    return {
        "X-Forwarded-For": f"198.51.100.77, {places[number % 2]}",
        "User-Agent": "zqmarker-browser",
        "Referer": "https://zqmarker.example/zqmarker",
        "Cookie": "zqmarker=zqmarker",
    }


def peer_of(number: int) -> str:
    """Every fourth comes past the proxy, and claims another network in the header all the same."""
    return DIRECT if number % 4 == 3 else LOOPBACK


def until(condition: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signed]:
    words = tmp_path_factory.mktemp("words")
    with running() as server, open_directory() as var:
        stack = KeptStack(var, server.port, words)
        try:
            stack.start()
            found = Signed(stack, server, [], [], [], b"")
            act(found, stack.wait_until_serving())
            yield found
        finally:
            stack.stop()


def act(site: Signed, text: str) -> None:
    """Sign, fail in every way, confirm, withdraw, export."""
    stack = site.stack
    for number in range(PEOPLE):
        assert stack.send(SIGN, person(number, text), coming_from(number), peer_of(number)).status == 303
    until(lambda: len(set(site.server.recipients)) == PEOPLE)
    wrong(site, text)
    site.tokens += [link_in(mail.part("plain")) for mail in site.server.mails if "zqmarker" in mail.recipient]
    by_code(site)
    confirm(site, site.tokens[:40], withdrawn=5)
    with stack.database() as database:
        until(lambda: database.execute("SELECT count(*) FROM leaf_queue").fetchone() == (0,))
        (petition,) = database.execute("SELECT petition_id FROM petition_text WHERE slug = %s", [SLUG]).fetchone() or (
            0,
        )
    site.exported = exported(stack, int(petition))
    in_safe_mode(site)


def confirm(site: Signed, tokens: list[str], withdrawn: int) -> None:
    """Look at each link, press its button; the first few withdraw at once."""
    for number, token in enumerate(tokens):
        link, peer = f"/en/confirm/{token}/", peer_of(number)
        site.answers.append(site.stack.send(link, None, coming_from(number), peer))
        told = site.stack.send(link, b"", coming_from(number), peer)
        assert told.status == 200
        if number < withdrawn:
            withdrawal = re.search(rb"/withdraw/([\w-]+)/", told.body)
            assert withdrawal, "the owner can withdraw"
            way_out = f"/en/withdraw/{withdrawal[1].decode()}/"
            site.answers.append(site.stack.send(way_out, b"", coming_from(number), peer))


def in_safe_mode(site: Signed) -> None:
    """Sign, confirm half, withdraw some; a typed name is dropped, and who does not confirm waits."""
    stack = site.stack
    stack.load_petition(SAFE)
    until(lambda: stack.send(SAFE_PETITION).status == 200)
    text = re.search(rb'name="text"\s+value="([0-9a-f]{64})"', stack.send(SAFE_PETITION).body)
    assert text, "it can be signed"
    for number in range(SAFE_PEOPLE):
        body = person(number, text[1].decode(), email=f"zqmarker-safe{number}@zqmarker.example")
        assert stack.send(f"{SAFE_PETITION}sign/", body, coming_from(number), peer_of(number)).status == 303
    refused = person(1, text[1].decode(), email="zqmarker@@zqmarker")
    assert stack.send(f"{SAFE_PETITION}sign/", refused, coming_from(1), DIRECT).status == 422
    until(lambda: len(safe_mails(site)) == SAFE_PEOPLE)
    tokens = [link_in(mail) for mail in safe_mails(site)]
    site.tokens += tokens
    confirm(site, tokens[: SAFE_PEOPLE // 2], withdrawn=2)


def safe_mails(site: Signed) -> list[str]:
    return [mail.part("plain") for mail in site.server.mails if mail.recipient.startswith("zqmarker-safe")]


def by_code(site: Signed) -> None:
    """Codes of mails typed, right and wrong, and mails asked for again: by who signed, and by who did not."""
    mails = [mail for mail in site.server.mails if "zqmarker" in mail.recipient][60:65]
    for number, mail in enumerate(mails):
        code = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", mail.part("plain"))
        assert code, "the mail holds its code"
        site.codes.append(code[0])
        for typed, status in (("0000-0000", 422), (code[0], 200)):
            body = urllib.parse.urlencode({"email": mail.recipient, "code": typed}).encode()
            assert site.stack.send(f"{PETITION}code/", body, coming_from(number)).status == status
        for address in (mail.recipient, f"zqmarker-nobody{number}@zqmarker.example"):
            body = urllib.parse.urlencode({"email": address, "petition": SLUG}).encode()
            site.answers.append(site.stack.send("/en/new-mail/", body, coming_from(number)))
            assert site.answers[-1].status == 303


def wrong(site: Signed, text: str) -> None:
    """Posts that are refused, break something, or meet a database that has broken."""
    stack, said = site.stack, coming_from(7)
    refused = [
        person(1, text, email="zqmarker@@zqmarker"),
        person(1, text, name="=zqmarker"),
        person(1, text, country="ZQMARKER"),
        person(1, "zqmarker"),
        b"name=zqmarker&email=%00zqmarker",
        b"name=zqmarker%ff&email=zqmarker",
        b"name=" + b"zqmarker" * 200_000,
    ]
    for body in refused:
        assert 400 <= stack.send(SIGN, body, said).status < 500
    elsewhere = {**said, "Sec-Fetch-Site": "cross-site", "Origin": "https://zqmarker.example"}
    site.answers.append(stack.send(SIGN, person(1, text), elsewhere))
    for path in ("/en/zqmarker/", f"{PETITION}?email=zqmarker", "/en/confirm/zqmarker/", "/zqmarker@zqmarker.example"):
        stack.send(path, None, said)  # the path itself may be told back, in a link to another language
    for path, more in (("/en/fail/", {}), ("/en/demonstrations/", {"X-Fail": "1"})):  # the short way and the whole one
        site.answers.append(stack.send(path, person(1, text), {**said, **more}))
        assert site.answers[-1].status == 500
    with stack.database() as database:
        database.execute("ALTER TABLE signature RENAME COLUMN country TO away")
        assert stack.send(SIGN, person(2, text), said).status >= 500
        database.execute("ALTER TABLE signature RENAME COLUMN away TO country")
        database.execute("ALTER TABLE signature ADD CONSTRAINT refuses CHECK (posts < 1) NOT VALID")
        assert stack.send(SIGN, person(3, text, email="zqmarker-new@zqmarker.example"), said).status >= 500
        database.execute("ALTER TABLE signature DROP CONSTRAINT refuses")


def link_in(mail: str) -> str:
    found = re.search(r"/confirm/([\w-]{39})/", mail)
    assert found, "the mail holds its link"
    return found[1]


def exported(stack: KeptStack, petition: int) -> bytes:
    address, password = stack.password("organiser")
    browser = Browser(stack)
    browser.fill_in("/accounts/login/", login=address, password=password)
    return browser.fill_in(f"/desk/petitions/petition/{petition}/export/", purpose="Delivery to the ministry")


def traces(content: bytes) -> list[bytes]:
    """Whatever in it leads to somebody, with a little of what stands around it."""
    hits = [place for form in FORMS if (place := content.find(form)) >= 0]
    return [content[max(0, place - 60) : place + 60] for place in hits]


def test_the_search_finds_what_is_there(signed: Signed) -> None:
    plain = "x zqmarker1@zqmarker.example y"
    for shift in range(4):
        text = (" " * shift + plain).encode()
        for coded in (text, base64.b64encode(text), text.hex().encode(), text.decode().encode("utf-16-le")):
            assert traces(b"{" + coded + b"}")
    assert signed.exported.count(b"@zqmarker.example") == 40, "the export holds those who stand by it"


def test_a_dump_of_the_database_holds_no_trace(signed: Signed) -> None:
    cluster = signed.stack.cluster
    command = [
        str(program("pg_dump")),
        "-h",
        cluster.host,
        "-p",
        str(cluster.port),
        "-U",
        cluster.user,
        cluster.database,
    ]
    dump = subprocess.run(command, capture_output=True, check=True).stdout
    assert dump.count(b"\\\\x") > PEOPLE, "the sealed rows are in it"
    assert traces(dump) == []
    assert not NETWORKS.search(dump)
    assert not [token for token in signed.tokens + signed.codes if token.encode() in dump]


def test_no_file_of_the_database_or_the_site_holds_a_trace(signed: Signed) -> None:
    """Tables, indexes, write-ahead log, the server's log, queues of jobs, uploaded files: every byte that there is."""
    with signed.stack.database() as database:
        database.execute("CHECKPOINT")
    var = signed.stack.cluster.directory.parent
    read = 0
    for root in {var, signed.stack.cluster.home}:
        for path in root.rglob("*"):
            if path.is_file() and not path.is_relative_to(var / "static"):
                read += 1
                assert traces(path.read_bytes()) == [], path
    assert read > 1000
    assert traces(signed.stack.cluster.log.read_bytes()) == []


def test_a_backup_cannot_confirm_a_network_that_somebody_guesses(signed: Signed, tmp_path: Path) -> None:
    with signed.stack.database() as database:
        assert database.execute("SELECT count(*) FROM limit_count").fetchone() != (0,), "networks were counted"
    backup = tmp_path / "today.dump"
    signed.stack.manage("backup", str(backup))
    listed = subprocess.run([program("pg_restore"), "-f", "-", str(backup)], capture_output=True, check=True).stdout
    assert b"CREATE UNLOGGED TABLE public.limit_key" in listed
    for table in (b"limit_key", b"limit_count", b"django_session"):
        assert b"COPY public." + table + b" " not in listed
    assert traces(listed) == []
    assert not NETWORKS.search(listed)


def test_no_log_holds_a_trace_at_its_loudest(signed: Signed) -> None:
    for name in ("web", "worker"):
        log = (signed.stack.words / f"{name}.log").read_bytes()
        assert traces(log) == [], name
        assert not [token for token in signed.tokens + signed.codes if token.encode() in log], name
    assert b"RuntimeError" in (signed.stack.words / "web.log").read_bytes(), "the operator learns what kind of error"


def test_mails_tell_only_their_recipient(signed: Signed) -> None:
    assert {mail.recipient.rpartition("@")[2] for mail in signed.server.mails} == {"zqmarker.example"}, (
        "none about errors"
    )
    for mail in signed.server.mails:
        others = mail.raw.replace(mail.recipient.encode(), b"")
        assert traces(others) == []
        for part in mail.message.walk():
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                assert traces(content) == []


def test_no_page_shows_a_trace(signed: Signed) -> None:
    paths = [
        "/healthz",
        "/en/",
        "/en/petitions/",
        PETITION,
        f"{PETITION}count.json",
        SAFE_PETITION,
        f"{SAFE_PETITION}count.json",
        f"/ar/petitions/{SLUG}/",
        "/en/none/",
    ]
    for answer in [*signed.answers, *[signed.stack.send(path) for path in paths]]:
        assert traces(answer.body) == []
