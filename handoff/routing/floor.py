"""The agents on duty while contacts are placed with them: who has room, and whom to ask first. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush
from itertools import chain
from typing import Final
from uuid import UUID

from handoff.conversations.models import Channel

PERSON: Final = 1000
_SMS: Final = 200
_WHOLE: Final = 1_000_000

_Preference = tuple[bool, int, int, int, datetime, int]


def weight(channel: Channel, chat_limit: int) -> int:
    """Return how much of a person a contact takes, in thousandths."""
    if channel is Channel.VOICE:
        return PERSON
    return PERSON // chat_limit if channel is Channel.WEBCHAT else _SMS


def _lightest(chat_limit: int) -> int:
    return min(_SMS, PERSON // chat_limit)


@dataclass(frozen=True, slots=True)
class Server:
    """An agent on duty. `load` are the thousandths of them that are taken, offers and wrap-ups included."""

    agent_id: UUID
    skills: frozenset[str]
    load: int
    chat_limit: int
    idle_since: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """What the first of a line asks for now: at least `wanted` of the preferred skills, of `only` this agent if set."""

    needs: frozenset[str]
    preferred: frozenset[str]
    wanted: int
    channel: Channel
    excluded: frozenset[UUID]
    sticky: UUID | None
    only: UUID | None

    @property
    def is_settled_call(self) -> bool:
        """A call that holds out for nobody any more."""
        return self.channel is Channel.VOICE and self.wanted == 0 and self.only is None

    @property
    def is_particular(self) -> bool:
        return self.sticky is not None or bool(self.excluded)

    def allows(self, agent_id: UUID) -> bool:
        return agent_id not in self.excluded and self.only in (None, agent_id)


_Member = tuple[datetime, int, Server]
_Kind = tuple[frozenset[str], int, int, int]


@dataclass(slots=True, eq=False)
class _Alike:
    """Agents with some room who differ in nothing but how long they have been idle; the longest idle is the first."""

    skills: frozenset[str]
    load: int
    chat_limit: int
    offers_left: int
    value: int
    members: list[_Member] = field(default_factory=list)

    def has_room(self, channel: Channel) -> bool:
        return self.load + weight(channel, self.chat_limit) <= PERSON

    def first(self, wish: Wish) -> _Member | None:
        if not wish.is_particular:
            return self.members[0]
        willing = [member for member in self.members if wish.allows(member[2].agent_id)]
        return min(willing, key=lambda member: (member[2].agent_id != wish.sticky, *member[:2]), default=None)

    def remove(self, member: _Member) -> None:
        if member is self.members[0]:
            heappop(self.members)
        else:
            self.members.remove(member)
            heapify(self.members)


class Floor:
    """All agents on duty in one round of placing."""

    def __init__(self, servers: Sequence[Server], offers_each: int, spare_for_calls: int) -> None:
        self._servers = servers
        self._spare = spare_for_calls
        self._holders = Counter(chain.from_iterable(server.skills for server in servers))
        self._kinds: dict[_Kind, _Alike] = {}
        self._able: dict[frozenset[str], list[_Alike]] = {}
        self._members = 0
        for server in servers:
            self._put(server, server.load, offers_each)

    def has_room(self) -> bool:
        return self._members > 0

    def can_serve(self, agent_id: UUID, needs: frozenset[str], excluded: frozenset[UUID]) -> bool:
        """Say whether the agent is on duty and knows what is needed, busy or not."""
        if agent_id in excluded:
            return False
        return any(server.agent_id == agent_id and needs <= server.skills for server in self._servers)

    def is_there_anyone(self, needs: frozenset[str]) -> bool:
        """Say whether anybody who knows what is needed has room for anything."""
        return bool(self._able_to(needs))

    def take(self, wish: Wish) -> Server | None:
        """Give the contact to the best agent who has room for it; None if there is none.

        Few empty agents are spared for calls, which need a whole person: a chat goes where others are held already.
        """
        able = [alike for alike in self._able_to(wish.needs) if alike.members]
        suitable = [alike for alike in able if _suits(alike, wish)]
        if wish.channel is not Channel.VOICE and suitable:
            empty = sum(len(alike.members) for alike in able if alike.load == 0)
            if empty <= self._spare:
                suitable = [alike for alike in suitable if alike.load > 0 and alike.first(wish)] or suitable
        choices = [(alike, member) for alike in suitable if (member := alike.first(wish))]
        if not choices:
            return None
        alike, member = min(choices, key=lambda choice: _preference(choice[0], choice[1], wish))
        alike.remove(member)
        self._members -= 1
        load = alike.load + weight(wish.channel, alike.chat_limit)
        self._put(member[2], load, alike.offers_left - 1)
        return member[2]

    def reserve(self, call: Wish) -> bool:
        """Give nothing more to the able agent who will be empty first; False if no able agent has room for anything."""
        able = [
            (alike.load, alike.value, *member[:2], member, alike)
            for alike in self._able_to(call.needs)
            for member in alike.members
            if call.allows(member[2].agent_id)
        ]
        if not able:
            return False
        *_, member, alike = min(able, key=lambda each: each[:4])
        alike.remove(member)
        self._members -= 1
        return True

    def _able_to(self, needs: frozenset[str]) -> Sequence[_Alike]:
        able = self._able.get(needs)
        if able is None:
            able = self._able[needs] = [alike for alike in self._kinds.values() if needs <= alike.skills]
        return able

    def _put(self, server: Server, load: int, offers_left: int) -> None:
        """Stand the agent with those like them, if any room is left."""
        if offers_left == 0 or load + _lightest(server.chat_limit) > PERSON:
            return
        kind = (server.skills, load, server.chat_limit, offers_left)
        alike = self._kinds.get(kind)
        if alike is None:
            alike = self._kinds[kind] = _Alike(*kind, _value(server.skills, self._holders))
            for needs, able in self._able.items():
                if needs <= server.skills:
                    able.append(alike)
        heappush(alike.members, (server.idle_since, server.agent_id.int, server))
        self._members += 1


def _suits(alike: _Alike, wish: Wish) -> bool:
    return alike.has_room(wish.channel) and len(wish.preferred & alike.skills) >= wish.wanted


def _preference(alike: _Alike, member: _Member, wish: Wish) -> _Preference:
    """The sticky agent, the best match, the emptiest, whom others miss least, the longest idle; the id settles ties."""
    idle_since, number, server = member
    matched = len(wish.preferred & alike.skills)
    return server.agent_id != wish.sticky, -matched, alike.load, alike.value, idle_since, number


def _value(skills: frozenset[str], holders: Mapping[str, int]) -> int:
    """Say how much others would miss an agent: a skill counts for more, the fewer on duty have it."""
    return sum(_WHOLE // holders[skill] for skill in skills)
