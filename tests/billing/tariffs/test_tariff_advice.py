"""Advice from the database: which plans are a choice, and how many queries it takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from sqlalchemy import event
from sqlalchemy.orm import Session

from billing.models.plan import Plan
from billing.tariff_advice import advise
from tests.factories.billing import make_contract, make_customer, make_plan, make_usage

TODAY = date(2026, 11, 21)
SINCE = date(2025, 1, 1)


def _plan(session: Session, name: str, base_minor: int, *, product: str = "mobile", **offered: date) -> Plan:
    plan = make_plan(session, base_minor=base_minor, name=name, unit="GB", included=10, unit_price_micro=2_000_000)
    plan.product = product
    for column, day in offered.items():
        setattr(plan, column, day)
    session.flush()
    return plan


def test_a_cheaper_plan_of_the_same_product_is_found(session: Session) -> None:
    customer = make_customer(session)
    own, cheaper = _plan(session, "Own", 2000), _plan(session, "Cheaper", 1500)
    contract = make_contract(session, customer, own, started_on=SINCE)
    make_usage(session, contract, used_on=date(2026, 10, 3), quantity=12)

    advice = advise(session, customer.id, today=TODAY)

    assert [(len(one.months), one.best.plan_code if one.best else None) for one in advice] == [
        (3, cheaper.code),
        (6, cheaper.code),
        (12, cheaper.code),
    ]
    # 20.00 + 2 × 2.00 in October.
    assert advice[0].costs[-1].minor == 2400


def test_plans_that_cannot_be_chosen_are_not_offered(session: Session) -> None:
    customer = make_customer(session)
    own = _plan(session, "Own", 2000)
    _plan(session, "Another product", 100, product="power")
    _plan(session, "No product", 100, product="")
    _plan(session, "Not yet", 100, offered_from=date(2026, 11, 22))
    _plan(session, "No longer", 100, offered_to=TODAY)
    make_plan(session, base_minor=100, country="FI", name="Elsewhere").product = "mobile"
    chosen = _plan(session, "From today", 100, offered_from=TODAY)
    make_contract(session, customer, own, started_on=SINCE)

    advice = advise(session, customer.id, today=TODAY, months=(3,))

    assert [option.plan_code for one in advice for option in one.options] == [chosen.code]


def test_the_number_of_queries_does_not_grow_with_months_and_plans(session: Session) -> None:
    customer = make_customer(session)
    make_contract(session, customer, _plan(session, "Own", 2000), started_on=SINCE)
    with _counted(session) as few:
        advise(session, customer.id, today=TODAY, months=(1,))
    for number in range(5):
        _plan(session, f"Plan {number}", 1000 + number)

    with _counted(session) as many:
        [advice] = advise(session, customer.id, today=TODAY, months=(12,))

    assert len(advice.options) == 5
    assert len(many) == len(few)


@contextmanager
def _counted(session: Session) -> Iterator[list[str]]:
    session.expire_all()
    statements: list[str] = []

    def count(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", count)
    yield statements
    event.remove(bind, "before_cursor_execute", count)
