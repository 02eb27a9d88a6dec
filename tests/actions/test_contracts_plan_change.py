"""Another plan: the choice, the effects to the cent before anything changes, and the change once after a plain yes."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from billing.identity import CodeOutcome
from billing.models.contract import Contract, ContractPhase
from billing.models.invoice import Invoice
from billing.models.plan import Plan, PriceVersion
from billing.periods import BillingPeriod
from tests.actions.conversation import Conversation, Outcome
from tests.actions.customers import NUMBER, issue_bills, make_subscriber
from tests.actions.said_facts import facts_fit
from tests.factories.billing import make_contract, make_customer, make_plan, make_usage
from tests.fakes.clock import FixedClock

__all__ = ["facts_fit"]

CONFIRM = "utter_contracts_change_confirm"
LARGER = {"en": "I want Mobile L", "de": "auf mobil-l wechseln bitte", "fi": "vaihda Mobiili L:ään"}
AMOUNTS = {
    "en": ("€24.99", "€20.99", "€4.00", "€14.99"),
    "de": ("24,99 €", "20,99 €", "4,00 €", "14,99 €"),
    "fi": ("24,99 €", "20,99 €", "4,00 €", "14,99 €"),
}


@pytest.fixture
def contract(sessions: sessionmaker[Session], clock: FixedClock) -> Contract:
    """On 14.99 with 10 GB and 2.00 for each more; last month 13 GB. The larger plan costs 24.99 with 40 GB."""
    like = last_month(clock)
    with sessions.begin() as session:
        contract = make_subscriber(session, base_minor=1499, unit="GB", included=10, unit_price_micro=2_000_000)
        large = make_plan(session, name="Mobile L", base_minor=2499, unit="GB", included=40, unit_price_micro=1_500_000)
        small = session.scalars(select(Plan).where(Plan.id != large.id)).one()
        small.name = {"en": "Mobile S", "de": "Mobil S", "fi": "Mobiili S"}
        large.name = {"en": "Mobile L", "de": "Mobil L", "fi": "Mobiili L"}
        make_usage(session, contract, used_on=like.start + timedelta(days=8), quantity=13)
        session.execute(update(Plan).values(product="mobile"))
        return contract


def last_month(clock: FixedClock) -> BillingPeriod:
    return BillingPeriod.month_of(clock.now().date()).previous_month()


def next_month(clock: FixedClock) -> BillingPeriod:
    return BillingPeriod.month_of(clock.now().date()).next_month()


def add_plan(
    sessions: sessionmaker[Session], name: str, base_minor: int, included: int, product: str = "mobile"
) -> str:
    with sessions.begin() as session:
        plan = make_plan(
            session, name=name, base_minor=base_minor, unit="GB", included=included, unit_price_micro=1_000_000
        )
        plan.product = product
        return plan.code


async def ask(conversation: Conversation, text: str, *, language: str = "en") -> Outcome:
    conversation.slots["language"] = language
    conversation.verify_as(NUMBER)
    return await conversation.run("action_preview_plan_change", intent="change_plan", text=text)


async def agree(conversation: Conversation, text: str = "") -> Outcome:
    conversation.was_said("change_plan", CONFIRM)
    conversation.next_turn()
    intent = "affirm" if text else "confirm_plan_change"
    entities = {} if text else conversation.press_yes("contracts_offer")
    return await conversation.run("action_change_plan", intent=intent, text=text, entities=entities)


def phases(sessions: sessionmaker[Session]) -> list[tuple[date, date | None]]:
    with sessions() as session:
        rows = session.scalars(select(ContractPhase).order_by(ContractPhase.valid_from))
        return [(phase.valid_from, phase.valid_to) for phase in rows]


@pytest.mark.usefixtures("contract")
@pytest.mark.parametrize("language", ["en", "de", "fi"])
async def test_the_effects_are_told_to_the_cent_before_anything_changes(
    conversation: Conversation, sessions: sessionmaker[Session], language: str
) -> None:
    """13 GB cost 14.99 + 3 * 2.00 = 20.99 as it is, 24.99 on the larger plan."""
    outcome = await ask(conversation, LARGER[language], language=language)

    assert outcome.said == [
        "utter_contracts_change_effects",
        "utter_contracts_change_bill_like",
        "utter_contracts_change_more",
        CONFIRM,
    ]
    price, _, difference, price_now = (plain(amount) for amount in AMOUNTS[language])
    effects = outcome.facts("utter_contracts_change_effects")
    assert price in plain(effects["plan"])
    assert plain(effects["price_now"]) == price_now
    assert plain(outcome.facts("utter_contracts_change_bill_like")["total"]) == price
    assert plain(outcome.facts("utter_contracts_change_more")["difference"]) == difference
    assert phases(sessions) == [(date(2026, 1, 1), None)]


async def test_a_yes_changes_the_plan_and_the_bill_is_the_one_that_was_told(
    conversation: Conversation, sessions: sessionmaker[Session], clock: FixedClock, contract: Contract
) -> None:
    month = next_month(clock)
    told = (await ask(conversation, "Mobile L")).facts("utter_contracts_change_bill_like")
    changed = await agree(conversation, "yes please")
    with sessions.begin() as session:
        make_usage(session, contract, used_on=month.start + timedelta(days=8), quantity=13)
    issue_bills(sessions, month)

    assert changed.said == ["utter_contracts_changed"]
    assert phases(sessions) == [(date(2026, 1, 1), month.start), (month.start, None)]
    with sessions() as session:
        invoice = session.scalars(select(Invoice).filter_by(period_start=month.start)).one()
        assert told["total"] == "€24.99"
        assert invoice.total_minor == 2499


@pytest.mark.usefixtures("contract")
@pytest.mark.parametrize("text", ["yes but only next year", "ok whatever", "hm", "yes?"])
async def test_what_is_no_plain_yes_changes_nothing(
    conversation: Conversation, sessions: sessionmaker[Session], text: str
) -> None:
    await ask(conversation, "Mobile L")
    outcome = await agree(conversation, text)

    assert outcome.goes_on_with == "action_preview_plan_change"
    assert len(phases(sessions)) == 1


@pytest.mark.usefixtures("contract")
async def test_a_double_tap_changes_the_plan_once(conversation: Conversation, sessions: sessionmaker[Session]) -> None:
    await ask(conversation, "Mobile L")
    before = dict(conversation.slots)
    first = await agree(conversation)
    conversation.slots = before
    pressed = conversation.press_yes("contracts_offer")
    repeated = await conversation.run("action_change_plan", intent="confirm_plan_change", entities=pressed)
    conversation.was_said("confirm_plan_change", "utter_contracts_changed")
    conversation.next_turn()
    later = await conversation.run("action_change_plan", intent="confirm_plan_change", entities=pressed)
    preview = await conversation.run("action_preview_plan_change", intent="confirm_plan_change")

    assert first.said == repeated.said == ["utter_contracts_changed"]
    assert later.goes_on_with == "action_preview_plan_change"
    assert preview.said == ["utter_contracts_change_agreed"]
    assert len(phases(sessions)) == 2


@pytest.mark.usefixtures("contract")
async def test_an_older_button_makes_no_newer_change(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    add_plan(sessions, "Mobile XS", 999, 9)
    older = (await ask(conversation, "Mobile XS")).facts(CONFIRM)["offer"]
    await ask(conversation, "Mobile L")
    conversation.was_said("change_plan", CONFIRM)
    conversation.next_turn()

    outcome = await conversation.run("action_change_plan", intent="confirm_plan_change", entities={"offer": older})

    assert outcome.goes_on_with == "action_preview_plan_change"
    assert len(phases(sessions)) == 1


@pytest.mark.usefixtures("contract")
async def test_a_price_that_changed_meanwhile_changes_nothing(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    await ask(conversation, "Mobile L")
    with sessions.begin() as session:
        session.execute(update(PriceVersion).where(PriceVersion.base_minor == 2499).values(base_minor=2999))
    outcome = await agree(conversation)

    assert outcome.said == ["utter_contracts_change_outdated"]
    assert outcome.goes_on_with == "action_preview_plan_change"
    assert len(phases(sessions)) == 1


@pytest.mark.usefixtures("contract")
async def test_what_costs_more_needs_a_code_of_the_last_five_minutes(
    conversation: Conversation, sessions: sessionmaker[Session], clock: FixedClock
) -> None:
    conversation.verify_as(NUMBER)
    clock.advance(minutes=6)
    asked = await conversation.run("action_preview_plan_change", intent="change_plan", text="Mobile L")

    assert asked.said == ["utter_identity_fresh_code", "utter_identity_code_sent"]
    conversation.next_turn()
    assert conversation.enter_code(conversation.newest_code()) is CodeOutcome.VERIFIED
    coded = await conversation.run(
        "action_report_code_outcome", intent="code_checked", entities={"outcome": "verified"}
    )
    assert coded.goes_on_with == "action_preview_plan_change"
    told = await conversation.run("action_preview_plan_change", intent="code_checked")
    assert told.said[-1] == CONFIRM
    clock.advance(minutes=6)
    late = await agree(conversation)
    assert late.goes_on_with == "action_preview_plan_change"
    assert len(phases(sessions)) == 1


@pytest.mark.usefixtures("contract")
async def test_a_cheaper_plan_needs_no_new_code(
    conversation: Conversation, sessions: sessionmaker[Session], clock: FixedClock
) -> None:
    """9.99, and 4 GB beyond the 9 that are included, at 1.00 each: 7.00 less than now."""
    add_plan(sessions, "Mobile XS", 999, 9)
    conversation.verify_as(NUMBER)
    clock.advance(minutes=6)
    outcome = await conversation.run("action_preview_plan_change", intent="change_plan", text="a smaller plan please")

    assert outcome.facts("utter_contracts_change_bill_like")["total"] == "€13.99"
    assert outcome.facts("utter_contracts_change_less")["difference"] == "€7.00"
    assert outcome.said[-1] == CONFIRM


@pytest.mark.usefixtures("contract")
async def test_a_lower_price_that_makes_the_bill_higher_needs_a_new_code(
    conversation: Conversation, sessions: sessionmaker[Session], clock: FixedClock
) -> None:
    """9.99, and 12 GB beyond the one that is included, at 1.00 each: 1.00 more than now."""
    add_plan(sessions, "Mobile XS", 999, 1)
    conversation.verify_as(NUMBER)
    clock.advance(minutes=6)
    outcome = await conversation.run("action_preview_plan_change", intent="change_plan", text="a smaller plan please")

    assert outcome.said[0] == "utter_identity_fresh_code"


@pytest.mark.usefixtures("contract")
async def test_without_a_plan_a_single_one_is_listed_too(conversation: Conversation) -> None:
    outcome = await ask(conversation, "can I change my contract")

    assert outcome.said == ["utter_contracts_own_plan", "utter_contracts_choose_plan"]


@pytest.mark.usefixtures("contract")
async def test_words_after_the_list_choose_from_it(conversation: Conversation) -> None:
    await ask(conversation, "another plan")
    conversation.was_said("change_plan", "utter_contracts_choose_plan")
    conversation.next_turn()
    outcome = await conversation.run("action_preview_plan_change", intent="inform", text="the L one")

    assert outcome.said[-1] == CONFIRM


@pytest.mark.usefixtures("contract")
async def test_without_a_plan_three_are_shown_and_a_button_for_more(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    codes = [
        add_plan(sessions, f"Mobile {size}", minor, 50) for size, minor in (("XL", 2999), ("XXL", 3999), ("Max", 4999))
    ]
    outcome = await ask(conversation, "another plan")

    assert outcome.said == ["utter_contracts_own_plan", "utter_contracts_choose_plan"]
    listed = outcome.facts("utter_contracts_choose_plan")
    assert [button["title"] for button in listed["buttons"]] == [
        "Mobile L, €24.99",
        "Mobile XL, €29.99",
        "Mobile XXL, €39.99",
        "More plans",
    ]
    conversation.next_turn()
    more = await press(conversation, listed["buttons"][-1])
    assert [button["title"] for button in more.facts("utter_contracts_choose_plan")["buttons"]] == [
        "Mobile Max, €49.99"
    ]
    conversation.next_turn()
    shown = await press(conversation, more.facts("utter_contracts_choose_plan")["buttons"][0])
    assert json.loads(conversation.slots["contracts_offer"])["plan"] == codes[2]
    assert shown.said[-1] == CONFIRM


@pytest.mark.usefixtures("contract")
@pytest.mark.parametrize(("text", "language"), [("something bigger", "en"), ("größerer Tarif", "de"), ("isompi", "fi")])
async def test_the_only_larger_plan_is_worked_out_at_once(
    conversation: Conversation, sessions: sessionmaker[Session], text: str, language: str
) -> None:
    add_plan(sessions, "Mobile XS", 999, 1)

    assert (await ask(conversation, text, language=language)).said[-1] == CONFIRM


@pytest.mark.usefixtures("contract")
async def test_the_own_plan_is_no_change(conversation: Conversation) -> None:
    outcome = await ask(conversation, "Mobile S")

    assert outcome.said == ["utter_contracts_plan_already", "utter_contracts_choose_plan"]
    assert outcome.facts("utter_contracts_plan_already")["plan"] == "Mobile S"


@pytest.mark.usefixtures("contract")
async def test_a_plan_of_another_product_is_not_for_this_contract(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    add_plan(sessions, "Green Power", 500, 1, product="power")
    outcome = await ask(conversation, "green power please")

    assert outcome.said[0] == "utter_contracts_no_such_plan"
    assert conversation.slots["contracts_offer"] is None


async def test_a_cheaper_plan_within_the_minimum_term_goes_to_a_person_with_the_reason(
    conversation: Conversation, sessions: sessionmaker[Session], contract: Contract
) -> None:
    add_plan(sessions, "Mobile XS", 999, 1)
    with sessions.begin() as session:
        session.execute(update(Contract).values(minimum_term_until=date(2027, 6, 1)))
    outcome = await ask(conversation, "Mobile XS")

    assert outcome.said == ["utter_contracts_change_within_term"]
    assert outcome.facts("utter_contracts_change_within_term")["until"] == "1 June 2027"
    assert [command["reason"] for command in outcome.commands] == ["plan_change"]


async def test_two_contracts_of_a_kind_are_told_apart(
    conversation: Conversation, sessions: sessionmaker[Session], contract: Contract
) -> None:
    with sessions.begin() as session:
        row = session.get_one(Contract, contract.id)
        row.number = "53464097-1"
        plan = session.scalars(select(Plan).where(Plan.name["en"].as_string() == "Mobile S")).one()
        other = Contract(
            id=make_customer(session).id, customer_id=row.customer_id, number="53464097-2", started_on=date(2026, 1, 1)
        )
        session.add(other)
        session.flush()
        session.add(ContractPhase(contract_id=other.id, plan_id=plan.id, valid_from=date(2026, 1, 1)))
    outcome = await ask(conversation, "Mobile L")

    titles = [button["title"] for button in outcome.facts("utter_contracts_choose_plan")["buttons"]]
    assert sorted(titles) == ["53464097-1: Mobile L, €24.99", "53464097-2: Mobile L, €24.99"]


async def test_a_stranger_s_contract_in_a_button_changes_nothing(
    conversation: Conversation, sessions: sessionmaker[Session], contract: Contract
) -> None:
    with sessions.begin() as session:
        stranger = make_contract(session, make_customer(session), make_plan(session), started_on=date(2026, 1, 1))
        code = session.scalars(select(Plan.code).where(Plan.name["en"].as_string() == "Mobile L")).one()
    conversation.verify_as(NUMBER)
    entities = {"plan": code, "contract": str(stranger.id)}
    outcome = await conversation.run("action_preview_plan_change", intent="change_plan", entities=entities)

    assert "utter_contracts_no_such_plan" in outcome.said
    assert len(phases(sessions)) == 2


@pytest.mark.usefixtures("contract")
async def test_the_plan_that_was_meant_survives_the_code(conversation: Conversation) -> None:
    asked = await conversation.run("action_preview_plan_change", intent="change_plan", text="upgrade me to Mobile L")
    assert asked.goes_on_with == "identity_form"
    conversation.next_turn()
    conversation.verify_as(NUMBER)
    outcome = await conversation.run("action_preview_plan_change", intent="code_checked")

    assert outcome.said[-1] == CONFIRM


@pytest.mark.usefixtures("contract")
async def test_a_text_message_gets_the_short_version(conversation: Conversation) -> None:
    conversation.slots["channel"] = "sms"
    outcome = await ask(conversation, "Mobile L")

    assert outcome.said[:3] == ["utter_contracts_change_effects", "utter_contracts_change_bill_like", CONFIRM]


async def press(conversation: Conversation, button: dict[str, str]) -> Outcome:
    intent, _, values = button["payload"].removeprefix("/").partition("{")
    entities = json.loads("{" + values) if values else {}
    return await conversation.run("action_preview_plan_change", intent=intent, entities=entities)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")
