"""Paying later or in parts: what is possible, what it means, and the agreement after a plain yes."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import ClassVar
from uuid import UUID

from actions.base import Work
from actions.bill_choice import BILLS_KNOWN, ask_which, find_named
from actions.formatting import Wording
from actions.handoff import hand_over
from actions.instalment_words import find_bare_number, find_parts, wants_later
from actions.offers import find_agreed_offer, key_of
from actions.payment_plan_offers import Agreement, Offers, bill_in_slot, find_offers, times_listed
from actions.periods import find_coming_day, find_coming_span, find_span
from actions.questions import Question
from actions.reply import Reply
from actions.sensitive import ConfirmedAction, SensitiveAction
from billing.db import JsonObject
from billing.dunning.arrangements import Refusal, agree_extension, agree_instalments, list_agreed
from billing.identity import Verification
from billing.invoices import InvoiceFacts, list_invoices, list_open_invoices
from billing.periods import BillingPeriod

OPTIONS = "utter_payments_plan_options"
CONFIRM_LATER, CONFIRM_PARTS = "utter_payments_plan_confirm_later", "utter_payments_plan_confirm_parts"
# The bill that was spoken of: it is meant until another one is named.
BILL_SPOKEN_OF = "plan_bill"
SLOT = "payments_offer"
IN_ONE_SUM = 1
# The list comes once more, then a person.
LISTS_IN_VAIN = 2
# More parts are told in short.
PARTS_IN_FULL = 3
# A day without a year that is farther away is the day of a bill.
FARTHEST_WISH = timedelta(days=92)
REFUSALS_IN_WORDS = frozenset({Refusal.DISPUTED, Refusal.ALREADY_ARRANGED, Refusal.BROKEN_BEFORE, Refusal.TOO_LATE})


class ActionOfferPaymentPlan(SensitiveAction):
    """Can I pay this later, or in parts?"""

    intent: ClassVar[str] = "payment_plan"
    topic: ClassVar[str] = "payments"
    asks_back_with: ClassVar[frozenset[str]] = frozenset({OPTIONS})

    def name(self) -> str:
        return "action_offer_payment_plan"

    def _question(self, work: Work) -> Question:
        question = super()._question(work)
        spoken_of = bill_in_slot(work.dialogue.tracker.get_slot(SLOT))
        if spoken_of is None or work.dialogue.last_said().isdisjoint({OPTIONS, CONFIRM_LATER, CONFIRM_PARTS}):
            return question
        return question.corrected({BILL_SPOKEN_OF: spoken_of})

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        reply.remember(SLOT, None)
        unpaid = _bills_meant(work, reply, verification.customer_id, self.intent)
        if not unpaid:
            return
        wording = work.wording(verification.customer_id)
        found = [find_offers(work, verification.customer_id, bill) for bill in unpaid]
        offers = next((offer for offer in found if isinstance(offer, Offers)), None)
        if offers is None:
            _refuse(found[0], unpaid[0], work, reply, verification)
        else:
            _offer(offers, work, reply, wording)


class ActionAgreeExtension(ConfirmedAction):
    """A yes to paying all of it later."""

    intent: ClassVar[str] = "agree_extension"
    topic: ClassVar[str] = "payments"
    confirms: ClassVar[str] = CONFIRM_LATER
    asked_by: ClassVar[str] = "action_offer_payment_plan"

    def name(self) -> str:
        return "action_agree_extension"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        _agree(work, reply, verification)


class ActionAgreeInstalments(ConfirmedAction):
    """A yes to paying in parts."""

    intent: ClassVar[str] = "agree_instalments"
    topic: ClassVar[str] = "payments"
    confirms: ClassVar[str] = CONFIRM_PARTS
    asked_by: ClassVar[str] = "action_offer_payment_plan"

    def name(self) -> str:
        return "action_agree_instalments"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        _agree(work, reply, verification)


def _bills_meant(work: Work, reply: Reply, customer_id: UUID, intent: str) -> Sequence[InvoiceFacts]:
    """Return the unpaid bills that were named, or the one spoken of, else all; say so where there is none of them."""
    today = work.today(customer_id)
    unpaid = list_open_invoices(work.session, customer_id)
    if not unpaid:
        reply.say("utter_payments_nothing_due")
        return ()
    spoken_of = [bill for bill in unpaid if bill.number == work.dialogue.find_entity(BILL_SPOKEN_OF)]
    if _wanted_time(work, today) is not None and work.dialogue.invoice_number is None:
        # "Next month" is when, not which.
        return spoken_of or unpaid
    named = find_named(work, list_invoices(work.session, customer_id, limit=BILLS_KNOWN), today)
    if named is None:
        return spoken_of or unpaid
    meant = [bill for bill in unpaid if bill.id in {each.id for each in named}]
    if not meant and named:
        reply.say("utter_payments_plan_not_open", month=work.wording(customer_id).month(named[0].period.start))
    elif not meant:
        ask_which(reply, [], unpaid, work.wording(customer_id), intent)
    return meant


def _offer(offers: Offers, work: Work, reply: Reply, wording: Wording) -> None:
    """List what is possible, or ask for the yes where it is clear which of it is wanted."""
    count = _wanted_parts(work)
    wanted = _wanted_time(work, wording.today)
    if count is not None and count != IN_ONE_SUM:
        agreement = offers.in_parts(count)
    elif count == IN_ONE_SUM or wanted is not None:
        latest = offers.extension.latest if offers.extension else wording.today
        agreement = offers.later(latest if wanted is None or latest in wanted else wanted.last_day)
    elif _times_in_vain(work) < LISTS_IN_VAIN:
        _list(offers, work, reply, wording)
        return
    else:
        reply.say("utter_handoff_not_understood")
        hand_over(work, reply, reason="not_understood")
        return
    if agreement is None:
        reply.say("utter_payments_plan_not_so")
        _list(offers, work, reply, wording)
    else:
        _ask_for_yes(agreement, offers.bill, reply, wording)


def _times_in_vain(work: Work) -> int:
    """Return how often the list was answered by nothing that it could use, this message included."""
    is_new = OPTIONS not in work.dialogue.last_said() or work.dialogue.intent == "repeat" or work.dialogue.new_details
    return 0 if is_new else times_listed(work.dialogue.tracker.get_slot(SLOT))


def _wanted_parts(work: Work) -> int | None:
    """Return how many parts were asked for, in words or by a button; one is all of it later."""
    has_choice = OPTIONS in work.dialogue.last_said()
    in_words = find_parts(work.dialogue.text) or (find_bare_number(work.dialogue.text) if has_choice else None)
    if in_words is None and has_choice and wants_later(work.dialogue.text):
        return IN_ONE_SUM
    pressed = work.dialogue.find_entity("parts") or ""
    return in_words or (int(pressed) if pressed.isdecimal() else None)


def _wanted_time(work: Work, today: date) -> BillingPeriod | None:
    """Return the day or the coming months within which somebody wants to pay."""
    day = find_coming_day(work.dialogue.find_entity("date") or "", today)
    if day is not None:
        return BillingPeriod(day, day + timedelta(days=1)) if today <= day <= today + FARTHEST_WISH else None
    symbol = work.dialogue.invoice_period or ""
    coming = find_coming_span(symbol, today)
    if coming is not None and coming.start <= today + FARTHEST_WISH:
        return coming
    span = find_span(symbol, today)
    return span if span is not None and span.start > today else None


def _list(offers: Offers, work: Work, reply: Reply, wording: Wording) -> None:
    lines, buttons = [], []
    if offers.extension is not None:
        until = wording.day(offers.extension.latest)
        lines.append(wording.words("plan_line.later", until=until))
        buttons.append(_button(offers, IN_ONE_SUM, wording.words("button.pay_later", until=until)))
    for count in offers.shown_parts:
        is_short = work.dialogue.is_text_message or count > PARTS_IN_FULL
        lines.append(_parts_line(offers, count, wording, is_short=is_short))
        buttons.append(_button(offers, count, wording.words("button.parts", count=count)))
    listed = {"invoice_number": offers.bill.number, "times_listed": _times_in_vain(work) + 1}
    reply.remember(SLOT, json.dumps(listed))
    reply.offer(
        OPTIONS,
        buttons,
        month=wording.month(offers.bill.period.start),
        amount=wording.amount(offers.amount),
        lines="\n".join(lines),
    )
    if work.dialogue.is_text_message:
        reply.say("utter_payments_plan_how_to_answer")


def _parts_line(offers: Offers, count: int, wording: Wording, *, is_short: bool) -> str:
    """Name each part, or in short the highest of them: cents that do not divide are in the first ones."""
    parts = tuple(offers.instalments[count])
    if is_short:
        highest, start = wording.amount(parts[0].amount), wording.day(parts[0].due_on)
        return wording.words("plan_line.many", count=count, amount=highest, start=start)
    written = Agreement(offers.bill.number, parts).in_lines(wording, ", ")
    return wording.words("plan_line.parts", count=count, parts=written)


def _button(offers: Offers, count: int, title: str) -> dict[str, str]:
    values = {"invoice_number": offers.bill.number, "parts": str(count)}
    return {"title": title, "payload": f"/payment_plan{json.dumps(values)}"}


def _ask_for_yes(agreement: Agreement, bill: InvoiceFacts, reply: Reply, wording: Wording) -> None:
    offer = agreement.to_slot()
    reply.remember(SLOT, offer)
    month, amount = wording.month(bill.period.start), wording.amount(agreement.total)
    if agreement.is_in_one_sum:
        until = wording.day(agreement.until)
        reply.say(CONFIRM_LATER, month=month, amount=amount, until=until, offer=key_of(offer))
    else:
        lines = agreement.in_lines(wording)
        reply.say(CONFIRM_PARTS, month=month, amount=amount, lines=lines, offer=key_of(offer))


def _refuse(refusal: object, bill: InvoiceFacts, work: Work, reply: Reply, verification: Verification) -> None:
    wording = work.wording(verification.customer_id)
    name = refusal if refusal in REFUSALS_IN_WORDS else "by_person"
    tell_agreed(work, reply, verification.customer_id)
    reply.say(f"utter_payments_plan_refused_{name}", month=wording.month(bill.period.start))


def tell_agreed(work: Work, reply: Reply, customer_id: UUID) -> None:
    """Say what is to be paid next under each agreement that holds."""
    wording = work.wording(customer_id)
    for agreed in list_agreed(work.session, customer_id, wording.today):
        part = agreed.next_part
        amount, due_on = wording.amount(part.amount), wording.day(part.due_on)
        reply.say("utter_payments_plan_next_part", number=agreed.invoice_number, amount=amount, due_on=due_on)


def _agree(work: Work, reply: Reply, verification: Verification) -> None:
    slot = find_agreed_offer(work, SLOT)
    done = work.once("agree_payment_plan", lambda: _agree_once(work, verification, slot))
    reply.remember(SLOT, None)
    if "parts" not in done:
        reply.say("utter_payments_plan_changed")
        reply.go_on_with("action_offer_payment_plan")
        return
    wording = work.wording(verification.customer_id)
    agreement = Agreement.from_json(done)
    if agreement.is_in_one_sum:
        amount, until = wording.amount(agreement.total), wording.day(agreement.until)
        reply.say("utter_payments_plan_agreed_later", number=agreement.invoice_number, amount=amount, until=until)
    else:
        lines = agreement.in_lines(wording)
        reply.say("utter_payments_plan_agreed_parts", number=agreement.invoice_number, lines=lines)


def _agree_once(work: Work, verification: Verification, slot: object) -> JsonObject:
    """Agree to what was offered if it is still possible to the cent and the day; else to nothing."""
    wanted = Agreement.from_slot(slot)
    unpaid = list_open_invoices(work.session, verification.customer_id)
    bill = next((bill for bill in unpaid if wanted and bill.number == wanted.invoice_number), None)
    offers = None if bill is None else find_offers(work, verification.customer_id, bill)
    if wanted is None or bill is None or not isinstance(offers, Offers):
        return {}
    possible = offers.later(wanted.until) if wanted.is_in_one_sum else offers.in_parts(len(wanted.parts))
    if possible != wanted:
        return {}
    now = work.runtime.clock.now()
    if wanted.is_in_one_sum:
        agree_extension(work.session, verification.customer_id, bill.id, wanted.until, now=now)
    else:
        agree_instalments(work.session, verification.customer_id, bill.id, len(wanted.parts), now=now)
    return wanted.to_json()
