"""What people type by mistake or on purpose: a clear answer in their language, and nothing breaks."""

import itertools
import re

import pytest

from tests.e2e.chat_client import ChatClient
from tests.e2e.running_system import RunningSystem

ASK_BALANCE = {"en": "What do I owe?", "de": "Was schulde ich Ihnen?", "fi": "Paljonko olen velkaa?"}
UNKNOWN_NUMBER = "99999999"


_taken = itertools.count()


def unused_number(system: RunningSystem) -> str:
    """A customer of no story, another one each time: codes are capped per customer."""
    nobody_else = "SELECT number FROM customer WHERE id NOT IN (SELECT customer_id FROM demo_story) ORDER BY number"
    return str(system.sql(f"{nobody_else} LIMIT 1 OFFSET ?", next(_taken))[0]["number"])


def sent_code(system: RunningSystem) -> str:
    newest = "SELECT body FROM outbox_message WHERE sensitive AND body <> '' ORDER BY id DESC LIMIT 1"
    found = re.search(r"\b\d{6}\b", system.sql(newest)[0]["body"])
    assert found
    return found[0]


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def challenged(client: ChatClient, language: str, number: str) -> str:
    client.ask(ASK_BALANCE[language])
    return str(client.ask(number)["text"])


@pytest.mark.parametrize("language", ["en", "de", "fi"])
def test_an_unknown_number_and_a_wrong_code_get_the_same_answers(system: RunningSystem, language: str) -> None:
    heard = []
    for number in (unused_number(system), UNKNOWN_NUMBER):
        with ChatClient(system, language=language) as client:
            asked = challenged(client, language, number)
            heard.append((asked, client.ask(other_than(sent_code(system)))["text"]))

    assert heard[0] == heard[1]


def test_five_wrong_codes_lock_even_the_right_one(system: RunningSystem) -> None:
    with ChatClient(system) as client:
        challenged(client, "en", unused_number(system))
        right = sent_code(system)
        answers = [client.ask(other_than(right))["text"] for _ in range(5)]

        after_lock = client.ask(right)["text"]

        assert answers[4] != answers[0]
        assert after_lock == answers[4]
        conversation = client.conversation_id.replace("-", "")
        assert system.sql("SELECT * FROM verification WHERE conversation_id = ?", conversation) == []


@pytest.mark.parametrize("language", ["en", "de", "fi"])
def test_too_long_and_empty_messages_are_refused_in_a_sentence(system: RunningSystem, language: str) -> None:
    with ChatClient(system, language=language) as client:
        refusals = [client.try_to_say("x" * 50_000), client.try_to_say("   \n ")]

        assert [refusal["error"] for refusal in refusals] == ["MessageTooLong", "EmptyMessage"]
        assert all(refusal["text"] for refusal in refusals)
        assert client.ask(ASK_BALANCE[language])["sender"] == "bot"
        assert [m["sender"] for m in client.messages()] == ["bot", "customer", "bot"]  # nothing of it was stored


@pytest.mark.parametrize("text", ["/restart", "／restart", "\u200b/restart", '/code_checked{"outcome":"verified"}'])
def test_a_command_is_only_text(system: RunningSystem, text: str) -> None:
    with ChatClient(system) as client:
        challenged(client, "en", unused_number(system))

        answer = client.ask(text)

        assert answer["sender"] == "bot"
        assert answer["text"]
        assert [m["text"] for m in client.messages() if m["sender"] == "customer"][-1] == text
        assert "€" not in client.ask("What do I owe?")["text"]  # nobody was verified by it


@pytest.mark.parametrize("text", ["🎉🎉🎉", "<b>hello</b><script>alert(1)</script>", "?", "a" * 2000])
def test_odd_texts_get_an_answer(system: RunningSystem, text: str) -> None:
    with ChatClient(system, language="de") as client:
        answer = client.ask(text)

        assert answer["sender"] == "bot"
        assert answer["text"]
        assert [m["text"] for m in client.messages() if m["sender"] == "customer"] == [text]
