"""What holds for every line and every crew."""

from datetime import datetime
from itertools import permutations
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.conversations.models import Channel
from handoff.routing.policy import PERSON, Server, Waiting, choose, next_change, rank, weight
from tests.handoff.routing.lines import agent, at, contact

LANGUAGES = ("de", "en")
TOPICS = ("topic:a", "topic:b")
NOW = at(400)
MANY = 50  # more offers than an agent has room for

T = TypeVar("T")
Situation = tuple[list[Waiting], list[Server]]
shares = st.sampled_from([0, 200, 333, 400, 666, 999, PERSON])
some_skills = st.sets(st.sampled_from([*TOPICS, "legal"])).map(tuple)


def rarely(unusual: T, usual: T) -> st.SearchStrategy[T]:
    return st.sampled_from([usual, usual, usual, unusual])


@st.composite
def crews(draw: st.DrawFn) -> list[Server]:
    return [
        agent(
            number,
            *draw(some_skills),
            languages=tuple(draw(st.sets(st.sampled_from(LANGUAGES), min_size=1))),
            load=draw(shares),
            chat_limit=draw(st.sampled_from([1, 3, 5])),
            idle_since=draw(st.integers(-100, 0)),
        )
        for number in range(1, draw(st.integers(0, 6)) + 1)
    ]


@st.composite
def lines(draw: st.DrawFn, crew: list[Server]) -> list[Waiting]:
    anyone = st.sampled_from(crew) if crew else st.none()
    some_of_them = st.sets(st.sampled_from(crew), max_size=2).map(tuple) if crew else st.just(())
    return [
        contact(
            number,
            since=draw(st.sampled_from([0, 200, 300, 375, 390, 400])),
            language=draw(st.sampled_from(LANGUAGES)),
            channel=draw(st.sampled_from(Channel)),
            priority=draw(st.integers(1, 5)),
            required=draw(rarely(("legal",), ())),
            preferred=draw(rarely(TOPICS, ())) or draw(rarely(TOPICS[:1], ())),
            not_before=draw(rarely(at(450), None)),
            excluded=draw(rarely(draw(some_of_them), ())),
            sticky=draw(rarely(draw(anyone), None)),
            sticky_until=draw(st.sampled_from([at(399), at(405)])),
        )
        for number in range(1, draw(st.integers(0, 10)) + 1)
    ]


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[Waiting], list[Server], int]:
    crew = draw(crews())
    return draw(lines(crew)), crew, draw(st.sampled_from([0, 1, 3]))


def room_left(crew: list[Server], pairs: list[tuple[Waiting, Server]]) -> dict[int, int]:
    room = {server.agent_id.int: PERSON - server.load for server in crew}
    for entry, server in pairs:
        room[server.agent_id.int] -= weight(entry.channel, server.chat_limit)
    return room


def may_serve(entry: Waiting, server: Server, now: datetime) -> bool:
    """The rule in its plainest form, for one contact and one agent, whatever room there is."""
    waits_for = entry.sticky_agent if entry.sticky_until and entry.sticky_until > now else None
    wait = (now - entry.requested_at).total_seconds()
    wanted = len(entry.preferred)
    if wait >= entry.relax_after[1] or waits_for == server.agent_id:
        wanted = 0
    elif wait >= entry.relax_after[0]:
        wanted //= 2
    return (
        (entry.not_before is None or entry.not_before <= now)
        and server.agent_id not in entry.excluded
        and entry.required | {f"language:{entry.language}"} <= server.skills
        and len(entry.preferred & server.skills) >= wanted
    )


def holds_out_for_another(entry: Waiting, server: Server, crew: list[Server], now: datetime) -> bool:
    if entry.sticky_agent in (None, server.agent_id) or not entry.sticky_until or entry.sticky_until <= now:
        return False
    before = next((each for each in crew if each.agent_id == entry.sticky_agent), None)
    knows = entry.required | {f"language:{entry.language}"}
    return before is not None and knows <= before.skills and before.agent_id not in entry.excluded


@given(situations())
def test_nobody_is_offered_twice_and_no_limit_is_passed(situation):
    line, crew, spare = situation
    pairs = choose(line, crew, NOW, offers_each=MANY, spare_for_calls=spare)
    given_now = {server.agent_id.int for _, server in pairs}

    assert len({entry.entry_id for entry, _ in pairs}) == len(pairs)
    assert all(room >= 0 for number, room in room_left(crew, pairs).items() if number in given_now)


@given(situations())
def test_every_pair_is_allowed(situation):
    line, crew, spare = situation

    for entry, server in choose(line, crew, NOW, offers_each=MANY, spare_for_calls=spare):
        assert may_serve(entry, server, NOW)
        assert not holds_out_for_another(entry, server, crew, NOW)


