"""Is everything there that a customer needs? Degraded is an answer too: people still take over."""

import asyncio
import logging
from typing import Literal

import httpx
from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import text

from handoff.db import reading
from handoff.deps import Parts, PartsDep
from handoff.failure_log import log_failure

log = logging.getLogger(__name__)
router = APIRouter()

State = Literal["ok", "down"]
_SECONDS = 2.0


class PartsOut(BaseModel):
    database: State
    bot: State
    actions: State


class HealthOut(BaseModel):
    status: Literal["ok", "degraded"]
    parts: PartsOut


@router.get("/health")
async def get_health(parts: PartsDep, response: Response) -> HealthOut:
    database, bot, actions = await asyncio.gather(
        _is_database_up(parts), parts.bot.is_ready(), _is_up(f"{parts.settings.actions_url}/health")
    )
    if not database:
        response.status_code = 503
    return HealthOut(
        status="ok" if database and bot and actions else "degraded",
        parts=PartsOut(database=_state(database), bot=_state(bot), actions=_state(actions)),
    )


def _state(is_up: bool) -> State:
    return "ok" if is_up else "down"


async def _is_database_up(parts: Parts) -> bool:
    try:
        async with asyncio.timeout(_SECONDS), reading(parts.sessions) as session:
            await session.execute(text("SELECT 1"))
    except Exception as error:
        log_failure(log, error, "the database does not answer")
        return False
    return True


async def _is_up(url: str) -> bool:
    try:
        async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as client:
            return (await client.get(url)).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
