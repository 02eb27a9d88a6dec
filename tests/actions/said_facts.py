"""Lets a test fail when a response is said without the very facts that its sentences need; import the fixture."""

from string import Formatter
from typing import Any

import pytest

from actions.reply import Reply
from tests.bot.domain_files import read_domain

RESPONSES = read_domain()["responses"]


@pytest.fixture(autouse=True)
def facts_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    say, offer = Reply.say, Reply.offer

    # Any: buttons and facts, passed on as they are.
    def checked_say(reply: Reply, response: str, **facts: Any) -> None:
        assert set(facts) == needed(response), response
        say(reply, response, **facts)

    def checked_offer(reply: Reply, response: str, buttons: list[dict[str, str]], **facts: Any) -> None:
        assert set(facts) == needed(response), response
        offer(reply, response, buttons, **facts)

    monkeypatch.setattr(Reply, "say", checked_say)
    monkeypatch.setattr(Reply, "offer", checked_offer)


def needed(response: str) -> set[str]:
    texts = [variation["text"] for variation in RESPONSES[response]]
    texts += [button["payload"] for variation in RESPONSES[response] for button in _with_values(variation)]
    return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}


# Any: a variation of a response, YAML.
def _with_values(variation: dict[str, Any]) -> list[dict[str, str]]:
    """Return the buttons whose payloads are filled in."""
    return [button for button in variation.get("buttons", []) if "{{" in button["payload"]]
