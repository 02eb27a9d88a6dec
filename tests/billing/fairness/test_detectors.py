"""Single cases by hand; what many drawn cases show is in test_injection."""

from datetime import UTC, date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from billing.models.contract import OneOffKind, Outage
from billing.models.customer import Customer
from billing.models.dunning import DunningKind, DunningStep
from billing.models.invoice import Invoice
from billing.models.payment import Allocation, Payment
from billing.models.plan import PriceVersion
from billing.rating.kinds import LineKind
from tests.billing.fairness.accounts import OCTOBER, SEPTEMBER, audit, bill, claims, line, only, record_a_charge, settle
from tests.factories.billing import make_discount, make_one_off, make_payment, make_price, make_usage


def test_a_bill_that_is_right_has_no_findings(session: Session) -> None:
    customer, contract, _ = settle(session)
    bill(session, customer, [line(3999, contract=contract)])

    report = audit(session, customer)

    assert (report.verdict, report.findings, report.owed.minor) == ("correct", (), 0)


def test_what_was_billed_in_advance_after_a_cancellation_comes_back(session: Session) -> None:
    """4.99 for September, cancelled to the end of 19 September: 11 of 30 days, 1.8297, are 1.83."""
    customer, contract, _ = settle(session, base_minor=499, ended_on=date(2026, 9, 20))
    bill(session, customer, [line(499, SEPTEMBER, contract=contract)], SEPTEMBER, issued_on=date(2026, 9, 1))

    finding = only(audit(session, customer, date(2026, 9, 25)))

    assert (finding.detector, finding.amount.minor) == ("A3", 183)
    assert finding.facts["reason"] == "advance_after_cancellation"
    assert finding.verdict == "our_mistake"


def test_what_the_next_bill_gave_back_is_not_given_back_again(session: Session) -> None:
    customer, contract, _ = settle(session, base_minor=499, ended_on=date(2026, 9, 20))
    days = (date(2026, 9, 20), date(2026, 10, 1))
    bill(session, customer, [line(499, SEPTEMBER, contract=contract)], SEPTEMBER, issued_on=date(2026, 9, 1))
    credit = line(-183, days, kind=LineKind.PRORATION_CREDIT, contract=contract)
    bill(session, customer, [line(2000, kind=LineKind.ONE_OFF, contract=contract), credit])
    make_one_off(session, contract, charged_on=date(2026, 10, 5), amount_minor=2000)

    finding = only(audit(session, customer))

    assert (finding.detector, finding.verdict, finding.amount.minor) == ("A3", "correct", 0)


def test_an_increase_announced_ten_days_before_does_not_hold(session: Session) -> None:
    """49.99 instead of 39.99 in October: 10.00 come back."""
    customer, contract, plan = settle(session)
    _end_price(session, plan.id, date(2026, 10, 1))
    later = make_price(session, plan, base_minor=4999, valid_from=date(2026, 10, 1))
    later.notice_sent_on = date(2026, 9, 21)
    bill(session, customer, [line(4999, contract=contract)])

    finding = only(audit(session, customer))

    assert (finding.detector, finding.amount.minor) == ("A6", 1000)
    assert finding.rule == "DE.price_notice@2021-12-01"


def test_an_increase_announced_six_weeks_before_holds(session: Session) -> None:
    customer, contract, plan = settle(session)
    _end_price(session, plan.id, date(2026, 10, 1))
    later = make_price(session, plan, base_minor=4999, valid_from=date(2026, 10, 1))
    later.notice_sent_on = date(2026, 8, 20)
    bill(session, customer, [line(4999, contract=contract)])

    assert audit(session, customer).findings == ()


def _end_price(session: Session, plan_id: int, day: date) -> None:
    session.execute(update(PriceVersion).where(PriceVersion.plan_id == plan_id).values(valid_to=day))


def test_two_faults_of_one_line_are_both_found(session: Session) -> None:
    """From 16 October on: 16 of 31 days of 39.99 are 20.64. Charged was a whole month of another price, 49.99:
    25.80 for the days at that price, 5.16 too much for the price, and 24.19 too much for the days."""
    customer, contract, plan = settle(session, started_on=date(2026, 10, 16))
    _end_price(session, plan.id, date(2027, 1, 1))
    other = make_price(session, plan, base_minor=4999, valid_from=date(2027, 1, 1))
    wrong = line(4999, (date(2026, 10, 16), OCTOBER[1]), kind=LineKind.PRORATION_CHARGE, contract=contract)
    wrong.price_version_id = other.id
    bill(session, customer, [wrong])

    assert claims(audit(session, customer)) == {"A5": 516, "A10": 2419}


