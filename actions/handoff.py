"""From the bot to a person: asked for, or where the bot must not or cannot help. The contact centre words the rest."""

from actions.base import SaldoAction, Work
from actions.questions import TOPIC_OF_QUESTION
from actions.reply import Reply
from actions.sensitive import follow_answer, follow_yes_or_no
from billing.human_tasks import raise_task
from billing.identity import find_verification
from billing.models.human_task import TaskKind

NOT_UNDERSTOOD = frozenset({"nlu_fallback", "out_of_scope"})
# These say that a person is wanted and not what for.
FOR_A_PERSON = frozenset({"speak_to_human", "request_callback", "third_party"})
# One rephrase, then a person.
NOT_UNDERSTOOD_AT_MOST = 1


class ActionRequestHandoff(SaldoAction):
    """Somebody wants a person: no question back, no text of ours."""

    def name(self) -> str:
        return "action_request_handoff"

    def answer(self, work: Work, reply: Reply) -> None:
        hand_over(work, reply, reason="asked_for_person")


class ActionRequestCallback(SaldoAction):
    """Somebody wants to be called: the contact centre offers it with the wait, and a person takes over meanwhile."""

    def name(self) -> str:
        return "action_request_callback"

    def answer(self, work: Work, reply: Reply) -> None:
        reply.say("utter_handoff_callback")
        hand_over(work, reply, reason="callback_asked")


class ActionHandleThirdParty(SaldoAction):
    """Somebody speaks for another, or of a matter that only people may decide: no data, a person at once."""

    def name(self) -> str:
        return "action_handle_third_party"

    def answer(self, work: Work, reply: Reply) -> None:
        reply.say("utter_handoff_third_party")
        hand_over(work, reply, reason="third_party")


class ActionHandleComplaint(SaldoAction):
    """A complaint is recorded for a person to answer; who complains again gets a person at once."""

    def name(self) -> str:
        return "action_handle_complaint"

    def answer(self, work: Work, reply: Reply) -> None:
        now = work.runtime.clock.now()
        verification = find_verification(work.session, work.conversation_id, now)
        raise_task(
            work.session,
            TaskKind.COMPLAINT_MADE,
            f"complaint:{work.conversation_id}",
            customer_id=verification.customer_id if verification else None,
            facts={"conversation_id": str(work.conversation_id)},
            now=now,
        )
        if work.dialogue.has_complained:
            reply.say("utter_handoff_complaint_again")
            hand_over(work, reply, reason="complaint")
        else:
            reply.remember("handoff_complained", "yes")
            reply.say("utter_handoff_complaint")


class ActionHandleFallback(SaldoAction):
    """Not understood: once to say it differently, then a person."""

    def name(self) -> str:
        return "action_handle_fallback"

    def answer(self, work: Work, reply: Reply) -> None:
        _answer_what_is_not_understood(work, reply, first="utter_handoff_rephrase")
        if work.dialogue.intent != "nlu_fallback" and not reply.goes_on:
            # Understood, yet no rule knows what to do: without this the bot would look for one again and again.
            reply.listen()


class ActionHandleOutOfScope(SaldoAction):
    """Something else altogether: once said what can be asked here, then a person, as for what is not understood."""

    def name(self) -> str:
        return "action_handle_out_of_scope"

    def answer(self, work: Work, reply: Reply) -> None:
        _answer_what_is_not_understood(work, reply, first="utter_smalltalk_out_of_scope")


def _answer_what_is_not_understood(work: Work, reply: Reply, *, first: str) -> None:
    if follow_yes_or_no(work, reply):
        return
    if work.dialogue.intents_in_a_row(NOT_UNDERSTOOD) > NOT_UNDERSTOOD_AT_MOST:
        reply.say("utter_handoff_not_understood")
        hand_over(work, reply, reason="not_understood")
    elif not follow_answer(work, reply):
        reply.say(first)


def hand_over(work: Work, reply: Reply, *, reason: str) -> None:
    subject = reply.remembered("handoff_topic") or work.dialogue.topic
    if work.dialogue.intent in FOR_A_PERSON:
        # The person is there for the other wish of the message.
        subject = TOPIC_OF_QUESTION.get(work.dialogue.other_wish or "", subject)
    reply.command("handoff", reason=reason, topic=subject)
    reply.keep_waiting([])
    if work.dialogue.is_form_active:
        reply.stop_asking()
    reply.listen()
