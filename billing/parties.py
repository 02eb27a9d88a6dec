"""Who writes to whom on a document, kept with it as it was at issue: later changes do not change the paper."""

from dataclasses import asdict, dataclass, fields

from billing.db import JsonObject
from billing.models.customer import Customer
from billing.models.seller import Seller

LANGUAGES = ("en", "de", "fi")


@dataclass(frozen=True, slots=True)
class SellerParty:
    """The company as the document names it."""

    country: str
    name: str
    legal_name: str
    street: str
    postal_code: str
    city: str
    email: str
    vat_id: str
    iban: str
    bic: str


@dataclass(frozen=True, slots=True)
class CustomerParty:
    """The customer as the document names it."""

    number: str
    name: str
    street: str
    postal_code: str
    city: str
    language: str


@dataclass(frozen=True, slots=True)
class Parties:
    """Seller and customer of one document."""

    seller: SellerParty
    customer: CustomerParty

    @classmethod
    def of(cls, seller: Seller, customer: Customer) -> "Parties":
        """Take them as they are now."""
        return cls(
            SellerParty(**{field.name: getattr(seller, field.name) for field in fields(SellerParty)}),
            CustomerParty(**{field.name: getattr(customer, field.name) for field in fields(CustomerParty)}),
        )

    @classmethod
    def from_json(cls, kept: JsonObject) -> "Parties":
        return cls(SellerParty(**kept["seller"]), CustomerParty(**kept["customer"]))

    def as_json(self) -> JsonObject:
        return asdict(self)


def are_parties(kept: JsonObject) -> bool:
    """Return whether the object is what `as_json` makes: all texts there, no others, a language that we print."""
    wanted = {"seller": SellerParty, "customer": CustomerParty}
    if kept.keys() != wanted.keys():
        return False
    for name, party in wanted.items():
        texts = kept[name]
        if not isinstance(texts, dict) or texts.keys() != {field.name for field in fields(party)}:
            return False
        if not all(isinstance(text, str) for text in texts.values()):
            return False
    return kept["customer"]["language"] in LANGUAGES
