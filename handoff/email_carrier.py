"""Hands letters to the company's mail server (SMTP) and sorts what goes wrong: ours, the letter's, or passing.

A letter carries a Message-ID that follows from its row in the outbox. If the server took it and its answer was lost, it
is sent again under the same Message-ID: SMTP offers no better, and mailboxes that know the id show it once.
"""

import contextlib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr
from typing import Literal, Protocol

import aiosmtplib

from billing.outbox import Attachment, OutboxMessage
from handoff.message_problems import MessageNotTaken
from handoff.settings import Settings

TIMEOUT_SECONDS = 20.0
PERMANENT = 500
# "Authentication required", "invalid", "too weak", "without TLS" (RFC 4954): none of them is about a letter.
LOGIN_WANTED = frozenset({530, 534, 535, 538})
POLICY = "5.7."  # security and policy (RFC 3463), such as "5.7.1 Relay access denied"
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
Tls = Literal["starttls", "implicit", "none"]


class LetterNotTaken(MessageNotTaken):
    """The server did not take the letter this time, or nobody knows whether it did."""


class LetterRefused(LetterNotTaken):
    """Trying again would change nothing: no such mailbox, an address that is none."""

    permanent = True


class MailServerUnavailable(MessageNotTaken):
    """No letter can be sent: the server is away, wants other credentials, offers no TLS. No letter's fault."""


class RelayRefused(MailServerUnavailable):
    """The server takes no letter from us to this address. Where it takes others, it is the address after all."""


@dataclass(frozen=True)
class PrintedDocument:
    """A document as a file."""

    file_name: str
    pdf: bytes


@dataclass(frozen=True)
class Letter:
    """One e-mail as it leaves the outbox."""

    id: int
    recipient: str
    subject: str
    body: str
    queued_at: datetime
    attachment: Attachment | None

    @classmethod
    def from_outbox(cls, message: OutboxMessage) -> "Letter":
        attachment = Attachment.from_json(message.attachment) if message.attachment else None
        return cls(message.id, message.recipient, message.subject or "", message.body, message.created_at, attachment)


class Printer(Protocol):
    """Makes the document that a letter takes along."""

    async def print(self, attachment: Attachment) -> PrintedDocument: ...


class EmailCarrier(Protocol):
    """Raises LetterNotTaken, one of its kinds, or MailServerUnavailable when the letter was not taken."""

    async def send(self, letter: Letter, *, now: datetime) -> str | None:
        """Hand the letter over and return its Message-ID."""


class DemoMailbox:
    """Takes everything: the demo's page shows what the outbox has sent."""

    async def send(self, letter: Letter, *, now: datetime) -> str | None:
        return None


@dataclass(frozen=True)
class SmtpConfig:
    """The mail server and the address that we write from, such as "Nordlicht Netz <rechnung@nordlicht.example>"."""

    host: str
    port: int
    tls: Tls
    user: str
    password: str
    sender: str

    @property
    def can_send(self) -> bool:
        return bool(self.host and self.sender)

    @property
    def would_leak_password(self) -> bool:
        return self.tls == "none" and bool(self.password) and self.host not in LOOPBACK_HOSTS


def smtp_config(settings: Settings) -> SmtpConfig:
    return SmtpConfig(
        host=settings.smtp_host or "",
        port=settings.smtp_port,
        tls=settings.smtp_tls,
        user=settings.smtp_user or "",
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else "",
        sender=settings.mail_from or "",
    )


class SmtpCarrier:
    """One connection per letter; certificates are checked."""

    def __init__(
        self,
        config: SmtpConfig,
        printer: Printer,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        self._config = config
        self._printer = printer
        self._timeout = timeout_seconds
        self._tls_context = tls_context

    async def send(self, letter: Letter, *, now: datetime) -> str | None:
        printed = await self._printer.print(letter.attachment) if letter.attachment else None
        message = compose(letter, self._config.sender, printed, now=now)
        server = await self._connect()
        try:
            await self._hand_over(server, message)
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await server.quit()
        finally:
            server.close()
        return str(message["Message-ID"])

    async def _connect(self) -> aiosmtplib.SMTP:
        if self._config.would_leak_password:
            raise MailServerUnavailable("password_without_tls")
        server = aiosmtplib.SMTP(
            hostname=self._config.host,
            port=self._config.port,
            username=self._config.user or None,
            password=self._config.password or None,
            # Never None: that would go on in the clear where the server offers no TLS.
            use_tls=self._config.tls == "implicit",
            start_tls=self._config.tls == "starttls",
            tls_context=self._tls_context,
            timeout=self._timeout,
        )
        try:
            await server.connect()
        except (aiosmtplib.SMTPException, OSError, ValueError) as problem:
            server.close()
            raise MailServerUnavailable(_code(problem)) from problem
        return server

    async def _hand_over(self, server: aiosmtplib.SMTP, message: EmailMessage) -> None:
        _, sender = parseaddr(str(message["From"]))
        _, recipient = parseaddr(str(message["To"]))
        try:
            await server.mail(sender)
        except (aiosmtplib.SMTPException, OSError) as problem:
            raise MailServerUnavailable(_code(problem)) from problem
        try:
            await _name_recipient(server, recipient)
            await server.data(message.as_bytes(policy=SMTP_POLICY))
        except aiosmtplib.SMTPResponseException as refusal:
            if refusal.code in LOGIN_WANTED:
                raise MailServerUnavailable(_code(refusal)) from refusal
            raise (LetterRefused if refusal.code >= PERMANENT else LetterNotTaken)(_code(refusal)) from refusal
        except (aiosmtplib.SMTPException, OSError) as problem:
            raise LetterNotTaken(_code(problem)) from problem


async def _name_recipient(server: aiosmtplib.SMTP, recipient: str) -> None:
    """Raise RelayRefused where the answer is the server's word about us."""
    try:
        await server.rcpt(recipient)
    except aiosmtplib.SMTPResponseException as refusal:
        if refusal.code >= PERMANENT and refusal.message.startswith(POLICY):
            raise RelayRefused(_code(refusal)) from refusal
        raise


def compose(letter: Letter, sender: str, printed: PrintedDocument | None, *, now: datetime) -> EmailMessage:
    """Write the letter as a message; raise LetterRefused for an address that is none."""
    _, sender_address = parseaddr(sender)
    domain = sender_address.rpartition("@")[2]
    message = EmailMessage(policy=SMTP_POLICY)
    try:
        message["From"] = sender
        message["To"] = Address(addr_spec=_in_ascii(letter.recipient))
        message["Subject"] = " ".join(letter.subject.split())  # a line break would begin another header
        message["Date"] = format_datetime(now)
        # An id alone would come again in another installation, or after the database was made anew.
        message["Message-ID"] = f"<outbox-{letter.id}-{int(letter.queued_at.timestamp())}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.body)
    except (ValueError, MessageError, IndexError) as problem:
        raise LetterRefused("address_invalid") from problem
    if printed is not None:
        message.add_attachment(printed.pdf, maintype="application", subtype="pdf", filename=printed.file_name)
    return message


def _in_ascii(address: str) -> str:
    """Write a domain with umlauts as servers know it; raise ValueError where that cannot be."""
    local, at, domain = address.rpartition("@")
    if not local or not at or not address.isprintable() or not local.isascii():
        raise ValueError("not an address that servers know")
    return f"{local}@{domain.encode('idna').decode()}"


def _code(problem: Exception) -> str:
    """Name the problem without its text, which often repeats the address."""
    if isinstance(problem, aiosmtplib.SMTPResponseException):
        return str(problem.code)
    return type(problem).__name__
