"""A cancellation: taken at once, with its time. Who it is and which contract is meant may follow; offers come last."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from actions.base import Work
from actions.ending_words import Ending, means_all, read_ending, says_not
from actions.formatting import Wording
from actions.plan_wishes import CONTRACT, named_plans, with_words
from actions.plan_wording import plan_name
from actions.questions import Question
from actions.reply import Reply
from actions.sensitive import SensitiveAction
from actions.withdrawal import withdraw
from billing.accounts import get_customer, time_zone_of
from billing.db import JsonObject
from billing.delivery import masked_address
from billing.identity import Verification, find_verification
from billing.rating.errors import RatingError
from billing.terms.cancellations import company_zone, latest_end, law_for, queue_receipt, state_cancellation
from billing.terms.running_contracts import RunningContract, list_running_contracts

WHICH = "utter_contracts_end_which"


class ActionTakeCancellation(SensitiveAction):
    """I cancel: recorded before anything is asked, whoever says it."""

    intent: ClassVar[str] = "cancel_service"
    topic: ClassVar[str] = "contracts"
    asks_back_with: ClassVar[frozenset[str]] = frozenset({WHICH})

    def name(self) -> str:
        return "action_take_cancellation"

    def _question(self, work: Work) -> Question:
        question = super()._question(work)
        if work.dialogue.intent != self.intent and says_not(work.dialogue.text):
            # "Not that one" names a contract, yet not the one that is meant.
            return question
        return with_words(question, work.dialogue.text, work.session)

    def answer(self, work: Work, reply: Reply) -> None:
        # What answers our question back is no new statement.
        ending = read_ending(work.dialogue.text) if work.dialogue.intent == self.intent else Ending.STATED
        if ending is Ending.TAKEN_BACK:
            withdraw(work, reply)
        elif ending is Ending.OPEN:
            reply.say("utter_contracts_how_to_end")
            reply.listen()
        elif ending is Ending.OF_EXTRA:
            reply.go_on_with("action_tell_options")
        elif ending is Ending.EARLIER:
            reply.say("utter_contracts_ended_before")
            reply.listen()
        elif find_verification(work.session, work.conversation_id, work.runtime.clock.now()) is not None:
            super().answer(work, reply)
        else:
            self._take_from_unknown(work, reply)

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        running = _running(work, verification)
        meant = _meant(work, running)
        done = work.once("state_cancellation", lambda: _record(work, verification, running, meant))
        wording = work.wording(verification.customer_id)
        _tell_receipt(reply, done, wording, time_zone_of(work.session, verification.customer_id))
        if done["address"]:
            reply.say("utter_contracts_end_letter", address=done["address"])
        law = law_for(work.session, verification.customer_id)
        for contract in meant:
            until = latest_end(contract, law)
            name = plan_name(contract.name, wording)
            if until is None:
                reply.say("utter_contracts_end_day_by_person", name=name)
            else:
                reply.say("utter_contracts_end_until", name=name, until=wording.day(until))
        if meant:
            reply.say("utter_contracts_end_next" if done["is_new"] else "utter_contracts_end_by_person")
        elif running:
            buttons = [_button(contract, wording) for contract in running]
            reply.offer(WHICH, buttons, contracts="\n".join(f"- {button['title']}" for button in buttons))
        else:
            reply.say("utter_contracts_end_none_running")

    def _take_from_unknown(self, work: Work, reply: Reply) -> None:
        """Record it, and only then say how it can be put to a contract."""
        question = self._question(work)
        reply.remember("handoff_topic", self.topic)
        self.keep_question(work, reply, question)
        others = [waiting for waiting in work.dialogue.waiting_questions if waiting.intent != self.intent]
        reply.keep_waiting([*others, question])
        zone = company_zone(work.session, work.dialogue.language)
        done = work.once("state_cancellation_unknown", lambda: _record_unknown(work))
        _tell_receipt(reply, done, Wording(work.dialogue.language, work.runtime.clock.today(zone)), zone)
        if work.dialogue.has_new_customer_number and not work.dialogue.is_second_wish:
            reply.go_on_with("action_start_challenge")
            return
        reply.say("utter_contracts_end_who")
        if work.dialogue.is_form_active:
            reply.stop_asking()
        reply.listen()


def _running(work: Work, verification: Verification) -> Sequence[RunningContract]:
    """Return the contracts; ones that cannot be read must not stand in the way either."""
    try:
        return list_running_contracts(work.session, verification.customer_id, work.today(verification.customer_id))
    except RatingError:
        return ()


def _meant(work: Work, running: Sequence[RunningContract]) -> Sequence[RunningContract]:
    """Return the contract of the button or of the one plan that was named, or the only one; none while that is open."""
    if WHICH in work.dialogue.last_said() and means_all(work.dialogue.text):
        return running
    contract, plans = work.dialogue.find_entity(CONTRACT), named_plans(work.dialogue)
    if plans and contract is None:
        named = [one for one in running if one.plan.plan_code in plans]
        # "I cancel one and keep the other" names both: which of them is meant is not for us to guess.
        return named if len(plans) == len(named) == 1 else []
    chosen = [one for one in running if str(one.id) == contract]
    return chosen or (running if len(running) == 1 else [])


def _record(
    work: Work, verification: Verification, running: Sequence[RunningContract], meant: Sequence[RunningContract]
) -> JsonObject:
    now, customer_id = work.runtime.clock.now(), verification.customer_id
    stated = state_cancellation(work.session, work.conversation_id, customer_id=customer_id, contracts=meant, now=now)
    is_sent = queue_receipt(work.session, customer_id, stated, running, now=now)
    email = get_customer(work.session, customer_id).email if is_sent else None
    return {
        "reference": stated.reference,
        "stated_at": stated.stated_at.isoformat(),
        "is_new": stated.is_new,
        "address": masked_address(email) if email else None,
    }


def _record_unknown(work: Work) -> JsonObject:
    stated = state_cancellation(
        work.session,
        work.conversation_id,
        claimed_number=work.dialogue.customer_number,
        now=work.runtime.clock.now(),
    )
    return {"reference": stated.reference, "stated_at": stated.stated_at.isoformat()}


def _tell_receipt(reply: Reply, done: JsonObject, wording: Wording, zone: ZoneInfo) -> None:
    stated = datetime.fromisoformat(done["stated_at"]).astimezone(zone)
    reply.say(
        "utter_contracts_end_recorded",
        day=wording.day(stated.date()),
        time=wording.time(stated),
        reference=done["reference"],
    )


def _button(contract: RunningContract, wording: Wording) -> dict[str, str]:
    name = plan_name(contract.name, wording)
    title = wording.words("button.contract", plan=name, number=contract.number) if contract.number else name
    return {"title": title, "payload": "/cancel_service" + json.dumps({CONTRACT: str(contract.id)})}
