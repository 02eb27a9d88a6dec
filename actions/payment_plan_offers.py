"""What may be agreed about paying a bill later, as it stands in the conversation and as it is checked at the yes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self
from uuid import UUID

from actions.base import Work
from actions.formatting import Wording
from billing.db import JsonObject
from billing.dunning.arrangements import (
    ArrangementRefused,
    ExtensionOffer,
    Refusal,
    offer_extension,
    offer_instalments,
)
from billing.dunning.instalments import Part
from billing.invoices import InvoiceFacts
from billing.money import Money, total

# Of the numbers of parts that are possible, these are shown; any other can be asked for.
SHOWN_PARTS = (2, 3, 6, 12)


@dataclass(frozen=True)
class Offers:
    """What is possible for one bill: put off as a whole, unless it is too late for that, or in parts."""

    bill: InvoiceFacts
    today: date
    extension: ExtensionOffer | None
    instalments: Mapping[int, Sequence[Part]]

    @property
    def amount(self) -> Money:
        if self.extension is not None:
            return self.extension.open_amount
        return total((part.amount for part in next(iter(self.instalments.values()))), self.bill.total.currency)

    @property
    def shown_parts(self) -> Sequence[int]:
        return [count for count in SHOWN_PARTS if count in self.instalments]

    def later(self, until: date) -> "Agreement | None":
        """Return the agreement to pay by that day; None where it cannot be put off so far."""
        offer = self.extension
        if offer is None or not max(offer.due_on, self.today) < until <= offer.latest:
            return None
        return Agreement(self.bill.number, (Part(until, offer.open_amount),))

    def in_parts(self, count: int) -> "Agreement | None":
        parts = self.instalments.get(count)
        return None if parts is None else Agreement(self.bill.number, tuple(parts))


@dataclass(frozen=True)
class Agreement:
    """What a yes agrees to: kept in a slot, and compared with what is possible at the yes."""

    invoice_number: str
    parts: tuple[Part, ...]

    @classmethod
    def from_json(cls, stored: JsonObject) -> Self:
        parts = [Part(date.fromisoformat(day), Money(minor, stored["currency"])) for day, minor in stored["parts"]]
        return cls(str(stored["invoice_number"]), tuple(parts))

    @classmethod
    def from_slot(cls, slot: object) -> Self | None:
        stored = _read(slot)
        return cls.from_json(stored) if stored.get("parts") else None

    @property
    def until(self) -> date:
        return self.parts[-1].due_on

    @property
    def total(self) -> Money:
        return total((part.amount for part in self.parts), self.parts[0].amount.currency)

    @property
    def is_in_one_sum(self) -> bool:
        return len(self.parts) == 1

    def to_json(self) -> JsonObject:
        rows = [[part.due_on.isoformat(), part.amount.minor] for part in self.parts]
        return {"invoice_number": self.invoice_number, "currency": self.total.currency, "parts": rows}

    def to_slot(self) -> str:
        return json.dumps(self.to_json())

    def in_lines(self, wording: Wording, separator: str = "\n") -> str:
        return separator.join(
            wording.words("part_line", amount=wording.amount(part.amount), due_on=wording.day(part.due_on))
            for part in self.parts
        )


def bill_in_slot(slot: object) -> str | None:
    """Return the number of the bill whose choices were listed, or one of which was offered."""
    return _read(slot).get("invoice_number")


def times_listed(slot: object) -> int:
    """Return how often in a row the choices were listed."""
    return int(_read(slot).get("times_listed", 0))


def _read(slot: object) -> JsonObject:
    stored: JsonObject = json.loads(slot) if isinstance(slot, str) and slot else {}
    return stored


def find_offers(work: Work, customer_id: UUID, bill: InvoiceFacts) -> Offers | Refusal:
    now, today = work.runtime.clock.now(), work.today(customer_id)
    try:
        instalments = offer_instalments(work.session, customer_id, bill.id, now=now)
    except ArrangementRefused as refused:
        return refused.refusal
    try:
        extension = offer_extension(work.session, customer_id, bill.id, now=now)
    except ArrangementRefused as refused:
        return Offers(bill, today, None, instalments) if instalments else refused.refusal
    return Offers(bill, today, extension, instalments)
