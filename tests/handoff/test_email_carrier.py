"""A letter becomes a message that adds no header of its own, and leaves this machine under TLS or not at all."""

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from handoff.email_carrier import Letter, LetterNotTaken, LetterRefused, MailServerUnavailable, SmtpCarrier, SmtpConfig
from tests.fakes.mail_server import CERTIFICATE, PASSWORD, USER, MailServer

ADDRESS = "lena.hoffmann@post.example"
SENDER = "Nordlicht Netz <rechnung@nordlicht.example>"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class NoPrinter:
    async def print(self, attachment: object) -> None:  # type: ignore[override]
        raise AssertionError("these letters take nothing along")


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer().running() as server:
        yield server


@pytest.fixture
async def tls_server() -> AsyncIterator[MailServer]:
    async with MailServer(tls=True, login=True).running() as server:
        yield server


def carrier_to(server: MailServer, *, trusts_test: bool = True, **changes: str) -> SmtpCarrier:
    values = {"host": "localhost", "tls": "none", "user": "", "password": "", "sender": SENDER} | changes
    context = ssl.create_default_context(cafile=str(CERTIFICATE) if trusts_test else None)
    config = SmtpConfig(port=server.port, **values)  # type: ignore[arg-type]  # tls is one of three words
    return SmtpCarrier(config, NoPrinter(), timeout_seconds=2, tls_context=context)  # type: ignore[arg-type]


def letter(recipient: str = ADDRESS, *, subject: str = "Ihre Rechnung", body: str = "Guten Tag", id: int = 7) -> Letter:  # noqa: A002
    return Letter(id, recipient, subject, body, NOW, None)


async def test_the_headers_are_those_of_a_letter_that_no_person_wrote(server: MailServer) -> None:
    message_id = await carrier_to(server).send(letter(), now=NOW)

    (message,) = server.taken
    assert message["Message-ID"] == message_id == "<outbox-7-1795251600@nordlicht.example>"
    assert (message["From"], message["To"], message["Subject"]) == (SENDER, ADDRESS, "Ihre Rechnung")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"] == "Sat, 21 Nov 2026 09:00:00 +0000"


@pytest.mark.parametrize(
    "address",
    ["lena@post.example\r\nBcc: all@post.example", "lena@post.example, eve@post.example", "lena", "", "@post.example",
     "lena@", "lena hoffmann@post.example", "lena@post..example", "<lena@post.example>", "ä@post.example"],
)  # fmt: skip
async def test_an_address_that_is_none_is_refused_for_good(server: MailServer, address: str) -> None:
    with pytest.raises(LetterRefused) as refusal:
        await carrier_to(server).send(letter(address), now=NOW)

    assert (refusal.value.code, refusal.value.permanent) == ("address_invalid", True)
    assert server.recipients == []


async def test_line_breaks_add_no_header_and_end_no_letter(server: MailServer) -> None:
    body = "Guten Tag\n.\nRCPT TO:<eve@post.example>\n..\nEnde"

    await carrier_to(server).send(letter(subject="Rechnung\r\nBcc: eve@post.example", body=body), now=NOW)

    (message,) = server.taken
    assert server.recipients == [ADDRESS]
    assert (message["Bcc"], message["Subject"]) == (None, "Rechnung Bcc: eve@post.example")
    assert message.get_body().get_content().splitlines() == body.splitlines()


async def test_letters_beyond_ascii_arrive_as_they_were_written(server: MailServer) -> None:
    body = "Hyvää päivää, äöüß €\n" + "x" * 2000

    await carrier_to(server).send(letter("lena@käse.example", subject="Öljylasku – größer", body=body), now=NOW)

    (message,) = server.taken
    assert server.recipients == ["lena@xn--kse-qla.example"]
    assert message["Subject"] == "Öljylasku – größer"
    assert message.get_body().get_content().splitlines() == body.splitlines()


async def test_letters_and_password_go_over_tls(tls_server: MailServer) -> None:
    await carrier_to(tls_server, tls="starttls", user=USER, password=PASSWORD).send(letter(), now=NOW)

    assert (tls_server.was_encrypted, tls_server.logins) == ([True], [USER])


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"tls": "starttls", "user": USER, "password": "wrong"}, "535"),
        ({"tls": "starttls"}, "530"),
        ({"tls": "none"}, "530"),
        ({"tls": "implicit"}, "SMTPConnectError"),
    ],
)
async def test_a_server_that_we_may_not_use_is_no_letters_fault(
    tls_server: MailServer, settings: dict[str, str], code: str
) -> None:
    with pytest.raises(MailServerUnavailable) as problem:
        await carrier_to(tls_server, **settings).send(letter(), now=NOW)

    assert problem.value.code == code
    assert tls_server.taken == []


async def test_nothing_is_sent_to_a_server_without_tls_where_tls_is_asked_for(server: MailServer) -> None:
    with pytest.raises(MailServerUnavailable):
        await carrier_to(server, tls="starttls", user=USER, password=PASSWORD).send(letter(), now=NOW)

    assert (server.taken, server.logins) == ([], [])


async def test_nothing_is_sent_to_a_server_that_cannot_prove_its_name(tls_server: MailServer) -> None:
    with pytest.raises(MailServerUnavailable):
        await carrier_to(tls_server, trusts_test=False, tls="starttls", user=USER, password=PASSWORD).send(
            letter(), now=NOW
        )

    assert (tls_server.taken, tls_server.logins) == ([], [])


async def test_no_password_leaves_this_machine_in_the_clear(server: MailServer) -> None:
    with pytest.raises(MailServerUnavailable) as problem:
        await carrier_to(server, host="mail.invalid", user=USER, password=PASSWORD).send(letter(), now=NOW)

    assert problem.value.code == "password_without_tls"
    assert server.connections == 0


@pytest.mark.parametrize("answer", ["530 5.7.0 who are you", "550 5.7.1 not from this address", "421 4.3.2 closing"])
async def test_a_refused_sender_is_no_letters_fault(server: MailServer, answer: str) -> None:
    server.mail.append(answer)

    with pytest.raises(MailServerUnavailable) as problem:
        await carrier_to(server).send(letter(), now=NOW)

    assert problem.value.code == answer[:3]


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("rcpt", "554 5.7.1 Relay access denied"),
        ("rcpt", "550 5.7.26 unauthenticated"),
        ("rcpt", "530 Authentication required"),
        ("rcpt", "535 bad credentials"),
        ("data", "530 5.7.0 Must issue STARTTLS first"),
    ],
)
async def test_a_refusal_of_us_is_no_letters_fault_at_any_step(server: MailServer, step: str, answer: str) -> None:
    getattr(server, step).append(answer)

    with pytest.raises(MailServerUnavailable) as problem:
        await carrier_to(server).send(letter(), now=NOW)

    assert problem.value.code == answer[:3]


@pytest.mark.parametrize("step", ["rcpt", "data"])
@pytest.mark.parametrize(("answer", "permanent"), [("450 4.2.0 later", False), ("550 5.1.1 nobody", True)])
async def test_what_the_server_says_of_a_letter_is_temporary_or_final(
    server: MailServer, step: str, answer: str, permanent: bool
) -> None:
    getattr(server, step).append(answer)

    with pytest.raises(LetterNotTaken) as problem:
        await carrier_to(server).send(letter(), now=NOW)

    assert (problem.value.code, problem.value.permanent) == (answer[:3], permanent)
