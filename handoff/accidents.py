"""The last catch: what nobody expected is logged without its message and answered in the reader's language."""

import logging

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from handoff.errors import InternalError, error_body
from handoff.failure_log import log_failure
from handoff.language import preferred_language

log = logging.getLogger(__name__)


class Accidents:
    """Stands inside the framework's own catch, which would log the message and whatever it quotes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_and_note(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except Exception as error:
            log_failure(log, error, "%s %s failed", scope.get("method", "socket"), scope["path"])
            if scope["type"] == "http" and not started:
                language = preferred_language(Headers(scope=scope).get("accept-language"))
                problem = InternalError()
                await JSONResponse(error_body(problem, language), problem.status)(scope, receive, send)
            elif scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1011})
