"""A phone call as Twilio plays it: asks for the document, opens the ConversationRelay socket, speaks, listens."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from websockets.asyncio.client import ClientConnection, connect

from tests.fakes.fake_twilio import ACCOUNT_SID, NUMBER, Webhooks, sign

CALLER = "+4915735980001"
PATIENCE_SECONDS = 10.0


@dataclass
class FakeCall:
    """One call. `heard` holds every frame that we sent to Twilio."""

    webhooks: Webhooks
    caller: str = CALLER
    call_sid: str = field(default_factory=lambda: "CA" + secrets.token_hex(16))
    session_id: str = field(default_factory=lambda: "VX" + secrets.token_hex(16))
    heard: list[dict[str, Any]] = field(default_factory=list)
    document: ElementTree.Element | None = None
    socket: ClientConnection | None = None

    async def ring(self) -> ElementTree.Element:
        """Ask what to do with the call and return the document."""
        response = await self.webhooks.post("/twilio/voice", self.voice_fields())
        self.document = ElementTree.fromstring(response.text)
        return self.document

    async def end_socket(self, **more: str) -> ElementTree.Element:
        """Tell that the socket is gone and return the document of what to do now."""
        fields = [*self.voice_fields(), ("SessionId", self.session_id), *more.items()]
        response = await self.webhooks.post("/twilio/voice/ended", fields)
        self.document = ElementTree.fromstring(response.text)
        return self.document

    @property
    def relay(self) -> ElementTree.Element:
        assert self.document is not None
        found = self.document.find("Connect/ConversationRelay")
        assert found is not None
        return found

    @property
    def token(self) -> str:
        return next(item.attrib["value"] for item in self.relay.findall("Parameter") if item.attrib["name"] == "token")

    @asynccontextmanager
    async def connected(self, *, signature: str | None = None) -> AsyncIterator[ClientConnection]:
        """Open the socket that the document names; the test's server stands where the public address points to."""
        url = self.relay.attrib["url"]
        local = urlsplit(str(self.webhooks.client.base_url))._replace(scheme="ws", path=urlsplit(url).path).geturl()
        headers = {"X-Twilio-Signature": sign(url) if signature is None else signature}
        async with connect(local, additional_headers=headers) as socket:
            self.socket = socket
            yield socket

    @asynccontextmanager
    async def answered(self) -> AsyncIterator["FakeCall"]:
        """Ring, open the socket and introduce the call."""
        await self.ring()
        async with self.connected():
            await self.send(self.setup_frame())
            yield self

    def setup_frame(self, **other: Any) -> dict[str, Any]:
        return {
            "type": "setup",
            "sessionId": self.session_id,
            "accountSid": ACCOUNT_SID,
            "parentCallSid": "",
            "callSid": self.call_sid,
            "from": self.caller,
            "to": NUMBER,
            "forwardedFrom": "",
            "callType": "PSTN",
            "callerName": "",
            "direction": "inbound",
            "callStatus": "RINGING",
            "customParameters": {"token": self.token},
        } | other

    async def say(self, text: str, *, last: bool = True) -> None:
        await self.send({"type": "prompt", "voicePrompt": text, "lang": "de-DE", "last": last})

    async def press(self, digits: str) -> None:
        for digit in digits:
            await self.send({"type": "dtmf", "digit": digit})

    async def interrupt(self, heard: str, milliseconds: int | str) -> None:
        await self.send(
            {"type": "interrupt", "utteranceUntilInterrupt": heard, "durationUntilInterruptMs": milliseconds}
        )

    async def send(self, frame: dict[str, Any]) -> None:
        assert self.socket is not None
        await self.socket.send(json.dumps(frame))

    async def hear(self) -> dict[str, Any]:
        assert self.socket is not None
        frame: dict[str, Any] = json.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE_SECONDS))
        self.heard.append(frame)
        return frame

    async def hear_answer(self) -> str:
        """Listen until the end of a turn and return what was spoken."""
        spoken = ""
        while True:
            frame = await self.hear()
            if frame["type"] != "text":
                continue
            spoken += frame["token"]
            if frame["last"]:
                return spoken

    async def is_quiet(self, seconds: float = 0.4) -> bool:
        assert self.socket is not None
        try:
            self.heard.append(json.loads(await asyncio.wait_for(self.socket.recv(), seconds)))
        except TimeoutError:
            return True
        return False

    def voice_fields(self) -> list[tuple[str, str]]:
        return [
            ("AccountSid", ACCOUNT_SID),
            ("ApiVersion", "2010-04-01"),
            ("CallSid", self.call_sid),
            ("CallStatus", "in-progress"),
            ("Called", NUMBER),
            ("Caller", self.caller),
            ("Direction", "inbound"),
            ("From", self.caller),
            ("To", NUMBER),
        ]
