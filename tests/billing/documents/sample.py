"""Documents made by hand, without a database: what the page must show is plain to see here."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID, uuid5

from billing.documents.facts import CreditNoteDocument, InvoiceDocument, LineFacts, TaxFacts
from billing.models.credit_note import CreditNote, CreditReason
from billing.models.customer import Customer
from billing.models.invoice import Invoice, LineItem
from billing.models.seller import Seller
from billing.money import total
from billing.parties import Parties
from billing.rating.kinds import LineKind, ReasonCode
from tests.factories.money import eur

SPACE = UUID("6f5e7c1e-0d1b-5c58-9a1c-2f6d0a1b7e11")
NOW = datetime(2026, 11, 1, 6, tzinfo=UTC)
OCTOBER = (date(2026, 10, 1), date(2026, 11, 1))
SELLERS = {
    "DE": {
        "legal_name": "Nordlicht Netz GmbH",
        "street": "Hafenstraße 12",
        "postal_code": "20457",
        "city": "Hamburg",
        "vat_id": "DE123456788",
        "iban": "DE89370400440532013000",
        "bic": "COBADEFFXXX",
    },
    "FI": {
        "legal_name": "Nordlicht Netz Oy",
        "street": "Satamakatu 5",
        "postal_code": "00160",
        "city": "Helsinki",
        "vat_id": "FI12345671",
        "iban": "FI2112345600000785",
        "bic": "NDEAFIHH",
    },
}


def parties(country: str = "DE", *, name: str = "Lena Hoffmann", language: str = "de", **changes: str) -> Parties:
    seller = Seller(id=1, country=country, name="Nordlicht Netz", currency="EUR", email="rechnung@nordlicht.example")
    for field, value in (SELLERS[country] | changes).items():
        setattr(seller, field, value)
    customer = Customer(
        id=uuid5(SPACE, "customer"),
        number="20000017",
        name=name,
        language=language,
        street="Lindenweg 16",
        postal_code="20144",
        city="Hamburg",
    )
    return Parties.of(seller, customer)


def line(
    amount: int,
    *,
    kind: LineKind = LineKind.RECURRING,
    reason: ReasonCode = ReasonCode.BASE_FEE,
    name: str | None = "Mobil L",
    contract: str | None = "20000017-1",
    tax_rate: int = 1900,
    quantity: int = 1,
    unit: str = "",
    between: tuple[date, date] = OCTOBER,
    **facts: str | int,
) -> LineFacts:
    names = {f"name_{language}": name for language in ("en", "de", "fi")} if name else {}
    item = LineItem(
        id=1,
        contract_id=uuid5(SPACE, contract) if contract else None,
        kind=kind,
        reason_code=reason,
        cause=names | facts,
        period_start=between[0],
        period_end=between[1],
        quantity=quantity,
        unit=unit,
        amount_minor=amount,
        currency="EUR",
        tax_rate=tax_rate,
    )
    return LineFacts(item, eur(amount), contract)


def invoice(
    lines: Sequence[LineFacts],
    taxes: Sequence[TaxFacts] = (),
    *,
    by: Parties | None = None,
    number: str = "",
    credit_used: int = 0,
) -> InvoiceDocument:
    its_parties = by or parties()
    row = Invoice(
        id=uuid5(SPACE, "invoice"),
        number=number or f"{its_parties.seller.country}-2026-000123",
        period_start=OCTOBER[0],
        period_end=OCTOBER[1],
        issued_on=date(2026, 11, 1),
        due_on=date(2026, 11, 22),
        total_minor=total((each.amount for each in lines), "EUR").minor,
        currency="EUR",
        created_at=NOW,
    )
    return InvoiceDocument(its_parties, row, lines, taxes, credit_used)


def credit_note(
    lines: Sequence[LineFacts], taxes: Sequence[TaxFacts] = (), *, reason: CreditReason = CreditReason.CORRECTION
) -> CreditNoteDocument:
    note = CreditNote(
        id=uuid5(SPACE, "credit note"),
        number="DE-C-2026-000007",
        reason=reason,
        issued_on=date(2026, 11, 20),
        total_minor=total((each.amount for each in lines), "EUR").minor,
        currency="EUR",
        created_at=NOW,
    )
    return CreditNoteDocument(parties(), note, "DE-2026-000123", date(2026, 11, 1), lines, taxes)


def tax(rate: int, net: int, amount: int) -> TaxFacts:
    return TaxFacts(rate, eur(net), eur(amount), eur(net + amount))


def everything() -> InvoiceDocument:
    """An invoice with a line of every kind that a consumer can meet; 17.49 + 66.47 of its lines carry 19 %.

    Net of 83.96 at 19 %: 83.96 · 100 / 119 = 70.5546… → tax 13.41, net 70.55.
    """
    lines = (
        line(1499, name="Mobil S"),
        line(400, name="Mobil S", kind=LineKind.USAGE, reason=ReasonCode.EXTRA_USAGE, quantity=2, unit="GB",
             used=12, included=10, unit_price_micro=2_000_000),
        line(-150, name="Treuerabatt", kind=LineKind.DISCOUNT, reason=ReasonCode.DISCOUNT),
        line(1190, name="Ökostrom", contract="20000017-2"),
        line(5295, name="Ökostrom", contract="20000017-2", kind=LineKind.USAGE, reason=ReasonCode.CONSUMPTION,
             quantity=166, unit="kWh", used=166, included=0, unit_price_micro=319_000),
        line(995, name="Ersatz-SIM-Karte", kind=LineKind.ONE_OFF, reason=ReasonCode.ONE_OFF, reference="WO-7",
             between=(date(2026, 10, 12), date(2026, 10, 13))),
        line(-833, name=None, kind=LineKind.COMPENSATION, reason=ReasonCode.OUTAGE, contract="20000017-2"),
        line(250, name=None, kind=LineKind.LATE_FEE, reason=ReasonCode.REMINDER, contract=None, tax_rate=0,
             invoice_number="DE-2026-000099"),
    )  # fmt: skip
    return invoice(lines, (tax(0, 250, 0), tax(1900, 7055, 1341)))
