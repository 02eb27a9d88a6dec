"""Letters reach a real mail server once, wait for one that is away, and end with a person when nobody takes them."""

import asyncio
import io
import ssl
from collections.abc import AsyncIterator
from datetime import date
from uuid import uuid4

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.delivery import enqueue_invoices
from billing.human_tasks import list_open_tasks
from billing.models.human_task import HumanTask, TaskKind
from billing.outbox import PATIENCE, Attachment, Email, OutboxMessage, OutboxStatus, enqueue_email, enqueue_sms
from handoff.db import Sessions, make_async_engine, make_sessions
from handoff.document_printer import DocumentPrinter
from handoff.email_carrier import SmtpCarrier, SmtpConfig
from handoff.email_lane import LEASE_SECONDS, SERVER_TASK
from handoff.live import LiveEvents
from handoff.outbox_sender import OutboxSender
from handoff.settings import Settings
from handoff.sms_carrier import DemoPhone
from tests.factories.billing import make_customer, make_invoice
from tests.fakes.clock import FixedClock
from tests.fakes.mail_server import CERTIFICATE, DIE, MailServer

ADDRESS = "lena.hoffmann@post.example"
SENDER = "Nordlicht Netz <rechnung@nordlicht.example>"


@pytest.fixture
async def sessions(database_url: str) -> AsyncIterator[Sessions]:
    engine = make_async_engine(database_url)
    yield make_sessions(engine, LiveEvents())
    await engine.dispose()


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer().running() as server:
        yield server


@pytest.fixture
def sender(sessions: Sessions, settings: Settings, clock: FixedClock, server: MailServer) -> OutboxSender:
    return make_sender(sessions, settings, clock, config_of(server))


def config_of(server: MailServer, **changes: str) -> SmtpConfig:
    values = {"tls": "none", "user": "", "password": "", "sender": SENDER, "host": "127.0.0.1"} | changes
    return SmtpConfig(port=server.port, **values)  # type: ignore[arg-type]


def make_sender(
    sessions: Sessions, settings: Settings, clock: FixedClock, config: SmtpConfig, *, trusts_test: bool = True
) -> OutboxSender:
    context = ssl.create_default_context(cafile=str(CERTIFICATE) if trusts_test else None)
    carrier = SmtpCarrier(config, DocumentPrinter(sessions), timeout_seconds=2, tls_context=context)
    return OutboxSender(sessions, settings, clock, carrier=DemoPhone(), mailer=carrier, jitter=lambda low, high: low)


async def bill(sessions: Sessions, clock: FixedClock, *, language: str = "de", to: str = ADDRESS) -> str:
    """Issue an invoice of 12.00 + 2.99 and queue it; return its number."""

    def issue(session: Session) -> str:
        customer = make_customer(session, email=to, language=language)
        invoice = make_invoice(session, customer, due_on=date(2026, 11, 22), amounts=(1200, 299))
        enqueue_invoices(session, [invoice.id], now=clock.now())
        return invoice.number

    async with sessions.begin() as session:
        return await session.run_sync(issue)


async def queue(sessions: Sessions, clock: FixedClock, email: Email) -> None:
    async with sessions.begin() as session:
        await session.run_sync(lambda sync: enqueue_email(sync, email, now=clock.now()))


async def stored(sessions: Sessions) -> list[OutboxMessage]:
    async with sessions() as session:
        return [*await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))]


async def open_tasks(sessions: Sessions) -> dict[str, HumanTask]:
    async with sessions() as session:
        tasks = await session.scalars(select(HumanTask).where(HumanTask.done_at.is_(None)))
        return {task.key: task for task in tasks}


@pytest.mark.parametrize("language", ["en", "de", "fi"])
async def test_an_invoice_arrives_with_its_pdf_and_is_sent_once(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock, server: MailServer, language: str
) -> None:
    number = await bill(sessions, clock, language=language)

    assert await sender.send_due() == 1
    assert await sender.send_due() == 0

    (message,) = server.taken
    assert server.recipients == [ADDRESS]
    assert (message["To"], message["From"]) == (ADDRESS, SENDER)
    assert number in message["Subject"]
    assert number in message.get_body().get_content()
    (attachment,) = message.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content_type()) == (f"{number}.pdf", "application/pdf")
    text = PdfReader(io.BytesIO(attachment.get_content())).pages[0].extract_text()
    assert number in text
    assert [amount for amount in ("12", "2", "14") if f"{amount}.99" in text or f"{amount},99" in text] == ["2", "14"]
    (row,) = await stored(sessions)
    assert (row.status, row.provider_sid) == (OutboxStatus.SENT, message["Message-ID"])


