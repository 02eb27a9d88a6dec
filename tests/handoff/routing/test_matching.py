"""Who is offered whom."""

from datetime import UTC, datetime
from uuid import UUID

from handoff.routing.matching import FreeAgent, Waiting, choose_pair

MIA, AINO, FIRST, SECOND = UUID(int=1), UUID(int=2), UUID(int=11), UUID(int=12)
EARLY, LATE = datetime(2026, 11, 21, 9, tzinfo=UTC), datetime(2026, 11, 21, 10, tzinfo=UTC)


def pair(waiting: list[Waiting], agents: list[FreeAgent]) -> tuple[UUID, UUID] | None:
    chosen = choose_pair(waiting, agents)
    return (chosen[0].entry_id, chosen[1].agent_id) if chosen else None


def test_the_first_in_line_is_served_first():
    assert pair([Waiting(FIRST, "de"), Waiting(SECOND, "de")], [FreeAgent(MIA, "de")]) == (FIRST, MIA)


def test_an_agent_of_the_language_is_preferred():
    agents = [FreeAgent(MIA, "de"), FreeAgent(AINO, "fi", last_offer_at=LATE)]

    assert pair([Waiting(FIRST, "fi")], agents) == (FIRST, AINO)


def test_without_an_agent_of_the_language_anybody_helps():
    assert pair([Waiting(FIRST, "fi")], [FreeAgent(MIA, "de")]) == (FIRST, MIA)


def test_among_equals_the_one_longest_without_an_offer_is_chosen():
    agents = [FreeAgent(MIA, "de", last_offer_at=LATE), FreeAgent(AINO, "de", last_offer_at=EARLY)]

    assert pair([Waiting(FIRST, "de")], agents) == (FIRST, AINO)


def test_an_agent_who_never_had_an_offer_comes_before_all_others():
    agents = [FreeAgent(MIA, "de", last_offer_at=EARLY), FreeAgent(AINO, "de")]

    assert pair([Waiting(FIRST, "de")], agents) == (FIRST, AINO)


def test_who_missed_the_offer_is_asked_last_but_asked():
    missed = Waiting(FIRST, "de", missed_by=frozenset({MIA}))

    assert pair([missed], [FreeAgent(MIA, "de"), FreeAgent(AINO, "fi")]) == (FIRST, AINO)
    assert pair([missed], [FreeAgent(MIA, "de")]) == (FIRST, MIA)


def test_who_declined_is_not_asked_again_and_the_next_in_line_is_offered():
    declined = Waiting(FIRST, "de", declined_by=frozenset({MIA}))

    assert pair([declined, Waiting(SECOND, "de")], [FreeAgent(MIA, "de")]) == (SECOND, MIA)


def test_nobody_free_or_nobody_waiting_gives_no_pair():
    assert pair([], [FreeAgent(MIA, "de")]) is None
    assert pair([Waiting(FIRST, "de")], []) is None
