"""What protects browsers: who may call the API from which page, and the headers of every response."""

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from handoff.errors import HandoffError, NotJson, OriginRefused, error_body
from handoff.language import preferred_language
from handoff.settings import Settings

_CHANGING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_OPEN_TO_WIDGETS: Final = "/api/conversations"
_FILES: Final = "/files"
# No form can send these, so a foreign page must ask first, as it must for JSON.
_FILE_TYPES: Final = frozenset({"image/png", "image/jpeg", "application/pdf", "application/octet-stream"})


class ApiGuard:
    """Refuses changes that another site's page tries to make with this browser's cookie."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self._app(scope, receive, send)
            return
        language = preferred_language(Headers(scope=scope).get("accept-language"))
        await JSONResponse(error_body(refusal, language), refusal.status)(scope, receive, send)

    def _refusal(self, scope: Scope) -> HandoffError | None:
        if scope["method"] not in _CHANGING or not scope["path"].startswith("/api/"):
            return None
        headers = Headers(scope=scope)
        if not self._may_call(scope["path"], headers):
            return OriginRefused()
        content_type = headers.get("content-type", "application/json").split(";")[0].strip().lower()
        if content_type in _FILE_TYPES and scope["path"].endswith(_FILES):
            return None
        return None if content_type == "application/json" else NotJson()

    def _may_call(self, path: str, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is None:
            return headers.get("sec-fetch-site", "none") in ("none", "same-origin")
        is_file = path.startswith(f"{_OPEN_TO_WIDGETS}/") and path.endswith(_FILES)
        origins = self._settings.chat_origins if is_file or path == _OPEN_TO_WIDGETS else self._settings.own_origins
        return origin in origins


class SecurityHeaders:
    """Adds to every response what a browser should enforce."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": _content_policy(settings),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "X-Frame-Options": "DENY",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        if settings.is_https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _content_policy(settings: Settings) -> str:
    """Only our own files; the socket addresses are named because older browsers do not count them as 'self'."""
    sockets = [f"{'wss' if settings.is_https else 'ws'}://{urlsplit(origin).netloc}" for origin in settings.own_origins]
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            f"connect-src 'self' {' '.join(sorted(sockets))}",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )
