"""What Twilio sends, as it sends it: one recorded payload for each event."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

from handoff.channels.twilio.models import SmsDelivery, VoiceCall
from handoff.channels.twilio.relay_frames import Dtmf, Incoming, Interrupt, Prompt, RelayProblem, Setup, find_incoming
from handoff.conversations.models import Message
from tests.fakes.fake_twilio import ACCOUNT_SID
from tests.handoff.channels.twilio.conftest import Line

FIXTURES = Path(__file__).parent / "fixtures"
CALL_SID = "CA3b2c4d5e6f708192a3b4c5d6e7f8091a"
HEARD = "Life is a complex set of"


def recorded(name: str) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        (
            "relay_setup",
            Setup("VX4c3d5e6f708192a3b4c5d6e7f8091a2b", ACCOUNT_SID, CALL_SID, "+4915735980001", "one-time"),
        ),
        ("relay_prompt", Prompt("Warum ist meine Rechnung höher?")),
        ("relay_prompt_partial", None),
        ("relay_dtmf", Dtmf("1")),
        ("relay_interrupt", Interrupt(HEARD, 460)),
        ("relay_interrupt_older", Interrupt(HEARD, 460)),
        ("relay_error", RelayProblem()),
        ("relay_info", None),
    ],
)
def test_a_frame_of_the_socket_is_read(name: str, frame: Incoming | None) -> None:
    assert find_incoming((FIXTURES / f"{name}.json").read_text(encoding="utf-8")) == frame


async def test_a_text_message_keeps_every_letter(line: Line) -> None:
    payload = recorded("sms_text")

    response = await line.webhooks.post("/twilio/sms", [*payload.items()])

    assert response.status_code == 200
    async with line.sessions() as session:
        message = (await session.scalars(select(Message).order_by(Message.seq))).first()
    assert message is not None
    assert (message.text, message.client_msg_id) == (payload["Body"], payload["MessageSid"])


async def test_a_failed_delivery_is_noted(line: Line) -> None:
    response = await line.webhooks.post("/twilio/sms/status", [*recorded("sms_status_undelivered").items()])

    assert response.status_code == 200
    async with line.sessions() as session:
        delivery = (await session.scalars(select(SmsDelivery))).one()
    assert (delivery.status, delivery.error_code) == ("undelivered", "30003")


async def test_a_call_is_connected_and_connected_again(line: Line) -> None:
    connected = await line.webhooks.post("/twilio/voice", [*recorded("voice_call").items()])
    again = await line.webhooks.post("/twilio/voice/ended", [*recorded("voice_socket_lost").items()])

    greetings = []
    for response in (connected, again):
        relay = ElementTree.fromstring(response.text).find("Connect/ConversationRelay")
        assert relay is not None
        greetings.append("welcomeGreeting" in relay.attrib)
    assert greetings == [True, False]
    async with line.sessions() as session:
        call = (await session.scalars(select(VoiceCall))).one()
    assert (call.call_sid, call.reconnects, call.conversation_id) == (CALL_SID, 1, None)
