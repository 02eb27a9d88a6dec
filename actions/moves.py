"""Moves within the talk: a correction, once more, one step back, from the start."""

import json

from actions.base import SaldoAction, Work
from actions.formatting import fragments
from actions.questions import Question
from actions.reply import Reply
from actions.sensitive import asked_confirmations, follow_answer
from actions.withdrawal import follow_withdrawal
from billing.identity import is_code_valid

# Set by the channel in every turn.
SLOTS_OF_THE_TURN = frozenset({"language", "channel"})
NAMES_A_BILL = frozenset({"period", "invoice_number", "date"})
QUESTIONS_ABOUT_A_BILL = ("explain_bill", "get_invoice_copy", "dispute_charge")


class ActionUseInformation(SaldoAction):
    """A value without a wish: a customer number, a yes in a number, or a correction of the last question."""

    def name(self) -> str:
        return "action_use_information"

    def answer(self, work: Work, reply: Reply) -> None:
        if follow_answer(work, reply):
            return
        if work.dialogue.has_new_customer_number:
            reply.go_on_with("action_start_challenge")
        elif work.dialogue.waiting_questions:
            _correct_waiting(work, reply)
        elif work.dialogue.question and work.dialogue.new_details:
            correct(work.dialogue.question, work, reply)
        else:
            _ask_what_about(work, reply)


class ActionRepeat(SaldoAction):
    """Once more, from the database; a form and a code that is waited for are asked for again."""

    def name(self) -> str:
        return "action_repeat"

    def answer(self, work: Work, reply: Reply) -> None:
        question = work.dialogue.question
        if work.dialogue.is_form_active:
            # The form itself asks again.
            return
        if work.dialogue.waiting_questions and _is_code_expected(work):
            reply.say("utter_identity_code_pending")
        elif question and question.action:
            reply.go_on_with(question.action)
        else:
            reply.say("utter_smalltalk_capabilities")


class ActionGoBack(SaldoAction):
    """One step back: out of the form or the confirmation, else to the question before."""

    def name(self) -> str:
        return "action_go_back"

    def answer(self, work: Work, reply: Reply) -> None:
        if follow_withdrawal(work, reply):
            return
        before = work.dialogue.question_before
        if leave(work, reply) or asked_confirmations(work) or before is None or before.action is None:
            reply.say("utter_smalltalk_leave_it")
            reply.listen()
        else:
            reply.keep_asked([before])
            reply.go_on_with(before.action)


class ActionStartOver(SaldoAction):
    """Forgets what was said and kept; who is verified stays so, as the database says it."""

    def name(self) -> str:
        return "action_start_over"

    def answer(self, work: Work, reply: Reply) -> None:
        leave(work, reply)
        for slot, value in work.dialogue.tracker.slots.items():
            if value is not None and slot not in SLOTS_OF_THE_TURN:
                reply.remember(slot, None)
        reply.say("utter_smalltalk_start_over")
        reply.listen()


def leave(work: Work, reply: Reply) -> bool:
    """Stop asking who is there and forget what waited for it; say whether anything did."""
    is_asking = work.dialogue.is_form_active
    if is_asking:
        reply.stop_asking()
    if work.dialogue.waiting_questions:
        reply.keep_waiting([])
    return is_asking or bool(work.dialogue.waiting_questions)


def correct(question: Question, work: Work, reply: Reply) -> None:
    """Ask the same question again about what was meant."""
    before = work.dialogue.question_before
    corrected = question.corrected(work.dialogue.new_details)
    reply.keep_asked([*([before] if before else []), corrected])
    if corrected.action:
        reply.go_on_with(corrected.action)


def _correct_waiting(work: Work, reply: Reply) -> None:
    """Let the last waiting question wait with the new values, and ask for what it waits for."""
    *others, last = work.dialogue.waiting_questions
    reply.keep_waiting([*others, last.corrected(work.dialogue.new_details)])
    if work.dialogue.is_form_active:
        # The form itself asks again.
        return
    if _is_code_expected(work):
        reply.say("utter_identity_code_pending")
    elif work.dialogue.customer_number:
        # The code ran out, and another one goes to the same number.
        reply.go_on_with("action_start_challenge")
    else:
        reply.go_on_with("identity_form")


def _ask_what_about(work: Work, reply: Reply) -> None:
    details = {name: value for name, value in work.dialogue.new_details.items() if name in NAMES_A_BILL}
    if not details:
        if not work.dialogue.is_form_active:
            reply.say("utter_smalltalk_what_about")
        return
    buttons = [
        {
            "title": fragments().text(f"about_bill.{intent}", work.dialogue.language),
            "payload": f"/{intent}{json.dumps(details)}",
        }
        for intent in QUESTIONS_ABOUT_A_BILL
    ]
    reply.offer("utter_smalltalk_what_about_bill", buttons)


def _is_code_expected(work: Work) -> bool:
    return is_code_valid(work.session, work.conversation_id, work.runtime.clock.now())
