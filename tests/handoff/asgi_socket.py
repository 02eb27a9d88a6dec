"""A WebSocket client that talks to the application in the same event loop, without a network."""

import asyncio
import json
from typing import Any

from fastapi import FastAPI

Frame = dict[str, Any]
PATIENCE_SECONDS = 5


class SocketRefused(Exception):
    """The server did not accept the connection."""


class SocketClosed(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class AsgiSocket:
    def __init__(self, app: FastAPI, path: str, *, origin: str | None, cookie: str | None = None) -> None:
        self._app = app
        headers = [(b"host", b"127.0.0.1:8000")]
        headers += [(b"origin", origin.encode())] if origin else []
        headers += [(b"cookie", cookie.encode())] if cookie else []
        self._scope = {
            "type": "websocket",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "scheme": "ws",
            "query_string": b"",
            "headers": headers,
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8000),
            "subprotocols": [],
            "extensions": {},
            "state": {},
            "asgi": {"version": "3.0"},
        }
        self._to_server: asyncio.Queue[Frame] = asyncio.Queue()
        self._to_client: asyncio.Queue[Frame] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def connect(self) -> "AsgiSocket":
        self._to_server.put_nowait({"type": "websocket.connect"})
        self._task = asyncio.create_task(self._app(self._scope, self._to_server.get, self._to_client.put))
        message = await self._next()
        if message["type"] != "websocket.accept":
            raise SocketRefused
        return self

    async def send(self, frame: object) -> None:
        await self.send_text(json.dumps(frame))

    async def send_text(self, text: str) -> None:
        self._to_server.put_nowait({"type": "websocket.receive", "text": text})

    async def receive(self) -> Frame:
        message = await self._next()
        if message["type"] == "websocket.close":
            raise SocketClosed(message.get("code", 1000))
        frame: Frame = json.loads(message["text"])
        return frame

    async def disconnect(self) -> None:
        """Go away as a browser does: without a word."""
        self._to_server.put_nowait({"type": "websocket.disconnect", "code": 1001})
        if self._task is not None:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._task

    async def _next(self) -> Frame:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self._to_client.get()
