"""What a customer has agreed to: plan, price, since when, and until when it binds."""

from typing import ClassVar

from actions.base import Work
from actions.formatting import Wording
from actions.plan_wording import plan_line, plan_name
from actions.reply import Reply
from actions.sensitive import SensitiveAction
from billing.identity import Verification
from billing.law import Law
from billing.terms.cancellations import NOTICE, TERM_RULE, latest_end, law_for
from billing.terms.running_contracts import RunningContract, list_running_contracts


class ActionTellContractTerms(SensitiveAction):
    """Which plan do I have, how long does it run, what would ending it cost?"""

    intent: ClassVar[str] = "ask_contract_terms"
    topic: ClassVar[str] = "contracts"

    def name(self) -> str:
        return "action_tell_contract_terms"

    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        wording = work.wording(verification.customer_id)
        contracts = list_running_contracts(work.session, verification.customer_id, wording.today)
        if not contracts:
            reply.say("utter_contracts_none_running")
            return
        law = law_for(work.session, verification.customer_id)
        for contract in contracts:
            _tell_plan(contract, reply, wording)
            _tell_term(contract, law, reply, wording)
        reply.say("utter_contracts_terms_more")


def _tell_plan(contract: RunningContract, reply: Reply, wording: Wording) -> None:
    since = wording.day(contract.started_on)
    if contract.price is None:
        reply.say("utter_contracts_terms_unpriced", name=plan_name(contract.name, wording), since=since)
    else:
        reply.say("utter_contracts_terms_plan", plan=plan_line(contract.name, contract.price, wording), since=since)
    agreed = contract.next_phase
    if agreed is not None:
        day = wording.day(agreed.valid_from)
        reply.say("utter_contracts_change_agreed", plan=plan_name(agreed.plan_name, wording), day=day)


def _tell_term(contract: RunningContract, law: Law, reply: Reply, wording: Wording) -> None:
    if contract.ended_on is not None:
        until = latest_end(contract, law)
        assert until is not None
        reply.say("utter_contracts_terms_ends", until=wording.day(until))
        return
    if contract.bound_until is None:
        reply.say("utter_contracts_terms_free")
    else:
        reply.say("utter_contracts_terms_bound", until=wording.day(contract.bound_until))
        if contract.termination_fee is not None:
            reply.say("utter_contracts_terms_fee", fee=wording.amount(contract.termination_fee))
    rule = law.find(TERM_RULE, contract.seen_on)
    if contract.bound_until is None and rule is not None and rule.values.get(NOTICE) is not None:
        reply.say("utter_contracts_terms_notice", months=str(rule.number(NOTICE)))
