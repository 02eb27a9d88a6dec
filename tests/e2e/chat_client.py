"""A customer on the chat socket: what the widget does, without the pictures."""

import json
import time
import uuid
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.e2e.running_system import RunningSystem

Event = dict[str, Any]


class ChatClient:
    """Keeps every event by its number, so that a reconnect asks for the rest only."""

    def __init__(self, system: RunningSystem, *, language: str = "en") -> None:
        opened = system.post("/api/conversations", {"language": language})
        self.conversation_id: str = opened["conversation"]["id"]
        self.token: str = opened["token"]
        self.events: dict[int, Event] = {}
        self.stored: dict[str, int] = {}
        self.errors: list[Event] = []
        self._system = system
        self._socket: ClientConnection | None = None

    def __enter__(self) -> "ChatClient":
        self.connect()
        return self

    def __exit__(self, *_: object) -> None:
        if self._socket is not None:
            self._socket.close()

    def connect(self) -> None:
        url = self._system.url.replace("http", "ws") + "/ws/chat"
        self._socket = connect(url, origin=self._system.url, open_timeout=10)
        self._send({"type": "hello", "token": self.token, "after": max(self.events, default=0)})

    def reconnect(self, *, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                return self.connect()
            except (OSError, ConnectionClosed, TimeoutError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.3)

    def say(self, text: str, *, client_msg_id: str | None = None) -> str:
        """Send and wait for the acknowledgement; returns the id that makes a repeat harmless."""
        client_msg_id = client_msg_id or uuid.uuid4().hex
        self._send({"type": "message.send", "client_msg_id": client_msg_id, "text": text})
        self._read_until(lambda: client_msg_id in self.stored, 20, f"the acknowledgement of {text[:40]!r}")
        return client_msg_id

    def press_button(self, button_id: str, *, client_msg_id: str | None = None) -> str:
        """Press a button as `say` says a text."""
        client_msg_id = client_msg_id or uuid.uuid4().hex
        self._send({"type": "button.press", "client_msg_id": client_msg_id, "button_id": button_id})
        self._read_until(lambda: client_msg_id in self.stored, 20, f"the acknowledgement of button {button_id}")
        return client_msg_id

    def try_to_say(self, text: str) -> Event:
        """Send what should be refused, and return the refusal."""
        before = len(self.errors)
        self._send({"type": "message.send", "client_msg_id": uuid.uuid4().hex, "text": text})
        self._read_until(lambda: len(self.errors) > before, 20, "a refusal")
        return self.errors[-1]

    def wait_for_answer(self, after_seq: int, *, seconds: float = 60) -> Event:
        """Return the first message of anybody but the customer behind `after_seq`."""
        self._read_until(lambda: bool(self._answers(after_seq)), seconds, f"an answer to message {after_seq}")
        return self._answers(after_seq)[0]

    def ask(self, text: str, *, seconds: float = 60) -> Event:
        return self.wait_for_answer(self.stored[self.say(text)], seconds=seconds)

    def messages(self) -> list[Event]:
        posted = [event["message"] for _, event in sorted(self.events.items()) if event["name"] == "message.posted"]
        return sorted(posted, key=lambda message: message["seq"])

    def _answers(self, after_seq: int) -> list[Event]:
        return [m for m in self.messages() if m["seq"] > after_seq and m["sender"] != "customer"]

    def _send(self, frame: Event) -> None:
        assert self._socket is not None
        self._socket.send(json.dumps(frame))

    def _read_until(self, done: Any, seconds: float, what: str) -> None:
        assert self._socket is not None
        deadline = time.monotonic() + seconds
        while not done():
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(f"waited {seconds} s in vain for {what}")
            try:
                self._take(json.loads(self._socket.recv(timeout=left)))
            except TimeoutError:
                continue

    def _take(self, frame: Event) -> None:
        match frame["type"]:
            case "events":
                self.events.update({event["number"]: event for event in frame["events"]})
            case "message.stored":
                self.stored[frame["client_msg_id"]] = frame["seq"]
            case "error":
                self.errors.append(frame)
