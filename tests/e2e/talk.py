"""A customer's talk with the bot: what was said, offered and understood, and whether a person was called."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.e2e.bills import plain
from tests.e2e.chat_client import ChatClient, Event
from tests.e2e.reply_texts import placeholders
from tests.e2e.running_system import RunningSystem, wait_until

# A connection may say twenty things at once; a reload of the page opens another.
SAID_PER_CONNECTION = 18
CUSTOMER_NUMBER_DIGITS = 8
LANGUAGES = ("en", "de", "fi")
WORDS_FILE = Path(__file__).with_name("customer_words.yml")


@dataclass(frozen=True)
class Answer:
    text: str
    language: str
    buttons: tuple[Any, ...]
    sender: str

    def says(self, *responses: str) -> bool:
        """Say whether each of these responses is part of it."""
        return all(placeholders(response, self.language, self.text) is not None for response in responses)

    def facts(self, response: str) -> dict[str, str]:
        """Return what stands in the places of a response, which must be part of the answer."""
        found = placeholders(response, self.language, self.text)
        assert found is not None, f"{response} is not in {self.text!r}"
        return found

    @property
    def titles(self) -> list[str]:
        return [str(button["title"]) for button in self.buttons]


class Talk(ChatClient):
    """One conversation in one language; every answer is that to the text before it."""

    def __init__(self, system: RunningSystem, language: str) -> None:
        super().__init__(system, language=language)
        self.language = language
        self.system = system
        self._said = 0
        self._seq = 0
        self._seen = 0

    def __enter__(self) -> "Talk":
        super().__enter__()
        return self

    @property
    def row_id(self) -> str:
        return self.conversation_id.replace("-", "")

    def tell(self, text: str) -> Answer:
        if text.isdecimal() and len(text) == CUSTOMER_NUMBER_DIGITS:
            self._seen = newest_text(self.system)
        self._keep_allowance()
        return self._answer_to(self.stored[self.say(text)])

    def press(self, title_or_place: str | int, answer: Answer) -> Answer:
        """Press a button of that answer, by its title or its place."""
        self._keep_allowance()
        return self._answer_to(self.stored[self.press_button(button_id(title_or_place, answer))])

    def verify(self, number: str) -> Answer:
        """Give the number, read the code on the phone and give that too; returns the answer to it."""
        self.tell(number)
        return self.verify_with_newest_code()

    def verify_with_newest_code(self) -> Answer:
        """Read the code that came since the last number was given, and give it."""
        return self.tell(code_after(self.system, self._seen))

    def understood(self) -> str:
        """Return the intent of the last text."""
        (turn,) = self.system.sql(
            "SELECT intent FROM turn WHERE conversation_id = ? AND seq = ?", self.row_id, self._seq
        )
        return str(turn["intent"])

    def reason(self) -> str | None:
        """Return why a person was called; None when none was."""
        rows = self.system.sql("SELECT reason FROM queue_entry WHERE conversation_id = ?", self.row_id)
        return str(rows[0]["reason"]) if rows else None

    def _answer_to(self, seq: int) -> Answer:
        self._seq = seq
        message: Event = self.wait_for_answer(seq)
        return Answer(plain(message["text"]), self.language, tuple(message["buttons"]), message["sender"])

    def _keep_allowance(self) -> None:
        self._said += 1
        if self._said % SAID_PER_CONNECTION == 0:
            self.connect()


def words(wish: str, language: str) -> str:
    """Return what a customer writes who wants this."""
    return _words()[wish][language]


@cache
def _words() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = yaml.safe_load(WORDS_FILE.read_text(encoding="utf-8"))
    return loaded


def button_id(title_or_place: str | int, answer: Answer) -> str:
    if isinstance(title_or_place, int):
        return str(answer.buttons[title_or_place]["id"])
    (found,) = [button for button in answer.buttons if title_or_place in button["title"]]
    return str(found["id"])


def newest_text(system: RunningSystem) -> int:
    return int(system.sql("SELECT COALESCE(MAX(id), 0) AS id FROM outbox_message")[0]["id"])


def code_after(system: RunningSystem, seen: int) -> str:
    """Wait for a text message newer than `seen` and return its code."""
    newer = "SELECT body FROM outbox_message WHERE sensitive AND body <> '' AND id > ?"
    (sent,) = wait_until(lambda: system.sql(newer, seen), seconds=20, what="a text")
    found = re.search(r"\b\d{6}\b", sent["body"])
    assert found
    return found[0]
