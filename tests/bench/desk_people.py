"""Who sits at the desk of the bench: sockets that keep when each frame came, and pages signed in."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect

Frame = dict[str, Any]  # Any: a frame of the wire
PATIENCE_SECONDS = 30.0


class Ear:
    """One open socket; every frame is kept with the moment at which it came."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.heard: list[tuple[float, Frame]] = []
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._listen())

    @classmethod
    async def open(cls, url: str, path: str, hello: Frame, cookie: str = "") -> "Ear":
        address = url.replace("http://", "ws://") + path
        headers = {"cookie": cookie} if cookie else {}
        ear = cls(await connect(address, origin=url, additional_headers=headers, max_size=None))  # type: ignore[arg-type]  # any text is an origin
        await ear.say({"type": "hello", **hello})
        await ear.until(lambda frame: frame["type"] == "ready")
        return ear

    async def _listen(self) -> None:
        async for text in self._socket:
            self.heard.append((time.time(), json.loads(text)))
            self._news.set()

    async def say(self, frame: Frame) -> float:
        await self._socket.send(json.dumps(frame))
        return time.time()

    async def until(self, is_it: Callable[[Frame], object], since: float = 0.0) -> tuple[float, Frame]:
        """Return the first such frame that came after the moment, and when it came."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                for at, frame in self.heard:
                    if at >= since and is_it(frame):
                        return at, frame
                self._news.clear()
                await self._news.wait()

    async def close(self) -> None:
        self._task.cancel()
        await self._socket.close()


class Guest:
    """A customer with the widget open."""

    def __init__(self, conversation_id: UUID, ear: Ear) -> None:
        self.conversation_id = str(conversation_id)
        self.ear = ear

    async def ask(self) -> float:
        return await self.ear.say({"type": "handoff.request", "client_msg_id": uuid4().hex})

    async def hears_place(self, place: int | None, since: float) -> float:
        """Return when the card showed a place, this one if it is given."""

        def shows(frame: Frame) -> bool:
            conversations = [event["conversation"] for event in frame.get("events", ()) if "conversation" in event]
            places = [conversation["queue_position"] for conversation in conversations]
            return any(shown is not None and place in (None, shown) for shown in places)

        return (await self.ear.until(shows, since))[0]


class Colleague:
    """An agent with the console open."""

    def __init__(self, url: str, name: str, cookie: str, ear: Ear) -> None:
        self.name = name
        self.ear = ear
        self.http = httpx.AsyncClient(base_url=url, headers={"cookie": cookie, "origin": url}, timeout=60)

    @classmethod
    async def arrive(cls, url: str, name: str, token: str) -> "Colleague":
        cookie = f"saldo_agent={token}"
        return cls(url, name, cookie, await Ear.open(url, "/ws/console", {"after": 0}, cookie))

    async def be(self, status: str) -> None:
        (await self.http.put("/api/agents/me/presence", json={"status": status})).raise_for_status()

    async def read(self, conversation_id: str) -> None:
        (await self.http.get(f"/api/console/conversations/{conversation_id}")).raise_for_status()

    async def end(self, conversation_id: str) -> None:
        (await self.http.post(f"/api/console/conversations/{conversation_id}/close")).raise_for_status()

    async def offer_of(self, conversation_id: str) -> Frame:
        def is_it(frame: Frame) -> bool:
            return any(each["offer"]["conversation_id"] == conversation_id for each in _offers(frame))

        _, frame = await self.ear.until(is_it)
        found: Frame = _offers(frame)[-1]["offer"]
        return found


def _offers(frame: Frame) -> list[Frame]:
    return [event for event in frame.get("events", ()) if event["name"] == "offer.made"]