def test_a_missing_promotion_and_a_fee_without_ground_stand_side_by_side(session: Session) -> None:
    customer, contract, _ = settle(session)
    make_discount(session, contract, amount_minor=500)
    record_a_charge(session)
    fee = line(250, (date(2026, 10, 9), date(2026, 10, 10)), kind=LineKind.ONE_OFF, contract=contract)
    bill(session, customer, [line(3999, contract=contract), fee])

    report = audit(session, customer)

    assert claims(report) == {"A7": 500, "A14": 250}
    assert report.owed.minor == 750


def test_a_third_party_charge_needs_the_proof_of_an_order(session: Session) -> None:
    customer, contract, _ = settle(session)
    charge = make_one_off(session, contract, charged_on=date(2026, 10, 9), amount_minor=999)
    charge.kind = OneOffKind.THIRD_PARTY
    session.flush()
    foreign = line(999, (date(2026, 10, 9), date(2026, 10, 10)), kind=LineKind.THIRD_PARTY, contract=contract)
    bill(session, customer, [line(3999, contract=contract), foreign])

    assert claims(audit(session, customer)) == {"A20": 999}


def test_late_usage_on_the_next_bill_is_right(session: Session) -> None:
    """2 units at 2.00 in time, 3 more known after the bill: 4.00 on the first and 6.00 on the second."""
    customer, contract, plan = settle(session)
    plan_price = _meter(session, plan.id)
    make_usage(session, contract, used_on=date(2026, 9, 5), quantity=2)
    late = make_usage(session, contract, used_on=date(2026, 9, 6), quantity=3)
    late.received_at = datetime(2026, 10, 20, tzinfo=UTC)
    session.flush()
    first = line(400, SEPTEMBER, kind=LineKind.USAGE, contract=contract, quantity=2, unit="GB")
    second = line(600, SEPTEMBER, kind=LineKind.USAGE, contract=contract, quantity=3, unit="GB")
    bill(session, customer, [line(3999, SEPTEMBER, contract=contract), first], SEPTEMBER)
    bill(session, customer, [line(3999, contract=contract), second])

    assert plan_price
    assert audit(session, customer).findings == ()


def _meter(session: Session, plan_id: int) -> bool:
    values = {"unit": "GB", "included_quantity": 0, "unit_price_micro": 2_000_000}
    session.execute(update(PriceVersion).where(PriceVersion.plan_id == plan_id).values(**values))
    return True


def test_an_outage_of_six_days_in_germany_is_worth_twenty_euros(session: Session) -> None:
    """Reported on the 5th, over on the 11th: days 3 and 4 at 5.00, day 5 at 10.00; a tenth of 39.99 is less."""
    customer, contract, _ = settle(session)
    session.add(
        Outage(contract_id=contract.id, reference="O", reported_on=date(2026, 10, 5), ended_on=date(2026, 10, 11))
    )
    session.flush()
    bill(session, customer, [line(3999, contract=contract)])

    assert claims(audit(session, customer)) == {"A23": 2000}


def test_a_day_without_a_price_is_left_to_a_person(session: Session) -> None:
    customer, contract, plan = settle(session)
    _end_price(session, plan.id, date(2026, 10, 20))
    bill(session, customer, [line(3999, contract=contract)])

    report = audit(session, customer)

    assert report.verdict == "needs_person"
    assert {finding.facts["reason"] for finding in report.findings} == {"PriceMissing"}
    assert report.owed.minor == 0


def test_interest_of_a_half_year_without_a_rate_is_left_to_a_person(session: Session) -> None:
    customer, contract, _ = settle(session, country="FI")
    bill(session, customer, [line(3999, SEPTEMBER, contract=contract, tax_rate=2550)], SEPTEMBER)
    interest = line(80, (date(2026, 10, 17), date(2026, 11, 2)), kind=LineKind.INTEREST, tax_rate=0)
    bill(session, customer, [line(3999, contract=contract, tax_rate=2550), interest])

    finding = only(audit(session, customer))

    assert (finding.detector, finding.verdict, finding.facts["reason"]) == ("A17", "needs_person", "law_missing")


