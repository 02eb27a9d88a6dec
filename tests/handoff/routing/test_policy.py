"""Who comes first, and who is offered whom."""

from datetime import timedelta

import pytest

from handoff.conversations.models import Channel
from handoff.routing.policy import PERSON, choose, next_change, rank, weight
from tests.handoff.routing.lines import ASKS_NOBODY_FIRST, agent, at, call, contact, pairs


def test_the_first_in_line_is_served_first():
    assert pairs([contact(2, since=10), contact(1, since=0)], [agent()], 20) == [(1, 1)]


def test_the_more_urgent_class_is_served_before_the_older_contact():
    assert pairs([contact(1, priority=3), contact(2, since=60, priority=2)], [agent()], 70) == [(2, 1)]


def test_ageing_lets_an_old_contact_pass_a_more_urgent_one():
    line = [contact(1, priority=3, ageing_seconds=300), contact(2, since=290, priority=2, ageing_seconds=300)]

    assert pairs(line, [agent()], 299) == [(2, 1)]
    assert pairs(line, [agent()], 300) == [(1, 1)]


def test_nobody_gets_more_urgent_than_the_most_urgent_class():
    assert rank(contact(priority=2, ageing_seconds=60), at(100_000))[0] == 1


def test_twenty_messages_change_nothing():
    """The rank knows the moment of the request alone; there is no place to put the moment of a message."""
    line = [contact(1, since=0), contact(2, since=1)]
    before = sorted(line, key=lambda entry: rank(entry, at(30)))

    assert [sorted(line, key=lambda entry: rank(entry, at(30 + message))) for message in range(20)] == [before] * 20


def test_the_language_is_never_given_up():
    assert pairs([contact(language="fi")], [agent(languages=("de", "en"))], 100_000) == []


def test_a_required_skill_is_never_given_up():
    assert pairs([contact(required=("legal",))], [agent()], 100_000) == []
    assert pairs([contact(required=("legal",))], [agent(1, "legal")]) == [(1, 1)]


def test_preferred_skills_are_given_up_in_two_steps():
    wish, knows_one, knows_none = contact(preferred=("a", "b"), relax_after=(15, 30)), agent(1, "a"), agent(2)

    assert pairs([wish], [knows_one, knows_none], 14) == []
    assert pairs([wish], [knows_one, knows_none], 15) == [(1, 1)]
    assert pairs([wish], [knows_none], 29) == []
    assert pairs([wish], [knows_none], 30) == [(1, 2)]


def test_a_contact_that_holds_out_for_nobody_still_gets_the_best_match_of_those_who_are_free():
    wish = contact(preferred=("a",), relax_after=ASKS_NOBODY_FIRST)

    assert pairs([wish], [agent(1), agent(2, "a")]) == [(1, 2)]
    assert pairs([wish], [agent(1)]) == [(1, 1)]


def test_who_missed_or_declined_the_contact_is_not_asked_again_and_others_are():
    mia, aino = agent(1), agent(2)

    assert pairs([contact(1, excluded=(mia,))], [mia]) == []
    assert pairs([contact(1, excluded=(mia,)), contact(2, since=5)], [mia, aino], 6) == [(1, 2), (2, 1)]


def test_the_agent_of_before_is_waited_for_until_the_time_is_over():
    busy, free = agent(1, load=PERSON), agent(2)
    wish = contact(sticky=busy, sticky_until=at(10))

    assert pairs([wish], [busy, free], 9) == []
    assert pairs([wish], [busy, free], 10) == [(1, 2)]


def test_the_agent_of_before_is_taken_at_once_when_free_even_without_the_preferred_skill():
    before, better = agent(1), agent(2, "a", idle_since=-9000)

    assert pairs([contact(preferred=("a",), sticky=before, sticky_until=at(10))], [before, better]) == [(1, 1)]


@pytest.mark.parametrize("servers", [[agent(2)], [agent(1, languages=("fi",), load=PERSON), agent(2)]])
def test_an_agent_of_before_who_left_or_lacks_a_skill_is_not_waited_for(servers):
    assert pairs([contact(sticky=agent(1), sticky_until=at(10))], servers) == [(1, 2)]


def test_an_agent_of_before_who_missed_the_contact_is_not_waited_for():
    before = agent(1)

    assert pairs([contact(sticky=before, sticky_until=at(10), excluded=(before,))], [before, agent(2)]) == [(1, 2)]


def test_a_callback_is_not_offered_before_its_time_and_keeps_its_place():
    callback, younger = contact(1, since=0, not_before=at(600)), contact(2, since=300)

    assert pairs([callback, younger], [agent()], 599) == [(2, 1)]
    assert pairs([callback, younger], [agent()], 600) == [(1, 1)]


@pytest.mark.parametrize(
    ("channel", "chat_limit", "expected"),
    [
        (Channel.VOICE, 3, 1000),
        (Channel.WEBCHAT, 3, 333),
        (Channel.WEBCHAT, 1, 1000),
        (Channel.WEBCHAT, 20, 50),
        (Channel.SMS, 3, 200),
    ],
)
def test_a_contact_takes_its_share_of_a_person(channel, chat_limit, expected):
    assert weight(channel, chat_limit) == expected


