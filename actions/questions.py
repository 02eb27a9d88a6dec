"""What a customer asked, with the values that came with it: kept over a form, a correction and a look back."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

# Which action answers an intent; each action enters itself by its `intent`.
ACTION_OF_QUESTION: dict[str, str] = {}
# Actions that may end with a list of effects and the question for a yes to it.
ASKS_FOR_A_YES: set[str] = set()
# What a question is about, for the person who takes over.
TOPIC_OF_QUESTION: dict[str, str] = {}
# Values that a question does not need to be asked again, and that the state must not hold.
NOT_KEPT = frozenset({"customer_number", "outcome", "language", "phone_number", "email", "offer"})
# Two ways to name the same thing: the newer one replaces the older.
SAME_THING = (frozenset({"period", "invoice_number", "date"}),)
WAITING_AT_MOST = 3


@dataclass(frozen=True)
class Question:
    """An intent with the values of its message, such as the month of the bill that is meant."""

    intent: str
    details: Mapping[str, str] = field(default_factory=dict)

    def corrected(self, details: Mapping[str, str]) -> "Question":
        """Return the same question with newer values; a month replaces an invoice number and the other way round."""
        outdated = {name for group in SAME_THING if group & details.keys() for name in group}
        kept = {name: value for name, value in self.details.items() if name not in outdated}
        return Question(self.intent, {**kept, **details})

    @property
    def action(self) -> str | None:
        return ACTION_OF_QUESTION.get(self.intent)


def write_questions(questions: Iterable[Question]) -> str | None:
    """Return slot text, the newest last; None when there is nothing to keep."""
    rows = [[question.intent, dict(question.details)] for question in questions][-WAITING_AT_MOST:]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) if rows else None


def read_questions(slot: object) -> tuple[Question, ...]:
    """Return what an earlier turn kept; intents that no action answers any more are dropped."""
    rows = json.loads(slot) if isinstance(slot, str) and slot else []
    return tuple(Question(intent, details) for intent, details in rows if intent in ACTION_OF_QUESTION)


def next_waiting(waiting: Sequence[Question]) -> Question:
    """Return what is answered next: the first that was asked, but what asks for a yes only when nothing follows it."""
    return min(waiting, key=lambda question: question.action in ASKS_FOR_A_YES)
