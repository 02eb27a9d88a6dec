"""Name, address and other details: a person changes them, whoever asks. Only an owner sees a masked address."""

from actions.base import SaldoAction, Work
from actions.handoff import hand_over
from actions.reply import Reply
from actions.sensitive import ACTION_OF_CONFIRMATION, say_how_to_answer
from billing.accounts import get_customer
from billing.delivery import masked_address
from billing.identity import find_verification

OFFER = "utter_profile_by_person"


class ActionExplainDetailsChange(SaldoAction):
    """I have moved, or my name, number or address is another now.

    Nobody has to prove who they are before: who lost the phone for the code could not.
    """

    def name(self) -> str:
        return "action_explain_details_change"

    def answer(self, work: Work, reply: Reply) -> None:
        verification = find_verification(work.session, work.conversation_id, work.runtime.clock.now())
        if verification is not None:
            email = get_customer(work.session, verification.customer_id).email
            if email is None:
                reply.say("utter_profile_bills_by_post")
            else:
                reply.say("utter_profile_bills_go_to", address=masked_address(email))
        reply.remember("handoff_topic", "details")
        reply.say("utter_profile_by_person")
        say_how_to_answer(work, reply)


class ActionHandOverDetails(SaldoAction):
    """A yes to a person, with the reason."""

    def name(self) -> str:
        return "action_hand_over_details"

    def answer(self, work: Work, reply: Reply) -> None:
        hand_over(work, reply, reason="update_details")


ACTION_OF_CONFIRMATION[OFFER] = "action_hand_over_details"
