"""The crowd: people who sign at a given rate, and press the button of the mail they get. Loopback only.

Raw sockets in one event loop, since the load generator shares the machine with what it measures. Whoever gets no
answer, or a failure, tries again as people do; an answer that never came leaves open whether the post was stored.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import secrets
import socket
import time
from dataclasses import dataclass, field
from typing import Final

from config.rehearsal.stack import LOOPBACK, SLUG

ANSWER_SECONDS: Final = 30
REST_AFTER_FAILURE: Final = 0.2
LENGTH: Final = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
FORM: Final = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "


class NotLoopback(ValueError):
    """The host is not, or not only, on this machine."""


def loopback_only(host: str) -> str:
    """The address behind a host name, if every address of it is a loopback one. Raises NotLoopback."""
    try:
        found = {str(item[4][0]) for item in socket.getaddrinfo(host, None)}
    except OSError:
        raise NotLoopback(f"{host} cannot be found") from None
    if not found or not all(ipaddress.ip_address(address.partition("%")[0]).is_loopback for address in found):
        raise NotLoopback(f"{host} is not this machine: a rehearsal is fired at a loopback address only")
    return min(found, key=len)


@dataclass
class Tally:
    """What the crowd saw. Times are milliseconds; `failures` counts answers of 5xx by their status."""

    accepted: dict[str, float] = field(default_factory=dict)
    confirmed: dict[str, float] = field(default_factory=dict)
    sign_times: list[float] = field(default_factory=list)
    confirm_times: list[float] = field(default_factory=list)
    failures: dict[int, int] = field(default_factory=dict)
    broken: int = 0
    other: dict[int, int] = field(default_factory=dict)

    def note(self, status: int) -> None:
        """Count an answer that was not the expected one; 0 stands for none."""
        if status == 0:
            self.broken += 1
        else:
            counts = self.failures if status >= 500 else self.other
            counts[status] = counts.get(status, 0) + 1


class Client:
    """One kept connection."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = loopback_only(host), port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: bytes = b"") -> int:
        """The status of the answer; 0 where none came."""
        head = f"POST {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n{FORM}{len(body)}\r\n\r\n"
        try:
            async with asyncio.timeout(ANSWER_SECONDS):  # `wait_for` can swallow an end that comes with an answer
                return await self._exchange(head.encode() + body)
        except (TimeoutError, OSError, EOFError):
            self.close()
            return 0

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _exchange(self, request: bytes) -> int:
        if self._streams is not None and self._streams[0].at_eof():
            self.close()  # the server ended it while nobody asked anything, as it may (RFC 9112, 9.5)
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if length := LENGTH.search(head):
            await reader.readexactly(int(length[1]))
        if b"\r\nconnection: close" in head.lower():
            self.close()
        return int(head[9:12])


class Crowd:
    """People who sign `rate` times a second on `connections`, and confirm on as many."""

    def __init__(self, port: int, text: str, rate: float, connections: int = 16, host: str = LOOPBACK) -> None:
        self.tally = Tally()
        self.rate = rate
        self._host, self._port, self._text, self._connections = host, port, text, connections
        self._stamp, self._number = secrets.token_hex(6), 0
        self._links: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self._asked: set[str] = set()
        self._given_up = 0

    def mailed(self, address: str, link: str) -> None:
        """Somebody got a mail; a second one to the same address is for nobody."""
        if address not in self._asked:
            self._asked.add(address)
            self._links.put_nowait((address, link))

    @property
    def pending(self) -> int:
        """How many got a mail and have not confirmed yet."""
        return len(self._asked) - len(self.tally.confirmed) - self._given_up

    async def sign_for(self, seconds: float) -> None:
        """Sign until the time is over. The schedule goes on whatever the answers: waiting counts."""
        began = time.perf_counter()
        await asyncio.gather(*(self._sign(began, began + seconds) for _ in range(self._connections)))

    async def confirm(self) -> None:
        """Press the button of each mail, until cancelled."""
        await asyncio.gather(*(self._confirm() for _ in range(self._connections)))

    async def _sign(self, began: float, end: float) -> None:
        client = Client(self._host, self._port)
        while True:
            number, self._number = self._number, self._number + 1
            due = began + number / self.rate
            if due >= end:
                break
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await self._sign_once(client, f"{self._stamp}.{number}", due)
        client.close()

    async def _sign_once(self, client: Client, person: str, due: float) -> None:
        body = f"name=Person+{person}&email={person}%40example.org&country=BE&text={self._text}".encode()
        status = await client.post(f"/en/petitions/{SLUG}/sign/", body)
        now = time.perf_counter()
        if status == 303:
            self.tally.accepted[f"{person}@example.org"] = now
            self.tally.sign_times.append((now - due) * 1000)
        else:
            self.tally.note(status)
            await asyncio.sleep(REST_AFTER_FAILURE)

    async def _confirm(self) -> None:
        client = Client(self._host, self._port)
        with contextlib.suppress(asyncio.CancelledError):
            while True:
                address, link = await self._links.get()
                await self._press(client, address, link)
        client.close()

    async def _press(self, client: Client, address: str, link: str) -> None:
        began = time.perf_counter()
        while (status := await client.post(link)) != 200:
            self.tally.note(status)
            if 400 <= status < 500:
                self._given_up += 1
                return
            await asyncio.sleep(REST_AFTER_FAILURE)
        self.tally.confirmed[address] = time.perf_counter()
        self.tally.confirm_times.append((time.perf_counter() - began) * 1000)
