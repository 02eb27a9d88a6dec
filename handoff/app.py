"""The composition root of the public process: makes every part once and wires them together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from billing.clock import Clock, SystemClock
from billing.errors import SaldoError
from handoff import health, static_files
from handoff.accidents import Accidents
from handoff.agents import lost
from handoff.agents.endpoints import router as agents_router
from handoff.authority import PACKAGED as PACKAGED_AUTHORITY
from handoff.authority import load_authority
from handoff.bot_gateway import BotGateway, HttpBotGateway
from handoff.callbacks import attempts
from handoff.callbacks.endpoints import router as callbacks_router
from handoff.channels.twilio import dead_lines
from handoff.channels.twilio.endpoints import router as twilio_router
from handoff.console.action_endpoints import router as actions_router
from handoff.console.desk_endpoints import router as desk_router
from handoff.console.endpoints import router as console_router
from handoff.conversations import leaving
from handoff.conversations.endpoints import router as conversations_router
from handoff.conversations.turns import TurnRunner
from handoff.db import make_async_engine, make_sessions
from handoff.demo.endpoints import router as demo_router
from handoff.demo.letters import router as demo_letters_router
from handoff.deps import Parts
from handoff.due_loop import DueLoop
from handoff.errors import HandoffError, InvalidRequest, MethodNotAllowed, NotFound, TooManyRequests, error_body
from handoff.language import preferred_language, warm_up
from handoff.live import LiveEvents
from handoff.outbox_sender import OutboxSender
from handoff.push import sending
from handoff.push.carrier import WebPush
from handoff.push.endpoints import router as push_router
from handoff.routing import announcements, closing_time
from handoff.routing.dispatcher import Dispatcher
from handoff.routing.queues import PACKAGED, give_queues, load_queues
from handoff.security import ApiGuard, SecurityHeaders
from handoff.settings import Settings, load_settings
from handoff.supervision import alarms
from handoff.supervision.endpoints import router as board_router
from handoff.wrap_up import expiry
from handoff.wrap_up.endpoints import router as wrap_up_router

_DESK_ROUTERS = (
    console_router,
    desk_router,
    actions_router,
    callbacks_router,
    wrap_up_router,
    board_router,
    push_router,
)


def build() -> FastAPI:
    """Make the application from the environment, for uvicorn --factory."""
    return create_app(load_settings(), clock=SystemClock())


def create_app(settings: Settings, *, clock: Clock, bot: BotGateway | None = None) -> FastAPI:
    engine = make_async_engine(settings.database_url)
    parts = _make_parts(settings, clock, engine, bot)
    app = FastAPI(
        title="Saldo", lifespan=_lifespan(parts, engine), redirect_slashes=False, openapi_url=None, docs_url=None
    )
    app.state.parts = parts
    for name in ("settings", "clock", "sessions", "live", "runner", "dispatcher"):
        setattr(app.state, name, getattr(parts, name))
    _add_routers(app, settings)
    _add_error_handlers(app)
    app.add_middleware(Accidents)
    app.add_middleware(ApiGuard, settings=settings)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(settings.widget_origins),
        allow_methods=["GET", "POST"],
        allow_headers=["content-type", "authorization", "x-file-id", "x-file-name"],
    )
    app.add_middleware(SecurityHeaders, settings=settings)
    return app


def _make_parts(settings: Settings, clock: Clock, engine: AsyncEngine, bot: BotGateway | None) -> Parts:
    live = LiveEvents()
    sessions = make_sessions(engine, live)
    queues = load_queues(settings.queues or PACKAGED)
    give_queues(sessions, queues)
    gateway = bot or HttpBotGateway(
        settings.bot_urls, settings.bot_secret.get_secret_value(), settings.bot_timeout_seconds
    )
    return Parts(
        settings=settings,
        clock=clock,
        sessions=sessions,
        live=live,
        bot=gateway,
        runner=TurnRunner(sessions, gateway, live, clock, turn_secret=settings.turn_secret.get_secret_value()),
        dispatcher=Dispatcher(sessions, live, clock),
        queues=queues,
        authority=load_authority(settings.authority or PACKAGED_AUTHORITY),
        push=WebPush(settings.push_key.get_secret_value(), settings.push_contact) if settings.push_key else None,
    )


def _make_loops(parts: Parts) -> list[DueLoop]:
    """What runs by itself beside the dispatcher."""
    of_line = (announcements.make_loop, closing_time.make_loop, attempts.make_loop)
    makers = (*of_line, leaving.make_loop, dead_lines.make_loop, lost.make_loop, expiry.make_loop, alarms.make_loop)
    loops = [make(parts.sessions, parts.live, parts.clock, parts.queues) for make in makers]
    return [*loops, sending.make_loop(parts.sessions, parts.live, parts.clock, parts.push)] if parts.push else loops


def _lifespan(parts: Parts, engine: AsyncEngine):  # type: ignore[no-untyped-def]  # starlette's own alias is private
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        outbox = OutboxSender(parts.sessions, parts.settings, parts.clock)
        app.state.outbox_sender = outbox
        await asyncio.to_thread(warm_up)
        await parts.runner.start()
        parts.dispatcher.start()
        loops = _make_loops(parts)
        for loop in loops:
            loop.start()
        await outbox.start()
        try:
            yield
        finally:
            await outbox.stop()
            for loop in loops:
                await loop.stop()
            await parts.dispatcher.stop()
            await parts.runner.stop()
            await parts.bot.close()
            if parts.push:
                await parts.push.close()
            await engine.dispose()

    return lifespan


def _add_routers(app: FastAPI, settings: Settings) -> None:
    demo = (demo_router, demo_letters_router) if settings.demo else ()
    for router in (health.router, conversations_router, agents_router, twilio_router, *_DESK_ROUTERS, *demo):
        # Their routes as they are: including would analyse every endpoint again, for each application and request path.
        app.router.routes.extend(router.routes)
    app.router.routes.extend(static_files.router.routes)


def _add_error_handlers(app: FastAPI) -> None:
    app.add_exception_handler(SaldoError, _show_error)  # type: ignore[arg-type]  # starlette types the base class only
    app.add_exception_handler(RequestValidationError, _show_invalid)
    app.add_exception_handler(HTTPException, _show_http_error)  # type: ignore[arg-type]  # the same


async def _show_error(request: Request, error: SaldoError) -> JSONResponse:
    language = preferred_language(request.headers.get("accept-language"))
    later = {"Retry-After": str(error.seconds)} if isinstance(error, TooManyRequests) else None
    return JSONResponse(error_body(error, language), error.status, later)


async def _show_invalid(request: Request, _error: Exception) -> JSONResponse:
    return await _show_error(request, InvalidRequest())


async def _show_http_error(request: Request, error: HTTPException) -> JSONResponse:
    known: dict[int, HandoffError] = {404: NotFound(), 405: MethodNotAllowed()}
    return await _show_error(request, known.get(error.status_code, InvalidRequest()))
