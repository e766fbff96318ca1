"""A load generator that costs little itself: raw sockets, one thread, prepared bytes. Loopback only.

Run as `python -m tests.benchmarks.post_load PORT PATH TEXT SECONDS CONNECTIONS`; prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import sys
import time
from dataclasses import dataclass, field


@dataclass
class Connection:
    """One connection with at most one request under way."""

    socket: socket.socket
    sent_at: float = 0.0
    times: list[float] = field(default_factory=list)
    other: int = 0


class Posts:
    """The bytes of one post after another, each from another person."""

    def __init__(self, port: int, path: str, text: str) -> None:
        self.stamp = os.urandom(6).hex().encode()
        self.number = 0
        self.head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
        ).encode()
        self.tail = f"&country=BE&text={text}".encode()

    def next(self) -> bytes:
        """The next person's post."""
        self.number += 1
        number = b"%d" % self.number
        body = b"name=Person+" + number + b"&email=" + self.stamp + b"." + number + b"%40example.org" + self.tail
        return self.head + b"%d\r\n\r\n" % len(body) + body


def drive(port: int, path: str, text: str, seconds: float, connections: int) -> dict[str, float]:
    """Keep every connection busy until the time is over; answers a signature's 303 has, and times in milliseconds."""
    posts = Posts(port, path, text)
    chooser = selectors.DefaultSelector()
    everyone = []
    start = time.perf_counter()
    for _ in range(connections):
        connection = Connection(socket.create_connection(("127.0.0.1", port)))
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        chooser.register(connection.socket, selectors.EVENT_READ, connection)
        everyone.append(connection)
        send(connection, posts)
    under_way = connections
    end = start + seconds
    while under_way:
        for key, _ in chooser.select(30):
            connection = key.data
            answer = connection.socket.recv(65536)
            now = time.perf_counter()
            if answer.startswith(b"HTTP/1.1 303"):
                connection.times.append((now - connection.sent_at) * 1000)
            else:
                connection.other += 1
            if now < end and answer:
                send(connection, posts)
            else:
                chooser.unregister(connection.socket)
                connection.socket.close()
                under_way -= 1
    return summary(everyone, time.perf_counter() - start)


def send(connection: Connection, posts: Posts) -> None:
    """Send the next post; an answer to it is small enough to come in one piece."""
    connection.sent_at = time.perf_counter()
    connection.socket.sendall(posts.next())


def summary(everyone: list[Connection], took: float) -> dict[str, float]:
    """Rate and percentiles over all connections."""
    times = sorted(time for connection in everyone for time in connection.times)
    if not times:
        raise SystemExit("nothing was accepted")
    points = {f"p{part}": times[min(len(times) - 1, len(times) * part // 100)] for part in (50, 95, 99)}
    other = sum(connection.other for connection in everyone)
    return {"rate": len(times) / took, **points, "accepted": len(times), "other": other}


if __name__ == "__main__":
    port, path, text, seconds, connections = sys.argv[1:]
    print(json.dumps(drive(int(port), path, text, float(seconds), int(connections))))
