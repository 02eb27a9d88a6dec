"""The agents on duty while contacts are placed with them: who has room, and whom to ask first. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
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


@dataclass(slots=True)
class _Post:
    """An agent and what this round of placing has changed for them."""

    server: Server
    load: int
    offers_left: int
    value: int
    kept_for_call: bool = False

    def has_room(self, channel: Channel) -> bool:
        if self.kept_for_call and channel is not Channel.VOICE:
            return False
        return self.offers_left > 0 and self.load + weight(channel, self.server.chat_limit) <= PERSON


class Floor:
    """All agents on duty in one round of placing."""

    def __init__(self, servers: Sequence[Server], offers_each: int) -> None:
        values = _values(servers)
        self._posts = {
            server.agent_id: _Post(server, server.load, offers_each, value)
            for server, value in zip(servers, values, strict=True)
        }
        self._open = [post for post in self._posts.values() if _is_open(post)]
        self._able: dict[frozenset[str], list[_Post]] = {}

    def has_room(self) -> bool:
        return bool(self._open)

    def can_serve(self, agent_id: UUID, needs: frozenset[str], excluded: frozenset[UUID]) -> bool:
        """Say whether the agent is on duty and knows what is needed, busy or not."""
        post = self._posts.get(agent_id)
        return post is not None and agent_id not in excluded and needs <= post.server.skills

    def take(self, wish: Wish) -> Server | None:
        """Give the contact to the best agent who has room for it; None if there is none."""
        able = [post for post in self._able_to(wish.needs, wish.excluded) if _suits(post, wish)]
        if not able:
            return None
        best = min(able, key=lambda post: _preference(post, wish))
        best.load += weight(wish.channel, best.server.chat_limit)
        best.offers_left -= 1
        if not _is_open(best):
            self._close(best)
        return best.server

    def reserve(self, needs: frozenset[str], excluded: frozenset[UUID]) -> bool:
        """Keep further chats from the able agent who will be empty first; False if no able agent has room for any."""
        able = [post for post in self._able_to(needs, excluded) if not post.kept_for_call]
        if not able:
            return False
        first = min(able, key=lambda post: (post.load, post.value, post.server.idle_since, post.server.agent_id.int))
        first.kept_for_call = True
        return True

    def _able_to(self, needs: frozenset[str], excluded: frozenset[UUID]) -> Iterable[_Post]:
        able = self._able.get(needs)
        if able is None:
            able = self._able[needs] = [post for post in self._open if needs <= post.server.skills]
        return (post for post in able if post.server.agent_id not in excluded)

    def _close(self, full: _Post) -> None:
        self._open.remove(full)
        for able in self._able.values():
            if full in able:
                able.remove(full)


def _is_open(post: _Post) -> bool:
    return any(post.has_room(channel) for channel in Channel)


def _suits(post: _Post, wish: Wish) -> bool:
    if wish.only is not None and post.server.agent_id != wish.only:
        return False
    return post.has_room(wish.channel) and len(wish.preferred & post.server.skills) >= wish.wanted


def _preference(post: _Post, wish: Wish) -> _Preference:
    """The sticky agent, the best match, the emptiest, whom others miss least, the longest idle; the id settles ties."""
    server = post.server
    matched = len(wish.preferred & server.skills)
    return server.agent_id != wish.sticky, -matched, post.load, post.value, server.idle_since, server.agent_id.int


def _values(servers: Sequence[Server]) -> list[int]:
    """Say how much others would miss each agent: a skill counts for more, the fewer on duty have it."""
    holders = Counter(skill for server in servers for skill in server.skills)
    return [sum(_WHOLE // holders[skill] for skill in server.skills) for server in servers]
