"""A yes, a no, another language: what they mean depends on what was said before."""

import json

from babel import Locale

from actions.base import SaldoAction, Work
from actions.handoff import hand_over
from actions.moves import correct, leave
from actions.reply import Reply
from actions.sensitive import ACTION_OF_CONFIRMATION, asked_confirmations
from actions.slots import LANGUAGES
from actions.withdrawal import follow_withdrawal

# Responses that offer something; a yes accepts it.
OFFERS_A_PERSON = frozenset(
    {
        "utter_contracts_change_by_person",
        "utter_contracts_charge_unknown",
        "utter_contracts_discount_or_plan",
        "utter_contracts_more_included",
        "utter_contracts_no_other_plan",
        "utter_contracts_none_running",
        "utter_contracts_nothing_booked",
        "utter_contracts_nothing_to_compare",
        "utter_contracts_offer_other",
        "utter_contracts_option_by_person",
        "utter_contracts_switch_on",
        "utter_disputes_unclear",
        "utter_handoff_complaint",
        "utter_handoff_rephrase",
        "utter_identity_code_locked",
        "utter_identity_number_location",
        "utter_invoices_copy_no_address",
        "utter_invoices_none",
        "utter_payments_duplicate",
        "utter_payments_how_by_person",
        "utter_payments_on_its_way",
        "utter_payments_plan_refused_already_arranged",
        "utter_payments_plan_refused_broken_before",
        "utter_payments_plan_refused_by_person",
        "utter_payments_plan_refused_disputed",
        "utter_payments_plan_refused_too_late",
        "utter_payments_refund_none",
    }
)
OFFERS_A_CODE = frozenset({"utter_identity_missing_code", "utter_identity_code_expired"})


class ActionHandleAffirm(SaldoAction):
    """A yes to what was offered last."""

    def name(self) -> str:
        return "action_handle_affirm"

    def answer(self, work: Work, reply: Reply) -> None:
        offered = work.dialogue.last_said()
        if asked := asked_confirmations(work):
            reply.go_on_with(ACTION_OF_CONFIRMATION[min(asked)])
        elif offered & OFFERS_A_PERSON:
            hand_over(work, reply, reason="asked_for_person")
        elif offered & OFFERS_A_CODE:
            reply.go_on_with("action_start_challenge")
        elif not work.dialogue.is_form_active:
            reply.say("utter_smalltalk_go_on")


class ActionHandleDeny(SaldoAction):
    """A no: nothing more is asked for. "No, the one from March" is a correction."""

    def name(self) -> str:
        return "action_handle_deny"

    def answer(self, work: Work, reply: Reply) -> None:
        question = work.dialogue.question
        if question and work.dialogue.new_details and not work.dialogue.waiting_questions:
            correct(question, work, reply)
            return
        if follow_withdrawal(work, reply):
            return
        leave(work, reply)
        reply.say("utter_smalltalk_leave_it")
        reply.listen()


class ActionSwitchLanguage(SaldoAction):
    """Another language for the rest of the conversation."""

    def name(self) -> str:
        return "action_switch_language"

    def answer(self, work: Work, reply: Reply) -> None:
        language = work.dialogue.find_entity("language")
        if language in LANGUAGES:
            reply.remember("language", language)
            reply.command("language", language=str(language))


class ActionConfirmLanguage(SaldoAction):
    """Says it in the new language, which holds only after the action that chose it; without a choice, asks for one."""

    def name(self) -> str:
        return "action_confirm_language"

    def answer(self, work: Work, reply: Reply) -> None:
        if work.dialogue.find_entity("language") in LANGUAGES:
            reply.say("utter_smalltalk_language_changed")
        else:
            reply.offer("utter_smalltalk_language_choice", [_button_for(language) for language in LANGUAGES])


def _button_for(language: str) -> dict[str, str]:
    """Write each language's name as its speakers do."""
    name = Locale(language).get_display_name(language) or language
    return {"title": name.capitalize(), "payload": "/change_language" + json.dumps({"language": language})}
