"""Where the demo's customers live, which their bills show, and their mailboxes.

The mailboxes are written after the old bills, which so went out on paper; new ones are e-mailed.
"""

import unicodedata
from collections.abc import Sequence
from random import Random

from sqlalchemy import BindParameter, bindparam, select, update
from sqlalchemy.orm import Session

from billing.demo.people import places_of
from billing.models.customer import Customer

MOST_HOUSES = 90
FIELDS = ("street", "postal_code", "city")


def write_addresses(session: Session, seed: int) -> None:
    rng = Random(f"{seed}:addresses")
    customers = session.execute(select(Customer.id, Customer.country).order_by(Customer.number)).all()
    rows: list[dict[str, object]] = []
    for customer_id, country in customers:
        street, postal_code, city = rng.choice(places_of(country))
        house = rng.randint(1, MOST_HOUSES)
        rows.append(
            {
                "key": customer_id,
                "street": f"{street} {house}",
                "postal_code": postal_code,
                "city": city,
            }
        )
    _write(session, FIELDS, rows)


def write_mailboxes(session: Session) -> None:
    customers = session.execute(select(Customer.id, Customer.name, Customer.number)).all()
    rows: list[dict[str, object]] = [
        {"key": customer_id, "email": f"{_address_part(name)}.{number[-3:]}@post.example"}
        for customer_id, name, number in customers
    ]
    _write(session, ("email",), rows)


def _write(session: Session, names: Sequence[str], rows: Sequence[dict[str, object]]) -> None:
    fields: dict[str, BindParameter[str]] = {name: bindparam(name) for name in names}
    customer = Customer.__table__
    session.connection().execute(update(Customer).where(customer.c.id == bindparam("key")).values(fields), rows)


def _address_part(name: str) -> str:
    """Spell a name in the letters that every mail server takes: "Väinö Böhm" becomes "vaino.bohm"."""
    plain = unicodedata.normalize("NFKD", name.replace("ı", "i").replace("ß", "ss")).encode("ascii", "ignore").decode()
    return plain.lower().replace(" ", ".")