@pytest.mark.parametrize("limit", range(1, 21))
def test_the_limit_is_reached_and_not_passed(limit):
    line = [contact(number) for number in range(40)]

    assert len(choose(line, [agent(chat_limit=limit)], at(60), offers_each=40)) == limit


def test_an_agent_on_a_call_gets_nothing_else():
    assert pairs([contact()], [agent(load=PERSON)]) == []


def test_a_call_needs_a_whole_person():
    assert pairs([call()], [agent(load=333)], 600) == []
    assert pairs([call()], [agent(load=200)], 600) == []
    assert pairs([call()], [agent(load=0)]) == [(1, 1)]


def test_a_waiting_call_keeps_chats_from_the_agent_who_will_be_empty_first():
    nearly_empty, fuller = agent(1, load=333), agent(2, load=666)

    assert pairs([call(1), contact(2, since=5)], [nearly_empty, fuller], 6) == [(2, 2)]
    assert pairs([call(1), contact(2, since=5)], [nearly_empty], 6) == []


def test_a_call_keeps_nobody_who_could_not_serve_it():
    assert pairs([call(1, language="fi"), contact(2, since=5)], [agent(load=333)], 6) == [(2, 1)]


def test_a_call_keeps_nobody_who_missed_it():
    mia = agent(1, load=333)

    assert pairs([contact(1, channel=Channel.VOICE, excluded=(mia,)), contact(2, since=5)], [mia], 6) == [(2, 1)]


def test_a_call_that_still_holds_out_for_a_skill_keeps_nobody():
    picky = contact(1, channel=Channel.VOICE, preferred=("a",), relax_after=(15, 30))

    assert pairs([picky, contact(2, since=5)], [agent(1, load=333)], 6) == [(2, 1)]
    assert pairs([picky, contact(2, since=5)], [agent(1, load=333)], 30) == []


def test_each_of_several_calls_keeps_an_agent_of_its_own():
    servers = [agent(1, load=333), agent(2, load=333), agent(3, load=666)]

    assert pairs([call(1), call(2), contact(3, since=5)], servers, 6) == [(3, 3)]


def test_an_agent_with_fewer_languages_is_asked_first_and_the_rare_one_kept_free():
    rare = agent(1, languages=("de", "fi"), idle_since=-9000)

    assert pairs([contact()], [rare, agent(2), agent(3)]) in ([(1, 2)], [(1, 3)])


def test_among_equals_the_one_longest_idle_is_asked():
    assert pairs([contact()], [agent(1, idle_since=-10), agent(2, idle_since=-60)]) == [(1, 2)]


def test_all_pairs_are_made_at_once():
    line = [contact(number, since=number) for number in range(1, 5)]

    assert pairs(line, [agent(1, idle_since=-30), agent(2, idle_since=-20)], 9) == [(1, 1), (2, 2)]
    assert len(pairs(line, [agent(1), agent(2)], 9, each=3)) == 4


def test_nobody_free_or_nobody_waiting_gives_no_pair():
    assert pairs([], [agent()]) == []
    assert pairs([contact()], []) == []


def test_the_next_change_is_the_nearest_of_the_moments_that_free_a_contact():
    preferring = contact(1, since=0, preferred=("a",), relax_after=(15, 30))
    sticky = contact(2, since=0, sticky=agent(), sticky_until=at(10))
    callback = contact(3, since=0, not_before=at(600))

    moments = [next_change([preferring, sticky, callback], at(seconds)) for seconds in (0, 10, 15, 30, 600)]

    assert moments == [at(10), at(15), at(30), at(600), None]


def test_time_alone_changes_nothing_for_those_who_hold_out_for_nobody():
    assert next_change([contact(1), contact(2)], at(5)) is None


def test_the_next_change_is_when_ageing_lets_a_chat_pass_a_call():
    line = [call(1, priority=2), contact(2, priority=3, ageing_seconds=300)]

    assert next_change(line, at(1)) == at(300)
    assert next_change(line, at(0)) - at(0) == timedelta(seconds=300)


def test_few_empty_agents_are_spared_for_calls_and_chats_go_to_who_chats_already():
    chatting, empty, other = agent(1, load=333), agent(2), agent(3)
    chat = [contact(1)]

    assert choose(chat, [chatting, empty], at(0), spare_for_calls=0)[0][1] is empty
    assert choose(chat, [chatting, empty], at(0), spare_for_calls=1)[0][1] is chatting
    assert choose(chat, [chatting, empty, other], at(0), spare_for_calls=1)[0][1] in (empty, other)


def test_a_chat_waits_for_nobody_because_an_agent_is_spared():
    assert len(choose([contact(1)], [agent(1, load=999), agent(2)], at(0), spare_for_calls=3)) == 1


def test_an_empty_agent_of_another_language_spares_nobody():
    servers = [agent(1, load=333), agent(2), agent(3, languages=("fi",))]

    assert choose([contact(1)], servers, at(0), spare_for_calls=1)[0][1] is servers[0]
