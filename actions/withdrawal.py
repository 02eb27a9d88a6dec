"""Second thoughts about a cancellation: it stands as recorded, and a person decides what becomes of it."""

from actions.base import Work
from actions.handoff import hand_over
from actions.reply import Reply

RECEIPT = "utter_contracts_end_recorded"


def withdraw(work: Work, reply: Reply) -> None:
    reply.say("utter_contracts_end_stands")
    hand_over(work, reply, reason="cancellation_withdrawn")


def follow_withdrawal(work: Work, reply: Reply) -> bool:
    """Take a no to the receipt of a cancellation for second thoughts; return whether it was one."""
    if RECEIPT not in work.dialogue.last_said():
        return False
    withdraw(work, reply)
    return True