async def test_a_letter_that_is_not_taken_now_is_tried_again_later(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock, server: MailServer
) -> None:
    server.rcpt.append("450 4.2.0 come again")
    await bill(sessions, clock)

    assert await sender.send_due() == 1
    (row,) = await stored(sessions)
    assert (row.status, row.last_error, row.attempts) == (OutboxStatus.PENDING, "450", 1)
    assert await sender.send_due() == 0

    clock.advance(seconds=60)
    await sender.send_due()
    assert len(server.taken) == 1
    assert await open_tasks(sessions) == {}


@pytest.mark.parametrize("at", ["rcpt", "data"])
async def test_a_letter_that_is_refused_goes_to_a_person(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock, server: MailServer, at: str
) -> None:
    getattr(server, at).append("550 5.1.1 no such mailbox")
    await bill(sessions, clock)

    await sender.send_due()

    (row,) = await stored(sessions)
    assert (row.status, row.last_error) == (OutboxStatus.FAILED, "550")
    task = (await open_tasks(sessions))[f"delivery:{row.id}"]
    assert task.kind is TaskKind.DELIVERY_FAILED
    assert row.attachment is not None
    assert task.customer_id is not None
    assert task.facts == {
        "outbox_id": row.id,
        "error": "550",
        "attempts": 1,
        "document": "invoice",
        "id": row.attachment["id"],
    }
    async with sessions() as session:
        (shown,) = await session.run_sync(list_open_tasks)
    assert shown.customer_number is not None


async def test_a_letter_that_nobody_takes_is_tried_for_hours_and_then_goes_to_a_person(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock, server: MailServer
) -> None:
    server.rcpt.extend(["451 4.7.1 later"] * 20)
    await bill(sessions, clock)
    began, tries = clock.now(), 0

    while (await stored(sessions))[0].status is not OutboxStatus.FAILED:
        tries += await sender.send_due()
        assert tries <= PATIENCE["email"].attempts
        clock.advance(minutes=30)

    assert tries == 10
    assert (clock.now() - began).total_seconds() / 3600 > 8
    assert len(await open_tasks(sessions)) == 1
    assert await sender.send_due() == 0


async def test_one_bad_address_holds_up_nobody(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock, server: MailServer
) -> None:
    server.rcpt.append("450 4.2.0 full")
    first = await bill(sessions, clock)
    await sender.send_due()
    second = await bill(sessions, clock)

    await sender.send_due()

    assert [second in message["Subject"] for message in server.taken] == [True]
    clock.advance(seconds=60)
    await sender.send_due()
    assert [first in message["Subject"] for message in server.taken] == [False, True]


async def test_a_server_that_dies_after_the_letter_gets_it_again_under_the_same_id(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock, server: MailServer
) -> None:
    server.data.append(DIE)
    await bill(sessions, clock)

    await sender.send_due()
    (row,) = await stored(sessions)
    assert (row.status, row.attempts) == (OutboxStatus.PENDING, 1)
    clock.advance(seconds=60)
    await sender.send_due()

    first, second = server.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert (await stored(sessions))[0].status is OutboxStatus.SENT


async def test_a_letter_whose_sender_died_is_sent_by_another_under_the_same_id(
    sessions: Sessions, settings: Settings, clock: FixedClock, server: MailServer
) -> None:
    class DiesBeforeItNotes(SmtpCarrier):
        async def send(self, letter, *, now):  # type: ignore[no-untyped-def]
            await super().send(letter, now=now)
            raise asyncio.CancelledError  # as when the process is stopped

    await bill(sessions, clock)
    dying = OutboxSender(
        sessions,
        settings,
        clock,
        carrier=DemoPhone(),
        mailer=DiesBeforeItNotes(config_of(server), DocumentPrinter(sessions)),
    )
    await dying.send_due()

    other = make_sender(sessions, settings, clock, config_of(server))
    assert await other.send_due() == 0
    clock.advance(seconds=LEASE_SECONDS)
    assert await other.send_due() == 1

    first, second = server.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert (await stored(sessions))[0].status is OutboxStatus.SENT