def test_findings_hold_no_personal_data(session: Session) -> None:
    customer, contract, _ = settle(session)
    bill(session, customer, [line(3999, contract=contract), line(3999, contract=contract)])

    text = audit(session, customer).as_json()

    assert customer.name not in text
    assert customer.phone not in text
    assert str(customer.id) not in text


def test_single_charges_of_a_company_that_records_none_are_not_judged(session: Session) -> None:
    customer, contract, _ = settle(session)
    day = (date(2026, 10, 9), date(2026, 10, 10))
    fee = line(2000, day, kind=LineKind.ONE_OFF, contract=contract)
    end = line(9000, day, kind=LineKind.TERMINATION_FEE, contract=contract)
    whole_account = line(300, day, kind=LineKind.ONE_OFF)
    bill(session, customer, [line(3999, contract=contract), fee, end, whole_account])

    assert audit(session, customer).findings == ()


def test_the_same_work_order_billed_twice_is_found_without_a_record_of_charges(session: Session) -> None:
    customer, contract, _ = settle(session)
    day = (date(2026, 10, 9), date(2026, 10, 10))
    fees = [line(2000, day, kind=LineKind.ONE_OFF, contract=contract) for _ in range(2)]
    for fee in fees:
        fee.cause = {"reference": "WO-1"}
    bill(session, customer, [line(3999, contract=contract), *fees])

    assert claims(audit(session, customer)) == {"A13": 2000}


def test_a_charge_for_the_account_as_a_whole_is_left_to_a_person(session: Session) -> None:
    customer, contract, _ = settle(session)
    record_a_charge(session)
    fee = line(2000, (date(2026, 10, 9), date(2026, 10, 10)), kind=LineKind.ONE_OFF)
    bill(session, customer, [line(3999, contract=contract), fee])

    finding = only(audit(session, customer))

    assert (finding.detector, finding.verdict, finding.amount.minor) == ("A14", "needs_person", 2000)


def test_a_fee_for_the_end_that_was_neither_agreed_nor_booked_comes_back(session: Session) -> None:
    customer, contract, _ = settle(session, started_on=date(2026, 1, 1), ended_on=date(2026, 10, 20))
    record_a_charge(session)
    contract.minimum_term_until = date(2027, 1, 1)
    session.flush()
    # 19 of 31 days of 39.99: 24.51.
    base = line(2451, (date(2026, 10, 1), date(2026, 10, 20)), contract=contract)
    fee = line(9000, (date(2026, 10, 19), date(2026, 10, 20)), kind=LineKind.TERMINATION_FEE, contract=contract)
    bill(session, customer, [base, fee])

    assert claims(audit(session, customer)) == {"A19": 9000}


def test_a_company_that_records_no_notices_is_not_blamed_for_an_increase(session: Session) -> None:
    customer, contract, plan = settle(session)
    _end_price(session, plan.id, date(2026, 10, 1))
    make_price(session, plan, base_minor=4999, valid_from=date(2026, 10, 1))
    bill(session, customer, [line(4999, contract=contract)])

    assert audit(session, customer).findings == ()


def test_a_quarter_from_the_tenth_to_the_tenth_costs_three_months(session: Session) -> None:
    """3 x 30.00 for 10 February to 10 May; 95.00 are 5.00 too much."""
    quarter = (date(2026, 2, 10), date(2026, 5, 10))
    for amount, wrong in ((9000, {}), (9500, {"A5": 500})):
        customer, contract, _ = settle(session, base_minor=3000)
        bill(session, customer, [line(amount, quarter, contract=contract)], quarter, issued_on=date(2026, 2, 12))

        assert claims(audit(session, customer, date(2026, 5, 30))) == wrong


def test_a_quarter_from_the_last_day_of_a_month_costs_three_months(session: Session) -> None:
    quarter = (date(2026, 1, 31), date(2026, 4, 30))
    customer, contract, _ = settle(session, base_minor=3000)
    bill(session, customer, [line(9000, quarter, contract=contract)], quarter, issued_on=date(2026, 2, 12))

    assert audit(session, customer, date(2026, 5, 30)).findings == ()


