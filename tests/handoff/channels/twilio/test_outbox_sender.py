"""The outbox is emptied once: refusals are sorted, lost answers are looked up, codes are forgotten."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from billing.outbox import OutboxMessage, OutboxStatus, claim_due, enqueue_sms
from handoff.channels.twilio.carrier import TwilioCarrier
from handoff.channels.twilio.config import twilio_config
from handoff.channels.twilio.opt_outs import find_opted_out
from handoff.db import Sessions, make_async_engine, make_sessions
from handoff.live import LiveEvents
from handoff.outbox_sender import LEASE_SECONDS, OutboxSender
from handoff.settings import Settings
from handoff.sms_carrier import SmsCarrier
from tests.fakes.clock import FixedClock
from tests.fakes.fake_twilio import FakeTwilio, Fault
from tests.handoff.channels.twilio.conftest import eventually, make_settings
from tests.handoff.channels.twilio.serving import serving

PHONE = "+4915735980001"
OTHER_PHONE = "+358401234567"
CODE = "Ihr Code: 123456"


@pytest.fixture
async def sessions(database_url: str) -> AsyncIterator[Sessions]:
    engine = make_async_engine(database_url)
    yield make_sessions(engine, LiveEvents())
    await engine.dispose()


@pytest.fixture
async def settings(twilio: FakeTwilio) -> AsyncIterator[Settings]:
    async with serving(twilio.app()) as api_url:
        yield make_settings(public_url="https://bills.example", twilio_api_url=api_url)


@pytest.fixture
def sender(sessions: Sessions, settings: Settings, clock: FixedClock) -> OutboxSender:
    return make_sender(sessions, settings, clock, TwilioCarrier(twilio_config(settings), timeout_seconds=0.5))


def make_sender(
    sessions: Sessions, settings: Settings, clock: FixedClock, carrier: SmsCarrier | None = None
) -> OutboxSender:
    return OutboxSender(sessions, settings, clock, carrier=carrier, jitter=lambda low, high: high)


async def enqueue(sessions: Sessions, clock: FixedClock, body: str, *, to: str = PHONE, code_for: int = 0) -> None:
    expires_at = clock.now() + timedelta(seconds=code_for) if code_for else None
    async with sessions.begin() as session:
        await session.run_sync(
            lambda sync: enqueue_sms(
                sync,
                recipient=to,
                body=body,
                dedupe_key=f"test:{body}:{to}",
                sensitive=bool(code_for),
                expires_at=expires_at,
                now=clock.now(),
            )
        )


async def messages(sessions: Sessions) -> list[OutboxMessage]:
    async with sessions() as session:
        return [*await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))]


async def only_message(sessions: Sessions) -> OutboxMessage:
    (message,) = await messages(sessions)
    return message


async def test_what_is_due_is_sent_in_its_order(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock, twilio: FakeTwilio
) -> None:
    for body in ("one", "two", "three"):
        await enqueue(sessions, clock, body)

    assert await sender.send_due() == 3
    assert await sender.send_due() == 0

    assert [message.body for message in twilio.messages] == ["one", "two", "three"]
    assert [message.provider_sid for message in await messages(sessions)] == [taken.sid for taken in twilio.messages]


async def test_what_follows_a_message_that_was_not_taken_waits_for_it(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock, twilio: FakeTwilio
) -> None:
    twilio.fail_next(Fault.too_many)
    for body in ("one", "two"):
        await enqueue(sessions, clock, body)

    await sender.send_due()
    await enqueue(sessions, clock, "three")
    assert await sender.send_due() == 0
    assert [message.attempts for message in await messages(sessions)] == [1, 0, 0]

    clock.advance(minutes=1)
    await sender.send_due()
    assert [message.body for message in twilio.messages] == ["one", "two", "three"]


async def test_what_follows_a_message_that_failed_for_good_is_sent_at_once(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock, twilio: FakeTwilio
) -> None:
    twilio.fail_next(Fault.wrong_number)
    for body in ("one", "two"):
        await enqueue(sessions, clock, body)

    await sender.send_due()

    assert [message.body for message in twilio.messages] == ["two"]


async def test_a_code_is_valid_at_the_carrier_only_as_long_as_it_works(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock, twilio: FakeTwilio
) -> None:
    await enqueue(sessions, clock, CODE, code_for=600)
    clock.advance(seconds=100)

    await sender.send_due()

    assert twilio.forms[0]["ValidityPeriod"] == "500"
    assert twilio.forms[0]["StatusCallback"] == "https://bills.example/twilio/sms/status"


async def test_amounts_do_not_make_a_message_dearer_than_its_words(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock, twilio: FakeTwilio
) -> None:
    await enqueue(sessions, clock, "„Oktober“: 1\u202f234,50\u00a0€ – höher als im September…")

    await sender.send_due()

    assert twilio.messages[0].body == '"Oktober": 1 234,50 € - höher als im September...'


@pytest.mark.parametrize("fault", [Fault.too_many, Fault.broken])
async def test_what_may_pass_is_tried_again_later(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock, twilio: FakeTwilio, fault: Fault
) -> None:
    twilio.fail_next(fault)
    await enqueue(sessions, clock, "Hello")

    await sender.send_due()
    waiting = await only_message(sessions)
    assert waiting.status is OutboxStatus.PENDING
    assert waiting.due_at > clock.now()
    assert await sender.send_due() == 0

    clock.advance(seconds=(waiting.due_at - clock.now()).total_seconds())
    await sender.send_due()

    assert [message.body for message in twilio.messages] == ["Hello"]
    assert (await only_message(sessions)).status is OutboxStatus.SENT


async def test_each_further_try_waits_longer_and_they_end(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock, twilio: FakeTwilio
) -> None:
    twilio.fail_next(*[Fault.broken] * 20)
    await enqueue(sessions, clock, "Hello")
    pauses = []
    while (await only_message(sessions)).status is OutboxStatus.PENDING:
        await sender.send_due()
        pauses.append((await only_message(sessions)).due_at - clock.now())
        clock.advance(hours=1)
        assert len(pauses) < 20

    tries = pauses[:-1]
    assert tries == sorted(tries)
    assert len(set(tries)) == len(tries) > 1
    assert (await only_message(sessions)).last_error == "20500"


async def test_what_cannot_be_delivered_is_not_tried_again(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock, twilio: FakeTwilio
) -> None:
    twilio.fail_next(Fault.wrong_number)
    await enqueue(sessions, clock, "Hello")

    await sender.send_due()
    clock.advance(days=1)
    await sender.send_due()

    assert len(twilio.forms) == 1
    failed = await only_message(sessions)
    assert (failed.status, failed.last_error) == (OutboxStatus.FAILED, "21211")


async def test_who_opted_out_at_the_carrier_gets_nothing_more(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock, twilio: FakeTwilio
) -> None:
    twilio.fail_next(Fault.opted_out)
    await enqueue(sessions, clock, "Hello")
    await sender.send_due()
    await enqueue(sessions, clock, "Hello again")
    await sender.send_due()

    assert len(twilio.forms) == 1
    assert [message.status for message in await messages(sessions)] == [OutboxStatus.FAILED] * 2
    async with sessions() as session:
        assert await find_opted_out(session, {PHONE, OTHER_PHONE}) == {PHONE}


async def test_a_message_taken_although_its_answer_was_lost_is_not_sent_twice(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock, twilio: FakeTwilio
) -> None:
    twilio.fail_next(Fault.answer_lost)
    await enqueue(sessions, clock, "Hello")

    await sender.send_due()
    assert (await only_message(sessions)).status is OutboxStatus.PENDING
    clock.advance(minutes=10)
    await sender.send_due()

    assert [message.body for message in twilio.messages] == ["Hello"]
    sent = await only_message(sessions)
    assert (sent.status, sent.provider_sid) == (OutboxStatus.SENT, twilio.messages[0].sid)


async def test_an_equal_message_sent_before_is_not_taken_for_this_one(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock, twilio: FakeTwilio
) -> None:
    await enqueue(sessions, clock, "Hello")
    async with sessions.begin() as session:
        await session.run_sync(
            lambda sync: enqueue_sms(sync, recipient=PHONE, body="Hello", dedupe_key="second", now=clock.now())
        )
    await sender.send_due()
    assert len(twilio.messages) == 2

    async with sessions.begin() as session:
        await session.run_sync(
            lambda sync: enqueue_sms(sync, recipient=PHONE, body="Hello", dedupe_key="third", now=clock.now())
        )
    twilio.fail_next(Fault.broken)
    await sender.send_due()
    clock.advance(minutes=10)
    await sender.send_due()

    assert len(twilio.messages) == 3
    assert len({message.provider_sid for message in await messages(sessions)}) == 3


async def test_a_message_of_a_sender_that_died_is_taken_up_after_its_lease(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock, twilio: FakeTwilio
) -> None:
    await enqueue(sessions, clock, "Hello")
    async with sessions.begin() as session:
        await session.run_sync(claim_due, now=clock.now(), lease_seconds=LEASE_SECONDS)

    assert await sender.send_due() == 0
    clock.advance(seconds=LEASE_SECONDS)
    assert await sender.send_due() == 1

    assert [message.body for message in twilio.messages] == ["Hello"]


async def test_two_senders_send_a_message_once(
    sessions: Sessions, settings: Settings, clock: FixedClock, twilio: FakeTwilio
) -> None:
    senders = [make_sender(sessions, settings, clock) for _ in range(2)]
    for number in range(6):
        await enqueue(sessions, clock, f"Message {number}")

    for sender in senders:
        await sender.start()
    await eventually(lambda: len(twilio.messages) == 6)
    for sender in senders:
        await sender.stop()

    assert sorted(message.body for message in twilio.messages) == [f"Message {number}" for number in range(6)]


async def test_a_code_is_forgotten_once_it_has_expired(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock
) -> None:
    await enqueue(sessions, clock, CODE, code_for=600)
    await enqueue(sessions, clock, "Your bill is 43.20.")
    await sender.send_due()

    clock.advance(seconds=599)
    await sender.forget_codes()
    assert [message.body for message in await messages(sessions)] == [CODE, "Your bill is 43.20."]

    clock.advance(seconds=1)
    await sender.forget_codes()
    assert [message.body for message in await messages(sessions)] == ["", "Your bill is 43.20."]


async def test_an_expired_code_is_not_sent(
    sessions: Sessions, sender: OutboxSender, clock: FixedClock, twilio: FakeTwilio
) -> None:
    await enqueue(sessions, clock, CODE, code_for=600)
    clock.advance(seconds=600)

    await sender.send_due()

    assert twilio.forms == []
    assert (await only_message(sessions)).status is OutboxStatus.FAILED


async def test_without_a_carrier_messages_stay_and_codes_are_still_forgotten(
    sessions: Sessions, clock: FixedClock
) -> None:
    sender = make_sender(sessions, make_settings(twilio_auth_token=None), clock)
    await enqueue(sessions, clock, CODE, code_for=600)

    assert await sender.send_due() == 0
    clock.advance(minutes=11)
    await sender.forget_codes()

    unsent = await only_message(sessions)
    assert (unsent.status, unsent.body) == (OutboxStatus.PENDING, "")


async def test_half_a_configuration_sends_nothing(sessions: Sessions, clock: FixedClock) -> None:
    for missing in ("twilio_account_sid", "twilio_auth_token", "twilio_number"):
        sender = make_sender(sessions, make_settings(**{missing: None}), clock)
        await enqueue(sessions, clock, missing)

        assert await sender.send_due() == 0


async def test_the_demo_without_a_carrier_counts_a_message_as_sent(sessions: Sessions, clock: FixedClock) -> None:
    settings = make_settings(demo=True, twilio_auth_token=SecretStr(""))
    sender = make_sender(sessions, settings, clock)
    await enqueue(sessions, clock, CODE, code_for=600)

    assert await sender.send_due() == 1
    assert (await only_message(sessions)).status is OutboxStatus.SENT
