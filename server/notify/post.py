"""The door to the mail server, by SMTP. Whether a mail came through is all that it tells."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Final

from server import errors
from server.config import Config

SECONDS: Final = 20
"""How long each answer of the mail server is waited for."""


class NotSent(errors.Unavailable):
    """The mail server could not be reached, or cannot take mail just now: it is tried again."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Surel belum terkirim: {reason}", 60)


class Refused(errors.Invalid):
    """The mail server will never take this mail, as there is no such address."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Server surel menolak surel ini: {reason}")


@dataclass(frozen=True)
class Post:
    """A mail server. `security`: starttls, tls or none; `sender`: as mails show it; `office` and `site` stand in them."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    sender: str
    office: str
    site: str = ""

    @property
    def domain(self) -> str:
        return parseaddr(self.sender)[1].rpartition("@")[2]

    def send(self, message: EmailMessage) -> None:
        """Returns once the server has taken the mail upon itself. Raises NotSent, Refused."""
        with self._connected() as smtp:
            try:
                smtp.send_message(message)
            except smtplib.SMTPRecipientsRefused as fault:
                code, said = next(iter(fault.recipients.values()))
                raise (Refused if code >= 500 else NotSent)(_told(code, said)) from fault
            except smtplib.SMTPDataError as fault:
                raise (Refused if fault.smtp_code >= 500 else NotSent)(
                    _told(fault.smtp_code, fault.smtp_error)
                ) from fault

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """What goes wrong on the way is no fault of the mail; what goes wrong in taking leave is none at all."""
        smtp: smtplib.SMTP | None = None
        try:
            smtp = self._opened()
            yield smtp
        except smtplib.SMTPResponseException as fault:
            raise NotSent(_told(fault.smtp_code, fault.smtp_error)) from fault
        except (smtplib.SMTPException, OSError) as fault:
            raise NotSent(f"{type(fault).__name__}: {fault}") from fault
        finally:
            if smtp is not None:
                with suppress(smtplib.SMTPException, OSError):
                    smtp.quit()

    def _opened(self) -> smtplib.SMTP:
        checked = ssl.create_default_context()
        if self.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, self.domain, timeout=SECONDS, context=checked
            )
        else:
            smtp = smtplib.SMTP(self.host, self.port, self.domain, timeout=SECONDS)
        if self.security == "starttls":
            smtp.starttls(context=checked)
        if self.user:
            smtp.login(self.user, self.password)
        return smtp


def post_of(config: Config) -> Post | None:
    """The mail server of the settings; None where they name none, and no mail is sent."""
    if not config.smtp_host:
        return None
    return Post(
        host=config.smtp_host,
        port=config.smtp_port,
        security=config.smtp_security,
        user=config.smtp_user,
        password=config.smtp_password,
        sender=config.mail_from,
        office=config.office,
        site=config.public_url,
    )


def _told(code: int, said: bytes | str) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())[:300]}"