async def test_while_the_server_is_away_letters_wait_untried_and_a_person_is_called(
    sessions: Sessions, settings: Settings, clock: FixedClock
) -> None:
    server = MailServer()
    async with server.running():
        pass  # Its port is free again: connections are refused.
    sender = make_sender(sessions, settings, clock, config_of(server))
    for _ in range(3):
        await bill(sessions, clock)

    await sender.send_due()
    assert await sender.send_due() == 0
    assert [(row.status, row.attempts) for row in await stored(sessions)] == [(OutboxStatus.PENDING, 0)] * 3
    assert await open_tasks(sessions) == {}

    clock.advance(minutes=10)
    await sender.send_due()
    task = (await open_tasks(sessions))[SERVER_TASK]
    assert (task.kind, task.facts["error"]) == (TaskKind.DELIVERY_FAILED, "SMTPConnectError")

    async with server.running(server.port):
        clock.advance(minutes=1)
        await sender.send_due()
        assert len(server.taken) == 3
        assert await open_tasks(sessions) == {}

    await bill(sessions, clock)
    for _ in range(2):
        await sender.send_due()
        clock.advance(minutes=10)
    assert SERVER_TASK in await open_tasks(sessions)


async def test_a_server_that_relays_nothing_loses_no_letter_of_a_run(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock, server: MailServer
) -> None:
    server.rcpt.extend(["554 5.7.1 Relay access denied"] * 1000)
    for _ in range(12):
        await bill(sessions, clock)

    for _ in range(12):
        await sender.send_due()
        clock.advance(minutes=1)

    assert [(row.status, row.attempts) for row in await stored(sessions)] == [(OutboxStatus.PENDING, 0)] * 12
    (task,) = (await open_tasks(sessions)).values()
    assert (task.key, task.facts["error"]) == (SERVER_TASK, "554")

    server.rcpt.clear()
    for _ in range(4):
        clock.advance(minutes=1)
        await sender.send_due()
    assert len(server.taken) == 12
    assert await open_tasks(sessions) == {}


async def test_one_address_that_the_server_relays_nothing_to_holds_up_nobody(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock, server: MailServer
) -> None:
    server.refuses["blocked@post.example"] = "550 5.7.1 not to this group"
    await bill(sessions, clock, to="blocked@post.example")
    for _ in range(3):
        await bill(sessions, clock)

    await sender.send_due()

    assert server.recipients == [ADDRESS] * 3
    blocked, *others = await stored(sessions)
    assert (blocked.status, blocked.attempts, blocked.last_error) == (OutboxStatus.PENDING, 1, "550")
    assert {row.status for row in others} == {OutboxStatus.SENT}
    await bill(sessions, clock)
    assert await sender.send_due() == 1


async def test_texts_do_not_wait_for_a_mail_server_that_is_away(
    sessions: Sessions, settings: Settings, clock: FixedClock
) -> None:
    server = MailServer()
    async with server.running():
        pass
    sender = make_sender(sessions, settings, clock, config_of(server))
    await bill(sessions, clock)
    async with sessions.begin() as session:
        await session.run_sync(
            lambda sync: enqueue_sms(sync, recipient="+4915", body="Code", dedupe_key="code", now=clock.now())
        )

    await sender.send_due()

    assert [row.status for row in await stored(sessions)] == [OutboxStatus.PENDING, OutboxStatus.SENT]


async def test_a_document_that_does_not_exist_goes_to_a_person(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock, server: MailServer
) -> None:
    email = Email(ADDRESS, "Subject", "Body", "key", Attachment("invoice", uuid4()))
    await queue(sessions, clock, email)

    await sender.send_due()

    assert server.taken == []
    (row,) = await stored(sessions)
    assert (row.status, row.last_error) == (OutboxStatus.FAILED, "document_missing")
    assert list(await open_tasks(sessions)) == [f"delivery:{row.id}"]


async def test_without_a_mail_server_letters_stay_in_the_outbox(
    sessions: Sessions, settings: Settings, clock: FixedClock
) -> None:
    await bill(sessions, clock)

    await OutboxSender(sessions, settings, clock).send_due()

    assert [row.status for row in await stored(sessions)] == [OutboxStatus.PENDING]


async def test_in_the_demo_letters_arrive_on_the_page(
    sessions: Sessions, settings: Settings, clock: FixedClock
) -> None:
    await bill(sessions, clock)

    await OutboxSender(sessions, settings.model_copy(update={"demo": True}), clock).send_due()

    assert [row.status for row in await stored(sessions)] == [OutboxStatus.SENT]
