"""How a contact ended, as codes; the names for people are `disposition.<code>` in the texts."""

from enum import StrEnum


class Disposition(StrEnum):
    RESOLVED = "resolved"
    EXPLAINED = "explained"
    CREDIT_GRANTED = "credit_granted"
    CALLBACK_NEEDED = "callback_needed"
    PASSED_ON = "passed_on"
    WRONG_QUEUE = "wrong_queue"
    NO_ANSWER = "no_answer"
    SPAM = "spam"
    OTHER = "other"
