"""A real SMTP server on this machine, with a mailbox behind it and faults in it. Its certificate is for tests alone."""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CERTIFICATE = Path(__file__).parent / "localhost.pem"
USER, PASSWORD = "saldo", "correct horse"
DIE = "die"


class MailServer:
    """Takes what it is sent; `rcpt`, `mail` and `data` hold the answers to give instead, first one first.

    `refuses` holds the answer to addresses that are always refused.
    """

    def __init__(self, *, tls: bool = False, login: bool = False) -> None:
        self.taken: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.connections = 0
        self.logins: list[str] = []
        self.was_encrypted: list[bool] = []
        self.mail: deque[str] = deque()
        self.rcpt: deque[str] = deque()
        self.data: deque[str] = deque()
        self.refuses: dict[str, str] = {}
        self.port = 0
        self._tls = tls
        self._login = login

    @asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator["MailServer"]:
        server = await asyncio.get_running_loop().create_server(self._session, "127.0.0.1", port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            await server.wait_closed()

    async def handle_MAIL(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mail:
            return self.mail.popleft()
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt:
            return self.rcpt.popleft()
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (the same)
        answer = self.data.popleft() if self.data else "250 OK"
        if answer == DIE or answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            message = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.taken.append(message)
            self.recipients.extend(envelope.rcpt_tos)
            self.was_encrypted.append(session.ssl is not None)
        if answer == DIE:
            assert server.transport is not None
            server.transport.abort()
        return answer

    def _session(self) -> SMTP:
        self.connections += 1
        context = None
        if self._tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
        return SMTP(
            self,
            hostname="mail.test",
            tls_context=context,
            require_starttls=self._tls,
            authenticator=self._check_login,
            auth_required=self._login,
            auth_require_tls=self._tls,
        )

    def _check_login(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login.decode())
        return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()), handled=False)
