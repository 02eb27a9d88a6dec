"""What a person changes: looked at without a trace, done through the same functions, refused without a trace."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.adjustments.adjustment import (
    Account,
    AdjustmentKind,
    AdjustmentRefused,
    UnknownChoice,
    Wish,
    rehearse,
)
from billing.adjustments.goodwill import goodwill_since
from billing.adjustments.kinds import adjust, list_adjustments
from billing.db import Base
from billing.ledger.journal import account_balances, credit_of
from billing.models.credit_note import CreditNote, CreditReason
from billing.models.customer import Customer
from billing.models.human_task import HumanTask
from billing.models.invoice import Invoice, LineItem
from billing.models.journal import LedgerAccount
from billing.models.seller import Seller
from billing.payments import record_payment
from tests.billing.fairness.test_crediting import wronged
from tests.billing.money.bills import NOW, TODAY, issue
from tests.factories.billing import make_customer
from tests.factories.money import eur

K = AdjustmentKind


@pytest.fixture
def customer(session: Session) -> Customer:
    """With a bill of 119.00, due in five days, at 19 %."""
    customer = make_customer(session)
    issue(session, customer, [(11_900, 1900)])
    return customer


def account(session: Session, customer: Customer) -> Account:
    return Account.load(session, customer.id, NOW)


def number(session: Session, customer: Customer) -> str:
    return session.scalars(select(Invoice.number).where(Invoice.customer_id == customer.id)).one()


def rows(session: Session) -> dict[str, int]:
    tables = Base.metadata.sorted_tables
    counts = {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
    return {name: count for name, count in counts.items() if count}


def goodwill(session: Session, customer: Customer, minor: int) -> Wish:
    return Wish(f"long_wait:{number(session, customer)}", eur(minor))


@pytest.mark.parametrize("kind", [K.GOODWILL, K.ARRANGEMENT, K.DISPUTE])
def test_a_look_leaves_no_trace_and_is_what_is_done(session: Session, customer: Customer, kind: K) -> None:
    wishes = {
        K.GOODWILL: goodwill(session, customer, 1000),
        K.ARRANGEMENT: Wish(f"{number(session, customer)}:3"),
        K.DISPUTE: Wish(f"all:{number(session, customer)}"),
    }
    mine, wish = account(session, customer), wishes[kind]
    before = rows(session)

    looked = rehearse(session, lambda: adjust(session, mine, kind, wish))
    after = rows(session)
    done = adjust(session, mine, kind, wish)

    assert after == before
    assert rows(session) != before
    assert (looked.amount, looked.facts, looked.effects) == (done.amount, done.facts, done.effects)
    assert looked.document == done.document


def test_goodwill_is_booked_with_its_tax_and_opens_no_debt(session: Session, customer: Customer) -> None:
    done = adjust(session, account(session, customer), K.GOODWILL, goodwill(session, customer, 1190))

    note = session.scalars(select(CreditNote)).one()
    assert (note.reason, note.number, note.total_minor) == (CreditReason.GOODWILL, done.document, 1190)
    balances = account_balances(session, customer.id)
    assert balances[LedgerAccount.RECEIVABLE] == eur(11_900 - 1190)
    assert balances[LedgerAccount.TAX_PAYABLE] == eur(-(1900 - 190))


def test_goodwill_for_a_paid_bill_becomes_credit(session: Session, customer: Customer) -> None:
    record_payment(session, customer_id=customer.id, reference="b", amount=eur(11_900), received_on=TODAY, now=NOW)

    done = adjust(session, account(session, customer), K.GOODWILL, goodwill(session, customer, 500))

    assert credit_of(session, customer.id) == eur(500)
    assert [(effect.words, effect.before, effect.after) for effect in done.effects] == [("credit", eur(0), eur(500))]


def test_where_prices_are_net_goodwill_comes_to_what_was_given_or_a_cent_less(session: Session) -> None:
    customer = make_customer(session, country="FI")
    session.get_one(Seller, customer.seller_id).prices_include_tax = False
    issue(session, customer, [(10_000, 2550)], net=True)
    mine = account(session, customer)

    def given(minor: int) -> int:
        wish = goodwill(session, customer, minor)
        return rehearse(session, lambda: adjust(session, mine, K.GOODWILL, wish)).amount.minor

    # 10.00 and 2.55 of tax; 7.97 and 2.03 of tax; 0.01 without tax, as 0.02 would have 0.01 of it.
    assert [given(minor) for minor in (1255, 1000, 2)] == [1255, 1000, 1]


def test_only_goodwill_of_the_last_days_counts(session: Session, customer: Customer) -> None:
    mine = account(session, customer)
    adjust(session, mine, K.GOODWILL, goodwill(session, customer, 700))
    adjust(session, mine, K.GOODWILL, goodwill(session, customer, 300))

    def since(days: int) -> int:
        return goodwill_since(session, customer.id, "EUR", NOW - timedelta(days=days)).minor

    assert (since(1), since(0)) == (1000, 0)
    assert goodwill_since(session, customer.id, "SEK", NOW - timedelta(days=1)).minor == 0
    assert goodwill_since(session, make_customer(session).id, "EUR", NOW - timedelta(days=1)).minor == 0


def test_one_finding_is_credited_and_the_others_stay(session: Session) -> None:
    customer = wronged(session)
    mine = account_of_november(session, customer)
    offered = list_adjustments(session, mine, K.CORRECTION)

    done = adjust(session, mine, K.CORRECTION, Wish(offered[0].key))

    amounts = sorted(choice.amount.minor for choice in offered if choice.amount)
    assert amounts == [250, 500, 500, 1250]
    assert done.amount == offered[0].amount
    left = list_adjustments(session, mine, K.CORRECTION)
    assert sum(choice.amount.minor for choice in left[:-1] if choice.amount) == 1250 - done.amount.minor
    with pytest.raises(UnknownChoice):
        adjust(session, mine, K.CORRECTION, Wish(offered[0].key))


def account_of_november(session: Session, customer: Customer) -> Account:
    return Account.load(session, customer.id, NOW + timedelta(days=10))


def test_what_somebody_else_owns_is_no_choice(session: Session, customer: Customer) -> None:
    stranger = account(session, make_customer(session))
    bill = number(session, customer)
    line = session.scalars(select(LineItem.id)).first()
    before = rows(session)
    wishes = [
        (K.GOODWILL, Wish(f"long_wait:{bill}", eur(100))),
        (K.ARRANGEMENT, Wish(f"{bill}:2")),
        (K.ARRANGEMENT, Wish(f"{bill}:later")),
        (K.DISPUTE, Wish(f"all:{bill}")),
        (K.DISPUTE, Wish(f"{line}:{bill}")),
    ]

    for kind, wish in wishes:
        with pytest.raises(UnknownChoice):
            adjust(session, stranger, kind, wish)
    assert rows(session) == before


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (K.CORRECTION, "nothing_to_correct"),
        (K.GOODWILL, "nothing_to_credit"),
        (K.ARRANGEMENT, "not_open"),
        (K.PLAN_CHANGE, "no_contract"),
        (K.DISPUTE, "nothing_to_dispute"),
    ],
)
def test_an_empty_account_says_why_nothing_can_be_done(session: Session, kind: K, code: str) -> None:
    with pytest.raises(AdjustmentRefused) as refused:
        list_adjustments(session, account(session, make_customer(session)), kind)

    assert refused.value.code == code


def test_a_refusal_midway_leaves_nothing_behind(session: Session, customer: Customer) -> None:
    mine, bill = account(session, customer), number(session, customer)
    adjust(session, mine, K.DISPUTE, Wish(f"all:{bill}"))
    before = rows(session)

    for kind, wish in ((K.DISPUTE, Wish(f"all:{bill}")), (K.ARRANGEMENT, Wish(f"{bill}:2"))):
        with pytest.raises(AdjustmentRefused):
            adjust(session, mine, kind, wish)

    assert rows(session) == before
    assert session.scalar(select(func.count()).select_from(HumanTask)) == 1


def test_who_comes_second_gives_no_more_than_is_left_of_the_bill(session: Session) -> None:
    customer = make_customer(session)
    issue(session, customer, [(1000, 1900)])
    mine, wish = account(session, customer), goodwill(session, customer, 600)
    adjust(session, mine, K.GOODWILL, wish)

    with pytest.raises(AdjustmentRefused) as refused:
        adjust(session, mine, K.GOODWILL, wish)

    assert refused.value.code == "more_than_the_bill"


def test_a_dispute_is_about_no_more_than_the_bill_and_says_whether_something_is_open(session: Session) -> None:
    customer = make_customer(session)
    issue(session, customer, [(10_000, 1900), (-2_000, 1900)])
    mine, bill = account(session, customer), number(session, customer)
    [whole] = [choice for choice in list_adjustments(session, mine, K.DISPUTE) if choice.key.startswith("all:")]
    still = rehearse(session, lambda: adjust(session, mine, K.DISPUTE, Wish(f"all:{bill}")))
    record_payment(session, customer_id=customer.id, reference="b", amount=eur(8_000), received_on=TODAY, now=NOW)

    paid = rehearse(session, lambda: adjust(session, mine, K.DISPUTE, Wish(f"all:{bill}")))

    assert (whole.amount, still.amount, paid.amount) == (eur(8_000), eur(8_000), eur(8_000))
    assert (still.words, paid.words) == ("dispute", "dispute_paid")


def test_of_many_open_bills_those_due_first_can_be_arranged_and_then_the_next(session: Session) -> None:
    customer = make_customer(session)
    for month in range(6, 11):
        issue(session, customer, [(5_000, 1900)], issued_on=date(2026, month, 1))
    mine = Account.load(session, customer.id, NOW)

    def offered() -> list[str]:
        keys = [choice.key.rpartition(":")[0] for choice in list_adjustments(session, mine, K.ARRANGEMENT)]
        return list(dict.fromkeys(keys))

    first = offered()
    adjust(session, mine, K.ARRANGEMENT, Wish(f"{first[0]}:2"))
    bills = session.scalars(select(Invoice.number).order_by(Invoice.due_on)).all()

    assert (first, offered()) == (bills[:3], bills[1:4])
