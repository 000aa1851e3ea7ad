"""A mail server of the tests' own: speaks SMTP on a free port of this machine, keeps what it gets, and errs as it is told."""

import email
import email.policy
import socketserver
import ssl
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from server.notify import Post


class MailServer(socketserver.ThreadingTCPServer):
    """`errs`: the answer to a command, by its first word; `on_mail`: called with each mail before it is acknowledged.

    `tls`: its certificate and key, where it can speak TLS; `logins`: what came with AUTH.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.received: list[EmailMessage] = []
        self.errs: dict[str, str] = {}
        self.tls: ssl.SSLContext | None = None
        self.logins: list[str] = []
        self.on_mail: Callable[[EmailMessage], None] = lambda mail: None

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def post(self, **other: Any) -> Post:
        """The door to it."""
        facts = {"host": "127.0.0.1", "port": self.port, "security": "none", "user": "", "password": ""}
        facts |= {
            "sender": "Tatalaksana <tatalaksana@contoh.go.id>",
            "office": "Dinas",
            "site": "https://contoh.go.id",
        }
        return Post(**facts | other)  # type: ignore[arg-type]


class _Talk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.say("220 siap")
        while line := self.rfile.readline():
            verb = line.split()[0].decode().upper()
            if verb in self.server.errs:
                self.say(self.server.errs[verb])
            elif verb == "EHLO":
                self.say(
                    "250-baik\r\n250-AUTH PLAIN\r\n250 " + ("STARTTLS" if self.server.tls else "8BITMIME")
                )
            elif verb == "STARTTLS" and self.server.tls:
                self.say("220 silakan")
                self.encrypt(self.server.tls)
            elif verb == "AUTH":
                self.server.logins.append(b64decode(line.split()[2]).decode())
                self.say("235 baik")
            elif verb == "DATA":
                self.say("354 silakan")
                self.keep()
            elif verb == "QUIT":
                return self.say("221 sampai jumpa")
            else:
                self.say("250 baik")
        return None

    def encrypt(self, tls: ssl.SSLContext) -> None:
        try:
            self.connection = tls.wrap_socket(self.connection, server_side=True)
        except ssl.SSLError:  # who does not trust us takes leave
            return
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

    def keep(self) -> None:
        lines = []
        while (line := self.rfile.readline()).rstrip(b"\r\n") != b".":
            lines.append(line.removeprefix(b"."))
        mail = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        self.server.received.append(mail)
        self.server.on_mail(mail)
        self.say(self.server.errs.get("MAIL_TAKEN", "250 diterima"))

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
