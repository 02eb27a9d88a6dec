"""Turns checked records into rows of the database, file by file."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid5

from billing.db import Base, JsonObject
from billing.exchange.ids import Ids, SellerRow, new_id
from billing.exchange.reading import Record
from billing.exchange.rules import sequence_of
from billing.models.contract import Contract, ContractPhase, Discount, OneOffCharge, Outage
from billing.models.credit_note import CreditNote, CreditNoteTax
from billing.models.customer import Customer
from billing.models.dispute import Dispute
from billing.models.dunning import Arrangement, DunningStep, Instalment
from billing.models.invoice import Invoice, InvoiceTax
from billing.models.payment import Payment, Refund
from billing.models.plan import Plan, PriceVersion
from billing.models.seller import Seller
from billing.models.usage import UsageRecord

Row = dict[str, object]
LANGUAGE_OF = {"DE": "de", "AT": "de", "FI": "fi"}


def _seller(record: Record, ids: Ids) -> Row:
    return {**record.values, "email": record["email"] or ""}


def _plan(record: Record, ids: Ids) -> Row:
    return {
        "code": record["code"],
        "name": record["names"],
        "product": record["product"],
        "offered_from": record["offered_from"],
        "offered_to": record["offered_to"],
        "switching_fee_minor": record["switching_fee"],
    }


def _price_version(record: Record, ids: Ids) -> Row:
    key = (record["plan"], record["country"], record["valid_from"])
    return {
        "id": new_id("price", *key),
        "plan_id": ids.plans[record["plan"]],
        "country": record["country"],
        "valid_from": record["valid_from"],
        "valid_to": record["valid_to"],
        "base_minor": record["base_price"],
        "currency": record["currency"],
        "tax_category": record["tax_category"],
        "unit": record["unit"],
        "included_quantity": record["included_quantity"],
        "unit_price_micro": record["unit_price"],
        "tiers": record["tiers"],
        "world_unit_price_micro": record["world_unit_price"],
        "notice_sent_on": record["notice_sent_on"],
    }


def _customer(record: Record, ids: Ids) -> Row:
    number, country = record["number"], record["country"]
    ids.customers[number] = new_id("customer", number)
    ids.countries[number] = country
    return {
        "id": ids.customers[number],
        "seller_id": ids.sellers[country].id,
        "number": number,
        "name": record["name"],
        "phone": record["phone"],
        "language": record["language"] or LANGUAGE_OF.get(country, "en"),
        "country": country,
        "created_at": record["created_at"] or ids.now,
        "email": record["email"],
        "street": record["street"],
        "postal_code": record["postal_code"],
        "city": record["city"],
    }


def _contract(record: Record, ids: Ids) -> Row:
    number = record["number"]
    ids.contracts[number] = new_id("contract", number)
    return {
        "id": ids.contracts[number],
        "customer_id": ids.customers[record["customer"]],
        "started_on": record["started_on"],
        "ended_on": record["ended_on"],
        "number": number,
        "cancelled_on": record["cancelled_on"],
        "minimum_term_until": record["minimum_term_until"],
        "termination_fee_minor": record["termination_fee"],
    }


def _phase(record: Record, ids: Ids) -> Row:
    return {
        "contract_id": ids.contracts[record["contract"]],
        "plan_id": ids.plans[record["plan"]],
        "valid_from": record["valid_from"],
        "valid_to": record["valid_to"],
    }


def only_phase(record: Record, ids: Ids) -> Row:
    """Return the phase of a contract whose plan never changed."""
    return {
        "contract_id": ids.contracts[record["number"]],
        "plan_id": ids.plans[record["plan"]],
        "valid_from": record["started_on"],
        "valid_to": record["ended_on"],
    }


def promotion_id(contract: str, code: str) -> UUID:
    return new_id("promotion", contract, code)


def _promotion(record: Record, ids: Ids) -> Row:
    return {
        "id": promotion_id(record["contract"], record["code"]),
        "contract_id": ids.contracts[record["contract"]],
        "name": record["names"],
        "basis_points": record["percent"],
        "amount_minor": record["amount"],
        "valid_from": record["valid_from"],
        "valid_to": record["valid_to"],
        "code": record["code"],
        "exclusive": record["exclusive"],
    }


def _charge(record: Record, ids: Ids) -> Row:
    return {
        "contract_id": ids.contracts[record["contract"]],
        "name": record["names"],
        "reference": record["reference"],
        "charged_on": record["charged_on"],
        "amount_minor": record["amount"],
        "kind": record["kind"],
        "tax_category": record["tax_category"],
        "proof_reference": record["proof_reference"],
    }


def _outage(record: Record, ids: Ids) -> Row:
    return {
        "contract_id": ids.contracts[record["contract"]],
        "reference": record["reference"],
        "reported_on": record["reported_on"],
        "ended_on": record["ended_on"],
    }


def _usage(record: Record, ids: Ids) -> Row:
    return {
        "event_id": record["event_id"],
        "contract_id": ids.contracts[record["contract"]],
        "used_on": record["used_on"],
        "quantity": record["quantity"],
        "unit": record["unit"],
        "zone": record["zone"],
        "received_at": record["received_at"],
    }


def _invoice(record: Record, ids: Ids) -> Row:
    number, customer = record["number"], record["customer"]
    seller = ids.seller_of(customer)
    ids.invoices[number] = _invoice_id(record, ids)
    ids.invoice_countries[number] = seller.country
    ids.invoice_customers[number] = customer
    return {
        "id": ids.invoices[number],
        "customer_id": ids.customers[customer],
        "period_start": record["period_start"],
        "period_end": record["period_end"],
        "due_on": record["due_on"],
        **_document("invoices", record, ids, seller),
    }


def _invoice_id(record: Record, ids: Ids) -> UUID:
    """Return the id that the billing run would give, so that it bills no period again; a second one gets its own."""
    customer_id = ids.customers[record["customer"]]
    of_run = uuid5(customer_id, f"invoice:{record['period_start'].isoformat()}")
    if of_run in ids.taken_invoices:
        return new_id("invoice", record["number"])
    ids.taken_invoices.add(of_run)
    return of_run


def place_of(kind: str, record: Record, ids: Ids) -> tuple[int, int]:
    """Return year and place in the series of a document; KeyError for one that was not there when it was checked."""
    return ids.places.get((kind, record["number"])) or sequence_of(record) or ids.places[kind, record["number"]]


def _document(kind: str, record: Record, ids: Ids, seller: SellerRow) -> Row:
    place = place_of(kind, record, ids)
    issued = datetime.combine(record["issued_on"], time(0), UTC) + timedelta(days=1)
    return {
        "seller_id": seller.id,
        "number": record["number"],
        "year": place[0],
        "sequence": place[1],
        "issued_on": record["issued_on"],
        "total_minor": record["total"],
        "currency": seller.currency,
        # Whatever was received on the day of issue is taken to be on the invoice.
        "created_at": record["created_at"] or issued,
        "parties": record["parties"],
    }


def _tax(record: Record) -> Row:
    return {
        "tax_rate": record["tax_rate"],
        "gross_minor": record["gross"],
        "net_minor": record["net"],
        "tax_minor": record["tax"],
    }


def _invoice_tax(record: Record, ids: Ids) -> Row:
    currency = ids.sellers[ids.invoice_countries[record["invoice"]]].currency
    return {"invoice_id": ids.invoices[record["invoice"]], "currency": currency, **_tax(record)}


def _credit_note(record: Record, ids: Ids) -> Row:
    number, invoice = record["number"], record["invoice"]
    seller = ids.sellers[ids.invoice_countries[invoice]]
    ids.credit_notes[number] = new_id("credit_note", number)
    ids.credit_note_invoices[number] = invoice
    return {
        "id": ids.credit_notes[number],
        "customer_id": ids.customers[ids.invoice_customers[invoice]],
        "invoice_id": ids.invoices[invoice],
        "reason": record["reason"],
        "to_credit_minor": record["to_credit"],
        **_document("credit_notes", record, ids, seller),
    }


def _credit_note_tax(record: Record, ids: Ids) -> Row:
    return {"credit_note_id": ids.credit_notes[record["credit_note"]], **_tax(record)}


def _payment(record: Record, ids: Ids) -> Row:
    return {
        "reference": record["reference"],
        "customer_id": ids.customers[record["customer"]],
        "invoice_id": None if record["invoice"] is None else ids.invoices[record["invoice"]],
        "amount_minor": record["amount"],
        "currency": record["currency"],
        "received_on": record["received_on"],
    }


def _refund(record: Record, ids: Ids) -> Row:
    return {
        "id": new_id("refund", record["reference"]),
        "customer_id": ids.customers[record["customer"]],
        "amount_minor": record["amount"],
        "currency": ids.seller_of(record["customer"]).currency,
        "reason": record["reason"],
        "status": record["status"],
        "requested_at": record["requested_at"],
        "settled_at": record["settled_at"],
    }


def _reminder(record: Record, ids: Ids) -> Row:
    return {
        "invoice_id": ids.invoices[record["invoice"]],
        "position": record["position"],
        "kind": record["kind"],
        "sent_on": record["sent_on"],
        "claimed_minor": record["claimed"],
        "fee_minor": record["fee"],
        "law": record["law"],
    }


def _dispute(record: Record, ids: Ids) -> Row:
    ids.dispute_invoices[record["reference"]] = record["invoice"]
    return {
        "id": new_id("dispute", record["reference"]),
        "customer_id": ids.customers[ids.invoice_customers[record["invoice"]]],
        "invoice_id": ids.invoices[record["invoice"]],
        "status": record["status"],
        "reason": record["reason"],
        "late": record["late"],
        "opened_at": record["opened_at"],
        "answer_by": record["answer_by"],
        "closed_at": record["closed_at"],
    }


def _arrangement(record: Record, ids: Ids) -> Row:
    return {
        "id": new_id("arrangement", record["reference"]),
        "customer_id": ids.customers[ids.invoice_customers[record["invoice"]]],
        "invoice_id": ids.invoices[record["invoice"]],
        "kind": record["kind"],
        "status": record["status"],
        "fee_minor": record["fee"],
        "agreed_at": record["agreed_at"],
    }


def _instalment(record: Record, ids: Ids) -> Row:
    return {
        "arrangement_id": new_id("arrangement", record["arrangement"]),
        "position": record["position"],
        "due_on": record["due_on"],
        "amount_minor": record["amount"],
    }


def name_facts(names: Mapping[str, str]) -> JsonObject:
    return {f"name_{language}": text for language, text in names.items()}


MAKERS: Mapping[str, tuple[type[Base], Callable[[Record, Ids], Row]]] = {
    "sellers": (Seller, _seller),
    "plans": (Plan, _plan),
    "price_versions": (PriceVersion, _price_version),
    "customers": (Customer, _customer),
    "contracts": (Contract, _contract),
    "contract_phases": (ContractPhase, _phase),
    "promotions": (Discount, _promotion),
    "charges": (OneOffCharge, _charge),
    "outages": (Outage, _outage),
    "usage": (UsageRecord, _usage),
    "invoices": (Invoice, _invoice),
    "invoice_taxes": (InvoiceTax, _invoice_tax),
    "credit_notes": (CreditNote, _credit_note),
    "credit_note_taxes": (CreditNoteTax, _credit_note_tax),
    "payments": (Payment, _payment),
    "refunds": (Refund, _refund),
    "reminders": (DunningStep, _reminder),
    "disputes": (Dispute, _dispute),
    "arrangements": (Arrangement, _arrangement),
    "instalments": (Instalment, _instalment),
}
