"""One bill that was named, paying later and money back: random facts told by the actions, and what each has to say."""

from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from actions.base import Work
from actions.bill_state import tell_bill_state
from actions.formatting import Wording
from actions.payment_plan_offers import Agreement
from actions.payment_plans import _ask_for_yes, tell_agreed
from actions.refunds import ActionTellRefundStatus
from actions.reply import Reply
from billing.dunning.arrangements import Agreed
from billing.dunning.instalments import Part
from billing.ledger.credited import Credited
from billing.models.dunning import ArrangementKind
from billing.models.payment import Refund, RefundStatus
from billing.money import Money, total
from billing.payments import PaymentStatus
from tests.actions.reply_roles.desk import NOBODY
from tests.actions.reply_roles.expecting import TODAY, Expected, day_of, euros, month_of
from tests.actions.reply_roles.figures import Value
from tests.actions.reply_roles.made_bills import NOTHING, a_day, a_number, a_settled_bill, an_amount, an_open_bill
from tests.actions.reply_roles.payments import Case, by


def one_bill(rng: Random) -> Case:
    is_open, credited = rng.random() < 0.6, rng.random() < 0.2
    bill = an_open_bill(rng, overdue=rng.random() < 0.5) if is_open else a_settled_bill(rng, credited=credited)
    paid_on = a_day(rng, past=True)
    facts: dict[str, Value] = {"month": month_of(bill.period.start)}
    if is_open:
        due = "overdue_since" if bill.due_on < TODAY else "due_on"
        expected = Expected("bill_unpaid", facts | {"open": euros(bill.open_amount), due: day_of(bill.due_on)})
    elif credited:
        expected = Expected("bill_settled", facts)
    else:
        expected = Expected("bill_settled", facts | {"total": euros(bill.total), "paid_on": day_of(paid_on)})
    return Case(
        lambda work, reply: tell_bill_state(bill, work, reply, NOBODY),
        {"actions.bill_state.paid_on": paid_on},
        [expected],
    )


def plan(rng: Random) -> Case:
    """Ask for the yes to an agreement, and say what another one wants paid next."""
    bill = an_open_bill(rng, overdue=rng.random() < 0.5)
    start = a_day(rng, past=False)
    parts = tuple(Part(start + timedelta(days=31 * place), an_amount(rng)) for place in range(rng.randint(1, 4)))
    other = Agreed(
        a_number(rng, "FI"), ArrangementKind.INSTALMENTS, parts, total((part.amount for part in parts), "EUR")
    )
    agreement = Agreement(bill.number, parts)

    def tell(work: Work, reply: Reply) -> None:
        _ask_for_yes(agreement, bill, reply, Wording(work.dialogue.language, TODAY))
        tell_agreed(work, reply, NOBODY)

    asked: dict[str, Value] = {
        "month": month_of(bill.period.start),
        "open": euros(total((part.amount for part in parts), "EUR")),
    }
    later: dict[str, Value] = {"until": day_of(parts[0].due_on)} if len(parts) == 1 else {}
    expected = [Expected("plan_asked", asked | later)]
    expected += [Expected("part", _part(part)) for part in parts if len(parts) > 1]
    expected.append(Expected("agreed", {"agreed_bill": other.invoice_number, **_part(parts[0])}))
    return Case(tell, {"actions.payment_plans.list_agreed": [other]}, expected)


def refunds(rng: Random) -> Case:
    credited = Credited(an_amount(rng), a_number(rng, "DE"), a_day(rng, past=True)) if rng.random() < 0.5 else None
    asked = [_refund(rng, rng.choice(list(RefundStatus))) for _ in range(rng.randint(0, 2))]
    credit = rng.choice((NOTHING, an_amount(rng)))
    expected = [_credited(credited)] if credited else []
    expected += [_refunded(refund) for refund in asked]
    if credit:
        expected.append(Expected("in_credit", {"credit": euros(credit)}))
    found = {
        "find_latest_credit": credited,
        "list_refunds": asked,
        "payment_status": PaymentStatus(None, NOTHING, None, None, None, credit),
        "time_zone_of": ZoneInfo("UTC"),
    }
    facts = {f"actions.refunds.{name}": fact for name, fact in found.items()}
    return Case(by(ActionTellRefundStatus), facts, expected or [Expected("no_refund")])


def _part(part: Part) -> dict[str, Value]:
    return {"part": euros(part.amount), "part_due_on": day_of(part.due_on)}


def _credited(credited: Credited) -> Expected:
    facts: dict[str, Value] = {"credited": euros(credited.amount), "credited_on": day_of(credited.issued_on)}
    return Expected("credited", facts | {"credited_bill": credited.invoice_number})


def _refund(rng: Random, status: RefundStatus) -> Refund:
    requested_at = datetime.combine(a_day(rng, past=True), time(12), UTC)
    settled_at = None if status is RefundStatus.REQUESTED else requested_at + timedelta(days=rng.randint(1, 20))
    return Refund(
        customer_id=NOBODY,
        amount_minor=an_amount(rng).minor,
        currency="EUR",
        status=status,
        requested_at=requested_at,
        settled_at=settled_at,
    )


def _refunded(refund: Refund) -> Expected:
    facts: dict[str, Value] = {
        "refund": euros(Money(refund.amount_minor, refund.currency)),
        "requested_on": day_of(refund.requested_at.date()),
    }
    if refund.settled_at is None:
        return Expected("refund_waiting", facts)
    kind = "refund_sent" if refund.status is RefundStatus.SENT else "refund_refused"
    return Expected(kind, facts | {"settled_on": day_of(refund.settled_at.date())})
