"""A customer at the widget and an agent at the console, as the tests see them: they keep what they are told."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from handoff.conversations.models import Conversation
from handoff.events import last_event_number
from handoff.live import agent_stream, conversation_stream
from tests.handoff.asgi_socket import AsgiSocket

ORIGIN = "http://127.0.0.1:8000"
# What a test says of frames, headers or words does not depend on the database: one will do.
on_any_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Frame = dict[str, Any]


class Listener:
    """Reads frames until something holds, and applies events in their order."""

    socket: AsgiSocket

    def __init__(self, app: FastAPI, stream: str) -> None:
        self.app = app
        self.stream = stream
        self.events: dict[int, Frame] = {}
        self.frames: list[Frame] = []
        self.ready: Frame = {}

    @property
    def last_event(self) -> int:
        return max(self.events, default=0)

    def frames_of(self, kind: str) -> list[Frame]:
        return [frame for frame in self.frames if frame["type"] == kind]

    async def until(self, condition: Callable[[], object]) -> None:
        while not condition():
            self._take(await self.socket.receive())

    async def send_and_wait(self, frame: Frame, answer: str) -> Frame:
        seen, errors = len(self.frames_of(answer)), len(self.frames_of("error"))
        await self.socket.send(frame)
        await self.until(lambda: len(self.frames_of(answer)) > seen or len(self.frames_of("error")) > errors)
        assert len(self.frames_of(answer)) > seen, self.frames[-1]
        return self.frames_of(answer)[-1]

    async def caught_up(self) -> None:
        """Read until every event that is stored by now has arrived."""
        async with self.app.state.sessions() as session:
            stored = await last_event_number(session, self.stream)
        await self.until(lambda: self.last_event >= stored)

    def _take(self, frame: Frame) -> None:
        self.frames.append(frame)
        if frame["type"] == "ready":
            self.ready = frame
        for event in frame["events"] if frame["type"] == "events" else ():
            self.events[event["number"]] = event


class Customer(Listener):
    """Opens a conversation and talks in it."""

    def __init__(self, app: FastAPI, conversation_id: UUID, token: str) -> None:
        super().__init__(app, conversation_stream(conversation_id))
        self.conversation_id = conversation_id
        self.token = token

    @classmethod
    async def open(cls, app: FastAPI, client: httpx.AsyncClient, language: str = "en") -> "Customer":
        opened = (await client.post("/api/conversations", json={"language": language})).json()
        customer = cls(app, UUID(opened["conversation"]["id"]), opened["token"])
        return await customer.connect()

    async def connect(self, after: int | None = None) -> "Customer":
        self.socket = await AsgiSocket(self.app, "/ws/chat", origin=ORIGIN).connect()
        await self.socket.send(
            {"type": "hello", "token": self.token, "after": self.last_event if after is None else after}
        )
        await self.until(lambda: self.ready)
        await self.until(lambda: self.last_event >= self.ready["last_event"])
        return self

    async def disconnect(self) -> None:
        await self.socket.disconnect()
        self.ready = {}

    @property
    def messages(self) -> list[Frame]:
        posted = [event["message"] for event in self.events.values() if event["name"] == "message.posted"]
        return sorted(posted, key=lambda message: message["seq"])

    @property
    def conversation(self) -> Frame:
        changes = [self.events[n]["conversation"] for n in sorted(self.events) if "conversation" in self.events[n]]
        return changes[-1] if changes else self.ready["conversation"]

    def texts(self, sender: str | None = None) -> list[str]:
        return [message["text"] for message in self.messages if sender in (None, message["sender"])]

    def button(self, title: str) -> str:
        buttons = [button for message in self.messages for button in message["buttons"]]
        return next(button["id"] for button in buttons if button["title"] == title)

    async def say(self, text: str, client_msg_id: str | None = None) -> int:
        frame = {"type": "message.send", "client_msg_id": client_msg_id or uuid4().hex, "text": text}
        return int((await self.send_and_wait(frame, "message.stored"))["seq"])

    async def press(self, button_id: str, client_msg_id: str | None = None) -> int:
        frame = {"type": "button.press", "client_msg_id": client_msg_id or uuid4().hex, "button_id": button_id}
        return int((await self.send_and_wait(frame, "message.stored"))["seq"])

    async def ask_for_person(self) -> int:
        frame = {"type": "handoff.request", "client_msg_id": uuid4().hex}
        return int((await self.send_and_wait(frame, "message.stored"))["seq"])

    async def refused(self, frame: Frame) -> Frame:
        return await self.send_and_wait(frame, "error")

    async def ask(self, text: str) -> Frame:
        """Say something and return the first message that is not a customer's after it."""
        seq = await self.say(text)
        await self.until(lambda: self.answers_after(seq))
        return self.answers_after(seq)[0]

    def answers_after(self, seq: int) -> list[Frame]:
        return [message for message in self.messages if message["seq"] > seq and message["sender"] != "customer"]

    async def row(self) -> Conversation:
        async with self.app.state.sessions() as session:
            return await session.get_one(Conversation, self.conversation_id)


class AgentAtWork(Listener):
    """A signed-in agent with a console."""

    def __init__(self, app: FastAPI, agent_id: UUID, token: str) -> None:
        super().__init__(app, agent_stream(agent_id))
        self.agent_id = agent_id
        self.cookie = f"saldo_agent={token}"
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url=ORIGIN, headers={"cookie": self.cookie, "origin": ORIGIN}
        )

    async def connect(self) -> "AgentAtWork":
        self.socket = await AsgiSocket(self.app, "/ws/console", origin=ORIGIN, cookie=self.cookie).connect()
        await self.socket.send({"type": "hello", "after": self.last_event})
        await self.until(lambda: self.ready)
        await self.until(lambda: self.last_event >= self.ready["last_event"])
        return self

    async def be(self, status: str) -> None:
        response = await self.http.put("/api/agents/me/presence", json={"status": status})
        assert response.status_code == 200, response.text

    async def console(self) -> Frame:
        snapshot: Frame = (await self.http.get("/api/console")).json()
        return snapshot

    async def offer(self) -> Frame | None:
        """Return the offer after everything that can be offered has been."""
        await self.app.state.dispatcher.tick()
        offer: Frame | None = (await self.console())["offer"]
        return offer

    async def accept(self, offer: Frame) -> httpx.Response:
        return await self.http.post(f"/api/offers/{offer['id']}/accept")

    async def take_next(self) -> UUID:
        offer = await self.offer()
        assert offer is not None
        response = await self.accept(offer)
        assert response.status_code == 200, response.text
        return UUID(offer["conversation_id"])

    async def reply(self, conversation_id: UUID, text: str, client_msg_id: str | None = None) -> httpx.Response:
        body = {"client_msg_id": client_msg_id or uuid4().hex, "text": text}
        return await self.http.post(f"/api/console/conversations/{conversation_id}/messages", json=body)
