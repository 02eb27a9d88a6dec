"""Who is there: the customer number, the code to the registered phone, and what became of it.

An unknown number and a wrong code get the very answers of known and right ones.
"""

from datetime import datetime, timedelta

from actions.base import SaldoAction, Work
from actions.cards import code_card
from actions.questions import ACTION_OF_QUESTION, Question, next_waiting
from actions.reply import Reply
from billing.accounts import get_customer
from billing.code_guards import LOCK_DURATION
from billing.db import JsonObject
from billing.identity import CODE_DIGITS, CodeOutcome, find_verification, start_challenge


class ActionAskIdentityCustomerNumber(SaldoAction):
    """Asks for the customer number: with the reason at first, in short when the talk comes back to it."""

    def name(self) -> str:
        return "action_ask_identity_customer_number"

    def answer(self, work: Work, reply: Reply) -> None:
        if work.dialogue.is_second_wish and "utter_identity_ask_number" in work.dialogue.last_said():
            # The first wish of the same message has asked already.
            return
        if work.dialogue.intent == "verify_identity":
            reply.say("utter_identity_number_invalid")
        elif work.dialogue.intent in ACTION_OF_QUESTION:
            reply.say("utter_identity_ask_number")
        else:
            reply.say("utter_identity_ask_number_again")


class ActionStartChallenge(SaldoAction):
    """Sends a code to the phone on file, if there is one, and says the same either way."""

    def name(self) -> str:
        return "action_start_challenge"

    def answer(self, work: Work, reply: Reply) -> None:
        _keep_question(work, reply)
        number = work.dialogue.customer_number
        if number is None or _asks_for_another_number(work):
            reply.remember("identity_customer_number", None)
            reply.go_on_with("identity_form")
        elif _is_verified_as(work, number):
            reply.say("utter_identity_already_verified")
            reply.listen()
        else:
            send_code(work, reply, number)
            reply.listen()


class ActionReportCodeOutcome(SaldoAction):
    """Answers a checked code; after a right one, the question that was waiting."""

    def name(self) -> str:
        return "action_report_code_outcome"

    def answer(self, work: Work, reply: Reply) -> None:
        outcome = work.dialogue.find_entity("outcome")
        if outcome != CodeOutcome.VERIFIED or not _is_verified(work):
            _report_failure(outcome, work, reply)
            return
        waiting = work.dialogue.waiting_questions
        if not waiting:
            reply.say("utter_identity_verified_ask")
            reply.listen()
        else:
            reply.say("utter_identity_verified")
            following = next_waiting(waiting)
            reply.keep_asked([following])
            reply.go_on_with(ACTION_OF_QUESTION[following.intent])


def send_code(work: Work, reply: Reply, number: str) -> None:
    """Send a code to that customer's phone, and say so in words that tell nobody whether there is one."""
    now = work.runtime.clock.now()

    def effect() -> JsonObject:
        expires_at = start_challenge(
            work.session,
            conversation_id=work.conversation_id,
            customer_number=number,
            language=work.dialogue.language,
            pepper=work.runtime.code_pepper,
            now=now,
        )
        return {"expires_at": expires_at.isoformat()}

    expires_at = str(work.once("start_challenge", effect)["expires_at"])
    reply.remember("handoff_topic", _topic_of(work))
    reply.remember("identity_code_expires_at", expires_at)
    reply.say("utter_identity_code_sent", minutes=_minutes(datetime.fromisoformat(expires_at) - now))
    reply.show(code_card(expires_at, CODE_DIGITS))


def _report_failure(outcome: str | None, work: Work, reply: Reply) -> None:
    """Say what became of the code; what handoff calls verified and the database does not, counts as expired."""
    if outcome == CodeOutcome.LOCKED:
        reply.say("utter_identity_code_locked", minutes=_minutes(LOCK_DURATION))
    elif outcome == CodeOutcome.WRONG:
        reply.say("utter_identity_code_wrong")
        if work.dialogue.code_expires_at is not None:
            reply.show(code_card(work.dialogue.code_expires_at, CODE_DIGITS))
    else:
        reply.say("utter_identity_code_expired")
    reply.listen()


def _keep_question(work: Work, reply: Reply) -> None:
    """Let a question wait that came together with the number."""
    intent, waiting = work.dialogue.intent, work.dialogue.waiting_questions
    if intent in ACTION_OF_QUESTION and intent not in [question.intent for question in waiting]:
        reply.keep_waiting([*waiting, Question(intent, work.dialogue.new_details)])


def _asks_for_another_number(work: Work) -> bool:
    """Say whether somebody speaks of a customer number without giving one that is whole."""
    return work.dialogue.intent == "verify_identity" and not work.dialogue.has_new_customer_number


def _is_verified(work: Work) -> bool:
    return find_verification(work.session, work.conversation_id, work.runtime.clock.now()) is not None


def _is_verified_as(work: Work, number: str) -> bool:
    verification = find_verification(work.session, work.conversation_id, work.runtime.clock.now())
    return verification is not None and get_customer(work.session, verification.customer_id).number == number


def _topic_of(work: Work) -> str:
    return work.dialogue.topic if work.dialogue.waiting_questions else "identity"


def _minutes(span: timedelta) -> str:
    return str(max(1, round(span / timedelta(minutes=1))))
