"""Alarms by mail: SMTP with STARTTLS, several alarms of one moment in one letter."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import TYPE_CHECKING, Any, Final

from yamaha_ops.errors import ConnectError
from yamaha_ops.web.watch.wording import title
from yamaha_ops.web.words import translate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from yamaha_ops.web.settings import Mail, Told

SECONDS: Final = 15.0
"""How long a mail server may be silent."""


class MailReceiver:
    """The people that the settings name.

    Args:
        mail: Server and addresses.
        console: What the console is called.
        address: Where the console is, for links; None leaves them out.
        now: Seconds since 1970.
    """

    name = "mail"
    together = 50

    def __init__(
        self, mail: Mail, *, console: str, address: str | None, now: Callable[[], float]
    ) -> None:
        self._mail = mail
        self._console = console
        self._address = address
        self._now = now

    @property
    def told(self) -> Told:
        """Of which alarms."""
        return self._mail

    def send(self, messages: Sequence[Mapping[str, Any]]) -> None:
        """Hand one letter to the mail server.

        Raises:
            ConnectError: It cannot be reached, or does not take it.
            SecretError: The password is not there.
        """
        letter = self.letter(messages)
        try:
            with self._server() as server:
                if self._mail.security == "starttls":
                    server.starttls(context=ssl.create_default_context())
                if self._mail.user and self._mail.password:
                    server.login(self._mail.user, self._mail.password.resolve())
                server.send_message(letter)
        except (OSError, smtplib.SMTPException) as error:
            raise ConnectError(
                f"the mail server does not take the message ({type(error).__name__})",
                where=f"{self._mail.host}:{self._mail.port}",
            ) from error

    def letter(self, messages: Sequence[Mapping[str, Any]]) -> EmailMessage:
        """Write the letter about some alarms."""
        language = self._mail.language
        lines = [_line(language, message) for message in messages]
        subject = lines[0]
        if len(lines) > 1:
            subject = translate(language, "mail.several", count=len(lines))
        letter = EmailMessage()
        letter["Subject"] = f"[{self._console}] {subject}"
        letter["From"] = self._mail.sender
        letter["To"] = ", ".join(self._mail.to)
        letter["Date"] = formatdate(self._now(), localtime=True)
        letter["Message-ID"] = make_msgid(domain="yamaha-ops.invalid")
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(
            "\n\n".join(
                self._paragraph(language, line, message["alarm"])
                for line, message in zip(lines, messages, strict=True)
            )
            + "\n"
        )
        return letter

    def _server(self) -> smtplib.SMTP:
        host, port = self._mail.host, self._mail.port
        if self._mail.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
        return smtplib.SMTP(host, port, timeout=SECONDS)

    def _paragraph(self, language: str, line: str, alarm: Mapping[str, Any]) -> str:
        advice = translate(language, f"alarm.{alarm['alarm']}.advice")
        told = [line, advice, translate(language, "mail.since", time=alarm["opened"])]
        if alarm["note"]:
            told.append(translate(language, "mail.note", note=alarm["note"]))
        if self._address:
            told.append(f"{self._address}/routers/{alarm['router']}")
        return "\n".join(told)


def _line(language: str, message: Mapping[str, Any]) -> str:
    alarm = message["alarm"]
    return translate(
        language,
        f"mail.event.{message['event']}",
        router=alarm["router"],
        title=title(language, alarm),
    )
