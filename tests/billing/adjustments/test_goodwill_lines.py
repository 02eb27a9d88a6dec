"""Goodwill over the lines of a bill: never above what was asked for, its tax with it, and a cent less at most."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.adjustments.goodwill_lines import most_minor, spread_goodwill
from billing.ledger.credit_amounts import CreditTooHigh, Invoiced, InvoicedLine, draft_note
from billing.money import divide

RATES = (0, 700, 1400, 1900, 2550)
LINES = st.lists(st.tuples(st.integers(-5_000, 20_000), st.sampled_from(RATES)), min_size=1, max_size=6)


def invoiced(amounts: list[tuple[int, int]], *, net: bool = False) -> Invoiced:
    """Make an invoice of these lines (amount, rate); where prices are net each rate has its line of tax."""
    lines = [InvoicedLine(number, rate, False, minor, 0) for number, (minor, rate) in enumerate(amounts, 1)]
    taxes = {}
    for rate in {rate for _, rate in amounts}:
        base = sum(minor for minor, of in amounts if of == rate)
        taxes[rate] = divide(base * rate, 10_000 if net else 10_000 + rate)
        if net and taxes[rate]:
            lines.append(InvoicedLine(len(lines) + 1, rate, True, taxes[rate], 0))
    total = sum(line.amount_minor for line in lines)
    return Invoiced(UUID(int=1), "EUR", total, tuple(lines), taxes, {})


def test_the_greatest_line_gives_first() -> None:
    invoice = invoiced([(500, 1900), (3000, 1900)])

    [line] = spread_goodwill(invoice, 1190)

    assert (line.line_item_id, line.amount.minor if line.amount else None) == (2, 1190)


def test_what_the_greatest_line_does_not_hold_comes_from_the_next() -> None:
    invoice = invoiced([(500, 1900), (3000, 1900)])

    draft = draft_note(invoice, spread_goodwill(invoice, 3200))

    assert [(line.line_item_id, line.amount_minor) for line in draft.lines] == [(2, 3000), (1, 200)]


def test_where_prices_are_net_the_tax_is_part_of_what_is_given() -> None:
    invoice = invoiced([(10_000, 1900)], net=True)

    draft = draft_note(invoice, spread_goodwill(invoice, 1190))

    assert draft.total_minor == 1190
    [tax] = draft.taxes
    assert (tax.net_minor, tax.tax_minor) == (1000, 190)


def test_a_discount_leaves_less_to_give() -> None:
    assert most_minor(invoiced([(5000, 1900), (-2000, 1900)])) == 3000


def test_of_a_bill_of_nothing_nothing_can_be_given() -> None:
    assert most_minor(invoiced([(1000, 1900), (-1000, 1900)])) == 0


@pytest.mark.parametrize("net", [False, True])
@given(amounts=LINES, share=st.integers(1, 100))
def test_any_part_of_any_bill_is_given_to_the_cent(net: bool, amounts: list[tuple[int, int]], share: int) -> None:
    invoice = invoiced(amounts, net=net)
    most = most_minor(invoice)
    wanted = most * share // 100
    if wanted <= 0:
        return
    try:
        draft = draft_note(invoice, spread_goodwill(invoice, wanted))
    except CreditTooHigh:
        # Rates that cancel out must not be all that is left of a bill.
        assert wanted == invoice.left_minor
        return

    rates = {rate for _, rate in amounts}
    assert wanted - (len(rates) if net else 0) <= draft.total_minor <= wanted
