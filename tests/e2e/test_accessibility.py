"""axe finds nothing to mend on the pages that people use, in light and in dark."""

import pytest
from playwright.sync_api import Page

from tests.e2e.axe import violations
from tests.e2e.bills import number_of
from tests.e2e.customer_walk import open_chat, say, verify
from tests.e2e.running_system import RunningSystem


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_widget_has_no_violation(system: RunningSystem, customer: Page, scheme: str) -> None:
    customer.emulate_media(color_scheme="light" if scheme == "light" else "dark")
    open_chat(customer, system, "en")
    assert violations(customer) == []

    say(customer, "Why is my bill higher?")
    verify(customer, system, number_of(system, "plan_change"))
    customer.get_by_test_id("difference-card").wait_for()
    assert violations(customer) == []


def test_the_console_has_no_violation(system: RunningSystem, customer: Page, agent: Page) -> None:
    assert violations(agent) == []

    open_chat(customer, system, "en")
    customer.get_by_test_id("talk-to-person").click()
    agent.get_by_test_id("accept").click()
    agent.get_by_test_id("summary").wait_for()

    assert violations(agent) == []
    agent.get_by_test_id("close-conversation").click()
    agent.get_by_test_id("close-confirm").click()
    agent.get_by_test_id("wrap-up-skip").click()
