"""An application behind a real port of this machine, for what does not go through a client in the same process."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

GOODBYE_SECONDS = 10.0


@asynccontextmanager
async def serving(app: FastAPI, listener: socket.socket | None = None) -> AsyncIterator[str]:
    """Serve the application on a free port, or on a listener that was made before; give its address."""
    listener = listener or listen()
    # The lifespan is ours, so that the server may be dropped at once: it would take its time to say goodbye.
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="websockets-sansio", lifespan="off"))
    async with app.router.lifespan_context(app):
        task = asyncio.create_task(server.serve([listener]))
        while not server.started:
            assert not task.done(), "the application did not start"
            await asyncio.sleep(0.005)
        try:
            yield address_of(listener)
        finally:
            task.cancel()
            for open_port in server.servers:
                open_port.close()
            for connection in list(server.server_state.connections):
                connection.shutdown()
            await _finished(server.server_state.tasks)
            await asyncio.gather(task, return_exceptions=True)


async def _finished(requests: set[asyncio.Task[None]]) -> None:
    """Wait for what is still being answered: it must not outlive the application."""
    if requests:
        await asyncio.wait(requests, timeout=GOODBYE_SECONDS)


def listen() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def address_of(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"
