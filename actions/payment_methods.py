"""How bills are paid: what a change takes is said, and a person makes it. Nothing is asked for or written here."""

from actions.base import SaldoAction, Work
from actions.handoff import hand_over
from actions.reply import Reply
from actions.sensitive import ACTION_OF_CONFIRMATION, say_how_to_answer

OFFER = "utter_payments_method_by_person"


class ActionExplainPaymentMethod(SaldoAction):
    """I want to pay in another way from now on."""

    def name(self) -> str:
        return "action_explain_payment_method"

    def answer(self, work: Work, reply: Reply) -> None:
        reply.remember("handoff_topic", "payments")
        reply.say("utter_payments_method_by_person")
        say_how_to_answer(work, reply)


class ActionHandOverPaymentMethod(SaldoAction):
    """A yes to a person, with the reason."""

    def name(self) -> str:
        return "action_hand_over_payment_method"

    def answer(self, work: Work, reply: Reply) -> None:
        hand_over(work, reply, reason="payment_method")


ACTION_OF_CONFIRMATION[OFFER] = "action_hand_over_payment_method"
