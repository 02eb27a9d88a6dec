"""Words a letter of dunning and queues it for the registered address: by e-mail, or else as a text message."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from billing.documents.formatting import Print
from billing.documents.references import payment_reference
from billing.dunning.plan import PlannedStep
from billing.models.customer import Customer
from billing.models.seller import Seller
from billing.outbox import Email, enqueue_email, enqueue_sms
from billing.texts import billing_texts

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Letter:
    """One step of dunning and the people it is between."""

    step: PlannedStep
    customer: Customer
    seller: Seller

    @property
    def key(self) -> str:
        return f"dunning:{self.step.invoice.id}:{self.step.position}"


def queue_letter(session: Session, letter: Letter, *, now: datetime) -> None:
    """Queue it once per step; the same letter again changes nothing."""
    values = _values(letter)
    language = letter.customer.language
    kind = f"dunning_{letter.step.kind}"
    texts = billing_texts()
    if letter.customer.email is None:
        body = texts.text(f"{kind}_sms", language, **values).replace(NO_BREAK_SPACE, " ")
        enqueue_sms(session, recipient=letter.customer.phone, body=body, dedupe_key=letter.key, now=now)
        return
    email = Email(
        recipient=letter.customer.email,
        subject=texts.text(f"{kind}_subject", language, **values).replace(NO_BREAK_SPACE, " "),
        body=texts.text(f"{kind}_body", language, **values),
        dedupe_key=letter.key,
    )
    enqueue_email(session, email, now=now)


def _values(letter: Letter) -> dict[str, str]:
    step, customer, seller = letter.step, letter.customer, letter.seller
    written = Print(customer.language)
    values = {
        "company": seller.name,
        "name": customer.name,
        "number": step.invoice.number,
        "amount": written.amount(step.invoice.claim),
        "arrears": written.amount(step.arrears),
        "due_on": written.day(step.invoice.due_on),
        "cut_off_from": "" if step.cut_off_from is None else written.day(step.cut_off_from),
        "reference": payment_reference(seller.country, step.invoice.number).printed,
        "iban": seller.iban,
    }
    pay = "dunning_pay_transfer" if seller.iban else "dunning_pay_reference"
    fee = f"{written.words('dunning_fee', fee=written.amount(step.fee))} " if step.fee else ""
    return {**values, "pay": written.words(pay, **values), "fee": fee, "help": written.words("dunning_help")}
