"""Whatever is credited in whatever order: never more than the invoice, and in the end exactly all of it."""

from collections import defaultdict
from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from billing.ledger.credit_amounts import (
    CreditLine,
    CreditTooHigh,
    Invoiced,
    InvoicedLine,
    NoteDraft,
    NothingToCredit,
    draft_note,
)
from billing.money import Money, divide
from tests.effort import cases

EXAMPLES = cases(40, 150)
NOTES = 8

lines = st.lists(st.tuples(st.integers(-3000, 20000), st.sampled_from([0, 700, 1900])), min_size=1, max_size=8)


def invoiced(amounts: list[tuple[int, int]], *, net: bool, asked_less: int = 0) -> Invoiced:
    bases: dict[int, int] = defaultdict(int)
    for minor, rate in amounts:
        bases[rate] += minor
    taxes = {rate: divide(base * rate, 10_000 + (0 if net else rate)) for rate, base in bases.items()}
    items = [InvoicedLine(number, rate, False, minor, 0) for number, (minor, rate) in enumerate(amounts, 1)]
    if net:
        items += [InvoicedLine(100 + rate, rate, True, tax, 0) for rate, tax in taxes.items() if tax]
    total_minor = sum(item.amount_minor for item in items) - asked_less
    return Invoiced(uuid4(), "EUR", total_minor, tuple(items), taxes, {})


def after(invoice: Invoiced, note: NoteDraft) -> Invoiced:
    """Return the invoice as the next note finds it."""
    credited: dict[int, int] = defaultdict(int)
    for line in note.lines:
        credited[line.line_item_id] += line.amount_minor
    taxes = defaultdict(int, invoice.credited_taxes)
    for tax in note.taxes:
        taxes[tax.tax_rate] += tax.tax_minor
    items = tuple(
        replace(line, credited_minor=line.credited_minor + credited[line.line_item_id]) for line in invoice.lines
    )
    return replace(invoice, lines=items, credited_taxes=taxes)


@st.composite
def requests(draw: st.DrawFn, invoice: Invoiced) -> list[CreditLine]:
    """Ask for some lines, each in part or for all that is left."""
    items = draw(st.lists(st.sampled_from(invoice.lines), min_size=1, max_size=4, unique=True))
    wanted: list[CreditLine] = []
    for item in items:
        part = draw(st.integers(min(0, item.left_minor), max(0, item.left_minor)))
        whole = item.is_tax or draw(st.booleans())
        wanted.append(CreditLine(item.line_item_id, None if whole else Money(part, "EUR")))
    return wanted


def is_within(line: InvoicedLine) -> bool:
    return min(0, line.amount_minor) <= line.credited_minor <= max(0, line.amount_minor)


@settings(deadline=None, max_examples=EXAMPLES)
@given(amounts=lines, net=st.booleans(), data=st.data())
def test_any_split_in_any_order_comes_to_the_invoice_and_its_taxes(
    amounts: list[tuple[int, int]], net: bool, data: st.DataObject
) -> None:
    invoice = invoiced(amounts, net=net)
    total = invoice.left_minor
    assume(total > 0)
    notes: list[NoteDraft] = []
    for wanted in [*[requests] * NOTES, None]:
        everything = [CreditLine(line.line_item_id) for line in invoice.lines]
        try:
            note = draft_note(invoice, everything if wanted is None else data.draw(wanted(invoice)))
        except (NothingToCredit, CreditTooHigh):
            assert wanted is not None or invoice.left_minor == 0
            continue
        assert 0 < note.total_minor <= invoice.left_minor
        assert sum(tax.net_minor + tax.tax_minor for tax in note.taxes) == note.total_minor
        notes.append(note)
        invoice = after(invoice, note)
        assert all(is_within(line) for line in invoice.lines)

    assert sum(note.total_minor for note in notes) == total
    assert {rate: invoice.credited_taxes.get(rate, 0) for rate in invoice.taxes} == invoice.taxes


def test_tax_of_many_small_parts_is_never_a_cent_off() -> None:
    # 100 parts of 0.03 net: the tax of one is 0.0057, so 0.01; of all it is 0.57, so 43 parts carry none.
    invoice = invoiced([(300, 1900)], net=True)
    taxes: list[int] = []
    for _ in range(100):
        note = draft_note(invoice, [CreditLine(1, Money(3, "EUR"))])
        taxes.append(note.taxes[0].tax_minor)
        invoice = after(invoice, note)
        assert abs(sum(taxes) * 10_000 - len(taxes) * 3 * 1900) < 10_000

    assert (sum(taxes), max(taxes), min(taxes)) == (57, 1, 0)


@pytest.mark.parametrize("net", [False, True])
def test_no_more_is_taken_back_than_the_invoice_asked_for(net: bool) -> None:
    # Lines of 60.00 without tax, of which the invoice asked for 50.00.
    invoice = invoiced([(4000, 0), (2000, 0)], net=net, asked_less=1000)

    with pytest.raises(CreditTooHigh) as refused:
        draft_note(invoice, [CreditLine(1, Money(4000, "EUR")), CreditLine(2, Money(1001, "EUR"))])
    assert refused.value.left == Money(5000, "EUR")
    note = draft_note(invoice, [CreditLine(1), CreditLine(2)])
    assert [line.amount_minor for line in note.lines] == [4000, 1000]
    with pytest.raises(NothingToCredit):
        draft_note(after(invoice, note), [CreditLine(2)])


def test_of_net_prices_that_asked_for_less_a_note_of_everything_is_refused() -> None:
    # 100.00 net and 19.00 of tax, of which 110.00 were asked for: no share of the tax is known.
    invoice = invoiced([(10_000, 1900)], net=True, asked_less=900)

    with pytest.raises(CreditTooHigh):
        draft_note(invoice, [CreditLine(1)])
