"""A whole site whose every word is kept: web server, worker, database and mail server as an installation runs them."""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from campaigns.petitions.petition_file.reading import FORMAT
from config.environment import ROOT
from config.rehearsal.stack import LOOPBACK, Stack, StackFailed


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


class KeptStack(Stack):
    """Its processes' words go to files in `words`; `said` is what preparing the demo printed."""

    def __init__(self, var: Path, mail_port: int, words: Path) -> None:
        super().__init__(var, mail_port)
        self.words, self.said = words, ""
        self.environment |= {"DJANGO_SETTINGS_MODULE": "tests.no_trace.loud_settings", "TRUSTED_PROXIES": LOOPBACK}

    def password(self, role: str) -> tuple[str, str]:
        """Address and password of one of the demo's logins."""
        found = re.search(rf"{role}\s+(\S+@\S+)\s+password (\S+)", self.said)
        assert found, self.said
        return found[1], found[2]

    def send(
        self, path: str, body: bytes | None = None, headers: dict[str, str] | None = None, peer: str = LOOPBACK
    ) -> Answer:
        """GET, or POST of a form's bytes, without cookies, following nothing.

        `peer` is where the connection comes from: the trusted proxy, or any other address of 127.0.0.0/8 past it.
        """
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=30, source_address=(peer, 0))
        said = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        try:
            connection.request("GET" if body is None else "POST", path, body, {**said, **(headers or {})})
            response = connection.getresponse()
            return Answer(response.status, response.read())
        finally:
            connection.close()

    def load_petition(self, petition: dict[str, object]) -> None:
        """One petition more, as an operator loads it."""
        file = self.words / "petitions.json"
        file.write_text(json.dumps({"format": FORMAT, "petitions": [petition]}))
        self.manage("load_petitions", str(file))

    def manage(self, *arguments: str) -> None:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        self.said += done.stdout
        if done.returncode:
            raise StackFailed(done.stderr)

    def _start(self, name: str, command: list[str]) -> None:
        words = (self.words / f"{name}.log").open("ab")
        self.running[name] = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, start_new_session=True, stdout=words, stderr=words
        )


class Browser:
    """A member of staff: cookies are kept and forms posted with their token."""

    def __init__(self, stack: Stack) -> None:
        self._home = f"http://{LOOPBACK}:{stack.port}"
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar)

    def get(self, path: str) -> bytes:
        content: bytes = self._opener.open(f"{self._home}{path}", timeout=30).read()
        return content

    def fill_in(self, path: str, **fields: str) -> bytes:
        """Post the form of a page."""
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path))
        assert token, path
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1].decode(), **fields}).encode()
        request = urllib.request.Request(f"{self._home}{path}", body, {"Referer": f"{self._home}{path}"})
        content: bytes = self._opener.open(request, timeout=30).read()
        return content
