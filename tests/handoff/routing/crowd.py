"""Customers in line and agents on duty, made without sockets; what they do is done as the endpoints do it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, Presence
from handoff.conversations import service
from handoff.conversations.models import Channel, Conversation, ConversationStatus
from handoff.errors import HandoffError
from handoff.routing import claims, offers, queue
from handoff.routing.models import Offer, OfferStatus, QueueEntry
from tests.factories.handoff import LANGUAGE_SKILLS, make_agent

Work = Callable[[AsyncSession], Awaitable[object]]


class Crowd:
    """Talks to the database of a running application; each call is one transaction."""

    def __init__(self, app: FastAPI) -> None:
        self.sessions = app.state.sessions
        self.clock = app.state.clock
        self.dispatcher = app.state.dispatcher
        self.live = app.state.live

    @property
    def now(self) -> datetime:
        moment: datetime = self.clock.now()
        return moment

    async def attempt(self, work: Work) -> HandoffError | None:
        """Return the refusal, None when it worked."""
        try:
            async with self.sessions.begin() as session:
                await work(session)
        except HandoffError as error:
            return error
        return None

    async def agent(
        self,
        name: str = "Mia",
        *,
        presence: Presence = Presence.AVAILABLE,
        capacity: int = 3,
        skills: Sequence[str] = LANGUAGE_SKILLS,
    ) -> Agent:
        async with self.sessions.begin() as session:
            return await make_agent(
                session, now=self.now, name=name, presence=presence, capacity=capacity, skills=skills
            )

    async def customer(
        self,
        *,
        topic: str = "other",
        language: str = "en",
        channel: Channel = Channel.WEBCHAT,
        address: str | None = None,
    ) -> UUID:
        """Somebody asks for a person; returns the conversation."""
        async with self.sessions.begin() as session:
            conversation, _ = await service.open_conversation(
                session, channel=channel, language=language, address=address, now=self.now
            )
            await service.request_handoff(session, conversation, reason="asked", topic=topic, now=self.now)
        return conversation.id

    async def held(self, agent: Agent, **wish: object) -> UUID:
        """A conversation that the agent has."""
        conversation_id = await self.customer(**wish)  # type: ignore[arg-type]  # passed on as given
        assert await self.take(conversation_id, agent) is None
        return conversation_id

    async def take(self, conversation_id: UUID, agent: Agent, how: claims.How = "taken") -> HandoffError | None:
        entry = await self.entry(conversation_id)
        return await self.attempt(lambda session: claims.claim(session, entry.id, agent.id, self.now, how=how))

    async def accept(self, agent: Agent, offer: Offer | None = None) -> HandoffError | None:
        """In a race the offer is found beforehand: it may be gone."""
        offer = offer or await self.offer_to(agent)
        assert offer is not None
        return await self.attempt(lambda session: offers.accept_offer(session, offer.id, agent, self.now))

    async def decline(self, agent: Agent) -> None:
        offer = await self.offer_to(agent)
        assert offer is not None
        async with self.sessions.begin() as session:
            await offers.decline_offer(session, offer.id, agent, self.now)

    async def transfer(self, conversation_id: UUID, **target: object) -> HandoffError | None:
        return await self.with_conversation(
            conversation_id,
            lambda session, conversation: claims.transfer(session, conversation, self.now, **target),  # type: ignore[arg-type]  # the same
        )

    async def with_conversation(
        self, conversation_id: UUID, work: Callable[[AsyncSession, Conversation], Awaitable[object]]
    ) -> HandoffError | None:
        async def locked(session: AsyncSession) -> None:
            await work(session, await session.get_one(Conversation, conversation_id))

        return await self.attempt(locked)

    async def tick(self) -> None:
        await self.dispatcher.tick()

    async def offer_to(self, agent: Agent) -> Offer | None:
        async with self.sessions() as session:
            return await offers.find_pending_offer(session, agent.id)

    async def offered_agents(self) -> set[UUID]:
        async with self.sessions() as session:
            return set(await session.scalars(select(Offer.agent_id).where(Offer.status == OfferStatus.PENDING)))

    async def conversation(self, conversation_id: UUID) -> Conversation:
        async with self.sessions() as session:
            return await session.get_one(Conversation, conversation_id)

    async def entry(self, conversation_id: UUID) -> QueueEntry:
        async with self.sessions() as session:
            entry = await queue.find_last_entry(session, conversation_id)
        assert entry is not None
        return entry

    async def place(self, conversation_id: UUID) -> int | None:
        async with self.sessions() as session:
            return await queue.position_of(session, conversation_id, self.now)

    async def holder(self, conversation_id: UUID) -> UUID | None:
        conversation = await self.conversation(conversation_id)
        return conversation.agent_id if conversation.status is ConversationStatus.ACTIVE else None
