"""From the bot to a person: asked for, offered, accepted. The contact centre does it and words it."""

from actions.base import SaldoAction, Work
from actions.reply import Reply

FALLBACKS_BEFORE_OFFER = 2


class ActionRequestHandoff(SaldoAction):
    """Somebody wants a person: no question back, no text of ours."""

    def name(self) -> str:
        return "action_request_handoff"

    def answer(self, work: Work, reply: Reply) -> None:
        hand_over(work, reply, reason="asked_for_person")


class ActionHandleFallback(SaldoAction):
    """Not understood: once to say it differently, then the offer of a person."""

    def name(self) -> str:
        return "action_handle_fallback"

    def answer(self, work: Work, reply: Reply) -> None:
        if work.dialogue.intents_in_a_row("nlu_fallback") < FALLBACKS_BEFORE_OFFER:
            reply.say("utter_handoff_rephrase")
        else:
            reply.say("utter_handoff_offer_person")
        if work.dialogue.intent != "nlu_fallback":
            # Understood, yet no rule knows what to do: without this the bot would look for one again and again.
            reply.listen()


def hand_over(work: Work, reply: Reply, *, reason: str) -> None:
    reply.command("handoff", reason=reason, topic=work.dialogue.topic)
    if work.dialogue.is_form_active:
        reply.stop_asking()
    reply.listen()
