"""How fast a public page leaves the process: the page cache in front of Django against a bare WSGI response.

    python -m tests.benchmarks.page                                            a page of 12 kB made up here
    python -m tests.benchmarks.page --app config.wsgi:application --url /en/   a page of the site, by the settings given

Both run on granian with one worker and the same options; the bare one answers with the bytes and headers the cache
sent. They are driven in turn, so that both meet the same minute of the machine. Printed are requests per second, the
processor time of the server per request (which a slow client cannot flatter) and the median of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.page_cache import PageCache, public_page

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

COPY_VARIABLE = "PAGE_BENCHMARK_COPY"
WORDS = ("the", "report", "found", "that", "people", "were", "watched", "by", "spyware", "and", "asks", "states", "to")
SLICES = 6
"""Parts of a round: the two are driven in turn for a part each, so that a busy moment of the machine meets both."""
AIM = 0.8


# --- The two applications (granian loads them by name)


def prose(size: int) -> str:
    """HTML of this size that compresses about as well as prose does."""
    words = random.Random(2024)
    return "".join(f"<p>{' '.join(words.choices(WORDS, k=14))} {words.random():.3f}</p>\n" for _ in range(size // 85))


TEXT = prose(12_000)


@public_page(2)
def page(request: HttpRequest) -> HttpResponse:
    """About 12 kB of HTML with the headers a page of the site has."""
    return HttpResponse(
        TEXT, headers={"Content-Security-Policy": "default-src 'none'", "Referrer-Policy": "no-referrer"}
    )


urlpatterns = [path("", page)]


def cached() -> WSGIApplication:
    """Granian's factory of the page cache in front of a Django with one view."""
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY="x" * 50)
    return PageCache(get_wsgi_application(), hosts=["127.0.0.1"])


def bare() -> WSGIApplication:
    """Granian's factory of an application that always answers with the copy in a file."""
    copy = json.loads(Path(os.environ[COPY_VARIABLE]).read_text())
    headers, body = [(name, value) for name, value in copy["headers"]], bytes.fromhex(copy["body"])

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", headers)
        return [body]

    return application


# --- Serving and driving


@dataclass
class Server:
    """A granian that runs, and the processes it consists of."""

    port: int
    process: subprocess.Popen[bytes]

    def processor_seconds(self) -> float:
        """User and system time of its worker so far (proc(5), fields 14 and 15 of stat)."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ticks = 0
        for pid in children:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def serving(target: str, threads: int, *options: str) -> Iterator[Server]:
    """Runs granian with this application until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1", "--blocking-threads", str(threads), "--no-ws", "--log-level", "error", *options]
    process = subprocess.Popen([*command, target])
    try:
        wait_for(port, process)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait(20)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until the server takes connections, at most 30 seconds."""
    for _ in range(300):
        if process.poll() is not None:
            sys.exit("The server ended at once; its message stands above.")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    sys.exit("The server took no connection within 30 seconds.")


def copy_of(port: int, url: str, encoding: str) -> dict[str, object]:
    """The page as the cache sends it, without what the server itself adds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", url, headers={"Accept-Encoding": encoding})
    response = connection.getresponse()
    if response.status != 200 or response.getheader("ETag") is None:
        sys.exit(f"{url} answered {response.status} and is not a page of the cache.")
    headers = [(name, value) for name, value in response.getheaders() if name.lower() not in ("date", "server")]
    return {"headers": headers, "body": response.read().hex()}


def drive(port: int, url: str, encoding: str, seconds: float, connections: int) -> int:
    """Keeps every connection busy with one request after the other; how many were answered."""
    request = f"GET {url} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: {encoding}\r\n\r\n".encode()
    length = response_length(port, request)
    missing: dict[socket.socket, int] = {}
    selector = selectors.DefaultSelector()
    for _ in range(connections):
        client = socket.create_connection(("127.0.0.1", port), 10)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sendall(request)
        missing[client] = length
        selector.register(client, selectors.EVENT_READ)
    answered, buffer, end = 0, bytearray(1 << 18), time.perf_counter() + seconds
    while time.perf_counter() < end:
        for key, _ in selector.select(1):
            client: socket.socket = key.fileobj  # type: ignore[no-redef]
            missing[client] -= client.recv_into(buffer)
            if missing[client] == 0:
                answered += 1
                missing[client] = length
                client.sendall(request)
    if any(left < 0 for left in missing.values()):
        sys.exit("A response was not of the expected length.")
    for client in missing:
        client.close()
    return answered


def response_length(port: int, request: bytes) -> int:
    """Bytes of one response, headers included; it is the same each time, since the page is."""
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        client.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += client.recv(1 << 18)
    head = received.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    fields = dict(line.split(": ", 1) for line in head.decode("latin-1").lower().split("\r\n") if ": " in line)
    if not head.startswith(b"HTTP/1.1 200"):
        sys.exit(f"The server answered {head[:40]!r}.")
    return len(head) + int(fields["content-length"])


def compare(options: argparse.Namespace) -> float:
    """Prints a line per round; the median ratio of cached to bare requests per second."""
    target, factory = (options.app, []) if options.app else (f"{__spec__.name}:cached", ["--factory"])
    with tempfile.TemporaryDirectory() as folder, serving(target, options.threads, *factory) as ours:
        copy = copy_of(ours.port, options.url, options.encoding)
        os.environ[COPY_VARIABLE] = str(Path(folder, "copy.json"))
        Path(folder, "copy.json").write_text(json.dumps(copy))
        with serving(f"{__spec__.name}:bare", options.threads, "--factory") as baseline:
            ratios = [one_round(number, baseline, ours, options) for number in range(options.rounds)]
    return statistics.median(ratios)


@dataclass
class Tally:
    """What one server did in a round."""

    answered: int = 0
    seconds: float = 0.0
    processor_seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.answered / self.seconds

    @property
    def cost(self) -> float:
        """Microseconds of the server's processor time per request."""
        return self.processor_seconds / self.answered * 1e6


def one_round(number: int, baseline: Server, ours: Server, options: argparse.Namespace) -> float:
    """Drives both in turn and prints what they did; the ratio of their rates."""
    bare, kept = Tally(), Tally()
    for _ in range(SLICES):
        drive_a_slice(baseline, bare, options)
        drive_a_slice(ours, kept, options)
    print(
        f"round {number + 1}: bare {bare.rate:8,.0f}/s {bare.cost:5.1f} µs, "
        f"cached {kept.rate:8,.0f}/s {kept.cost:5.1f} µs, ratio {kept.rate / bare.rate:.2f}"
    )
    return kept.rate / bare.rate


def drive_a_slice(server: Server, tally: Tally, options: argparse.Namespace) -> None:
    """Adds one part of a round to the tally."""
    before, began = server.processor_seconds(), time.perf_counter()
    tally.answered += drive(server.port, options.url, options.encoding, options.seconds / SLICES, options.connections)
    tally.seconds += time.perf_counter() - began
    tally.processor_seconds += server.processor_seconds() - before


def main() -> None:
    """Reads the options, measures and says how the aim was met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--app", help="WSGI application as module:name; without it one view made up here")
    parser.add_argument("--url", default="/", help="path of the page")
    parser.add_argument("--encoding", default="br", help="Accept-Encoding to send")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2, help="blocking threads of the server")
    ratio = compare(parser.parse_args())
    print(f"median ratio {ratio:.2f} (aim: at least {AIM})")


if __name__ == "__main__":
    main()
