"""Whatever happens to an account: the journal balances, and what it says is what is open, paid and credited."""

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.billing.money.histories import Account, Step, draw_steps, faults, live
from tests.effort import cases
from tests.factories.billing import make_customer

HISTORIES = cases(40, 120)
LENGTH = 10


def test_after_many_histories_nothing_is_off(session: Session) -> None:
    random = Random(2)
    accounts = [Account(make_customer(session), Random(random.random())) for _ in range(HISTORIES)]

    live(session, accounts, [draw_steps(random, LENGTH) for _ in accounts])

    assert faults(session, accounts) == []
    # Every kind of step took place, or the check proves little.
    assert all(
        sum(getattr(account, name) for account in accounts) > 0 for name in ("paid", "credited", "upheld", "sent")
    )
    assert any(account.waiting for account in accounts)


@settings(deadline=None, max_examples=cases(8, 25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(Step), max_size=8), seed=st.integers(0, 2**32))
def test_after_every_step_of_a_history_nothing_is_off(session: Session, steps: list[Step], seed: int) -> None:
    account = Account(make_customer(session), Random(seed))

    for step in (Step.BILL, *steps):
        live(session, [account], [[step]])
        assert faults(session, [account]) == []
    session.rollback()