def _late(
    session: Session, interest_minor: int, *, reminded_on: date | None, of_interest: int = 0
) -> tuple[Customer, Invoice]:
    """500.00 due on 16 January 2026, paid on 17 March; interest for the days after the due date on the next bill."""
    customer, contract, _ = settle(session, base_minor=50_000)
    january = (date(2025, 12, 1), date(2026, 1, 1))
    lines = [line(50_000, january, contract=contract)]
    if of_interest:
        lines.append(line(of_interest, january, kind=LineKind.INTEREST, tax_rate=0))
    late = bill(session, customer, lines, january)
    if reminded_on:
        step = {"invoice_id": late.id, "position": 1, "kind": DunningKind.REMINDER, "sent_on": reminded_on}
        session.add(DunningStep(**step, claimed_minor=50_000, fee_minor=0, law=""))
        session.flush()
    make_payment(session, late, received_on=date(2026, 3, 17))
    days = (date(2026, 1, 17), date(2026, 3, 18))
    interest = line(interest_minor, days, kind=LineKind.INTEREST, tax_rate=0)
    interest.cause = {"invoice_number": late.number}
    march = (date(2026, 3, 1), date(2026, 4, 1))
    bill(session, customer, [line(50_000, march, contract=contract), interest], march)
    return customer, late


def test_in_germany_interest_starts_with_the_reminder(session: Session) -> None:
    """At 6.27 %: 60 days since the due date are 5.15, 45 since the reminder of 31 January 3.87."""
    customer, _ = _late(session, 515, reminded_on=date(2026, 1, 31))

    findings = [one for one in audit(session, customer, date(2026, 4, 10)).findings if one.detector == "A17"]

    assert [(one.verdict, one.amount.minor) for one in findings] == [("our_mistake", 128)]


def test_without_a_record_of_reminders_a_person_says_when_interest_started(session: Session) -> None:
    """5.15 since the due date; 30 of 60 days, 2.58, are owed without any letter. What is above 5.15 is certain."""
    for charged, expected in ((515, ("needs_person", 257)), (615, ("our_mistake", 100)), (258, None)):
        customer, _ = _late(session, charged, reminded_on=None)

        findings = [one for one in audit(session, customer, date(2026, 4, 10)).findings if one.detector == "A17"]

        assert [(one.verdict, one.amount.minor) for one in findings] == ([expected] if expected else []), charged


def test_interest_bears_no_interest(session: Session) -> None:
    """100.00 of the bill is interest itself: 45 days of 500.00 are 3.87, not 4.64 of 600.00."""
    customer, _ = _late(session, 464, reminded_on=date(2026, 1, 31), of_interest=10_000)

    findings = [one for one in audit(session, customer, date(2026, 4, 10)).findings if one.detector == "A17"]

    assert ("our_mistake", 77) in [(one.verdict, one.amount.minor) for one in findings]


def test_money_for_one_bill_put_to_another_of_the_account_is_found(session: Session) -> None:
    customer, contract, _ = settle(session)
    september = bill(session, customer, [line(3999, SEPTEMBER, contract=contract)], SEPTEMBER)
    october = bill(session, customer, [line(3999, contract=contract)])
    day = date(2026, 11, 9)
    payment = Payment(
        reference="P",
        customer_id=customer.id,
        invoice_id=september.id,
        amount_minor=3999,
        currency="EUR",
        received_on=day,
    )
    session.add(payment)
    session.flush()
    session.add(Allocation(payment_id=payment.id, invoice_id=october.id, amount_minor=3999, allocated_on=day))
    session.flush()

    assert claims(audit(session, customer)) == {"A18": 3999}


def test_in_finland_a_fee_after_a_year_of_mobile_is_left_to_a_person(session: Session) -> None:
    customer, contract, plan = settle(
        session, country="FI", started_on=date(2024, 9, 1), ended_on=date(2026, 1, 1), base_minor=1499
    )
    assert _meter(session, plan.id)
    make_one_off(session, contract, charged_on=date(2025, 12, 31), amount_minor=9000).kind = OneOffKind.TERMINATION
    contract.minimum_term_until, contract.termination_fee_minor = date(2026, 9, 1), 9000
    session.flush()
    month = (date(2025, 12, 1), date(2026, 1, 1))
    fee = line(9000, (date(2025, 12, 31), month[1]), kind=LineKind.TERMINATION_FEE, contract=contract, tax_rate=2550)
    bill(session, customer, [line(1499, month, contract=contract, tax_rate=2550), fee], month)

    finding = only(audit(session, customer))

    assert (finding.detector, finding.verdict, finding.amount.minor) == ("A19", "needs_person", 9000)
