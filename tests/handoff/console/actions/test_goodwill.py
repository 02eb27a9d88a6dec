"""Goodwill: up to a limit, once, with its tax, told to the customer."""

from tests.handoff.console.actions.account import Desk, Lena
from tests.handoff.people import Customer


async def test_what_an_agent_credits_is_what_was_shown_and_the_customer_reads_it(
    desk: Desk, lena: Lena, customer: Customer
):
    option = f"long_wait:{lena.open}"

    shown = (await desk.preview("goodwill", option, amount_minor=1000)).json()
    done = await desk.do("goodwill", option, amount_minor=1000, preview=shown["amount_minor"])

    assert (shown["amount_minor"], shown["currency"], shown["needs_approval"]) == (1000, "EUR", False)
    assert shown["lines"] == [{"label": "Due in total", "before": "€59.50", "after": "€49.50"}]
    assert done.status_code == 200, done.text
    assert (done.json()["state"], done.json()["by"], done.json()["amount_minor"]) == ("done", "Mia", 1000)
    assert done.json()["document"] == "DE-C-2026-000001"
    await customer.caught_up()
    assert customer.texts("system")[-1] == (
        f"We have credited you €10.00 for bill {lena.open} as a gesture of goodwill."
    )
    assert (await desk.actions())["history"] == [done.json()]