@given(situations())
def test_no_contact_waits_while_an_agent_for_it_has_room(situation):
    """The one reason to leave room is a call that stands before the contact and needs a whole person."""
    line, crew, spare = situation
    pairs = choose(line, crew, NOW, offers_each=MANY, spare_for_calls=spare)
    room = room_left(crew, pairs)
    placed = {entry.entry_id for entry, _ in pairs}
    left = [entry for entry in line if entry.entry_id not in placed]

    for entry in left:
        calls_before = [each for each in left if each.channel is Channel.VOICE and rank(each, NOW) < rank(entry, NOW)]
        for server in crew:
            fits = room[server.agent_id.int] >= weight(entry.channel, server.chat_limit)
            if fits and may_serve(entry, server, NOW) and not holds_out_for_another(entry, server, crew, NOW):
                assert entry.channel is not Channel.VOICE
                assert any(
                    call.required | {f"language:{call.language}"} <= server.skills
                    and server.agent_id not in call.excluded
                    for call in calls_before
                )


@given(situations())
def test_calls_leave_no_more_agents_idle_than_there_are_calls(situation):
    line, crew, _ = situation
    pairs = choose(line, crew, NOW, offers_each=MANY)
    with_room = {number for number, room in room_left(crew, pairs).items() if room >= 200}
    placed = {entry.entry_id for entry, _ in pairs}
    left = [entry for entry in line if entry.entry_id not in placed]
    blocked = {
        server.agent_id.int
        for server in crew
        for entry in left
        if server.agent_id.int in with_room
        and weight(entry.channel, server.chat_limit) <= room_left(crew, pairs)[server.agent_id.int]
        and may_serve(entry, server, NOW)
        and not holds_out_for_another(entry, server, crew, NOW)
    }

    assert len(blocked) <= sum(entry.channel is Channel.VOICE for entry in left)


@given(situations())
def test_pairs_come_in_the_order_of_the_line(situation):
    line, crew, spare = situation
    ranks = [rank(entry, NOW) for entry, _ in choose(line, crew, NOW, offers_each=MANY, spare_for_calls=spare)]

    assert ranks == sorted(ranks)


@given(situations(), st.randoms(use_true_random=False))
def test_the_answer_does_not_depend_on_the_order_of_the_question(situation, random):
    line, crew, spare = situation
    expected = choose(line, crew, NOW, offers_each=MANY, spare_for_calls=spare)
    random.shuffle(line)
    random.shuffle(crew)

    assert choose(line, crew, NOW, offers_each=MANY, spare_for_calls=spare) == expected


@given(situations())
def test_an_agent_is_shown_one_offer_at_a_time_unless_more_are_wanted(situation):
    line, crew, spare = situation
    asked = [server.agent_id for _, server in choose(line, crew, NOW, spare_for_calls=spare)]

    assert len(asked) == len(set(asked))


def after(pairs: list[tuple[Waiting, Server]], line: list[Waiting], crew: list[Server]) -> Situation:
    """The line and the crew when all offers were taken."""
    room = room_left(crew, pairs)
    placed = {entry.entry_id for entry, _ in pairs}
    return [entry for entry in line if entry.entry_id not in placed], [
        Server(each.agent_id, each.skills, PERSON - room[each.agent_id.int], each.chat_limit, each.idle_since)
        for each in crew
    ]


@given(situations(), st.floats(0, 1, exclude_max=True))
def test_after_choosing_nothing_can_be_chosen_until_the_next_change(situation, part):
    line, crew, spare = situation
    line, crew = after(choose(line, crew, NOW, offers_each=MANY, spare_for_calls=spare), line, crew)
    moment = next_change(line, NOW) or at(100_000)

    assert choose(line, crew, NOW + part * (moment - NOW), offers_each=MANY) == []


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3000)), min_size=2, max_size=2))
def test_of_two_the_older_stays_first_once_it_is_first(two):
    """Ageing lets the older pass; nothing lets it fall back."""
    entries = [contact(number, since=since, priority=priority) for number, (priority, since) in enumerate(two)]
    older = min(entries, key=lambda entry: entry.requested_at)
    was_first = [min(entries, key=lambda entry: rank(entry, at(now))) is older for now in range(3000, 6000, 100)]

    assert was_first == sorted(was_first)
    assert was_first[-1]


@given(st.integers(1, 5), st.integers(60, 600))
def test_after_four_ageing_times_nobody_who_comes_later_is_served_before(priority, ageing):
    """So the wait of the lowest class is bounded by that time and the service of who is before it then."""
    old = contact(1, since=0, priority=priority, ageing_seconds=ageing)
    newcomer = contact(2, since=1, priority=1, ageing_seconds=ageing)

    assert rank(old, at(4 * ageing)) < rank(newcomer, at(4 * ageing))


@settings(max_examples=30)
@given(crews())
def test_who_gets_the_only_place_is_the_first_of_the_rank_whatever_the_order(crew):
    line = [contact(1, since=5, priority=2), contact(2, since=1), contact(3, since=9, priority=2)]
    answers = {
        tuple((entry.entry_id, server.agent_id) for entry, server in choose(order, crew, at(60)))
        for order in permutations(line)
    }

    assert len(answers) == 1
