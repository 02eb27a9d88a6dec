"""Signing in and out, and the agent's presence."""

from typing import Annotated

from fastapi import APIRouter, Cookie, Response

from handoff.agents import service
from handoff.agents.login import log_in
from handoff.agents.models import Presence
from handoff.agents.reading import agent_out
from handoff.agents.schemas import AgentOut, LanguageIn, LoginIn, PresenceIn
from handoff.agents.sessions import COOKIE, LIFETIME, end_session
from handoff.db import reading
from handoff.deps import AddressDep, CurrentAgent, NowDep, PartsDep, ReadSessionDep, SessionDep
from handoff.push.service import forget_devices

router = APIRouter(prefix="/api/agents")


@router.post("/login")
async def login(credentials: LoginIn, address: AddressDep, response: Response, parts: PartsDep) -> AgentOut:
    agent, token = await log_in(
        parts.sessions,
        email=credentials.email,
        password=credentials.password,
        address=address or "",
        now=parts.clock.now(),
    )
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LIFETIME.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=parts.settings.is_https,
    )
    async with reading(parts.sessions) as session:
        return await agent_out(session, agent)


@router.post("/logout", status_code=204)
async def logout(
    agent: CurrentAgent, session: SessionDep, now: NowDep, response: Response, saldo_agent: Annotated[str, Cookie()]
) -> None:
    await service.sign_out(session, agent, now)
    await forget_devices(session, agent.id, now)
    await end_session(session, saldo_agent)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")


@router.get("/me")
async def me(agent: CurrentAgent, session: ReadSessionDep) -> AgentOut:
    return await agent_out(session, agent)


@router.put("/me/presence")
async def put_presence(wish: PresenceIn, agent: CurrentAgent, session: SessionDep, now: NowDep) -> AgentOut:
    return await agent_out(session, await service.set_presence(session, agent, Presence(wish.status), now))


@router.put("/me/language")
async def put_language(wish: LanguageIn, agent: CurrentAgent, session: SessionDep) -> AgentOut:
    return await agent_out(session, await service.set_language(session, agent, wish.language))
