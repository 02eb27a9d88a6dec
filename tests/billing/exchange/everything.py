"""A database with something in every table that is exchanged, also what only a program could have put there."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from billing.exchange import import_folder
from billing.ledger.credit_notes import CreditLine, issue_credit_note
from billing.ledger.refunds import request_refund, settle_refund
from billing.models.contract import Contract, ContractPhase, Discount, OneOffCharge, OneOffKind, Outage
from billing.models.credit_note import CreditReason
from billing.models.customer import Customer
from billing.models.dispute import Dispute, DisputedLine, DisputeStatus
from billing.models.dunning import (
    Arrangement,
    ArrangementKind,
    ArrangementStatus,
    DunningKind,
    DunningStep,
    Instalment,
)
from billing.models.invoice import Invoice, LineItem
from billing.models.plan import Plan, PriceVersion
from billing.models.usage import UsageRecord
from billing.money import Money
from billing.payments import record_payment
from billing.rating.kinds import UsageZone
from tests.billing.exchange.example import EXAMPLE, NOW

AT = datetime(2026, 11, 3, 7, 30, 15, 250_000, tzinfo=UTC)
NAME = {"en": "A “quoted”, long\nname", "de": "Größe", "fi": "Pääty"}


def write_everything(session_factory: sessionmaker[Session]) -> None:
    import_folder(session_factory, EXAMPLE, now=NOW)
    with session_factory.begin() as session:
        _write_offer(session)
        contract = session.scalars(select(Contract).filter_by(number="C-1001")).one()
        _write_terms(session, contract)
        _write_second_contract(session, contract.customer_id)
        invoice = session.scalars(select(Invoice).filter_by(number="R-2026-0002")).one()
        lines = session.scalars(select(LineItem).filter_by(invoice_id=invoice.id).order_by(LineItem.position)).all()
        issue_credit_note(
            session, invoice.id, [CreditLine(lines[1].id, None, "key:1")], CreditReason.CORRECTION, now=AT
        )
        _write_trouble(session, invoice, lines[0])
    with session_factory.begin() as session:
        # Of an invoice that was paid: all of it becomes credit, and some of that goes back.
        paid = session.scalars(select(Invoice).filter_by(number="R-2026-0001")).one()
        line = session.scalars(select(LineItem.id).filter_by(invoice_id=paid.id, position=1)).one()
        issue_credit_note(session, paid.id, [CreditLine(line, None)], CreditReason.GOODWILL, now=AT)
        _write_credit(session)


def _write_offer(session: Session) -> None:
    plan = Plan(
        code="power", name={"en": "Power"}, product="power", offered_from=date(2026, 1, 1), switching_fee_minor=990
    )
    session.add(plan)
    session.flush()
    price = PriceVersion(
        id=UUID(int=1),
        plan_id=plan.id,
        country="DE",
        valid_from=date(2026, 1, 1),
        valid_to=None,
        base_minor=1190,
        currency="EUR",
        unit="kWh",
        included_quantity=0,
        unit_price_micro=319_001,
        tiers=[{"from_quantity": 101, "unit_price_micro": 250_000}, {"from_quantity": 501, "unit_price_micro": 5}],
        world_unit_price_micro=1_000_000,
        notice_sent_on=date(2025, 11, 15),
    )
    session.add(price)


def _write_terms(session: Session, contract: Contract) -> None:
    for number, code in enumerate([None, None, "WELCOME"], 2):
        discount = Discount(
            id=UUID(int=number),
            contract_id=contract.id,
            name=NAME,
            basis_points=number,
            valid_from=date(2026, 1, 1),
            code=code,
            exclusive=number == 3,
        )
        session.add(discount)
    for _ in range(2):
        charge = OneOffCharge(
            contract_id=contract.id,
            name=NAME,
            reference="TP-1",
            charged_on=date(2026, 10, 4),
            amount_minor=-299,
            kind=OneOffKind.THIRD_PARTY,
            proof_reference="order 7",
        )
        session.add(charge)
    session.add(Outage(contract_id=contract.id, reference="T-1", reported_on=date(2026, 10, 2), ended_on=None))
    world = UsageRecord(
        event_id="Ä,1",
        contract_id=contract.id,
        used_on=date(2026, 10, 4),
        quantity=0,
        unit="GB",
        zone=UsageZone.WORLD,
        received_at=AT,
    )
    session.add(world)


def _write_second_contract(session: Session, customer_id: UUID) -> None:
    """Add one without a number, with a change of plan."""
    plans = {plan.code: plan.id for plan in session.scalars(select(Plan))}
    contract = Contract(
        id=UUID(int=7),
        customer_id=customer_id,
        started_on=date(2026, 1, 1),
        ended_on=date(2026, 10, 1),
        cancelled_on=date(2026, 8, 31),
        minimum_term_until=date(2027, 1, 1),
        termination_fee_minor=0,
    )
    session.add(contract)
    session.flush()
    changes = [("power", date(2026, 1, 1), date(2026, 5, 1)), ("mobile_s", date(2026, 5, 1), date(2026, 10, 1))]
    for code, start, end in changes:
        session.add(ContractPhase(contract_id=contract.id, plan_id=plans[code], valid_from=start, valid_to=end))


def _write_credit(session: Session) -> None:
    """Let somebody pay too much and ask for some of it: what was sent, what was refused and what still waits."""
    mikko = session.scalars(select(Customer.id).filter_by(number="20000002")).one()
    record_payment(
        session, customer_id=mikko, reference="BANK-2", amount=Money(4000, "EUR"), received_on=date(2026, 11, 4), now=AT
    )
    for minor, approved in ((100, True), (101, False), (102, None)):
        refund = request_refund(session, mikko, Money(minor, "EUR"), "asked for", now=AT)
        if approved is not None:
            settle_refund(session, refund.id, approved=approved, now=AT)


def _write_trouble(session: Session, invoice: Invoice, line: LineItem) -> None:
    customer = session.get_one(Customer, invoice.customer_id)
    dispute = Dispute(
        id=UUID(int=11),
        customer_id=customer.id,
        invoice_id=invoice.id,
        status=DisputeStatus.REJECTED,
        reason="Zu viel",
        late=True,
        opened_at=AT,
        answer_by=date(2026, 12, 29),
        closed_at=AT,
    )
    arrangement = Arrangement(
        id=UUID(int=12),
        customer_id=customer.id,
        invoice_id=invoice.id,
        kind=ArrangementKind.EXTENSION,
        status=ArrangementStatus.BROKEN,
        fee_minor=500,
        agreed_at=AT,
    )
    step = DunningStep(
        invoice_id=invoice.id,
        position=1,
        kind=DunningKind.REMINDER,
        sent_on=date(2026, 11, 19),
        claimed_minor=1399,
        fee_minor=0,
        law="DE.reminder_fee@2002-01-01",
    )
    session.add_all([dispute, arrangement, step])
    session.flush()
    session.add(DisputedLine(dispute_id=dispute.id, line_item_id=line.id, amount_minor=200))
    session.add(Instalment(arrangement_id=arrangement.id, position=1, due_on=date(2026, 12, 1), amount_minor=1399))
