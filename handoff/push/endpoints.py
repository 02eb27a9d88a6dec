"""An agent's browser asks to be reached, and says what it has received."""

from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, Field

from handoff.deps import CurrentAgent, NowDep, PartsDep, SessionDep
from handoff.errors import NotFound
from handoff.push import service
from handoff.push.carrier import bytes_of
from handoff.push.errors import PushNotOffered

router = APIRouter(prefix="/api/agents/me/push")

POINT_BYTES = 65
SECRET_BYTES = 16


def _point(text: str) -> str:
    if len(bytes_of(text)) != POINT_BYTES:
        raise ValueError
    return text


def _secret(text: str) -> str:
    if len(bytes_of(text)) != SECRET_BYTES:
        raise ValueError
    return text


class KeysIn(BaseModel):
    p256dh: Annotated[str, Field(max_length=100), AfterValidator(_point)]
    auth: Annotated[str, Field(max_length=40), AfterValidator(_secret)]


class DeviceIn(BaseModel):
    """What `PushSubscription.toJSON()` gives."""

    endpoint: str = Field(max_length=1000)
    keys: KeysIn


class EndpointIn(BaseModel):
    endpoint: str = Field(max_length=1000)


class PushOut(BaseModel):
    """`key` is what a browser subscribes with; null where this installation sends no push messages."""

    key: str | None


@router.get("")
async def get_push(agent: CurrentAgent, parts: PartsDep) -> PushOut:
    return PushOut(key=parts.push.public_key if parts.push else None)


@router.post("", status_code=204)
async def add(wish: DeviceIn, agent: CurrentAgent, session: SessionDep, parts: PartsDep, now: NowDep) -> None:
    """Known again with every call: the browser is asked at once whether it hears."""
    if parts.push is None or not is_known_service(wish.endpoint, parts.settings.push_services):
        raise PushNotOffered
    keys = {"public_key": wish.keys.p256dh, "auth_secret": wish.keys.auth}
    await service.add_device(session, agent, endpoint=wish.endpoint, **keys, now=now)


@router.post("/end", status_code=204)
async def end(wish: EndpointIn, agent: CurrentAgent, session: SessionDep, now: NowDep) -> None:
    await service.forget_device(session, agent.id, wish.endpoint, now)


@router.post("/{message_id}/heard", status_code=204)
async def hear(message_id: UUID, agent: CurrentAgent, session: SessionDep, now: NowDep) -> None:
    if not await service.hear(session, agent.id, message_id, now):
        raise NotFound


def is_known_service(endpoint: str, services: tuple[str, ...]) -> bool:
    """Whether we may be made to send there: a push service by name, over https, on its usual port.

    A service written with its scheme stands for itself, so that an installation can name one of its own.
    """
    parts = urlsplit(endpoint)
    if f"{parts.scheme}://{parts.netloc}" in services:
        return True
    name = parts.hostname or ""
    is_named = any(name == each or name.endswith(f".{each}") for each in services)
    return parts.scheme == "https" and parts.netloc == name and is_named
